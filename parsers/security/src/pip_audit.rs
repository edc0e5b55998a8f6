//! # pip-audit JSON
//!
//! *Produced by* pip-audit, see [`DESCRIPTOR`].
//! *Looks like* `{"dependencies": [{"name": "flask", "version": "0.5", "vulns": [{"id": "PYSEC-…"}]}], "fixes": []}`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use std::borrow::Cow;

use plimsoll_format::json::{self, Kind, Reader, Text};
use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, Warning, WarningCode,
};
use plimsoll_model::{Finding, FindingKind, Package, ReportKind, Severity};
use serde::Deserialize;

use crate::advisory::aliases;
use crate::lenient::{List, elements, first, is_empty_array, is_named, present};

/// See the module.
pub struct PipAudit;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "pip-audit",
    name: "pip-audit JSON",
    kind: ReportKind::Findings,
    tools: &["pip-audit"],
    globs: &["pip-audit*.json", "pip_audit*.json", "*pip-audit*.json"],
    link: "https://github.com/pypa/pip-audit#usage",
    version: 1,
    docs: Docs {
        produced_by: "`pip-audit --format json --output pip-audit.json`, best with `--aliases` and `--desc`.",
        maps_to: "Each of a dependency's `vulns` is a vulnerability; the versions of `fix_versions` and the aliases \
            are kept. Dependencies that could not be audited (`skip_reason`) are `tool-error` warnings. The tool gives \
            no severity: all are unknown.",
        not_read: "`fixes` (what `--fix` did).",
        quirks: "Before version 2.1 the dependencies stood in a bare array. An empty array is \
            taken for a report of pip-audit only where the file's name says so. No file is named in the report, so the findings have no path.",
    },
};

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Dependency<'a> {
    name: Text<'a>,
    version: Text<'a>,
    skip_reason: Text<'a>,
    vulns: List<Vulnerability<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Vulnerability<'a> {
    id: Text<'a>,
    fix_versions: List<Text<'a>>,
    aliases: List<Text<'a>>,
    description: Text<'a>,
}

impl Format for PipAudit {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()) else { return Confidence::No };
        let is_pip_audit = if head.is_array {
            head.has("name") && (head.value("vulns") == Some("[") || head.has("skip_reason"))
        } else {
            head.value("dependencies") == Some("[")
                && (head.value("dependencies[].vulns") == Some("[")
                    || head.has("dependencies[].skip_reason")
                    || (head.is_whole && head.value("fixes") == Some("[")))
        };
        // Where there was nothing to audit, nothing tells the report from others of this shape.
        let is_nothing = is_empty_array(input) && is_named(input, &["pip-audit", "pip_audit"]);
        let is_bare =
            is_nothing || head.is_whole && head.value("dependencies") == Some("[") && head.fields.len() == 1;
        match (is_pip_audit, is_bare) {
            (true, _) => Confidence::Certain,
            (false, true) => Confidence::Maybe,
            (false, false) => Confidence::No,
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = Reader::new(input);
        let mut is_pip_audit = false;
        if reader.peek()? == Kind::Array {
            is_pip_audit = true;
            elements(&mut reader, sink, dependency)?;
        } else {
            reader.object(|reader, key| {
                if key == "dependencies" {
                    is_pip_audit = true;
                    elements(reader, sink, dependency)?;
                }
                Ok(())
            })?;
        }
        reader.finish()?;
        if is_pip_audit { Ok(()) } else { Err(ParseError::new(ParseErrorKind::Missing("`dependencies`"))) }
    }
}

fn dependency(sink: &mut dyn Sink, dependency: Dependency<'_>) -> Result<(), ParseError> {
    if !dependency.skip_reason.is_empty() {
        let message = format!("`{}` was not audited: {}", dependency.name, dependency.skip_reason);
        sink.warning(Warning::new(WarningCode::ToolError, message));
    }
    for vulnerability in dependency.vulns {
        let message = first([vulnerability.description, vulnerability.id.clone()]);
        let id = vulnerability.id.clone();
        let mut finding =
            Finding::new("pip-audit", id, FindingKind::Vulnerability, Severity::Unknown, message);
        finding.help_uri = Some(format!("https://osv.dev/vulnerability/{}", vulnerability.id).into());
        finding.aliases =
            aliases([vulnerability.id.0].into_iter().chain(vulnerability.aliases.into_iter().map(Cow::from)));
        let fixed: Vec<_> = vulnerability.fix_versions.into_iter().filter_map(present).collect();
        finding.package = Some(Package {
            name: dependency.name.0.clone(),
            version: present(dependency.version.clone()),
            fixed_version: (!fixed.is_empty()).then(|| fixed.join(", ").into()),
            purl: None,
            ecosystem: Some("pypi".into()),
        });
        sink.finding(&finding)?;
    }
    Ok(())
}
