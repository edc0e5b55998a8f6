//! # gosec JSON
//!
//! *Produced by* gosec, see [`DESCRIPTOR`].
//! *Looks like* `{"Golang errors": {}, "Issues": [{"rule_id": "G404", …}], "Stats": {…}, "GosecVersion": "…"}`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use plimsoll_format::json::{self, Number, Text};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink, Warning, WarningCode};
use plimsoll_model::{Finding, FindingKind, ReportKind, Severity, Suppression};
use serde::Deserialize;

use crate::advisory::cwes;
use crate::lenient::{List, element, elements, entries, listed_line, present, report};
use crate::severity::by_word;

/// See the module.
pub struct Gosec;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "gosec",
    name: "gosec JSON",
    kind: ReportKind::Findings,
    tools: &["gosec"],
    globs: &["gosec*.json", "*gosec*.json"],
    link: "https://github.com/securego/gosec#output-formats",
    version: 1,
    docs: Docs {
        produced_by: "`gosec -fmt json -out gosec.json ./...`, with `-track-suppressions` also what was suppressed.",
        maps_to: "Each of `Issues` is a weakness. The context is the reported line of `code`. Entries of \
            `suppressions`, or `nosec`, suppress. Files that gosec could not load (`Golang errors`) are `tool-error` \
            warnings. Severity: HIGH high, MEDIUM medium, LOW low.",
        not_read: "Confidence, the lines around the reported one, proposed fixes.",
        quirks: "Line and column are texts; a finding of several lines has the line `12-15`. `Stats.found` leaves out \
            some of the suppressed issues, and is compared with them in and out.",
    },
};

const SEVERITIES: &[(&str, Severity)] = &[
    ("HIGH", Severity::High),
    ("MEDIUM", Severity::Medium),
    ("LOW", Severity::Low),
    ("UNDEFINED", Severity::Unknown),
];

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Issue<'a> {
    severity: Text<'a>,
    cwe: Option<Weakness<'a>>,
    rule_id: Text<'a>,
    details: Text<'a>,
    file: Text<'a>,
    code: Text<'a>,
    line: Text<'a>,
    column: Number,
    nosec: Option<bool>,
    suppressions: List<Nosec<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Weakness<'a> {
    #[serde(alias = "ID")]
    id: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Nosec<'a> {
    kind: Text<'a>,
    justification: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Stats {
    found: Number,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct LoadError<'a> {
    error: Text<'a>,
}

impl Format for Gosec {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()).filter(|head| !head.is_array) else {
            return Confidence::No;
        };
        let is_gosec = head.has_any(&["Golang errors", "GosecVersion"])
            || head.has_all(&["Issues[].rule_id", "Issues[].details"])
            || (head.has("Issues") && head.has_all(&["Stats.nosec", "Stats.found"]));
        if is_gosec { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let (mut total, mut counting, mut found) = (0_u64, 0_u64, None);
        report(input, "`Issues`", |reader, key| {
            match key {
                "Issues" => elements(reader, sink, |sink, issue| {
                    let finding = finding(issue, sink);
                    total += 1;
                    counting += u64::from(finding.suppression.is_none());
                    sink.finding(&finding)
                })?,
                "Golang errors" => entries(reader, sink, |sink, file, errors: List<LoadError<'_>>| {
                    for error in errors {
                        let message = format!("gosec could not load `{file}`: {}", error.error);
                        sink.warning(Warning::new(WarningCode::ToolError, message));
                    }
                    Ok(())
                })?,
                "Stats" => found = element::<Stats>(reader, sink)?.and_then(|stats| stats.found.count()),
                _ => {}
            }
            Ok(key == "Issues")
        })?;
        if let Some(found) = found.filter(|found| !(counting..=total).contains(found)) {
            let message =
                format!("the total is {found}, but {total} issues are listed, {counting} not suppressed");
            sink.warning(Warning::new(WarningCode::TotalMismatch, message));
        }
        Ok(())
    }
}

fn finding<'a>(issue: Issue<'a>, sink: &mut dyn Sink) -> Finding<'a> {
    let severity = by_word(SEVERITIES, &issue.severity, sink);
    let mut finding = Finding::new("gosec", issue.rule_id, FindingKind::Weakness, severity, issue.details);
    finding.path = present(issue.file);
    let (first, last) = issue.line.split_once('-').unwrap_or((&issue.line, ""));
    finding.line = first.trim().parse().ok().filter(|line| *line > 0);
    finding.end_line = last.trim().parse().ok().filter(|end| Some(*end) > finding.line);
    finding.column = issue.column.position();
    finding.context = finding.line.and_then(|line| listed_line(&issue.code, line));
    finding.cwe = cwes(issue.cwe.iter().map(|weakness| &*weakness.id));
    let is_suppressed = issue.nosec == Some(true);
    finding.suppression = match issue.suppressions.into_iter().next() {
        Some(nosec) => {
            let place = if &*nosec.kind == "external" { "external" } else { "in-source" };
            Some(Suppression { place, reason: present(nosec.justification) })
        }
        None => is_suppressed.then_some(Suppression { place: "in-source", reason: None }),
    };
    finding
}
