//! # SwiftLint JSON
//!
//! *Produced by* SwiftLint, see [`DESCRIPTOR`].
//! *Looks like* `[{"file": "…", "line": 1, "character": 2, "reason": "…", "rule_id": "…", "severity": "Warning", "type": "…"}]`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use std::borrow::Cow;

use plimsoll_format::json::{Number, Text};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink};
use plimsoll_model::{Finding, FindingKind, ReportKind, Severity};
use serde::Deserialize;

use crate::emit::emit;
use crate::json_list;
use crate::lenient::present;
use crate::severity::by_word;

/// See the module.
pub struct SwiftLint;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "swiftlint",
    name: "SwiftLint JSON",
    kind: ReportKind::Findings,
    tools: &["SwiftLint"],
    globs: &["swiftlint*.json"],
    link: "https://realm.github.io/SwiftLint/reporters.html",
    version: 1,
    docs: Docs {
        produced_by: "`swiftlint lint --reporter json > swiftlint.json`.",
        maps_to: "Each element is a finding; the rule is `rule_id`, its name `type`, the message `reason`. \
            Severity: error high, warning medium.",
        not_read: "Nothing.",
        quirks: "An empty list tells nothing; the file's name must then hold `swiftlint`. `character` is \
            `null` for a whole line.",
    },
};

const SEVERITIES: [(&str, Severity); 2] = [("error", Severity::High), ("warning", Severity::Medium)];

impl Format for SwiftLint {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        json_list::sniff(input, &["file", "character", "reason", "rule_id"], "swiftlint")
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        json_list::each(input, |violation: Violation<'_>| {
            let severity = match present(&violation.severity) {
                Some(word) => by_word(&SEVERITIES, word, sink),
                None => Severity::Unknown,
            };
            let rule = present(&violation.rule_id).unwrap_or(crate::NO_RULE);
            let mut finding =
                Finding::new("swiftlint", rule, FindingKind::Code, severity, &*violation.reason);
            finding.rule_name = present(&violation.name).map(Cow::Borrowed);
            finding.path = present(&violation.file).map(Cow::Borrowed);
            finding.line = violation.line.position();
            finding.column = violation.character.position();
            emit(&finding, sink)
        })
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Violation<'a> {
    #[serde(borrow)]
    file: Text<'a>,
    line: Number,
    character: Number,
    reason: Text<'a>,
    rule_id: Text<'a>,
    severity: Text<'a>,
    #[serde(rename = "type")]
    name: Text<'a>,
}
