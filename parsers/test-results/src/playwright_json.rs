//! Playwright's JSON.
//!
//! # Produced by
//! `playwright test --reporter=json`.
//!
//! # Looks like
//! `{"config":{…},"suites":[{"title","file","specs":[{"title","tests":[{"projectName","status","results":[…]}]}]}],"errors"}`.
//!
//! # Maps to
//! Each test of each specification (one for each project) → test.
//!
//! # Not read
//! Steps, attachments, annotations, output, configuration.
//!
//! # Quirks
//! See [`PLAYWRIGHT_JSON`].

use std::borrow::Cow;

use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, Sink, Warning, WarningCode, json, seconds_to_us,
    text::without_colours,
};
use plimsoll_model::{Outcome, ReportKind, TestCase};
use serde::Deserialize;

use crate::failure::{describe, outcome_of};

/// Playwright JSON.
pub struct PlaywrightJson;

static PLAYWRIGHT_JSON: Descriptor = Descriptor {
    id: "playwright-json",
    name: "Playwright JSON",
    kind: ReportKind::Tests,
    tools: &["Playwright"],
    globs: &["*playwright*.json", "test-results.json"],
    link: "https://playwright.dev/docs/test-reporters#json-reporter",
    version: 1,
    docs: Docs {
        produced_by: "`PLAYWRIGHT_JSON_OUTPUT_NAME=playwright.json playwright test --reporter=json`.",
        maps_to: "`tests[]` of each `specs[]` → test: the titles of the suites inside of the file, joined by ` › ` → suite, `projectName` → class, \
            the specification's `title` → name, `file` and `line` → place, the durations of all attempts → duration, the \
            last attempt's `error` → message and detail. expected → passed; flaky → passed and flaky; unexpected → failed; \
            skipped → skipped. An entry of `errors` (the file could not be loaded) is a warning.",
        not_read: "Steps, attachments, annotations, output, configuration, `stats`.",
        quirks: "A test that is expected to fail and does is `expected`. Error messages carry terminal colours, which are removed.",
    },
};

#[derive(Deserialize)]
struct Suite<'a> {
    #[serde(default, borrow)]
    title: Option<json::Text<'a>>,
    #[serde(default, borrow)]
    file: Option<json::Text<'a>>,
    #[serde(default, deserialize_with = "json::or_default", borrow)]
    specs: Vec<Spec<'a>>,
    #[serde(default, deserialize_with = "json::or_default", borrow)]
    suites: Vec<Suite<'a>>,
}

#[derive(Deserialize)]
struct Spec<'a> {
    #[serde(default, borrow)]
    title: Option<json::Text<'a>>,
    #[serde(default, borrow)]
    file: Option<json::Text<'a>>,
    #[serde(default)]
    line: json::Number,
    #[serde(default, deserialize_with = "json::or_default", borrow)]
    tests: Vec<Test<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Test<'a> {
    #[serde(default, borrow)]
    project_name: Option<json::Text<'a>>,
    #[serde(default, borrow)]
    status: Option<json::Text<'a>>,
    #[serde(default, deserialize_with = "json::or_default", borrow)]
    results: Vec<Attempt<'a>>,
}

#[derive(Deserialize)]
struct Attempt<'a> {
    #[serde(default)]
    duration: json::Number,
    #[serde(default, borrow)]
    error: Option<Failure<'a>>,
}

#[derive(Deserialize)]
struct Failure<'a> {
    #[serde(default, borrow)]
    message: Option<json::Text<'a>>,
    #[serde(default, borrow)]
    stack: Option<json::Text<'a>>,
}

const OUTCOMES: &[(&str, Outcome)] = &[
    ("expected", Outcome::Passed),
    ("flaky", Outcome::Passed),
    ("unexpected", Outcome::Failed),
    ("skipped", Outcome::Skipped),
];

impl Format for PlaywrightJson {
    fn descriptor(&self) -> &'static Descriptor {
        &PLAYWRIGHT_JSON
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()) else { return Confidence::No };
        // The configuration may be longer than the head.
        let is_config =
            head.has("config.fullyParallel") || head.has_all(&["config.forbidOnly", "config.globalTimeout"]);
        if is_config || head.has("suites[].specs") { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = json::Reader::new(input);
        reader.object(|reader, key| match key {
            "suites" => reader.array(|reader| {
                // The outermost suite is the file; its title repeats the path.
                let suite: Suite<'_> = reader.read()?;
                push_suite(&suite, "", sink)
            }),
            "errors" => reader.array(|reader| {
                let error: Failure<'_> = reader.read()?;
                let message = error.message.unwrap_or_default();
                let line = without_colours(&message).lines().next().unwrap_or_default().to_owned();
                sink.warning(Warning::new(WarningCode::ToolError, line));
                Ok(())
            }),
            _ => Ok(()),
        })?;
        reader.finish()
    }
}

fn push_suite(suite: &Suite<'_>, path: &str, sink: &mut dyn Sink) -> Result<(), ParseError> {
    for spec in &suite.specs {
        for test in &spec.tests {
            push(suite, spec, test, path, sink)?;
        }
    }
    for inner in &suite.suites {
        let title = inner.title.as_deref().unwrap_or_default();
        let path = if path.is_empty() { title.to_owned() } else { format!("{path} › {title}") };
        push_suite(inner, &path, sink)?;
    }
    Ok(())
}

fn push(
    suite: &Suite<'_>,
    spec: &Spec<'_>,
    entry: &Test<'_>,
    path: &str,
    sink: &mut dyn Sink,
) -> Result<(), ParseError> {
    let project = entry.project_name.as_deref().unwrap_or_default();
    let mut test = TestCase::new(path, project, spec.title.as_deref().unwrap_or_default());
    let status = entry.status.as_deref().unwrap_or_default();
    test.outcome = outcome_of(OUTCOMES, status, sink);
    test.is_flaky = status == "flaky";
    test.file =
        spec.file.as_deref().or(suite.file.as_deref()).filter(|file| !file.is_empty()).map(Cow::Borrowed);
    test.line = spec.line.position();
    let ms: f64 = entry.results.iter().filter_map(|attempt| attempt.duration.0).sum();
    test.duration_us = seconds_to_us(ms / 1000.0);
    let failed = entry.results.iter().filter(|attempt| attempt.error.is_some()).count();
    let last_is_counted = usize::from(test.outcome.is_bad());
    test.reruns = u32::try_from(failed.saturating_sub(last_is_counted)).unwrap_or(u32::MAX);
    let last = entry.results.iter().rev().find_map(|attempt| attempt.error.as_ref());
    if let Some(failure) = last.filter(|_| test.outcome.is_bad()) {
        let plain = |text: &Option<json::Text<'_>>| {
            text.as_deref().map(|text| Cow::<str>::Owned(without_colours(text).into_owned()))
        };
        let detail = plain(&failure.stack).or_else(|| plain(&failure.message));
        let message = plain(&failure.message)
            .map(|text| Cow::Owned(text.lines().next().unwrap_or_default().to_owned()));
        describe(&mut test, message, detail);
    }
    sink.test_case(&test)
}
