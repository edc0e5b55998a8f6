//! # ktlint JSON
//!
//! *Produced by* ktlint, see [`DESCRIPTOR`].
//! *Looks like* `[{"file": "…", "errors": [{"line": 1, "column": 1, "message": "…", "rule": "…"}]}]`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use std::borrow::Cow;

use plimsoll_format::json::{Number, Text};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink};
use plimsoll_model::{Finding, FindingKind, ReportKind, Severity};
use serde::Deserialize;

use crate::emit::emit;
use crate::json_list;
use crate::lenient::{List, present};

/// See the module.
pub struct Ktlint;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "ktlint",
    name: "ktlint JSON",
    kind: ReportKind::Findings,
    tools: &["ktlint"],
    globs: &["ktlint*.json"],
    link: "https://pinterest.github.io/ktlint/latest/install/cli/",
    version: 1,
    docs: Docs {
        produced_by: "`ktlint --reporter=json,output=ktlint.json`.",
        maps_to: "Each of a file's `errors` is a finding; the rule is `rule`. ktlint has no severities: \
            all are medium. Its Checkstyle and SARIF reports are read as such.",
        not_read: "Nothing.",
        quirks: "An empty list tells nothing; the file's name must then hold `ktlint`. A rule may hold its \
            rule set, `standard:no-wildcard-imports`. A file that cannot be parsed has an error without a \
            rule.",
    },
};

impl Format for Ktlint {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        json_list::sniff(input, &["file", "errors"], "ktlint")
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        json_list::each(input, |file: File<'_>| {
            for error in &file.errors.0 {
                let rule = present(&error.rule).unwrap_or(crate::NO_RULE);
                let mut finding =
                    Finding::new("ktlint", rule, FindingKind::Code, Severity::Medium, &*error.message);
                finding.path = present(&file.file).map(Cow::Borrowed);
                finding.line = error.line.position();
                finding.column = error.column.position();
                emit(&finding, sink)?;
            }
            Ok(())
        })
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct File<'a> {
    #[serde(borrow)]
    file: Text<'a>,
    errors: List<LintError<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LintError<'a> {
    line: Number,
    column: Number,
    #[serde(borrow)]
    message: Text<'a>,
    rule: Text<'a>,
}
