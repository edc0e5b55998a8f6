//! The JSON of the pytest plug-in pytest-json-report.
//!
//! # Produced by
//! `pytest --json-report`.
//!
//! # Looks like
//! `{"created","duration","exitcode","root","summary":{…},"tests":[{"nodeid","outcome","setup","call","teardown"}]}`.
//!
//! # Maps to
//! `tests[]` → test.
//!
//! # Not read
//! Environment, captured output, logs, metadata, warnings.
//!
//! # Quirks
//! See [`PYTEST_JSON`].

use std::borrow::Cow;

use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink, json, seconds_to_us};
use plimsoll_model::{Outcome, ReportKind, TestCase};
use serde::Deserialize;

use crate::failure::{describe, outcome_of, suite_failure};

/// pytest-json-report.
pub struct PytestJson;

static PYTEST_JSON: Descriptor = Descriptor {
    id: "pytest-json",
    name: "pytest-json-report",
    kind: ReportKind::Tests,
    tools: &["pytest-json-report"],
    globs: &[".report.json", "*pytest*.json"],
    link: "https://github.com/numirias/pytest-json-report#format",
    version: 2,
    docs: Docs {
        produced_by: "`pytest --json-report --json-report-file=pytest.json`.",
        maps_to: "`tests[]` → test: the file of `nodeid` → file, its classes → class, the rest → name, `lineno` (from 0) → line, the \
            durations of set-up, call and tear-down → duration, `crash.message` and `longrepr` of the first stage that failed → \
            message and detail. passed, xpassed → passed; failed → failed; error → errored; skipped, xfailed, deselected → \
            skipped; rerun → what the stages of the last attempt say, and flaky where that passed. A collector that failed becomes an entry of its own, with a \
            warning; it is no test case.",
        not_read: "Environment, captured output, logs, metadata, warnings, keywords, the declared totals.",
        quirks: "`tests` is left out with `--json-report-summary`. Lines are counted from 0.",
    },
};

#[derive(Deserialize)]
struct Test<'a> {
    #[serde(default, borrow)]
    nodeid: Option<json::Text<'a>>,
    #[serde(default)]
    lineno: json::Number,
    #[serde(default, borrow)]
    outcome: Option<json::Text<'a>>,
    #[serde(default, borrow)]
    setup: Option<Stage<'a>>,
    #[serde(default, borrow)]
    call: Option<Stage<'a>>,
    #[serde(default, borrow)]
    teardown: Option<Stage<'a>>,
}

#[derive(Deserialize)]
struct Stage<'a> {
    #[serde(default)]
    duration: json::Number,
    #[serde(default, borrow)]
    outcome: Option<json::Text<'a>>,
    #[serde(default, borrow)]
    longrepr: Option<json::Text<'a>>,
    #[serde(default, borrow)]
    crash: Option<Crash<'a>>,
}

#[derive(Deserialize)]
struct Crash<'a> {
    #[serde(default, borrow)]
    message: Option<json::Text<'a>>,
}

#[derive(Deserialize)]
struct Collector<'a> {
    #[serde(default, borrow)]
    nodeid: Option<json::Text<'a>>,
    #[serde(default, borrow)]
    outcome: Option<json::Text<'a>>,
    #[serde(default, borrow)]
    longrepr: Option<json::Text<'a>>,
}

const OUTCOMES: &[(&str, Outcome)] = &[
    ("passed", Outcome::Passed),
    ("failed", Outcome::Failed),
    ("error", Outcome::Errored),
    ("skipped", Outcome::Skipped),
    ("xfailed", Outcome::Skipped),
    ("xpassed", Outcome::Passed),
    ("deselected", Outcome::Skipped),
];

impl Format for PytestJson {
    fn descriptor(&self) -> &'static Descriptor {
        &PYTEST_JSON
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        match json::head(input.head()) {
            Some(head) if head.has_all(&["created", "exitcode", "root"]) => Confidence::Certain,
            _ => Confidence::No,
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = json::Reader::new(input);
        reader.object(|reader, key| match key {
            "tests" => reader.array(|reader| push(reader.read()?, sink)),
            "collectors" => reader.array(|reader| {
                let collector: Collector<'_> = reader.read()?;
                if collector.outcome.as_deref() != Some("failed") {
                    return Ok(());
                }
                let node = collector.nodeid.unwrap_or_default();
                let mut test = suite_failure("", &node, Outcome::Errored, sink);
                test.file = node.split("::").next().filter(|file| !file.is_empty()).map(Cow::Borrowed);
                describe(&mut test, None, collector.longrepr.map(json::Text::into_cow));
                sink.test_case(&test)
            }),
            _ => Ok(()),
        })?;
        reader.finish()
    }
}

fn push(entry: Test<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
    let node = entry.nodeid.unwrap_or_default();
    let (file, inside) = node.split_once("::").unwrap_or(("", &node));
    // A parameter in brackets may hold colons, too.
    let bracket = inside.find('[').unwrap_or(inside.len());
    let cut = inside.get(..bracket).and_then(|path| path.rfind("::"));
    let (class, name) = match cut {
        Some(cut) => (inside.get(..cut).unwrap_or_default(), inside.get(cut + 2..).unwrap_or_default()),
        None => ("", inside),
    };
    let mut test = TestCase::new("", class, name);
    test.file = (!file.is_empty()).then_some(Cow::Borrowed(file));
    test.line = entry.lineno.count().and_then(|line| u32::try_from(line.saturating_add(1)).ok());
    let stages = [entry.setup, entry.call, entry.teardown];
    if entry.outcome.as_deref() == Some("rerun") {
        // What the last attempt came to is in its stages only.
        let of_stages = stages.iter().flatten().filter_map(|stage| stage.outcome.as_deref());
        test.outcome =
            of_stages.map(|word| outcome_of(OUTCOMES, word, sink)).max().unwrap_or(Outcome::Skipped);
        test.reruns = 1;
        test.is_flaky = test.outcome == Outcome::Passed;
    } else {
        test.outcome = outcome_of(OUTCOMES, entry.outcome.as_deref().unwrap_or_default(), sink);
    }
    let seconds: f64 = stages.iter().flatten().filter_map(|stage| stage.duration.0).sum();
    test.duration_us = seconds_to_us(seconds);
    let telling = stages.into_iter().flatten().find(|stage| stage.outcome.as_deref() != Some("passed"));
    if let Some(stage) = telling.filter(|_| test.outcome != Outcome::Passed) {
        let message = stage.crash.and_then(|crash| crash.message).map(json::Text::into_cow);
        describe(&mut test, message, stage.longrepr.map(json::Text::into_cow));
    }
    sink.test_case(&test)
}
