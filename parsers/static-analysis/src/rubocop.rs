//! # RuboCop JSON
//!
//! *Produced by* RuboCop, see [`DESCRIPTOR`].
//! *Looks like* `{"metadata": {…}, "files": [{"path": "a.rb", "offenses": [{"severity": "convention", "message": "…", "cop_name": "…", "location": {"line": 1}}]}], "summary": {…}}`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use std::borrow::Cow;

use plimsoll_format::json::{self, Number, Text};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink, Warning, WarningCode};
use plimsoll_model::{Finding, FindingKind, ReportKind, Severity, Suppression};
use serde::Deserialize;

use crate::emit::emit;
use crate::lenient::{List, present};
use crate::severity::by_word;

/// See the module.
pub struct RuboCop;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "rubocop",
    name: "RuboCop JSON",
    kind: ReportKind::Findings,
    tools: &["RuboCop", "Standard Ruby"],
    globs: &["rubocop*.json"],
    link: "https://docs.rubocop.org/rubocop/formatters.html#json-formatter",
    version: 1,
    docs: Docs {
        produced_by: "`rubocop -f json -o rubocop.json`.",
        maps_to: "Each offence is a finding; the rule is `cop_name`. Severity: fatal critical, error high, \
            warning medium, convention and refactor low, info info. Cops of `Security/` are weaknesses. \
            Corrected offences are suppressed as `corrected`.",
        not_read: "Corrections.",
        quirks: "A total in `summary` that differs from the offences is a `total-mismatch`. Old versions \
            have `line`, newer ones `start_line`, too.",
    },
};

const SEVERITIES: [(&str, Severity); 6] = [
    ("fatal", Severity::Critical),
    ("error", Severity::High),
    ("warning", Severity::Medium),
    ("convention", Severity::Low),
    ("refactor", Severity::Low),
    ("info", Severity::Info),
];

impl Format for RuboCop {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()).filter(|head| !head.is_array) else {
            return Confidence::No;
        };
        let is_named = head.has("metadata.rubocop_version");
        let has_offence = head.has("files[].offenses");
        if is_named || has_offence { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut count = 0_u64;
        let mut declared = None;
        let mut reader = json::Reader::new(input);
        reader.object(|reader, key| match key {
            "files" => reader.array(|reader| {
                let file: File<'_> = reader.read()?;
                for offence in &file.offenses.0 {
                    count += 1;
                    read(offence, &file.path, sink)?;
                }
                Ok(())
            }),
            "summary" => {
                declared =
                    reader.read::<Option<Summary>>()?.and_then(|summary| summary.offense_count.count());
                Ok(())
            }
            _ => Ok(()),
        })?;
        reader.finish()?;
        if let Some(declared) = declared.filter(|declared| *declared != count) {
            let message = format!("the summary says {declared} offences, there are {count}");
            sink.warning(Warning::new(WarningCode::TotalMismatch, message));
        }
        Ok(())
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct File<'a> {
    #[serde(borrow)]
    path: Text<'a>,
    offenses: List<Offence<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Summary {
    offense_count: Number,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Offence<'a> {
    #[serde(borrow)]
    severity: Text<'a>,
    message: Text<'a>,
    cop_name: Text<'a>,
    corrected: Option<bool>,
    location: Option<Location>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Location {
    start_line: Number,
    line: Number,
    start_column: Number,
    column: Number,
    last_line: Number,
}

fn read(offence: &Offence<'_>, path: &str, sink: &mut dyn Sink) -> Result<(), ParseError> {
    let severity = match present(&offence.severity) {
        Some(word) => by_word(&SEVERITIES, word, sink),
        None => Severity::Unknown,
    };
    let rule = present(&offence.cop_name).unwrap_or(crate::NO_RULE);
    let kind = if rule.starts_with("Security/") { FindingKind::Weakness } else { FindingKind::Code };
    // The cop's name stands before the message where RuboCop is told to display it.
    let message = offence.message.strip_prefix(rule).and_then(|rest| rest.strip_prefix(": "));
    let mut finding = Finding::new("rubocop", rule, kind, severity, message.unwrap_or(&offence.message));
    finding.path = Some(path).filter(|path| !path.trim().is_empty()).map(Cow::Borrowed);
    if let Some(location) = &offence.location {
        finding.line = location.start_line.position().or(location.line.position());
        finding.column = location.start_column.position().or(location.column.position());
        finding.end_line =
            location.last_line.position().filter(|end| finding.line.is_some_and(|line| *end > line));
    }
    if offence.corrected == Some(true) {
        finding.suppression =
            Some(Suppression { place: "in-source", reason: Some(Cow::Borrowed("corrected")) });
    }
    emit(&finding, sink)
}
