//! Bazel's build event protocol as JSON lines: the summaries of its tests.
//!
//! # Produced by
//! `bazel test --build_event_json_file=bep.json //...`.
//!
//! # Looks like
//! `{"id":{"testSummary":{"label":"//cart:test"}},"testSummary":{"overallStatus":"PASSED","attemptCount":1}}`, one event a line.
//!
//! # Maps to
//! Each test summary → test: one for each target.
//!
//! # Not read
//! Every other event. The cases inside of a target are in its `test.xml`, which is JUnit XML.
//!
//! # Quirks
//! See [`BAZEL_BEP`].

use std::borrow::Cow;

use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, Sink, json, parse_duration_us,
};
use plimsoll_model::{Outcome, ReportKind, TestCase};
use serde::Deserialize;

use crate::failure::outcome_of;

/// Bazel build events.
pub struct BazelBep;

static BAZEL_BEP: Descriptor = Descriptor {
    id: "bazel-bep",
    name: "Bazel build events (JSON)",
    kind: ReportKind::Tests,
    tools: &["Bazel"],
    globs: &["*bep*.json", "*build_event*.json"],
    link: "https://bazel.build/remote/bep",
    version: 1,
    docs: Docs {
        produced_by: "`bazel test --build_event_json_file=bep.json //...`.",
        maps_to: "`testSummary` → test: the label's package → class, its target → name, `totalRunDuration` → duration, \
            `attemptCount` → failed attempts. PASSED → passed; FLAKY → passed and flaky; FAILED → failed; TIMEOUT, \
            REMOTE_FAILURE, FAILED_TO_BUILD, INCOMPLETE → errored; NO_STATUS, TOOL_HALTED_BEFORE_TESTING → skipped.",
        not_read: "Every other event: the cases inside of a target are in its `test.xml` (JUnit XML under `bazel-testlogs`).",
        quirks: "The number 64 for a duration is a text, as protocol buffers write it.",
    },
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    #[serde(default, borrow)]
    id: Option<EventId<'a>>,
    #[serde(default, borrow)]
    test_summary: Option<Summary<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EventId<'a> {
    #[serde(default, borrow)]
    test_summary: Option<SummaryId<'a>>,
}

#[derive(Deserialize)]
struct SummaryId<'a> {
    #[serde(default, borrow)]
    label: Option<json::Text<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Summary<'a> {
    #[serde(default, borrow)]
    overall_status: Option<json::Text<'a>>,
    #[serde(default)]
    attempt_count: json::Number,
    #[serde(default, borrow)]
    total_run_duration: Option<json::Text<'a>>,
    #[serde(default)]
    total_run_duration_millis: json::Number,
}

const OUTCOMES: &[(&str, Outcome)] = &[
    ("PASSED", Outcome::Passed),
    ("FLAKY", Outcome::Passed),
    ("FAILED", Outcome::Failed),
    ("TIMEOUT", Outcome::Errored),
    ("REMOTE_FAILURE", Outcome::Errored),
    ("FAILED_TO_BUILD", Outcome::Errored),
    ("INCOMPLETE", Outcome::Errored),
    ("NO_STATUS", Outcome::Skipped),
    ("TOOL_HALTED_BEFORE_TESTING", Outcome::Skipped),
];

impl Format for BazelBep {
    fn descriptor(&self) -> &'static Descriptor {
        &BAZEL_BEP
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        match json::head(input.head()) {
            Some(head) if head.has("id.started") || head.has("id.testSummary") => Confidence::Certain,
            _ => Confidence::No,
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        json::lines(input, sink, |sink, event: Event<'_>| match event.test_summary {
            Some(summary) => push(event.id, summary, sink),
            None => Ok(()),
        })
    }
}

fn push(id: Option<EventId<'_>>, summary: Summary<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
    let label = id.and_then(|id| id.test_summary).and_then(|id| id.label).unwrap_or_default();
    let (package, target) = label.rsplit_once(':').unwrap_or(("", &label));
    let mut test = TestCase::new("", package, target);
    let status = summary.overall_status.unwrap_or_default();
    test.outcome = outcome_of(OUTCOMES, &status, sink);
    test.is_flaky = &*status == "FLAKY";
    let attempts = summary.attempt_count.position().unwrap_or(1);
    test.reruns = attempts - 1;
    let seconds =
        summary.total_run_duration.as_deref().and_then(|text| parse_duration_us(text.trim_end_matches('s')));
    test.duration_us =
        seconds.or_else(|| summary.total_run_duration_millis.count().map(|ms| ms.saturating_mul(1000)));
    if test.outcome.is_bad() {
        test.message = Some(Cow::Owned(status.to_string()));
    }
    sink.test_case(&test)
}
