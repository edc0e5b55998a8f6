//! # Hadolint JSON and text
//!
//! *Produced by* Hadolint, see [`DESCRIPTOR`].
//! *Looks like* `[{"file": "Dockerfile", "line": 1, "column": 1, "code": "DL3006", "level": "warning", "message": "…"}]`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use std::borrow::Cow;

use plimsoll_format::json::{self, Number, Text};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink};
use plimsoll_model::{Finding, FindingKind, ReportKind, Severity};
use serde::Deserialize;

use crate::emit::emit;
use crate::json_list;
use crate::lenient::present;
use crate::severity::by_word;
use crate::text_report::{self, located};

/// See the module.
pub struct Hadolint;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "hadolint",
    name: "Hadolint JSON and text",
    kind: ReportKind::Findings,
    tools: &["Hadolint"],
    globs: &["hadolint*.json", "hadolint*.txt"],
    link: "https://github.com/hadolint/hadolint#cli",
    version: 1,
    docs: Docs {
        produced_by: "`hadolint -f json Dockerfile > hadolint.json`, `hadolint Dockerfile > hadolint.txt`.",
        maps_to: "Each element is a finding; the rule is `code`, linked to Hadolint's or ShellCheck's \
            page. Severity: error high, warning medium, info low, style info.",
        not_read: "Nothing.",
        quirks: "An empty list tells nothing; the file's name must then hold `hadolint`. Elements may lack \
            everything but one field. The text is an empty file where nothing was found.",
    },
};

const SEVERITIES: [(&str, Severity); 4] = [
    ("error", Severity::High),
    ("warning", Severity::Medium),
    ("info", Severity::Low),
    ("style", Severity::Info),
];

impl Format for Hadolint {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        if json::head(input.head()).is_none() {
            return text_report::sniff(input, |line| text_finding(line).is_some());
        }
        json_list::sniff_one_of(
            input,
            &["code", "level", "line", "message"],
            "code",
            &["DL", "SC"],
            "hadolint",
        )
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        if !input.text.trim_start().starts_with('[') {
            return text_report::read(input, sink, |line, sink| match text_finding(line) {
                Some((mut finding, level)) => {
                    finding.severity = by_word(&SEVERITIES, level, sink);
                    emit(&finding, sink).map(|()| true)
                }
                None => Ok(false),
            });
        }
        json_list::each(input, |check: Check<'_>| {
            let severity = match present(&check.level) {
                Some(word) => by_word(&SEVERITIES, word, sink),
                None => Severity::Unknown,
            };
            let rule = present(&check.code).unwrap_or(crate::NO_RULE);
            let mut finding = Finding::new("hadolint", rule, FindingKind::Code, severity, &*check.message);
            finding.help_uri = help_uri(rule).map(Cow::Owned);
            finding.path = present(&check.file).map(Cow::Borrowed);
            finding.line = check.line.position();
            finding.column = check.column.position();
            emit(&finding, sink)
        })
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Check<'a> {
    #[serde(borrow)]
    file: Text<'a>,
    line: Number,
    column: Number,
    code: Text<'a>,
    level: Text<'a>,
    message: Text<'a>,
}

fn help_uri(code: &str) -> Option<String> {
    if code.starts_with("DL") {
        Some(format!("https://github.com/hadolint/hadolint/wiki/{code}"))
    } else if code.starts_with("SC") {
        Some(format!("https://www.shellcheck.net/wiki/{code}"))
    } else {
        None
    }
}

/// `Dockerfile:1 DL3006 warning: message`, without its severity, and the word that tells it.
fn text_finding(line: &str) -> Option<(Finding<'_>, &str)> {
    let place = located(line)?;
    let (code, rest) = place.rest.split_once(' ')?;
    let (level, message) = rest.split_once(": ")?;
    let digits = code.strip_prefix("DL").or_else(|| code.strip_prefix("SC"))?;
    if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut finding = Finding::new("hadolint", code, FindingKind::Code, Severity::Unknown, message);
    finding.help_uri = help_uri(code).map(Cow::Owned);
    finding.path = Some(Cow::Borrowed(place.path));
    finding.line = place.line;
    finding.column = place.column;
    Some((finding, level))
}
