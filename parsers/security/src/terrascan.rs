//! # Terrascan JSON
//!
//! *Produced by* Terrascan, see [`DESCRIPTOR`].
//! *Looks like* `{"results": {"scan_errors": […], "violations": [{"rule_id": "AC_AWS_0214", …}], "scan_summary": {…}}}`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use plimsoll_format::json::{self, Kind, Number, Text};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink, Warning, WarningCode};
use plimsoll_model::{Finding, FindingKind, Package, ReportKind, Suppression};
use serde::Deserialize;

use crate::lenient::{elements, first, is_next, present, report};
use crate::severity::{USUAL, by_word};

/// See the module.
pub struct Terrascan;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "terrascan",
    name: "Terrascan JSON",
    kind: ReportKind::Findings,
    tools: &["Terrascan"],
    globs: &["terrascan*.json", "*terrascan*.json"],
    link: "https://runterrascan.io/docs/usage/command_line_mode/",
    version: 1,
    docs: Docs {
        produced_by: "`terrascan scan -o json > terrascan.json`.",
        maps_to: "Each of `violations` is a misconfiguration, each of `skipped_violations` a suppressed one with the \
            comment as reason, each of `vulnerabilities` a vulnerability of its package. The context is type and name \
            of the resource. `scan_errors` are `tool-error` warnings. Severity: HIGH high, MEDIUM medium, LOW low; of \
            vulnerabilities also CRITICAL.",
        not_read: "Passed rules, the summary.",
        quirks: "`violations` may be null. Terrascan tries every kind of file and reports an error for each kind that \
            is not there.",
    },
};

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Violation<'a> {
    rule_name: Text<'a>,
    description: Text<'a>,
    rule_id: Text<'a>,
    severity: Text<'a>,
    resource_name: Text<'a>,
    resource_type: Text<'a>,
    file: Text<'a>,
    line: Number,
    skip_comment: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Vulnerability<'a> {
    vulnerability_id: Text<'a>,
    package: Text<'a>,
    installed_version: Text<'a>,
    fixed_version: Text<'a>,
    severity: Text<'a>,
    description: Text<'a>,
    primary_url: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct ScanError<'a> {
    iac_type: Text<'a>,
    #[serde(rename = "errMsg")]
    message: Text<'a>,
}

impl Format for Terrascan {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()).filter(|head| !head.is_array) else {
            return Confidence::No;
        };
        let is_terrascan = head.has_all(&["results.violations", "results.scan_summary"])
            || head.has_all(&["results.scan_errors[].iac_type", "results.scan_errors[].errMsg"])
            || head.has_all(&["results.violations[].rule_name", "results.violations[].rule_id"])
            || head.has_all(&["results.skipped_violations", "results.violations"]);
        if is_terrascan { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        report(input, "`results`", |reader, key| {
            if key != "results" || !is_next(reader, Kind::Object, sink)? {
                return Ok(false);
            }
            reader.object(|reader, key| match key {
                "violations" | "skipped_violations" => elements(reader, sink, |sink, wire: Violation<'_>| {
                    let comment = wire.skip_comment.clone();
                    let mut finding = violation(wire, sink);
                    if key == "skipped_violations" {
                        finding.suppression =
                            Some(Suppression { place: "in-source", reason: present(comment) });
                    }
                    sink.finding(&finding)
                }),
                "vulnerabilities" => elements(reader, sink, |sink, wire| {
                    let finding = vulnerability(wire, sink);
                    sink.finding(&finding)
                }),
                "scan_errors" => elements(reader, sink, |sink, error: ScanError<'_>| {
                    let message = format!("Terrascan, {}: {}", error.iac_type, error.message);
                    sink.warning(Warning::new(WarningCode::ToolError, message));
                    Ok(())
                }),
                _ => Ok(()),
            })?;
            Ok(true)
        })
    }
}

fn violation<'a>(wire: Violation<'a>, sink: &mut dyn Sink) -> Finding<'a> {
    let severity = by_word(USUAL, &wire.severity, sink);
    let message = first([wire.description, wire.rule_name.clone(), wire.rule_id.clone()]);
    let rule = first([wire.rule_id, wire.rule_name.clone()]);
    let mut finding = Finding::new("terrascan", rule, FindingKind::Misconfiguration, severity, message);
    finding.rule_name = present(wire.rule_name);
    finding.path = present(wire.file);
    finding.line = wire.line.position();
    finding.context =
        Some(format!("{}.{}", wire.resource_type, wire.resource_name).into()).filter(|text| text != ".");
    finding
}

fn vulnerability<'a>(wire: Vulnerability<'a>, sink: &mut dyn Sink) -> Finding<'a> {
    let severity = by_word(USUAL, &wire.severity, sink);
    let message = first([wire.description, wire.vulnerability_id.clone()]);
    let id = wire.vulnerability_id.clone();
    let mut finding = Finding::new("terrascan", id, FindingKind::Vulnerability, severity, message);
    finding.help_uri = present(wire.primary_url);
    finding.aliases = crate::advisory::aliases([wire.vulnerability_id.0]);
    finding.package = Some(Package {
        name: wire.package.0,
        version: present(wire.installed_version),
        fixed_version: present(wire.fixed_version),
        ..Package::default()
    });
    finding
}
