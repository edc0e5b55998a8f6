//! # Stylelint JSON
//!
//! *Produced by* Stylelint, see [`DESCRIPTOR`].
//! *Looks like* `[{"source": "…", "warnings": [{"line": 1, "column": 2, "rule": "…", "severity": "error", "text": "…"}]}]`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use std::borrow::Cow;

use plimsoll_format::json::{Number, Text};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink, Warning, WarningCode};
use plimsoll_model::{Finding, FindingKind, ReportKind, Severity};
use serde::Deserialize;

use crate::emit::emit;
use crate::json_list;
use crate::lenient::{List, present};
use crate::severity::by_word;

/// See the module.
pub struct Stylelint;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "stylelint",
    name: "Stylelint JSON",
    kind: ReportKind::Findings,
    tools: &["Stylelint"],
    globs: &["stylelint*.json"],
    link: "https://stylelint.io/user-guide/usage/options#formatter",
    version: 1,
    docs: Docs {
        produced_by: "`stylelint --formatter json --output-file stylelint.json \"**/*.css\"`.",
        maps_to: "Each of `warnings` is a finding at its `source`; `parseErrors` are findings with the \
            rule `parse-error` and severity high. Severity: error high, warning medium. The rule in \
            brackets at the end of the text is taken off.",
        not_read: "Deprecations; invalid options become `tool-error` warnings.",
        quirks: "An empty list tells nothing; the file's name must then hold `stylelint`. `CssSyntaxError` \
            is the rule of a file that cannot be parsed.",
    },
};

const SEVERITIES: [(&str, Severity); 2] = [("error", Severity::High), ("warning", Severity::Medium)];

impl Format for Stylelint {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        json_list::sniff(input, &["source", "warnings"], "stylelint")
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        json_list::each(input, |file: File<'_>| {
            for warning in &file.warnings.0 {
                let severity = match present(&warning.severity) {
                    Some(word) => by_word(&SEVERITIES, word, sink),
                    None => Severity::Unknown,
                };
                emit(&finding(&file.source, warning, severity, crate::NO_RULE), sink)?;
            }
            for error in &file.parse_errors.0 {
                emit(&finding(&file.source, error, Severity::High, "parse-error"), sink)?;
            }
            for invalid in &file.invalid_option_warnings.0 {
                sink.warning(Warning::new(WarningCode::ToolError, invalid.text.to_string()));
            }
            Ok(())
        })
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct File<'a> {
    #[serde(borrow)]
    source: Text<'a>,
    warnings: List<StyleWarning<'a>>,
    parse_errors: List<StyleWarning<'a>>,
    invalid_option_warnings: List<StyleWarning<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct StyleWarning<'a> {
    line: Number,
    column: Number,
    end_line: Number,
    #[serde(borrow)]
    rule: Text<'a>,
    severity: Text<'a>,
    text: Text<'a>,
}

fn finding<'f>(
    source: &'f str,
    warning: &'f StyleWarning<'_>,
    severity: Severity,
    no_rule: &'static str,
) -> Finding<'f> {
    let rule = present(&warning.rule).unwrap_or(no_rule);
    let text = warning.text.trim_end();
    let text =
        text.strip_suffix(')').and_then(|text| text.strip_suffix(rule)?.strip_suffix('(')).unwrap_or(text);
    let mut finding = Finding::new("stylelint", rule, FindingKind::Code, severity, text.trim_end());
    finding.path = Some(source).filter(|source| !source.is_empty()).map(Cow::Borrowed);
    finding.line = warning.line.position();
    finding.column = warning.column.position();
    finding.end_line = warning.end_line.position().filter(|end| finding.line.is_some_and(|line| *end > line));
    finding
}
