//! # mypy JSON and text
//!
//! *Produced by* mypy, see [`DESCRIPTOR`].
//! *Looks like* `{"file": "a.py", "line": 6, "column": 0, "message": "…", "hint": null, "code": "no-untyped-def", "severity": "error"}`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use std::borrow::Cow;

use plimsoll_format::json::{self, Number, Text};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink};
use plimsoll_model::{Finding, FindingKind, ReportKind, Severity};
use serde::Deserialize;

use crate::emit::emit;
use crate::flake8::PYTHON;
use crate::lenient::present;
use crate::severity::by_word;
use crate::text_report::{self, Located, bracketed, has_ending, located};

/// See the module.
pub struct Mypy;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "mypy",
    name: "mypy JSON and text",
    kind: ReportKind::Findings,
    tools: &["mypy"],
    globs: &["mypy*.json", "mypy*.txt"],
    link: "https://mypy.readthedocs.io/en/stable/command_line.html#cmdoption-mypy-output",
    version: 1,
    docs: Docs {
        produced_by: "`mypy -O json src > mypy.json`, `mypy src > mypy.txt`.",
        maps_to: "Each error is a finding; the rule is the code in brackets. Severity: error high, note low.",
        not_read: "Notes of the text output belong to the error before them and are passed over; \
            `--pretty` source lines.",
        quirks: "JSON is one object a line. Columns of the JSON count from 0, those of the text from 1. \
            `-O json` writes an empty file where it finds nothing. An error without a code has the rule \
            `no-rule`.",
    },
};

const SEVERITIES: [(&str, Severity); 3] =
    [("error", Severity::High), ("warning", Severity::Medium), ("note", Severity::Low)];

impl Format for Mypy {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        match json::head(input.head()) {
            Some(head) => {
                let keys = ["file", "line", "column", "message", "hint", "code", "severity"];
                if !head.is_array && head.has_all(&keys) { Confidence::Certain } else { Confidence::No }
            }
            None => text_report::sniff(input, |line| message(line).is_some() || is_frame(line)),
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        if input.text.trim_start().starts_with('{') {
            return json::lines(input, sink, |sink, message: Message<'_>| read(&message, sink));
        }
        text_report::read(input, sink, |line, sink| match message(line) {
            Some((_, "note", _)) => Ok(true),
            Some((place, level, rest)) => {
                let (message, code) = bracketed(rest, '[', ']').unwrap_or((rest, crate::NO_RULE));
                let severity = by_word(&SEVERITIES, level, sink);
                let mut finding = Finding::new("mypy", code, FindingKind::Code, severity, message);
                finding.path = Some(Cow::Borrowed(place.path));
                finding.line = place.line;
                finding.column = place.column;
                emit(&finding, sink).map(|()| true)
            }
            None => Ok(is_frame(line)),
        })
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Message<'a> {
    #[serde(borrow)]
    file: Text<'a>,
    line: Number,
    column: Number,
    end_line: Number,
    message: Text<'a>,
    hint: Text<'a>,
    code: Text<'a>,
    severity: Text<'a>,
}

fn read(message: &Message<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
    let severity = match present(&message.severity) {
        Some(word) => by_word(&SEVERITIES, word, sink),
        None => Severity::Unknown,
    };
    let rule = present(&message.code).unwrap_or(crate::NO_RULE);
    let text = match present(&message.hint) {
        Some(hint) => Cow::Owned(format!("{}\n{hint}", message.message)),
        None => Cow::Borrowed(&*message.message),
    };
    let mut finding = Finding::new("mypy", rule, FindingKind::Code, severity, text);
    finding.path = present(&message.file).map(Cow::Borrowed);
    finding.line = message.line.position();
    finding.column = Number(message.column.0.map(|column| column + 1.0)).position();
    finding.end_line = message.end_line.position().filter(|end| finding.line.is_some_and(|line| *end > line));
    emit(&finding, sink)
}

/// Place, level and the rest of a line of text.
fn message(line: &str) -> Option<(Located<'_>, &str, &str)> {
    let place = located(line).filter(|place| has_ending(place.path, &PYTHON) && place.path.contains('.'))?;
    let (level, rest) = place.rest.split_once(": ")?;
    matches!(level, "error" | "note" | "warning").then_some((place, level, rest))
}

fn is_frame(line: &str) -> bool {
    line.starts_with("Success: no issues found in ")
        || (line.starts_with("Found ") && line.contains(" source file"))
}
