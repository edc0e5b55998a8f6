//! # CycloneDX with vulnerabilities
//!
//! *Produced by* Trivy, Grype, Dependency-Track, cdxgen and others, see [`DESCRIPTOR`].
//! *Looks like* `{"bomFormat": "CycloneDX", "components": […], "vulnerabilities": [{"id": "CVE-…", "affects": […]}]}`, or
//! the same as XML.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

mod convert;
mod wire;

use std::collections::HashMap;

use plimsoll_format::json::{self, Kind, Reader};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, xml};
use plimsoll_model::ReportKind;

use crate::lenient::{element, elements, is_next, present};
use convert::{Components, finding};
use wire::{Component, Vulnerability};

/// See the module.
pub struct CycloneDx;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "cyclonedx",
    name: "CycloneDX with vulnerabilities, VEX",
    kind: ReportKind::Findings,
    tools: &["Trivy", "Grype", "Dependency-Track", "cdxgen", "Xray"],
    globs: &["*.cdx.json", "bom.json", "vex.json", "*.cdx.xml", "bom.xml"],
    link: "https://cyclonedx.org/docs/latest/json/#vulnerabilities",
    version: 2,
    docs: Docs {
        produced_by: "`trivy image --format cyclonedx --scanners vuln`, `grype -o cyclonedx-json`, Dependency-Track's \
            export with vulnerabilities, hand-written VEX documents.",
        maps_to: "Each of `vulnerabilities` is one vulnerability, of the first component that it affects; references \
            are aliases. Of several ratings the most severe counts, and the highest score. An analysis of state \
            `not_affected`, `false_positive`, `resolved` or `resolved_with_pedigree` suppresses, with its \
            justification. Severity: critical, high, medium, low, info, none info, unknown.",
        not_read: "Components without vulnerabilities, services, dependencies, credits, proofs of concept, tools, \
            signatures; a document without a list of vulnerabilities is a bill of materials and no report.",
        quirks: "The list stands behind the components, beyond the first bytes: to tell a report from a bill of \
            materials, the whole text is searched for it. The XML extension of version 1.2 puts the list into each \
            component.",
    },
};

impl Format for CycloneDx {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let start = input.head().trim_start();
        let is_report = if start.starts_with('<') {
            let is_bom = xml::head(input.head()).is_some_and(|head| head.root == "bom");
            is_bom
                && holds(input.text, "vulnerability/1.0") | holds(input.text, "vulnerabilities>")
                && start.contains("cyclonedx.org")
        } else {
            let is_bom = json::head(input.head()).is_some_and(|head| {
                head.value("bomFormat") == Some("CycloneDX")
                    || head.value("$schema").is_some_and(|schema| schema.contains("cyclonedx"))
                    // Some tools name the format behind everything else.
                    || head.has("components[].bom-ref") && holds(input.text, "\"CycloneDX\"")
            });
            is_bom && holds(input.text, "\"vulnerabilities\"")
        };
        if is_report { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        if input.text.trim_start().starts_with('<') {
            return wire::read_xml(input, sink);
        }
        let mut components: Components<'_> = HashMap::new();
        let mut reader = Reader::new(input);
        let mut is_report = false;
        reader.object(|reader, key| match key {
            "components" => read_components(reader, &mut components, sink),
            "vulnerabilities" => {
                is_report = true;
                elements(reader, sink, |sink, wire: Vulnerability<'_>| {
                    let finding = finding(wire, &components, sink);
                    sink.finding(&finding)
                })
            }
            _ => Ok(()),
        })?;
        reader.finish()?;
        if is_report { Ok(()) } else { Err(ParseError::new(ParseErrorKind::Missing("`vulnerabilities`"))) }
    }
}

fn holds(text: &str, what: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), what.as_bytes()).is_some()
}

/// Keeps the components that a reference cannot tell by itself: those whose reference is no package URL.
fn read_components<'a>(
    reader: &mut Reader<'a>,
    components: &mut Components<'a>,
    sink: &mut dyn Sink,
) -> Result<(), ParseError> {
    if !is_next(reader, Kind::Array, sink)? {
        return Ok(());
    }
    reader.array(|reader| {
        if let Some(component) = element::<Component<'a>>(reader, sink)?
            && !component.bom_ref.starts_with("pkg:")
            && let Some(reference) = present(component.bom_ref.clone())
        {
            components.insert(reference, component);
        }
        Ok(())
    })
}
