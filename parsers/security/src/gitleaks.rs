//! # Gitleaks JSON
//!
//! *Produced by* Gitleaks and Betterleaks, see [`DESCRIPTOR`].
//! *Looks like* `[{"RuleID": "aws-access-token", "File": "…", "StartLine": 3, "Commit": "…", "Fingerprint": "…"}]`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use plimsoll_format::json::{self, Number, Reader, Text};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink};
use plimsoll_model::{Finding, FindingKind, ReportKind, Severity};
use serde::Deserialize;

use crate::lenient::{elements, first, is_empty_array, is_named, present};

/// See the module.
pub struct Gitleaks;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "gitleaks",
    name: "Gitleaks JSON",
    kind: ReportKind::Findings,
    tools: &["Gitleaks", "Betterleaks"],
    globs: &["gitleaks*.json", "*gitleaks*.json"],
    link: "https://github.com/gitleaks/gitleaks#reporting",
    version: 1,
    docs: Docs {
        produced_by: "`gitleaks git --report-format json --report-path gitleaks.json`, best with `--redact`.",
        maps_to: "Each leak is a secret: rule `RuleID`, message `Description`, file and lines. Gitleaks gives no \
            severity: all are high, because each is a credential that anyone with the repository can read.",
        not_read: "The secret and the text around it: they are never kept. Commit, date, message and everything that \
            names a person. `Fingerprint` holds the line number, so it is no identity.",
        quirks: "An empty array, which Gitleaks writes where it found nothing, is taken for its report only where the \
            file's name says so. Version 7 and before write `rule`, `file`, `lineNumber` and `offender`.",
    },
};

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Leak<'a> {
    #[serde(alias = "RuleID")]
    rule: Text<'a>,
    #[serde(rename = "Description")]
    description: Text<'a>,
    #[serde(alias = "File")]
    file: Text<'a>,
    #[serde(alias = "StartLine", rename = "lineNumber")]
    line: Number,
    #[serde(rename = "EndLine")]
    end_line: Number,
    #[serde(rename = "StartColumn")]
    column: Number,
}

impl Format for Gitleaks {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()).filter(|head| head.is_array) else { return Confidence::No };
        let is_leak = (head.has_all(&["RuleID", "File"])
            && head.has_any(&["Secret", "Match", "StartLine", "Commit"]))
            || (head.has_all(&["Description", "StartLine", "Match"]))
            || (head.has_all(&["offender", "rule"]) && head.has_any(&["lineNumber", "line"]));
        match is_leak {
            true => Confidence::Certain,
            false if is_empty_array(input) && is_named(input, &["gitleaks", "leaks"]) => Confidence::Maybe,
            false => Confidence::No,
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = Reader::new(input);
        elements(&mut reader, sink, |sink, leak: Leak<'_>| {
            let message = first([leak.description, leak.rule.clone()]);
            let mut finding =
                Finding::new("gitleaks", leak.rule, FindingKind::Secret, Severity::High, message);
            finding.path = present(leak.file);
            finding.line = leak.line.position();
            finding.end_line = leak.end_line.position().filter(|end| Some(*end) > finding.line);
            finding.column = leak.column.position();
            sink.finding(&finding)
        })?;
        reader.finish()
    }
}
