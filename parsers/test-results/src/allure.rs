//! Allure results: one JSON file for each test.
//!
//! # Produced by
//! The Allure adapters of most test frameworks, into a folder `allure-results`.
//!
//! # Looks like
//! `{"uuid","historyId","fullName","name","status","statusDetails":{"message","trace"},"start","stop","labels":[…]}`.
//!
//! # Maps to
//! The file → one test. A folder is sent as an archive, or file by file.
//!
//! # Not read
//! Containers, attachments, steps, parameters, links, environment.
//!
//! # Quirks
//! See [`ALLURE`].

use std::borrow::Cow;

use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink, json};
use plimsoll_model::{Outcome, ReportKind, TestCase};
use serde::Deserialize;

use crate::failure::{describe, outcome_of};

/// Allure results.
pub struct Allure;

static ALLURE: Descriptor = Descriptor {
    id: "allure",
    name: "Allure results",
    kind: ReportKind::Tests,
    tools: &["Allure adapters"],
    globs: &["allure-results/*-result.json"],
    link: "https://allurereport.org/docs/how-it-works-test-result-file/",
    version: 1,
    docs: Docs {
        produced_by: "An Allure adapter (`allure-pytest`, `allure-junit5`, `allure-mocha`, …): `allure-results/*-result.json`. A zip or \
            tar of the folder is one upload.",
        maps_to: "A file → one test: the label `suite` (else `parentSuite`) → suite, `testClass` or `package` → class, `name` → name, \
            `start` and `stop` (milliseconds) → duration, `statusDetails` → message, detail and flaky. passed → passed; failed → \
            failed; broken → errored; skipped, unknown → skipped.",
        not_read: "Containers (`*-container.json`), attachments, steps, parameters, links, environment; version 1 (XML).",
        quirks: "Attempts of one test are files of their own with the same `historyId`.",
    },
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TestResult<'a> {
    #[serde(default, borrow)]
    name: Option<json::Text<'a>>,
    #[serde(default, borrow)]
    full_name: Option<json::Text<'a>>,
    #[serde(default, borrow)]
    status: Option<json::Text<'a>>,
    #[serde(default, borrow)]
    status_details: Option<Details<'a>>,
    #[serde(default)]
    start: json::Number,
    #[serde(default)]
    stop: json::Number,
    #[serde(default, deserialize_with = "json::or_default", borrow)]
    labels: Vec<Label<'a>>,
}

#[derive(Deserialize)]
struct Details<'a> {
    #[serde(default, borrow)]
    message: Option<json::Text<'a>>,
    #[serde(default, borrow)]
    trace: Option<json::Text<'a>>,
    #[serde(default)]
    flaky: Option<bool>,
}

#[derive(Deserialize)]
struct Label<'a> {
    #[serde(default, borrow)]
    name: Option<json::Text<'a>>,
    #[serde(default, borrow)]
    value: Option<json::Text<'a>>,
}

const OUTCOMES: &[(&str, Outcome)] = &[
    ("passed", Outcome::Passed),
    ("failed", Outcome::Failed),
    ("broken", Outcome::Errored),
    ("skipped", Outcome::Skipped),
    ("unknown", Outcome::Skipped),
];

impl Format for Allure {
    fn descriptor(&self) -> &'static Descriptor {
        &ALLURE
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()).filter(|head| !head.is_array) else {
            return Confidence::No;
        };
        let is_result = head.has_all(&["uuid", "status", "name"])
            && head.has_any(&["historyId", "stage", "fullName", "labels"]);
        // The test's steps may be longer than the head and hide its status.
        let is_begun =
            head.has_all(&["uuid", "historyId"]) || head.has_all(&["statusDetails", "stage", "steps"]);
        if is_result || is_begun { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let result: TestResult<'_> = json::document(input)?;
        let label = |wanted: &str| {
            let mut found = result.labels.iter().filter(|label| label.name.as_deref() == Some(wanted));
            found.next().and_then(|label| label.value.as_deref()).map(str::to_owned)
        };
        let suite = label("suite").or_else(|| label("parentSuite")).unwrap_or_default();
        let class = label("testClass").or_else(|| label("package")).unwrap_or_default();
        let mut test = TestCase::new(suite, class, result.name.or(result.full_name).unwrap_or_default());
        test.outcome = outcome_of(OUTCOMES, result.status.as_deref().unwrap_or("unknown"), sink);
        if let (Some(start), Some(stop)) = (result.start.0, result.stop.0) {
            test.duration_us = (stop >= start).then_some(((stop - start) * 1000.0) as u64);
        }
        if let Some(details) = result.status_details {
            test.is_flaky = details.flaky == Some(true) && test.outcome == Outcome::Passed;
            if test.outcome != Outcome::Passed {
                describe(&mut test, details.message.map(Cow::from), details.trace.map(Cow::from));
            }
        }
        sink.test_case(&test)
    }
}
