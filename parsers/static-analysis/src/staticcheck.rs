//! # Staticcheck JSON and text
//!
//! *Produced by* Staticcheck, see [`DESCRIPTOR`].
//! *Looks like* `{"code": "SA4006", "severity": "error", "location": {"file": "main.go", "line": 9, "column": 2}, "end": {…}, "message": "…"}`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use std::borrow::Cow;

use plimsoll_format::json::{self, Number, Text};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink};
use plimsoll_model::{Finding, FindingKind, ReportKind, Severity, Suppression};
use serde::Deserialize;

use crate::emit::emit;
use crate::json_list;
use crate::lenient::present;
use crate::severity::by_word;
use crate::text_report::{self, bracketed, has_ending, located};

/// See the module.
pub struct Staticcheck;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "staticcheck",
    name: "Staticcheck JSON and text",
    kind: ReportKind::Findings,
    tools: &["Staticcheck"],
    globs: &["staticcheck*.json", "staticcheck*.txt"],
    link: "https://staticcheck.dev/docs/running-staticcheck/cli/formatters/",
    version: 1,
    docs: Docs {
        produced_by: "`staticcheck -f json ./... > staticcheck.json`, `staticcheck ./... > staticcheck.txt`.",
        maps_to: "Each object is a finding; the rule is the code, linked to its page. Severity: error \
            high, warning medium, ignored info and suppressed in source; the text has none: `compile` \
            high, all others medium.",
        not_read: "Related places.",
        quirks: "One object a line; a list of them is read, too. The tool writes an empty file where it \
            finds nothing.",
    },
};

const SEVERITIES: [(&str, Severity); 4] = [
    ("error", Severity::High),
    ("warning", Severity::Medium),
    ("info", Severity::Low),
    ("ignored", Severity::Info),
];

impl Format for Staticcheck {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        match json::head(input.head()) {
            Some(head)
                if head.has_all(&["code", "location.file", "location.line", "end.line", "message"]) =>
            {
                Confidence::Certain
            }
            Some(_) => Confidence::No,
            None => text_report::sniff(input, |line| text_finding(line).is_some()),
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let text = input.text.trim_start();
        if text.starts_with('[') {
            return json_list::each(input, |problem: Problem<'_>| read(&problem, sink));
        }
        if text.starts_with('{') {
            return json::lines(input, sink, |sink, problem: Problem<'_>| read(&problem, sink));
        }
        text_report::read(input, sink, |line, sink| match text_finding(line) {
            Some(finding) => emit(&finding, sink).map(|()| true),
            None => Ok(false),
        })
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Problem<'a> {
    #[serde(borrow)]
    code: Text<'a>,
    severity: Text<'a>,
    message: Text<'a>,
    location: Option<Location<'a>>,
    end: Option<Location<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Location<'a> {
    #[serde(borrow)]
    file: Text<'a>,
    line: Number,
    column: Number,
}

fn read(problem: &Problem<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
    let severity = match present(&problem.severity) {
        Some(word) => by_word(&SEVERITIES, word, sink),
        None => Severity::Unknown,
    };
    let rule = present(&problem.code).unwrap_or(crate::NO_RULE);
    let mut finding = new(rule, &problem.message, severity);
    if let Some(location) = &problem.location {
        finding.path = present(&location.file).map(Cow::Borrowed);
        finding.line = location.line.position();
        finding.column = location.column.position();
    }
    let end = problem.end.as_ref().and_then(|end| end.line.position());
    finding.end_line = end.filter(|end| finding.line.is_some_and(|line| *end > line));
    if problem.severity.eq_ignore_ascii_case("ignored") {
        finding.suppression = Some(Suppression { place: "in-source", reason: None });
    }
    emit(&finding, sink)
}

fn new<'p>(rule: &'p str, message: &'p str, severity: Severity) -> Finding<'p> {
    let mut finding = Finding::new("staticcheck", rule, FindingKind::Code, severity, message);
    finding.help_uri =
        is_check(rule).then(|| Cow::Owned(format!("https://staticcheck.dev/docs/checks/#{rule}")));
    finding
}

/// `main.go:9:2: message (SA4006)`.
fn text_finding(line: &str) -> Option<Finding<'_>> {
    let place = located(line).filter(|place| place.path.contains('.') && has_ending(place.path, &["go"]))?;
    let (message, rule) = bracketed(place.rest, '(', ')')?;
    if !is_check(rule) && rule != "compile" {
        return None;
    }
    let severity = if rule == "compile" { Severity::High } else { Severity::Medium };
    let mut finding = new(rule, message, severity);
    finding.path = Some(Cow::Borrowed(place.path));
    finding.line = place.line;
    finding.column = place.column;
    Some(finding)
}

fn is_check(rule: &str) -> bool {
    let digits = ["SA", "ST", "QF", "S", "U"].iter().find_map(|prefix| rule.strip_prefix(prefix));
    digits.is_some_and(|digits| digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit()))
}
