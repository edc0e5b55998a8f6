//! # Ruff JSON and text
//!
//! *Produced by* Ruff, see [`DESCRIPTOR`].
//! *Looks like* `[{"code": "F401", "filename": "…", "location": {"row": 1, "column": 8}, "message": "…", "noqa_row": 1}]`.
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

/// See the module.
pub struct Ruff;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "ruff",
    name: "Ruff JSON and text",
    kind: ReportKind::Findings,
    tools: &["Ruff"],
    globs: &["ruff*.json", "ruff*.txt"],
    link: "https://docs.astral.sh/ruff/settings/#output-format",
    version: 1,
    docs: Docs {
        produced_by: "`ruff check --output-format json > ruff.json`, `json-lines`, or the text of `full` \
            and `concise`.",
        maps_to: "Each element is a finding; the rule is `code`, its name `name`, its link `url`. Ruff \
            gives no severity before 0.15: then it is medium, or high for a syntax error, which has no \
            code. Where it gives one: error high, warning medium, info low. Rules of flake8-bandit (`S` \
            and three digits) are weaknesses.",
        not_read: "Fixes, cells of notebooks.",
        quirks: "An empty list tells nothing; the file's name must then hold `ruff`. Syntax errors have \
            `null` or `invalid-syntax` for a code.",
    },
};

const SEVERITIES: [(&str, Severity); 4] = [
    ("fatal", Severity::Critical),
    ("error", Severity::High),
    ("warning", Severity::Medium),
    ("info", Severity::Low),
];

impl Format for Ruff {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        if crate::ruff_text::is_ruff(input) {
            return Confidence::Certain;
        }
        let keys = ["code", "filename", "location.row", "end_location", "message"];
        match json::head(input.head()) {
            Some(head) if !head.is_array && head.has_all(&keys) => Confidence::Certain,
            _ => json_list::sniff(input, &["code", "filename", "location.row", "end_location"], "ruff"),
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        if !input.text.trim_start().starts_with(['{', '[']) && !input.text.trim().is_empty() {
            return crate::ruff_text::read(input, sink);
        }
        if input.text.trim_start().starts_with('{') {
            return json::lines(input, sink, |sink, diagnostic: Diagnostic<'_>| read(&diagnostic, sink));
        }
        json_list::each(input, |diagnostic: Diagnostic<'_>| read(&diagnostic, sink))
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Diagnostic<'a> {
    #[serde(borrow)]
    code: Text<'a>,
    name: Text<'a>,
    filename: Text<'a>,
    message: Text<'a>,
    severity: Text<'a>,
    url: Text<'a>,
    location: Option<Place>,
    end_location: Option<Place>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct Place {
    row: Number,
    column: Number,
}

fn read(diagnostic: &Diagnostic<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
    let rule = present(&diagnostic.code).unwrap_or("invalid-syntax");
    let severity = match present(&diagnostic.severity) {
        Some(word) => by_word(&SEVERITIES, word, sink),
        None if rule == "invalid-syntax" => Severity::High,
        None => Severity::Medium,
    };
    let mut finding = Finding::new("ruff", rule, kind(rule), severity, &*diagnostic.message);
    finding.rule_name = present(&diagnostic.name).map(Cow::Borrowed);
    finding.help_uri = present(&diagnostic.url).map(Cow::Borrowed);
    finding.path = present(&diagnostic.filename).map(Cow::Borrowed);
    let place = diagnostic.location.unwrap_or_default();
    finding.line = place.row.position();
    finding.column = place.column.position();
    let end = diagnostic.end_location.and_then(|end| end.row.position());
    finding.end_line = end.filter(|end| finding.line.is_some_and(|line| *end > line));
    emit(&finding, sink)
}

/// `S105` and the like come from flake8-bandit.
pub fn kind(rule: &str) -> FindingKind {
    let is_bandit =
        rule.strip_prefix('S').is_some_and(|number| number.len() == 3 && number.parse::<u16>().is_ok());
    if is_bandit { FindingKind::Weakness } else { FindingKind::Code }
}
