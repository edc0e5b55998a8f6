//! Mocha's JSON, and mochawesome's.
//!
//! # Produced by
//! `mocha --reporter json`, Cypress with either reporter, mochawesome.
//!
//! # Looks like
//! `{"stats":{…},"tests":[…],"pending":[…],"failures":[{"title","fullTitle","err"}],"passes":[…]}`; mochawesome:
//! `{"stats":{…},"results":[{"file","suites":[{"title","tests":[{"title","state"}]}]}]}`.
//!
//! # Maps to
//! Each entry of `passes`, `failures` and `pending` → test; of mochawesome each test of each suite.
//!
//! # Not read
//! `tests`, which lists the same again without results; statistics; code.
//!
//! # Quirks
//! See [`MOCHA_JSON`].

use std::borrow::Cow;

use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, Sink, json, seconds_to_us, text::without_colours,
};
use plimsoll_model::{Outcome, ReportKind, TestCase};
use serde::Deserialize;

use crate::failure::{describe, suite_failure};

/// Mocha and mochawesome JSON.
pub struct MochaJson;

static MOCHA_JSON: Descriptor = Descriptor {
    id: "mocha-json",
    name: "Mocha and mochawesome JSON",
    kind: ReportKind::Tests,
    tools: &["Mocha", "mochawesome", "Cypress"],
    globs: &["*mocha*.json"],
    link: "https://mochajs.org/#json",
    version: 1,
    docs: Docs {
        produced_by: "`mocha --reporter json --reporter-option output=mocha.json`, `cypress run --reporter mochawesome`.",
        maps_to: "`passes[]`, `failures[]` and `pending[]` → test: what `fullTitle` has before `title` → suite, `title` → name, `file` → \
            file, `duration` → duration, `err` → message and detail. mochawesome: the titles of the suites, joined by ` › ` → \
            suite, and `pass`, `fail`, `pending`, `skipped` decide. A hook that failed becomes an entry of its own, with a warning; it \
            is no test case.",
        not_read: "`tests` (the same entries again, without results), `stats`, the source code in mochawesome's files.",
        quirks: "`currentRetry` counts the attempts before: a test that passed at a later one is flaky.",
    },
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    #[serde(default, borrow)]
    title: Option<json::Text<'a>>,
    #[serde(default, borrow)]
    full_title: Option<json::Text<'a>>,
    #[serde(default, borrow)]
    file: Option<json::Text<'a>>,
    #[serde(default)]
    duration: json::Number,
    #[serde(default)]
    current_retry: json::Number,
    #[serde(default, borrow)]
    err: Option<Failure<'a>>,
    #[serde(default)]
    pass: Option<bool>,
    #[serde(default)]
    fail: Option<bool>,
}

#[derive(Deserialize, Default)]
struct Failure<'a> {
    #[serde(default, borrow)]
    message: Option<json::Text<'a>>,
    #[serde(default, borrow, alias = "estack")]
    stack: Option<json::Text<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Suite<'a> {
    #[serde(default, borrow)]
    title: Option<json::Text<'a>>,
    #[serde(default, borrow)]
    file: Option<json::Text<'a>>,
    #[serde(default, deserialize_with = "json::or_default", borrow)]
    tests: Vec<Entry<'a>>,
    #[serde(default, deserialize_with = "json::or_default", borrow)]
    suites: Vec<Suite<'a>>,
    #[serde(default, deserialize_with = "json::or_default", borrow)]
    before_hooks: Vec<Entry<'a>>,
    #[serde(default, deserialize_with = "json::or_default", borrow)]
    after_hooks: Vec<Entry<'a>>,
}

impl Format for MochaJson {
    fn descriptor(&self) -> &'static Descriptor {
        &MOCHA_JSON
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        match json::head(input.head()) {
            Some(head) if head.has_all(&["stats.suites", "stats.passes", "stats.pending"]) => {
                Confidence::Certain
            }
            _ => Confidence::No,
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = json::Reader::new(input);
        reader.object(|reader, key| match key {
            "passes" => reader.array(|reader| push(&reader.read()?, None, None, Outcome::Passed, sink)),
            "failures" => reader.array(|reader| push(&reader.read()?, None, None, Outcome::Failed, sink)),
            "pending" => reader.array(|reader| push(&reader.read()?, None, None, Outcome::Skipped, sink)),
            // mochawesome writes `false` for a file without tests.
            "results" => reader.array(|reader| match reader.peek()? {
                json::Kind::Object => push_suite(&reader.read()?, "", None, sink),
                _ => Ok(()),
            }),
            _ => Ok(()),
        })?;
        reader.finish()
    }
}

fn push_suite(
    suite: &Suite<'_>,
    outer: &str,
    file: Option<&str>,
    sink: &mut dyn Sink,
) -> Result<(), ParseError> {
    let title = suite.title.as_deref().unwrap_or_default();
    let path = match (outer.is_empty(), title.is_empty()) {
        (true, _) => title.to_owned(),
        (false, true) => outer.to_owned(),
        (false, false) => format!("{outer} › {title}"),
    };
    let file = suite.file.as_deref().filter(|file| !file.is_empty()).or(file);
    for test in &suite.tests {
        let outcome = match (test.fail, test.pass) {
            (Some(true), _) => Outcome::Failed,
            (_, Some(true)) => Outcome::Passed,
            _ => Outcome::Skipped,
        };
        push(test, Some(&path), file, outcome, sink)?;
    }
    for hook in suite.before_hooks.iter().chain(&suite.after_hooks).filter(|hook| hook.fail == Some(true)) {
        push(hook, Some(&path), file, Outcome::Failed, sink)?;
    }
    suite.suites.iter().try_for_each(|inner| push_suite(inner, &path, file, sink))
}

fn push(
    entry: &Entry<'_>,
    suite: Option<&str>,
    file: Option<&str>,
    outcome: Outcome,
    sink: &mut dyn Sink,
) -> Result<(), ParseError> {
    let title = entry.title.as_deref().unwrap_or_default();
    let full_title = entry.full_title.as_deref().unwrap_or_default();
    let suite = suite.unwrap_or_else(|| full_title.strip_suffix(title).unwrap_or_default().trim_end());
    // Mocha names a hook in its failures so, and lists it nowhere else.
    let is_hook = title.starts_with("\"before ") || title.starts_with("\"after ");
    let mut test = if is_hook {
        let mut test = suite_failure(suite, "", outcome, sink);
        test.name = Cow::Borrowed(title);
        test
    } else {
        TestCase::new(suite, "", title)
    };
    test.outcome = outcome;
    test.file = entry.file.as_deref().filter(|path| !path.is_empty()).or(file).map(Cow::Borrowed);
    test.duration_us = entry.duration.0.and_then(|ms| seconds_to_us(ms / 1000.0));
    test.reruns = entry.current_retry.position().unwrap_or(0);
    test.is_flaky = test.reruns > 0 && outcome == Outcome::Passed;
    if let Some(failure) = entry.err.as_ref().filter(|_| outcome.is_bad()) {
        let shown = |text: &Option<json::Text<'_>>| {
            text.as_deref().map(|text| Cow::Owned(without_colours(text).into_owned()))
        };
        describe(&mut test, shown(&failure.message), shown(&failure.stack));
    }
    sink.test_case(&test)
}
