//! # cargo-deny JSON
//!
//! *Produced by* cargo-deny, see [`DESCRIPTOR`].
//! *Looks like* `{"type": "diagnostic", "fields": {"code": "vulnerability", "severity": "error", …}}`, one a line.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use plimsoll_format::json::{self, Number, Text};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink, Warning, WarningCode};
use plimsoll_model::{Finding, FindingKind, Package, ReportKind, Severity};
use serde::Deserialize;

use crate::lenient::{List, first, present};
use crate::rustsec::{self, Advisory};
use crate::severity::by_word;

/// See the module.
pub struct CargoDeny;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "cargo-deny",
    name: "cargo-deny JSON",
    kind: ReportKind::Findings,
    tools: &["cargo-deny"],
    globs: &["cargo-deny*.json", "cargo-deny*.jsonl", "deny*.json"],
    link: "https://embarkstudios.github.io/cargo-deny/cli/common.html",
    version: 2,
    docs: Docs {
        produced_by: "`cargo deny --format json check 2> cargo-deny.json`.",
        maps_to: "Each line of type `diagnostic` with a code is a finding. With an advisory it is a vulnerability; of \
            the codes that speak of licences it is a licence finding; all others (bans, duplicates, sources) are \
            misconfigurations of the dependency list. The package is the first of `graphs`. Severity: by the \
            advisory's CVSS vector, where there is one; else error high, warning low, note and help info.",
        not_read: "Labels and notes, dependency graphs beyond their first package, the summary. Log lines of level \
            ERROR are `tool-error` warnings, others are passed over.",
        quirks: "cargo-deny writes the report to standard error.",
    },
};

/// <https://docs.rs/codespan-reporting/latest/codespan_reporting/diagnostic/enum.Severity.html>
const SEVERITIES: &[(&str, Severity)] = &[
    ("bug", Severity::High),
    ("error", Severity::High),
    ("warning", Severity::Low),
    ("note", Severity::Info),
    ("help", Severity::Info),
];

const LICENCE_CODES: &[&str] = &[
    "rejected",
    "accepted",
    "unlicensed",
    "skipped-private-workspace-crate",
    "license-not-encountered",
    "license-exception-not-encountered",
    "missing-clarification-file",
    "parse-error",
    "empty-license-field",
    "no-license-field",
    "gather-failure",
];

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Line<'a> {
    #[serde(rename = "type")]
    kind: Text<'a>,
    fields: Fields<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Fields<'a> {
    code: Text<'a>,
    severity: Text<'a>,
    message: Text<'a>,
    level: Text<'a>,
    labels: List<Label<'a>>,
    advisory: Option<Advisory<'a>>,
    graphs: List<Graph<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Label<'a> {
    span: Text<'a>,
    line: Number,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Graph<'a> {
    #[serde(alias = "Krate", alias = "krate")]
    krate: Option<Name<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Name<'a> {
    name: Text<'a>,
    version: Text<'a>,
}

impl Format for CargoDeny {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()).filter(|head| !head.is_array) else {
            return Confidence::No;
        };
        let has_type = matches!(head.value("type"), Some("diagnostic" | "summary" | "log"));
        let parts = ["fields.code", "fields.advisories.errors", "fields.bans.errors", "fields.graphs"];
        // The keys are written in alphabetical order, so the type may stand behind what the head can see.
        let is_diagnostic = head.has("fields.advisory.id") || head.has_all(&["fields.code", "fields.graphs"]);
        if is_diagnostic || (has_type && head.has_any(&parts)) { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        json::lines(input, sink, |sink, line: Line<'_>| match &*line.kind {
            "diagnostic" if !line.fields.code.is_empty() => {
                let finding = finding(line.fields, sink);
                sink.finding(&finding)
            }
            "log" if &*line.fields.level == "ERROR" => {
                let message = format!("cargo-deny: {}", line.fields.message);
                sink.warning(Warning::new(WarningCode::ToolError, message));
                Ok(())
            }
            _ => Ok(()),
        })
    }
}

fn finding<'a>(fields: Fields<'a>, sink: &mut dyn Sink) -> Finding<'a> {
    let severity = by_word(SEVERITIES, &fields.severity, sink);
    let is_licence = LICENCE_CODES.contains(&&*fields.code);
    let mut finding = match fields.advisory {
        Some(advisory) => {
            let mut finding = rustsec::finding("cargo-deny", advisory);
            if finding.cvss.is_none() {
                finding.severity = severity;
            }
            finding
        }
        None => {
            let kind = if is_licence { FindingKind::Licence } else { FindingKind::Misconfiguration };
            let message = first([fields.message, fields.code.clone()]);
            Finding::new("cargo-deny", fields.code, kind, severity, message)
        }
    };
    let label = fields.labels.into_iter().next().unwrap_or_default();
    finding.context = present(label.span).filter(|_| label.line.position().is_some());
    finding.package = fields.graphs.into_iter().find_map(|graph| graph.krate).map(|krate| Package {
        name: krate.name.0,
        version: present(krate.version),
        ecosystem: Some("cargo".into()),
        ..Package::default()
    });
    finding
}
