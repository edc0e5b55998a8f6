//! # markdownlint JSON and text
//!
//! *Produced by* markdownlint-cli and markdownlint-cli2, see [`DESCRIPTOR`].
//! *Looks like* `[{"fileName": "…", "lineNumber": 1, "ruleNames": ["MD041", "…"], "ruleDescription": "…", "errorDetail": null}]`.
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
use crate::text_report::{self, located};

/// See the module.
pub struct Markdownlint;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "markdownlint",
    name: "markdownlint JSON and text",
    kind: ReportKind::Findings,
    tools: &["markdownlint-cli", "markdownlint-cli2"],
    globs: &["markdownlint*.json", "markdownlint*.txt"],
    link: "https://github.com/DavidAnson/markdownlint",
    version: 1,
    docs: Docs {
        produced_by: "`markdownlint --json docs 2> markdownlint.json`, or its text, markdownlint-cli2 with \
            `markdownlint-cli2-formatter-json`.",
        maps_to: "Each element is a finding; the rule is the first of `ruleNames`, its name \
            `ruleDescription`, its link `ruleInformation`. The message is the description with the detail; \
            the context is `errorContext`. Severity: error high, warning medium, as newer versions write \
            it, else medium.",
        not_read: "Fixes.",
        quirks: "An empty list tells nothing; the file's name must then hold `markdownlint`. `errorRange` \
            begins with the column. The text is an empty file where nothing was found.",
    },
};

const SEVERITIES: [(&str, Severity); 2] = [("error", Severity::High), ("warning", Severity::Medium)];

impl Format for Markdownlint {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        if json::head(input.head()).is_none() {
            return text_report::sniff(input, |line| text_finding(line).is_some());
        }
        json_list::sniff(input, &["fileName", "lineNumber", "ruleNames"], "markdownlint")
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        if !input.text.trim_start().starts_with('[') {
            return text_report::read(input, sink, |line, sink| match text_finding(line) {
                Some(finding) => emit(&finding, sink).map(|()| true),
                None => Ok(false),
            });
        }
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

/// `a.md:2:5 error MD009/no-trailing-spaces Trailing spaces [Expected: 0] [Context: "x"]`; older versions leave the
/// severity out.
fn text_finding(line: &str) -> Option<Finding<'_>> {
    let place = located(line)?;
    let (severity, rest) = match place.rest.split_once(' ')? {
        ("error", rest) => (Severity::High, rest),
        ("warning", rest) => (Severity::Medium, rest),
        _ => (Severity::Medium, place.rest),
    };
    let (names, message) = rest.split_once(' ')?;
    let rule = names.split('/').next()?;
    let digits = rest.strip_prefix("MD")?;
    if rule.len() != 5 || !digits.as_bytes().iter().take(3).all(u8::is_ascii_digit) {
        return None;
    }
    let mut finding = Finding::new("markdownlint", rule, FindingKind::Code, severity, message);
    finding.path = Some(Cow::Borrowed(place.path));
    finding.line = place.line;
    finding.column = place.column;
    finding.context = message
        .split_once("[Context: \"")
        .and_then(|(_, context)| context.strip_suffix("\"]"))
        .map(Cow::Borrowed);
    Some(finding)
}
