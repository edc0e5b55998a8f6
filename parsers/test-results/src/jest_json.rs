//! Jest's and Vitest's own JSON.
//!
//! # Produced by
//! `jest --json --outputFile=…`, `vitest --reporter=json`, Angular's and Create React App's wrappers of them.
//!
//! # Looks like
//! `{"numTotalTests":3,…,"testResults":[{"name":"cart.test.js","assertionResults":[{"ancestorTitles","title","status"}]}]}`.
//!
//! # Maps to
//! Each assertion result → test; `testResults[].name` → file, `ancestorTitles` → suite.
//!
//! # Not read
//! Snapshots, coverage maps, performance figures, the declared totals.
//!
//! # Quirks
//! See [`JEST_JSON`].

use std::borrow::Cow;

use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, Sink, json, seconds_to_us, text::without_colours,
};
use plimsoll_model::{Outcome, ReportKind, TestCase};
use serde::Deserialize;

use crate::failure::{describe, outcome_of, suite_failure};

/// Jest and Vitest JSON.
pub struct JestJson;

static JEST_JSON: Descriptor = Descriptor {
    id: "jest-json",
    name: "Jest and Vitest JSON",
    kind: ReportKind::Tests,
    tools: &["Jest", "Vitest"],
    globs: &["*jest*.json", "*vitest*.json", "test-results.json"],
    link: "https://jestjs.io/docs/configuration#testresultsprocessor-string",
    version: 1,
    docs: Docs {
        produced_by: "`jest --json --outputFile=jest.json`, `vitest run --reporter=json --outputFile=vitest.json`.",
        maps_to: "`assertionResults[]` → test: `ancestorTitles` joined by ` › ` → suite, `title` → name, the file's `name` → file, \
            `location` → line, `duration` → duration, `failureMessages` → message and detail. passed → passed; failed → failed; \
            pending, skipped, todo, disabled → skipped. A file that could not be run becomes an entry of its own, with a warning; it is no \
            test case.",
        not_read: "Snapshots, the coverage map, performance figures, the declared totals.",
        quirks: "Failure messages carry terminal colours, which are removed. Paths are absolute. jest-junit's `reportTestSuiteErrors` adds an \
            assertion without a name where a file could not be run; Jest does not count it either.",
    },
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TestFile<'a> {
    #[serde(default, borrow)]
    name: Option<json::Text<'a>>,
    /// The name in the form that a results processor sees.
    #[serde(default, borrow)]
    test_file_path: Option<json::Text<'a>>,
    #[serde(default, borrow)]
    status: Option<json::Text<'a>>,
    #[serde(default, borrow)]
    message: Option<json::Text<'a>>,
    #[serde(default, borrow)]
    failure_message: Option<json::Text<'a>>,
    #[serde(default, alias = "testResults", deserialize_with = "json::or_default", borrow)]
    assertion_results: Vec<Assertion<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Assertion<'a> {
    #[serde(default, deserialize_with = "json::or_default", borrow)]
    ancestor_titles: Vec<json::Text<'a>>,
    #[serde(default, borrow)]
    title: Option<json::Text<'a>>,
    #[serde(default, borrow)]
    full_name: Option<json::Text<'a>>,
    #[serde(default, borrow)]
    status: Option<json::Text<'a>>,
    #[serde(default)]
    duration: json::Number,
    #[serde(default, deserialize_with = "json::or_default", borrow)]
    failure_messages: Vec<json::Text<'a>>,
    #[serde(default)]
    location: Option<Location>,
    #[serde(default)]
    invocations: json::Number,
}

impl Assertion<'_> {
    /// jest-junit adds an entry without a name where the whole file could not be run.
    fn is_of_file(&self) -> bool {
        self.title.is_none() && self.full_name.is_none() && self.status.as_deref() == Some("error")
    }
}

#[derive(Deserialize)]
struct Location {
    #[serde(default)]
    line: json::Number,
}

const OUTCOMES: &[(&str, Outcome)] = &[
    ("passed", Outcome::Passed),
    ("failed", Outcome::Failed),
    ("pending", Outcome::Skipped),
    ("skipped", Outcome::Skipped),
    ("todo", Outcome::Skipped),
    ("disabled", Outcome::Skipped),
    ("focused", Outcome::Passed),
];

impl Format for JestJson {
    fn descriptor(&self) -> &'static Descriptor {
        &JEST_JSON
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        match json::head(input.head()) {
            Some(head) if head.has_any(&["numTotalTests", "numFailedTestSuites", "numTotalTestSuites"]) => {
                Confidence::Certain
            }
            Some(head)
                if head.has_any(&[
                    "testResults[].assertionResults",
                    "testResults[].assertionResults[].status",
                ]) =>
            {
                Confidence::Certain
            }
            _ => Confidence::No,
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = json::Reader::new(input);
        reader.object(|reader, key| match key {
            "testResults" => reader.array(|reader| push_file(reader.read()?, sink)),
            _ => Ok(()),
        })?;
        reader.finish()
    }
}

fn push_file(file: TestFile<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
    let path = file.name.or(file.test_file_path).and_then(json::Text::non_empty);
    let has_no_test = file.assertion_results.iter().all(Assertion::is_of_file);
    for assertion in file.assertion_results.into_iter().filter(|assertion| !assertion.is_of_file()) {
        let titles: Vec<&str> = assertion.ancestor_titles.iter().map(|title| &**title).collect();
        let name = assertion.title.or(assertion.full_name).unwrap_or_default();
        let mut test = TestCase::new(titles.join(" › "), "", name);
        test.file = path.as_deref().map(Cow::Borrowed);
        test.line = assertion.location.and_then(|location| location.line.position());
        test.duration_us = assertion.duration.0.and_then(|ms| seconds_to_us(ms / 1000.0));
        test.outcome = outcome_of(OUTCOMES, assertion.status.as_deref().unwrap_or_default(), sink);
        test.reruns = assertion.invocations.position().map_or(0, |times| times - 1);
        test.is_flaky = test.reruns > 0 && test.outcome == Outcome::Passed;
        if test.outcome.is_bad() {
            let detail: Vec<_> =
                assertion.failure_messages.iter().map(|text| without_colours(text)).collect();
            describe(&mut test, None, Some(Cow::Owned(detail.join("\n"))));
        }
        sink.test_case(&test)?;
    }
    let is_failed = file.status.as_deref() == Some("failed")
        || file.failure_message.as_deref().is_some_and(|m| !m.is_empty());
    if has_no_test && is_failed {
        let path = path.unwrap_or_default();
        let mut test = suite_failure("", &path, Outcome::Errored, sink);
        test.file = Some(Cow::Borrowed(&path));
        let detail = file.message.or(file.failure_message).unwrap_or_default();
        describe(&mut test, None, Some(without_colours(&detail)));
        sink.test_case(&test)?;
    }
    Ok(())
}
