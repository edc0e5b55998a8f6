//! # Brakeman JSON
//!
//! *Produced by* Brakeman, see [`DESCRIPTOR`].
//! *Looks like* `{"scan_info": {"brakeman_version": "…", …}, "warnings": [{"warning_type": "…", …}]}`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use plimsoll_format::json::{self, Number, Text};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink, Warning, WarningCode};
use plimsoll_model::{Finding, FindingKind, ReportKind, Severity, Suppression};
use serde::Deserialize;

use crate::advisory::cwes;
use crate::lenient::{List, elements, present, report};
use crate::severity::by_word;

/// See the module.
pub struct Brakeman;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "brakeman",
    name: "Brakeman JSON",
    kind: ReportKind::Findings,
    tools: &["Brakeman"],
    globs: &["brakeman*.json", "*brakeman*.json"],
    link: "https://brakemanscanner.org/docs/jekyll/",
    version: 1,
    docs: Docs {
        produced_by: "`brakeman -f json -o brakeman.json`.",
        maps_to: "Each of `warnings` is a weakness, each of `ignored_warnings` a suppressed one, with the fingerprint \
            that Brakeman itself uses to recognise it. The rule is the check, its name the type of the warning; the \
            context is the code. `errors` are `tool-error` warnings. Brakeman knows no severity, so its confidence \
            stands for it: High high, Medium medium, Weak low.",
        not_read: "Render paths, user input, the notes' authors, obsolete ignores, checks performed.",
        quirks: "Reports of before version 3 give the confidence as a number from 0 to 2.",
    },
};

const CONFIDENCES: &[(&str, Severity)] = &[
    ("High", Severity::High),
    ("Medium", Severity::Medium),
    ("Weak", Severity::Low),
    ("Low", Severity::Low),
    ("0", Severity::High),
    ("1", Severity::Medium),
    ("2", Severity::Low),
];

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Problem<'a> {
    warning_type: Text<'a>,
    fingerprint: Text<'a>,
    check_name: Text<'a>,
    message: Text<'a>,
    file: Text<'a>,
    line: Number,
    link: Text<'a>,
    code: Text<'a>,
    confidence: Text<'a>,
    cwe_id: List<Text<'a>>,
    note: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct ScanError<'a> {
    error: Text<'a>,
    location: Text<'a>,
}

impl Format for Brakeman {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()).filter(|head| !head.is_array) else {
            return Confidence::No;
        };
        let is_brakeman = head.has_any(&["scan_info.brakeman_version", "scan_info.checks_performed"])
            || head.has_all(&["scan_info.app_path", "scan_info.rails_version"])
            || head.has_all(&["warnings[].warning_type", "warnings[].fingerprint"]);
        if is_brakeman { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        report(input, "`warnings`", |reader, key| {
            match key {
                "warnings" | "ignored_warnings" => {
                    elements(reader, sink, |sink, mut problem: Problem<'_>| {
                        let note = std::mem::take(&mut problem.note);
                        let mut finding = finding(problem, sink);
                        if key == "ignored_warnings" {
                            finding.suppression =
                                Some(Suppression { place: "external", reason: present(note) });
                        }
                        sink.finding(&finding)
                    })?
                }
                "errors" => elements(reader, sink, |sink, error: ScanError<'_>| {
                    let message = format!("Brakeman: {} {}", error.error, error.location);
                    sink.warning(Warning::new(WarningCode::ToolError, message.trim_end()));
                    Ok(())
                })?,
                _ => {}
            }
            Ok(key == "warnings")
        })
    }
}

fn finding<'a>(problem: Problem<'a>, sink: &mut dyn Sink) -> Finding<'a> {
    let severity = by_word(CONFIDENCES, &problem.confidence, sink);
    let rule = if problem.check_name.is_empty() { problem.warning_type.clone() } else { problem.check_name };
    let mut finding = Finding::new("brakeman", rule, FindingKind::Weakness, severity, problem.message);
    finding.rule_name = present(problem.warning_type);
    finding.help_uri = present(problem.link);
    finding.path = present(problem.file);
    finding.line = problem.line.position();
    finding.fingerprint = present(problem.fingerprint);
    finding.context = present(problem.code);
    finding.cwe = cwes(problem.cwe_id.0.iter().map(|cwe| &**cwe));
    finding
}
