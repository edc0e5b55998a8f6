//! # TruffleHog JSON
//!
//! *Produced by* TruffleHog 2 and 3 and trufflehog3, see [`DESCRIPTOR`].
//! *Looks like* `{"SourceMetadata": {"Data": {"Git": {"file": "…", "line": 3}}}, "DetectorName": "AWS", …}`, one a line.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use std::collections::BTreeMap;

use plimsoll_format::json::{self, Kind, Number, Text};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink};
use plimsoll_model::{Finding, FindingKind, ReportKind, Severity};
use serde::Deserialize;

use crate::lenient::{element, elements, first, present};
use crate::severity::{USUAL, by_word};

/// See the module.
pub struct TruffleHog;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "trufflehog",
    name: "TruffleHog JSON",
    kind: ReportKind::Findings,
    tools: &["TruffleHog", "trufflehog3"],
    globs: &["trufflehog*.json", "trufflehog*.jsonl", "trufflehog*.ndjson"],
    link: "https://github.com/trufflesecurity/trufflehog#output-formats",
    version: 1,
    docs: Docs {
        produced_by: "`trufflehog git file://. --json > trufflehog.json`, `trufflehog3 -f json -o trufflehog.json`.",
        maps_to: "Each result is a secret: rule `DetectorName` (`reason` of version 2, `rule.id` of trufflehog3), file \
            and line of the source that it was found in. TruffleHog gives no severity: a verified credential is in \
            use and counts as critical, any other as medium. trufflehog3's rules have one: HIGH high, MEDIUM medium, \
            LOW low.",
        not_read: "The secret in any form and the text around it: they are never kept. Commits, dates, links, messages \
            and everything that names a person.",
        quirks: "TruffleHog writes an empty file where it found nothing. The documents may be pretty-printed, one \
            after the other, or stand in an array.",
    },
};

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Hit<'a> {
    #[serde(rename = "SourceMetadata")]
    source: Option<Source<'a>>,
    #[serde(rename = "DetectorName")]
    detector: Text<'a>,
    #[serde(rename = "DetectorDescription")]
    description: Text<'a>,
    #[serde(rename = "Verified")]
    verified: Option<bool>,
    path: Text<'a>,
    reason: Text<'a>,
    rule: Option<Rule<'a>>,
    line: Number,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Source<'a> {
    #[serde(rename = "Data")]
    data: Option<BTreeMap<Text<'a>, Place<'a>>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Place<'a> {
    file: Text<'a>,
    line: Number,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Rule<'a> {
    id: Text<'a>,
    message: Text<'a>,
    severity: Text<'a>,
}

impl Format for TruffleHog {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()) else { return Confidence::No };
        let is_third = head.has("SourceMetadata.Data")
            || head.has_all(&["SourceID", "SourceType", "DetectorType"])
            || head.has_all(&["DetectorName", "DecoderName"]);
        let is_second =
            head.has_all(&["stringsFound", "reason"]) || head.has_all(&["printDiff", "diff", "reason"]);
        let is_python = head.is_array
            && head.has("path")
            && (head.has_all(&["rule.id", "rule.message", "rule.severity"])
                || head.has_all(&["rule.id", "secret"]));
        if is_third || is_second || is_python { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        if input.text.trim().is_empty() {
            return Ok(());
        }
        json::documents(input, |reader| {
            if reader.peek()? == Kind::Array {
                return elements(reader, sink, |sink, hit| {
                    let finding = finding(hit, sink);
                    sink.finding(&finding)
                });
            }
            match element(reader, sink)? {
                Some(hit) => {
                    let finding = finding(hit, sink);
                    sink.finding(&finding)
                }
                None => Ok(()),
            }
        })
    }
}

fn finding<'a>(hit: Hit<'a>, sink: &mut dyn Sink) -> Finding<'a> {
    let place = hit
        .source
        .and_then(|source| source.data)
        .and_then(|data| data.into_values().next())
        .unwrap_or_default();
    let rule = hit.rule.unwrap_or_default();
    let severity = match (rule.severity.trim(), hit.verified) {
        ("", Some(true)) => Severity::Critical,
        ("", _) => Severity::Medium,
        (word, _) => by_word(USUAL, word, sink),
    };
    let id = first([hit.detector, rule.id, hit.reason]);
    let message = first([hit.description, rule.message, Text(id.clone())]);
    let mut finding = Finding::new("trufflehog", id, FindingKind::Secret, severity, message);
    finding.path = present(place.file).or_else(|| present(hit.path));
    finding.line = place.line.position().or_else(|| hit.line.position());
    finding
}
