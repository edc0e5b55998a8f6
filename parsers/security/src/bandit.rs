//! # Bandit JSON
//!
//! *Produced by* Bandit, see [`DESCRIPTOR`].
//! *Looks like* `{"errors": [], "generated_at": "…", "metrics": {…}, "results": [{"test_id": "B101", …}]}`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use plimsoll_format::json::{self, Number, Reader, Text};
use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, Warning, WarningCode,
};
use plimsoll_model::{Finding, FindingKind, ReportKind, Severity};
use serde::Deserialize;

use crate::advisory::cwes;
use crate::lenient::{elements, listed_line, present};
use crate::severity::by_word;

/// See the module.
pub struct Bandit;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "bandit",
    name: "Bandit JSON",
    kind: ReportKind::Findings,
    tools: &["Bandit"],
    globs: &["bandit*.json", "*bandit*.json"],
    link: "https://bandit.readthedocs.io/en/latest/formatters/json.html",
    version: 1,
    docs: Docs {
        produced_by: "`bandit -r . -f json -o bandit.json`.",
        maps_to: "Each of `results` is a weakness: rule `test_id`, rule name `test_name`, message `issue_text`, the \
            CWE of `issue_cwe`, the help of `more_info`. The context is the reported line of `code`, without its \
            number. Files that Bandit could not read (`errors`) are `tool-error` warnings. Severity: HIGH high, \
            MEDIUM medium, LOW low, UNDEFINED unknown.",
        not_read: "Metrics, confidence, the other lines of `code`, the rest of `line_range`.",
        quirks: "The metrics count before `--severity-level` and baselines filter the results, so they are no totals \
            to compare with. `col_offset` is from 0.",
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
    code: Text<'a>,
    col_offset: Number,
    filename: Text<'a>,
    issue_severity: Text<'a>,
    issue_cwe: Option<Weakness<'a>>,
    issue_text: Text<'a>,
    line_number: Number,
    more_info: Text<'a>,
    test_id: Text<'a>,
    test_name: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Weakness<'a> {
    id: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Unread<'a> {
    filename: Text<'a>,
    reason: Text<'a>,
}

impl Format for Bandit {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()).filter(|head| !head.is_array) else {
            return Confidence::No;
        };
        let has_totals = head.fields.iter().any(|(path, _)| path.starts_with("metrics._totals.SEVERITY."));
        let is_result = head.has_any(&["results[].test_id", "results[].issue_severity"])
            || head.has_all(&["results[].code", "results[].col_offset"]);
        let is_bandit = (head.has("generated_at")
            && (head.has("metrics") || head.value("results") == Some("[")))
            || has_totals
            || is_result;
        if is_bandit { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = Reader::new(input);
        let mut has_results = false;
        reader.object(|reader, key| match key {
            "results" => {
                has_results = true;
                elements(reader, sink, |sink, issue| {
                    let finding = finding(issue, sink);
                    sink.finding(&finding)
                })
            }
            "errors" => elements(reader, sink, |sink, unread: Unread<'_>| {
                let message = format!("Bandit could not read `{}`: {}", unread.filename, unread.reason);
                sink.warning(Warning::new(WarningCode::ToolError, message));
                Ok(())
            }),
            _ => Ok(()),
        })?;
        reader.finish()?;
        if has_results { Ok(()) } else { Err(ParseError::new(ParseErrorKind::Missing("`results`"))) }
    }
}

fn finding<'a>(issue: Issue<'a>, sink: &mut dyn Sink) -> Finding<'a> {
    let severity = by_word(SEVERITIES, &issue.issue_severity, sink);
    let mut finding =
        Finding::new("bandit", issue.test_id, FindingKind::Weakness, severity, issue.issue_text);
    finding.rule_name = present(issue.test_name);
    finding.help_uri = present(issue.more_info);
    finding.path = present(issue.filename);
    finding.line = issue.line_number.position();
    finding.column = Number(issue.col_offset.0.map(|offset| offset + 1.0)).position();
    finding.context = finding.line.and_then(|line| listed_line(&issue.code, line));
    finding.cwe = cwes(issue.issue_cwe.iter().map(|weakness| &*weakness.id));
    finding
}
