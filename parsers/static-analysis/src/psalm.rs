//! # Psalm JSON
//!
//! *Produced by* Psalm, see [`DESCRIPTOR`].
//! *Looks like* `[{"severity": "error", "line_from": 3, "line_to": 3, "type": "…", "message": "…", "file_name": "…"}]`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use std::borrow::Cow;

use plimsoll_format::json::{Number, Text};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink};
use plimsoll_model::{Finding, FindingKind, ReportKind, Severity};
use serde::Deserialize;

use crate::emit::emit;
use crate::json_list;
use crate::lenient::present;
use crate::severity::by_word;

/// See the module.
pub struct Psalm;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "psalm",
    name: "Psalm JSON",
    kind: ReportKind::Findings,
    tools: &["Psalm"],
    globs: &["psalm*.json"],
    link: "https://psalm.dev/docs/running_psalm/command_line_usage/",
    version: 1,
    docs: Docs {
        produced_by: "`psalm --output-format=json > psalm.json`, `psalm --report=psalm.json`.",
        maps_to: "Each element is a finding; the rule is `type`, the context the snippet, the link `link`. \
            Severity: error high, info low. `Tainted…` types are weaknesses.",
        not_read: "Offsets, the selected text, other references, the taint trace.",
        quirks: "An empty list tells nothing; the file's name must then hold `psalm`. Snippets end with a \
            carriage return where the source does.",
    },
};

const SEVERITIES: [(&str, Severity); 3] =
    [("error", Severity::High), ("warning", Severity::Medium), ("info", Severity::Low)];

impl Format for Psalm {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        json_list::sniff(input, &["severity", "line_from", "type", "file_name"], "psalm")
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        json_list::each(input, |issue: Issue<'_>| {
            let severity = match present(&issue.severity) {
                Some(word) => by_word(&SEVERITIES, word, sink),
                None => Severity::Unknown,
            };
            let rule = present(&issue.rule).unwrap_or(crate::NO_RULE);
            let kind = if rule.starts_with("Tainted") { FindingKind::Weakness } else { FindingKind::Code };
            let mut finding = Finding::new("psalm", rule, kind, severity, &*issue.message);
            finding.help_uri = present(&issue.link).map(Cow::Borrowed);
            finding.path = present(&issue.file_name).or_else(|| present(&issue.file_path)).map(Cow::Borrowed);
            finding.line = issue.line_from.position();
            finding.column = issue.column_from.position();
            finding.end_line =
                issue.line_to.position().filter(|end| finding.line.is_some_and(|line| *end > line));
            finding.context = present(&issue.snippet).map(Cow::Borrowed);
            emit(&finding, sink)
        })
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Issue<'a> {
    #[serde(borrow)]
    severity: Text<'a>,
    line_from: Number,
    line_to: Number,
    column_from: Number,
    #[serde(rename = "type")]
    rule: Text<'a>,
    message: Text<'a>,
    file_name: Text<'a>,
    file_path: Text<'a>,
    snippet: Text<'a>,
    link: Text<'a>,
}
