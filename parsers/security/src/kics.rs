//! # KICS JSON
//!
//! *Produced by* KICS, see [`DESCRIPTOR`].
//! *Looks like* `{"kics_version": "…", "files_scanned": 15, "queries": [{"query_name": "…", "files": [{…}]}]}`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use plimsoll_format::json::{self, Number, Text};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink, Warning, WarningCode};
use plimsoll_model::{Finding, FindingKind, ReportKind, Severity};
use serde::Deserialize;

use crate::advisory::cwes;
use crate::lenient::{List, element, elements, first, present, report};
use crate::severity::by_word;

/// See the module.
pub struct Kics;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "kics",
    name: "KICS JSON",
    kind: ReportKind::Findings,
    tools: &["KICS"],
    globs: &["kics*.json", "*kics*.json"],
    link: "https://docs.kics.io/latest/results/#json",
    version: 1,
    docs: Docs {
        produced_by: "`kics scan -p . --report-formats json -o .`.",
        maps_to: "Each of the `files` of each query is a misconfiguration: rule `query_id`, rule name `query_name`, the \
            message is the query's name with the actual value. The similarity id, by which KICS itself recognises a \
            result, is the fingerprint. Severity: CRITICAL critical, HIGH high, MEDIUM medium, LOW low, INFO and \
            TRACE info.",
        not_read: "Counters but the total, code lines, search keys, bill of materials, remediations.",
        quirks: "`total_counter` is compared with the results listed.",
    },
};

/// <https://docs.kics.io/latest/queries/#severity>
const SEVERITIES: &[(&str, Severity)] = &[
    ("CRITICAL", Severity::Critical),
    ("HIGH", Severity::High),
    ("MEDIUM", Severity::Medium),
    ("LOW", Severity::Low),
    ("INFO", Severity::Info),
    ("TRACE", Severity::Info),
];

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Query<'a> {
    query_name: Text<'a>,
    query_id: Text<'a>,
    query_url: Text<'a>,
    severity: Text<'a>,
    cwe: Text<'a>,
    description: Text<'a>,
    files: List<Place<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Place<'a> {
    file_name: Text<'a>,
    similarity_id: Text<'a>,
    line: Number,
    actual_value: Text<'a>,
}

impl Format for Kics {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()).filter(|head| !head.is_array) else {
            return Confidence::No;
        };
        let is_kics = head.has("kics_version")
            || head.has_all(&["files_scanned", "queries_total"])
            || head.has_all(&["queries[].query_name", "queries[].query_id"]);
        if is_kics { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let (mut listed, mut declared) = (0_u64, None);
        report(input, "`queries`", |reader, key| {
            match key {
                "queries" => elements(reader, sink, |sink, query| {
                    listed += findings(query, sink)?;
                    Ok(())
                })?,
                "total_counter" => declared = element::<Number>(reader, sink)?.and_then(Number::count),
                _ => {}
            }
            Ok(key == "queries")
        })?;
        if let Some(declared) = declared.filter(|declared| *declared != listed) {
            let message = format!("the total is {declared}, but {listed} results are listed");
            sink.warning(Warning::new(WarningCode::TotalMismatch, message));
        }
        Ok(())
    }
}

/// How many there were.
fn findings(query: Query<'_>, sink: &mut dyn Sink) -> Result<u64, ParseError> {
    let severity = by_word(SEVERITIES, &query.severity, sink);
    let rule = first([query.query_id, query.query_name.clone()]);
    let name = first([query.query_name, query.description, Text(rule.clone())]);
    let mut count = 0;
    for place in query.files {
        let message = match place.actual_value.trim() {
            "" => name.to_string(),
            value => format!("{name}: {value}"),
        };
        let kind = FindingKind::Misconfiguration;
        let mut finding = Finding::new("kics", rule.clone(), kind, severity, message);
        finding.rule_name = Some(name.clone());
        finding.help_uri = present(query.query_url.clone());
        finding.path = present(place.file_name);
        finding.line = place.line.position();
        finding.fingerprint = present(place.similarity_id);
        finding.cwe = cwes([&*query.cwe]);
        count += 1;
        sink.finding(&finding)?;
    }
    Ok(count)
}
