//! # GitLab Code Quality
//!
//! *Produced by* GitLab's Code Quality and many linters, see [`DESCRIPTOR`].
//! *Looks like* `[{"description": "…", "check_name": "…", "fingerprint": "…", "severity": "minor", "location": {"path": "…", "lines": {"begin": 1}}}]`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use std::borrow::Cow;

use plimsoll_format::json::{self, Number, Text};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink};
use plimsoll_model::{Finding, FindingKind, ReportKind, Severity};
use serde::Deserialize;

use crate::emit::emit;
use crate::json_list;
use crate::lenient::{List, present};
use crate::severity::by_word;

/// See the module.
pub struct GitlabCodeQuality;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "gitlab-codequality",
    name: "GitLab Code Quality",
    kind: ReportKind::Findings,
    tools: &[
        "GitLab Code Quality",
        "Code Climate",
        "ESLint",
        "Ruff",
        "golangci-lint",
        "Hadolint",
        "PHPStan",
        "Stylelint",
    ],
    globs: &["gl-code-quality-report*.json", "codeclimate*.json"],
    link: "https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format",
    version: 1,
    docs: Docs {
        produced_by: "GitLab's Code Quality job, `ruff check --output-format gitlab`, `phpstan \
            --error-format=gitlab`, `golangci-lint run --out-format code-climate`, `hadolint -f \
            gitlab_codeclimate`, `rubocop --format …`, `codeclimate analyze -f json`.",
        maps_to: "Each element is a finding of the tool `codequality` (or of `engine_name`); the rule is \
            `check_name`, the fingerprint `fingerprint`. Severity: blocker critical, critical high, major \
            medium, minor low, info info. Category Security is a weakness.",
        not_read: "Content, remediation points, other locations. Elements of another `type` than `issue` \
            (measurements, warnings of the engine).",
        quirks: "The line is `location.lines.begin` or `location.positions.begin.line`; `lines.begin` may \
            itself be an object. An empty list tells nothing; the file's name must then hold \
            `codequality`. Code Climate's own output may hold elements that are no issues.",
    },
};

const SEVERITIES: [(&str, Severity); 6] = [
    ("blocker", Severity::Critical),
    ("critical", Severity::High),
    ("major", Severity::Medium),
    ("normal", Severity::Medium),
    ("minor", Severity::Low),
    ("info", Severity::Info),
];

impl Format for GitlabCodeQuality {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        match json::head(input.head()) {
            Some(head)
                if head.has_all(&["location.path", "description"])
                    && head.has_any(&["fingerprint", "check_name"]) =>
            {
                Confidence::Certain
            }
            _ => json_list::sniff(input, &["location.path", "check_name"], "quality"),
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        if !input.text.trim_start().starts_with('{') {
            return json_list::each(input, |issue: Issue<'_>| read(&issue, sink));
        }
        // Code Climate's engines write one document after the other, with a zero byte behind each.
        for part in input.text.split('\0').filter(|part| !part.trim().is_empty()) {
            json::documents(&Input { text: part, ..*input }, |reader| read(&reader.read()?, sink))?;
        }
        Ok(())
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Issue<'a> {
    #[serde(borrow, rename = "type")]
    what: Text<'a>,
    check_name: Text<'a>,
    engine_name: Text<'a>,
    description: Text<'a>,
    fingerprint: Text<'a>,
    severity: Text<'a>,
    categories: List<Text<'a>>,
    location: Option<Location<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Location<'a> {
    #[serde(borrow)]
    path: Text<'a>,
    lines: Option<Span>,
    positions: Option<Span>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct Span {
    #[serde(deserialize_with = "json::or_default")]
    begin: Position,
    #[serde(deserialize_with = "json::or_default")]
    end: Position,
}

/// A line alone, or with its column.
#[derive(Clone, Copy, Deserialize)]
#[serde(untagged)]
enum Position {
    Full {
        #[serde(default)]
        line: Number,
        #[serde(default)]
        column: Number,
    },
    Line(Number),
}

impl Default for Position {
    fn default() -> Self {
        Self::Line(Number(None))
    }
}

impl Position {
    fn line(self) -> Option<u32> {
        match self {
            Self::Full { line, .. } | Self::Line(line) => line.position(),
        }
    }

    fn column(self) -> Option<u32> {
        match self {
            Self::Full { column, .. } => column.position(),
            Self::Line(_) => None,
        }
    }
}

fn read(issue: &Issue<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
    if present(&issue.what).is_some_and(|what| !what.eq_ignore_ascii_case("issue")) {
        return Ok(());
    }
    let severity = match present(&issue.severity) {
        Some(word) => by_word(&SEVERITIES, word, sink),
        None => Severity::Unknown,
    };
    let is_security = issue.categories.0.iter().any(|category| category.eq_ignore_ascii_case("security"));
    let kind = if is_security { FindingKind::Weakness } else { FindingKind::Code };
    let tool = present(&issue.engine_name)
        .map_or(Cow::Borrowed("codequality"), |name| Cow::Owned(name.to_lowercase()));
    let rule = present(&issue.check_name).unwrap_or(crate::NO_RULE);
    let mut finding = Finding::new(tool, rule, kind, severity, &*issue.description);
    finding.fingerprint = present(&issue.fingerprint).map(Cow::Borrowed);
    if let Some(location) = &issue.location {
        let span = location.lines.or(location.positions).unwrap_or_default();
        finding.path = present(&location.path).map(Cow::Borrowed);
        finding.line = span.begin.line();
        finding.column = span.begin.column();
        finding.end_line = span.end.line().filter(|end| finding.line.is_some_and(|line| *end > line));
    }
    emit(&finding, sink)
}
