//! # PHPStan JSON
//!
//! *Produced by* PHPStan, see [`DESCRIPTOR`].
//! *Looks like* `{"totals": {"errors": 0, "file_errors": 1}, "files": {"a.php": {"errors": 1, "messages": [{"message": "…", "line": 8, "ignorable": true}]}}, "errors": []}`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use std::borrow::Cow;

use plimsoll_format::json::{self, Number, Text};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink, Warning, WarningCode};
use plimsoll_model::{Finding, FindingKind, ReportKind, Severity};
use serde::Deserialize;

use crate::emit::emit;
use crate::lenient::{List, present};

/// See the module.
pub struct PhpStan;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "phpstan",
    name: "PHPStan JSON",
    kind: ReportKind::Findings,
    tools: &["PHPStan", "Larastan"],
    globs: &["phpstan*.json"],
    link: "https://phpstan.org/user-guide/output-format",
    version: 1,
    docs: Docs {
        produced_by: "`phpstan analyse --error-format=json > phpstan.json`, `prettyJson`.",
        maps_to: "Each message of each file is a finding; the rule is its `identifier`, of old versions, \
            which have none, `no-rule`. PHPStan has no severities: all are high, as it reports errors \
            only. `errors` that belong to no file are findings without a path.",
        not_read: "Tips are put behind the message.",
        quirks: "`files` is an empty list instead of an object where there are none. A path may end with ` \
            (in context of class …)`, which is taken off. The declared total that differs is a \
            `total-mismatch`.",
    },
};

impl Format for PhpStan {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()).filter(|head| !head.is_array) else {
            return Confidence::No;
        };
        if head.has_all(&["totals.errors", "totals.file_errors"]) {
            Confidence::Certain
        } else {
            Confidence::No
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut count = 0_u64;
        let mut declared = None;
        let mut reader = json::Reader::new(input);
        reader.object(|reader, key| match key {
            "totals" => {
                declared = reader.read::<Option<Totals>>()?.and_then(|totals| totals.file_errors.count());
                Ok(())
            }
            // PHP writes an empty map as a list.
            "files" if reader.peek()? == json::Kind::Array => Ok(()),
            "files" => reader.object(|reader, path| {
                let file: Option<File<'_>> = reader.read()?;
                for message in &file.unwrap_or_default().messages.0 {
                    count += 1;
                    read(message, path, sink)?;
                }
                Ok(())
            }),
            "errors" => reader.array(|reader| {
                let error: Text<'_> = reader.read()?;
                let finding =
                    Finding::new("phpstan", crate::NO_RULE, FindingKind::Code, Severity::High, &*error);
                emit(&finding, sink)
            }),
            _ => Ok(()),
        })?;
        reader.finish()?;
        if let Some(declared) = declared.filter(|declared| *declared != count) {
            let message = format!("the totals say {declared} errors in files, there are {count}");
            sink.warning(Warning::new(WarningCode::TotalMismatch, message));
        }
        Ok(())
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Totals {
    file_errors: Number,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct File<'a> {
    #[serde(borrow)]
    messages: List<Message<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Message<'a> {
    #[serde(borrow)]
    message: Text<'a>,
    line: Number,
    tip: Text<'a>,
    identifier: Text<'a>,
}

fn read(message: &Message<'_>, path: &str, sink: &mut dyn Sink) -> Result<(), ParseError> {
    let rule = present(&message.identifier).unwrap_or(crate::NO_RULE);
    let text = match present(&message.tip) {
        Some(tip) => Cow::Owned(format!("{}\n{tip}", message.message)),
        None => Cow::Borrowed(&*message.message),
    };
    let mut finding = Finding::new("phpstan", rule, FindingKind::Code, Severity::High, text);
    let path = path.split_once(" (in context of ").map_or(path, |(path, _)| path);
    finding.path = Some(path).filter(|path| !path.trim().is_empty()).map(Cow::Borrowed);
    finding.line = message.line.position();
    emit(&finding, sink)
}
