//! # markdownlint JSON
//!
//! *Produced by* markdownlint-cli and markdownlint-cli2, see [`DESCRIPTOR`].
//! *Looks like* `[{"fileName": "…", "lineNumber": 1, "ruleNames": ["MD041", "…"], "ruleDescription": "…", "errorDetail": null}]`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use std::borrow::Cow;

use plimsoll_format::json::{Number, Text};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink};
use plimsoll_model::{Finding, FindingKind, ReportKind, Severity};
use serde::Deserialize;

use crate::emit::emit;
use crate::json_list;
use crate::lenient::{List, present};
use crate::severity::by_word;

/// See the module.
pub struct Markdownlint;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "markdownlint",
    name: "markdownlint JSON",
    kind: ReportKind::Findings,
    tools: &["markdownlint-cli", "markdownlint-cli2"],
    globs: &["markdownlint*.json"],
    link: "https://github.com/DavidAnson/markdownlint",
    version: 1,
    docs: Docs {
        produced_by: "`markdownlint --json docs 2> markdownlint.json`, markdownlint-cli2 with \
            `markdownlint-cli2-formatter-json`.",
        maps_to: "Each element is a finding; the rule is the first of `ruleNames`, its name \
            `ruleDescription`, its link `ruleInformation`. The message is the description with the detail; \
            the context is `errorContext`. Severity: error high, warning medium, as newer versions write \
            it, else medium.",
        not_read: "Fixes.",
        quirks: "An empty list tells nothing; the file's name must then hold `markdownlint`. `errorRange` \
            begins with the column.",
    },
};

const SEVERITIES: [(&str, Severity); 2] = [("error", Severity::High), ("warning", Severity::Medium)];

impl Format for Markdownlint {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        json_list::sniff(input, &["fileName", "lineNumber", "ruleNames"], "markdownlint")
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        json_list::each(input, |issue: Issue<'_>| {
            let severity = match present(&issue.severity) {
                Some(word) => by_word(&SEVERITIES, word, sink),
                None => Severity::Medium,
            };
            let rule = issue.rule_names.0.iter().find_map(present).unwrap_or(crate::NO_RULE);
            let message = match present(&issue.error_detail) {
                Some(detail) => Cow::Owned(format!("{}: {detail}", issue.rule_description)),
                None => Cow::Borrowed(&*issue.rule_description),
            };
            let mut finding = Finding::new("markdownlint", rule, FindingKind::Code, severity, message);
            finding.rule_name = present(&issue.rule_description).map(Cow::Borrowed);
            finding.help_uri = present(&issue.rule_information).map(Cow::Borrowed);
            finding.path = present(&issue.file_name).map(Cow::Borrowed);
            finding.line = issue.line_number.position();
            finding.column = issue.error_range.0.first().and_then(|column| column.position());
            finding.context = present(&issue.error_context).map(Cow::Borrowed);
            emit(&finding, sink)
        })
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Issue<'a> {
    #[serde(borrow)]
    file_name: Text<'a>,
    line_number: Number,
    rule_names: List<Text<'a>>,
    rule_description: Text<'a>,
    rule_information: Text<'a>,
    error_detail: Text<'a>,
    error_context: Text<'a>,
    error_range: List<Number>,
    severity: Text<'a>,
}
