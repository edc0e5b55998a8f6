//! # ShellCheck JSON and text
//!
//! *Produced by* ShellCheck, see [`DESCRIPTOR`].
//! *Looks like* `[{"file": "a.sh", "line": 2, "endLine": 2, "column": 1, "level": "warning", "code": 2164, "message": "…"}]`.
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
use crate::text_report::{self, bracketed, located};

/// See the module.
pub struct ShellCheck;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "shellcheck",
    name: "ShellCheck JSON and text",
    kind: ReportKind::Findings,
    tools: &["ShellCheck"],
    globs: &["shellcheck*.json", "shellcheck*.txt"],
    link: "https://github.com/koalaman/shellcheck/wiki/Integration",
    version: 1,
    docs: Docs {
        produced_by: "`shellcheck -f json script.sh`, `-f json1`, `-f gcc`.",
        maps_to: "Each comment is a finding; the rule is `SC` and the number, linked to its page. \
            Severity: error high, warning medium, info low, style info.",
        not_read: "Fixes.",
        quirks: "An empty list tells nothing; the file's name must then hold `shellcheck`. `json1` has the \
            list in `comments`. Columns count tabs as one. In the text of `-f gcc` a note is an info or a \
            style; it is an empty file where nothing was found.",
    },
};

const SEVERITIES: [(&str, Severity); 5] = [
    ("error", Severity::High),
    ("warning", Severity::Medium),
    ("info", Severity::Low),
    ("style", Severity::Info),
    // Of `-f gcc`.
    ("note", Severity::Low),
];

impl Format for ShellCheck {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        match json::head(input.head()) {
            None => text_report::sniff(input, |line| text_finding(line).is_some()),
            Some(head) if !head.is_array => {
                let has_comment =
                    head.has_all(&["comments[].file", "comments[].endLine", "comments[].level"]);
                let is_empty = head.is_whole && head.fields.len() == 1 && head.value("comments") == Some("[");
                if has_comment || is_empty { Confidence::Certain } else { Confidence::No }
            }
            _ => json_list::sniff(input, &["file", "line", "endLine", "level", "code"], "shellcheck"),
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        if !input.text.trim_start().starts_with(['[', '{']) {
            return text_report::read(input, sink, |line, sink| match text_finding(line) {
                Some((mut finding, level)) => {
                    finding.severity = by_word(&SEVERITIES, level, sink);
                    emit(&finding, sink).map(|()| true)
                }
                None => Ok(false),
            });
        }
        let mut reader = json::Reader::new(input);
        if reader.peek()? == json::Kind::Array {
            return json_list::each(input, |comment: Comment<'_>| read(&comment, sink));
        }
        reader.object(|reader, key| match key {
            "comments" => reader.array(|reader| {
                let comment: Comment<'_> = reader.read()?;
                read(&comment, sink)
            }),
            _ => Ok(()),
        })?;
        reader.finish()
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Comment<'a> {
    #[serde(borrow)]
    file: Text<'a>,
    line: Number,
    end_line: Number,
    column: Number,
    code: Text<'a>,
    level: Text<'a>,
    message: Text<'a>,
}

fn read(comment: &Comment<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
    let severity = match present(&comment.level) {
        Some(word) => by_word(&SEVERITIES, word, sink),
        None => Severity::Unknown,
    };
    let rule = match present(&comment.code) {
        None => Cow::Borrowed(crate::NO_RULE),
        Some(code) if code.starts_with("SC") => Cow::Borrowed(code),
        Some(code) => Cow::Owned(format!("SC{code}")),
    };
    let help_uri = format!("https://www.shellcheck.net/wiki/{rule}");
    let mut finding = Finding::new("shellcheck", rule, FindingKind::Code, severity, &*comment.message);
    finding.help_uri = Some(Cow::Owned(help_uri));
    finding.path = present(&comment.file).map(Cow::Borrowed);
    finding.line = comment.line.position();
    finding.column = comment.column.position();
    finding.end_line = comment.end_line.position().filter(|end| finding.line.is_some_and(|line| *end > line));
    emit(&finding, sink)
}

/// `a.sh:2:1: warning: message [SC2164]`, without its severity, and the word that tells it.
fn text_finding(line: &str) -> Option<(Finding<'_>, &str)> {
    let place = located(line)?;
    let (level, rest) = place.rest.split_once(": ")?;
    let (message, code) = bracketed(rest, '[', ']')?;
    let digits = code.strip_prefix("SC")?;
    if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut finding = Finding::new("shellcheck", code, FindingKind::Code, Severity::Unknown, message);
    finding.help_uri = Some(Cow::Owned(format!("https://www.shellcheck.net/wiki/{code}")));
    finding.path = Some(Cow::Borrowed(place.path));
    finding.line = place.line;
    finding.column = place.column;
    Some((finding, level))
}
