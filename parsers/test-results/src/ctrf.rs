//! CTRF, the Common Test Report Format.
//!
//! # Produced by
//! The CTRF reporters for Jest, Playwright, Cypress, Vitest, pytest, JUnit, .NET, Go and others.
//!
//! # Looks like
//! `{"reportFormat":"CTRF","results":{"tool":{"name"},"summary":{…},"tests":[{"name","status","duration"}]}}`.
//!
//! # Maps to
//! `results.tests[]` → test.
//!
//! # Not read
//! Steps, attachments, parameters, environment, summary, insights.
//!
//! # Quirks
//! `suite` is a text in older files and a list in newer ones.

use std::borrow::Cow;

use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink, json, seconds_to_us};
use plimsoll_model::{Outcome, ReportKind, TestCase};
use serde::Deserialize;

use crate::failure::{describe, outcome_of};

/// Common Test Report Format.
pub struct Ctrf;

static CTRF: Descriptor = Descriptor {
    id: "ctrf",
    name: "CTRF",
    kind: ReportKind::Tests,
    tools: &["CTRF reporters"],
    globs: &["*ctrf*.json"],
    link: "https://ctrf.io/docs/specification/overview",
    version: 1,
    docs: Docs {
        produced_by: "A CTRF reporter, for example `jest-ctrf-json-reporter`, `playwright-ctrf-json-reporter`, `pytest --ctrf`.",
        maps_to: "`results.tests[]` → test: `suite` → suite, `name` → name, `filePath` and `line` → place, `duration` (milliseconds) → \
            duration, `message` and `trace` → message and detail, `retries` → failed attempts, `flaky`. passed → passed; \
            failed → failed; skipped, pending, other → skipped.",
        not_read: "Steps, attachments, parameters, tags, environment, `summary`, insights.",
        quirks: "`suite` is a text in older files and a list in newer ones.",
    },
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Test<'a> {
    #[serde(default, borrow)]
    name: Option<json::Text<'a>>,
    #[serde(default, borrow)]
    suite: Option<Suite<'a>>,
    #[serde(default, borrow)]
    status: Option<json::Text<'a>>,
    #[serde(default)]
    duration: json::Number,
    #[serde(default, borrow)]
    message: Option<json::Text<'a>>,
    #[serde(default, borrow)]
    trace: Option<json::Text<'a>>,
    #[serde(default, borrow)]
    file_path: Option<json::Text<'a>>,
    #[serde(default)]
    line: json::Number,
    #[serde(default)]
    retries: json::Number,
    #[serde(default)]
    flaky: Option<bool>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Suite<'a> {
    Path(Vec<String>),
    #[serde(borrow)]
    Name(Cow<'a, str>),
    Other(serde::de::IgnoredAny),
}

const OUTCOMES: &[(&str, Outcome)] = &[
    ("passed", Outcome::Passed),
    ("failed", Outcome::Failed),
    ("skipped", Outcome::Skipped),
    ("pending", Outcome::Skipped),
    ("other", Outcome::Skipped),
];

impl Format for Ctrf {
    fn descriptor(&self) -> &'static Descriptor {
        &CTRF
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        match json::head(input.head()) {
            Some(head) if head.value("reportFormat") == Some("CTRF") => Confidence::Certain,
            // The first files had no `reportFormat`.
            Some(head) if head.has_all(&["results.tool.name", "results.summary.tests"]) => {
                Confidence::Certain
            }
            _ => Confidence::No,
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = json::Reader::new(input);
        reader.object(|reader, key| match key {
            "results" => reader.object(|reader, key| match key {
                "tests" => reader.array(|reader| push(reader.read()?, sink)),
                _ => Ok(()),
            }),
            _ => Ok(()),
        })?;
        reader.finish()
    }
}

fn push(entry: Test<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
    let suite = match entry.suite {
        Some(Suite::Path(titles)) => Cow::Owned(titles.join(" › ")),
        Some(Suite::Name(name)) => name,
        Some(Suite::Other(_)) | None => Cow::Borrowed(""),
    };
    let mut test = TestCase::new(suite, "", entry.name.unwrap_or_default());
    test.outcome = outcome_of(OUTCOMES, entry.status.as_deref().unwrap_or("other"), sink);
    test.duration_us = entry.duration.0.and_then(|ms| seconds_to_us(ms / 1000.0));
    test.file = entry.file_path.and_then(json::Text::non_empty);
    test.line = entry.line.position();
    test.reruns = entry.retries.position().unwrap_or(0);
    test.is_flaky = entry.flaky == Some(true) && test.outcome == Outcome::Passed;
    if test.outcome != Outcome::Passed {
        describe(&mut test, entry.message.map(json::Text::into_cow), entry.trace.map(json::Text::into_cow));
    }
    sink.test_case(&test)
}
