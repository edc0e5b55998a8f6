//! # tfsec JSON
//!
//! *Produced by* tfsec, see [`DESCRIPTOR`].
//! *Looks like* `{"results": [{"rule_id": "AVD-AWS-0057", "rule_provider": "aws", "location": {…}}]}`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use plimsoll_format::json::{self, Number, Text};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink};
use plimsoll_model::{Finding, FindingKind, ReportKind, Severity, Suppression};
use serde::Deserialize;

use crate::lenient::{List, elements, first, is_named, present, report};
use crate::severity::by_word;

/// See the module.
pub struct Tfsec;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "tfsec",
    name: "tfsec JSON",
    kind: ReportKind::Findings,
    tools: &["tfsec"],
    globs: &["tfsec*.json", "*tfsec*.json"],
    link: "https://aquasecurity.github.io/tfsec/latest/guides/usage/",
    version: 1,
    docs: Docs {
        produced_by: "`tfsec --format json --out tfsec.json .`.",
        maps_to: "Each of `results` that did not pass is a misconfiguration: rule `long_id`, else `rule_id`, message \
            `description`, the lines of `location`; the context is the resource. Status 2 (ignored) suppresses. \
            Severity: CRITICAL critical, HIGH and the old ERROR high, MEDIUM and the old WARNING medium, LOW and the \
            old INFO low.",
        not_read: "Impact, resolution, links but the first.",
        quirks: "Status is a word or a number: 0 failed, 1 passed, 2 ignored. Old reports mark failed results as \
            passed, too; those that did pass say `passed check` in their description. `{\"results\": null}`, which \
            tfsec writes where it found nothing, is taken for its report only where the file's name says so.",
    },
};

const SEVERITIES: &[(&str, Severity)] = &[
    ("CRITICAL", Severity::Critical),
    ("HIGH", Severity::High),
    ("ERROR", Severity::High),
    ("MEDIUM", Severity::Medium),
    ("WARNING", Severity::Medium),
    ("LOW", Severity::Low),
    ("INFO", Severity::Low),
    ("NONE", Severity::Info),
    ("", Severity::Unknown),
];

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Outcome<'a> {
    rule_id: Text<'a>,
    long_id: Text<'a>,
    rule_description: Text<'a>,
    description: Text<'a>,
    severity: Text<'a>,
    status: Text<'a>,
    passed: Option<bool>,
    resource: Text<'a>,
    link: Text<'a>,
    links: List<Text<'a>>,
    location: Location<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Location<'a> {
    filename: Text<'a>,
    start_line: Number,
    end_line: Number,
}

impl Format for Tfsec {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()).filter(|head| !head.is_array) else {
            return Confidence::No;
        };
        let is_tfsec = head.has_all(&["results[].rule_id", "results[].rule_provider"])
            || head.has_all(&["results[].rule_id", "results[].rule_description", "results[].location"]);
        let is_nothing =
            head.is_whole && head.fields.len() == 1 && matches!(head.value("results"), Some("[" | "null"));
        match is_tfsec {
            true => Confidence::Certain,
            false if is_nothing && is_named(input, &["tfsec"]) => Confidence::Maybe,
            false => Confidence::No,
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        report(input, "`results`", |reader, key| {
            if key == "results" {
                elements(reader, sink, |sink, outcome: Outcome<'_>| {
                    let is_passed = match &*outcome.status {
                        "1" | "passed" => true,
                        "" => outcome.passed == Some(true) && outcome.description.contains("passed check"),
                        _ => false,
                    };
                    if is_passed {
                        return Ok(());
                    }
                    let finding = finding(outcome, sink);
                    sink.finding(&finding)
                })?;
            }
            Ok(key == "results")
        })
    }
}

fn finding<'a>(outcome: Outcome<'a>, sink: &mut dyn Sink) -> Finding<'a> {
    let severity = by_word(SEVERITIES, &outcome.severity, sink);
    let rule = first([outcome.long_id, outcome.rule_id]);
    let message = first([outcome.description, outcome.rule_description.clone(), Text(rule.clone())]);
    let mut finding = Finding::new("tfsec", rule, FindingKind::Misconfiguration, severity, message);
    finding.rule_name = present(outcome.rule_description);
    let links = outcome.links.into_iter().chain([outcome.link]);
    finding.help_uri = links.filter_map(present).find(|link| link.starts_with("http"));
    finding.path = present(outcome.location.filename);
    finding.line = outcome.location.start_line.position();
    finding.end_line = outcome.location.end_line.position().filter(|end| Some(*end) > finding.line);
    finding.context = present(outcome.resource);
    if matches!(&*outcome.status, "2" | "ignored") {
        finding.suppression = Some(Suppression { place: "in-source", reason: None });
    }
    finding
}
