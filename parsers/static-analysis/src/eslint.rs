//! # ESLint JSON
//!
//! *Produced by* ESLint, and by tools with its report, see [`DESCRIPTOR`].
//! *Looks like* `[{"filePath": "…", "messages": [{"ruleId": "…", "severity": 2, "message": "…", "line": 1}]}]`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use std::borrow::Cow;

use plimsoll_format::json::{self, Number, Text};
use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, LimitName, ParseError, Sink, Warning, WarningCode,
};
use plimsoll_model::{Finding, FindingKind, ReportKind, Severity, Suppression};
use serde::Deserialize;

use crate::emit::emit;
use crate::json_list;
use crate::lenient::{List, MAX_ELEMENTS, present};

/// See the module.
pub struct Eslint;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "eslint",
    name: "ESLint JSON",
    kind: ReportKind::Findings,
    tools: &["ESLint", "oxlint", "Secretlint"],
    globs: &["eslint*.json"],
    link: "https://eslint.org/docs/latest/use/formatters/#json",
    version: 1,
    docs: Docs {
        produced_by: "`eslint -f json -o eslint.json .`, `eslint -f json-with-metadata`.",
        maps_to: "Each message is a finding at its `filePath`. Severity: 2 high, 1 medium, 0 info. A \
            message without a rule is a syntax or configuration error: rule `fatal` where it is fatal. \
            `suppressedMessages` are findings suppressed in source, with the justification of the \
            directive.",
        not_read: "The metadata of rules, fixes, suggestions, source text, statistics, deprecated rules.",
        quirks: "An empty list tells nothing; the file's name must then hold `eslint`. Columns of \
            whole-file messages are 0 and count as absent.",
    },
};

impl Format for Eslint {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        match json::head(input.head()) {
            Some(head) if !head.is_array => {
                if head.has_all(&["results[].filePath", "results[].messages"]) {
                    Confidence::Certain
                } else {
                    Confidence::No
                }
            }
            _ => json_list::sniff(input, &["filePath", "messages"], "eslint"),
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = json::Reader::new(input);
        if reader.peek()? == json::Kind::Object {
            reader.object(|reader, key| match key {
                "results" => read_files(reader, sink),
                _ => Ok(()),
            })?;
        } else {
            read_files(&mut reader, sink)?;
        }
        reader.finish()
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Message<'a> {
    #[serde(borrow)]
    rule_id: Text<'a>,
    severity: Number,
    message: Text<'a>,
    line: Number,
    column: Number,
    end_line: Number,
    fatal: Option<bool>,
    suppressions: List<Justified<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Justified<'a> {
    #[serde(borrow)]
    justification: Text<'a>,
}

fn read_files(reader: &mut json::Reader<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
    reader.array(|reader| {
        let mut path = Text::default();
        let mut early: Vec<(Message<'_>, bool)> = Vec::new();
        reader.object(|reader, key| {
            match key {
                "filePath" => path = reader.read()?,
                "messages" | "suppressedMessages" => {
                    let is_suppressed = key == "suppressedMessages";
                    reader.array(|reader| {
                        let message: Message<'_> = reader.read()?;
                        if path.is_empty() {
                            // The path stands first in all that ESLint writes; otherwise the messages wait for it.
                            if early.len() == MAX_ELEMENTS {
                                return Err(ParseError::limit(LimitName::Items, MAX_ELEMENTS as u64));
                            }
                            early.push((message, is_suppressed));
                            return Ok(());
                        }
                        emit(&finding(&message, &path, is_suppressed, sink), sink)
                    })?;
                }
                _ => {}
            }
            Ok(())
        })?;
        for (message, is_suppressed) in &early {
            emit(&finding(message, &path, *is_suppressed, sink), sink)?;
        }
        Ok(())
    })
}

fn finding<'m>(
    message: &'m Message<'_>,
    path: &'m str,
    is_suppressed: bool,
    sink: &mut dyn Sink,
) -> Finding<'m> {
    let is_fatal = message.fatal == Some(true);
    let rule = present(&message.rule_id).unwrap_or(if is_fatal { "fatal" } else { crate::NO_RULE });
    let severity = match message.severity.count() {
        Some(2) => Severity::High,
        Some(1) => Severity::Medium,
        Some(0) => Severity::Info,
        other => {
            if let Some(number) = other {
                let text = format!("the severity {number} is not known");
                sink.warning(Warning::new(WarningCode::UnknownSeverity, text));
            }
            Severity::Unknown
        }
    };
    let mut finding = Finding::new("eslint", rule, FindingKind::Code, severity, &*message.message);
    finding.path = Some(path).filter(|path| !path.is_empty()).map(Cow::Borrowed);
    finding.line = message.line.position();
    finding.column = message.column.position();
    finding.end_line = message.end_line.position().filter(|end| finding.line.is_some_and(|line| *end > line));
    if is_suppressed {
        let reason =
            message.suppressions.0.iter().find_map(|suppression| present(&suppression.justification));
        finding.suppression = Some(Suppression { place: "in-source", reason: reason.map(Cow::Borrowed) });
    }
    finding
}
