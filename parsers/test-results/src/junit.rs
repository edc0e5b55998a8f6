//! JUnit XML, the format that nearly every test runner can write and none has defined.
//!
//! # Produced by
//! Maven Surefire and Failsafe, Gradle, pytest (`--junitxml`), nextest, go-junit-report, gotestsum, jest-junit, Vitest,
//! Mocha, Playwright, Cypress, PHPUnit, RSpec, GoogleTest, Catch2, CTest (`--output-junit`), Bazel, Swift and many more.
//!
//! # Looks like
//! `<testsuites><testsuite name tests failures><testcase classname name time><failure message/>…`, with or without the
//! outermost element, with suites inside suites, or with test cases directly in the root.
//!
//! # Maps to
//! `testcase` → test; `testsuite@name` → suite (the innermost), `@classname` → class, `@name` → name, `@file` and `@line`
//! (or the suite's `@file`) → file, `@time` → duration; `error`, `failure`, `skipped` → outcome, the worst one counts.
//!
//! # Not read
//! Properties, captured output, attachments, time stamps, host names.
//!
//! # Quirks
//! See [`JUNIT`].

use std::borrow::Cow;

use plimsoll_format::xml::{Element, Reader, head};
use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, Warning, WarningCode,
    parse_duration_us, parse_number,
};
use plimsoll_model::{Outcome, ReportKind, TestCase};

use crate::failure::{first_line, suite_failure, trimmed};

/// JUnit XML.
pub struct Junit;

static JUNIT: Descriptor = Descriptor {
    id: "junit",
    name: "JUnit XML",
    kind: ReportKind::Tests,
    tools: &[
        "Maven Surefire",
        "Gradle",
        "pytest",
        "cargo-nextest",
        "go-junit-report",
        "gotestsum",
        "Jest",
        "Vitest",
        "Mocha",
        "Playwright",
        "Cypress",
        "PHPUnit",
        "RSpec",
        "GoogleTest",
        "Catch2",
        "CTest",
        "Bazel",
        "xcbeautify",
        "dotnet test",
    ],
    globs: &["TEST-*.xml", "*junit*.xml", "test-results/**/*.xml", "test-report*.xml", "report.xml"],
    link: "https://github.com/testmoapp/junitxml",
    version: 1,
    docs: Docs {
        produced_by: "`mvn test` (`target/surefire-reports`), `gradle test` (`build/test-results`), `pytest --junitxml=junit.xml`, \
            `cargo nextest run --profile ci` with `[profile.ci.junit]`, `go test -v ./... | go-junit-report`, \
            `jest --reporters=jest-junit`, `vitest --reporter=junit`, `phpunit --log-junit junit.xml`, \
            `ctest --output-junit junit.xml`, `./tests --gtest_output=xml`, and the JUnit reporter of most other runners.",
        maps_to: "`testcase` → test: the innermost `testsuite@name` → suite, `@classname` → class, `@name` → name, `@file` (else the \
            suite's) and `@line` → place, `@time` → duration in seconds. `error` → errored, `failure` → failed, `skipped` \
            → skipped, the worst of them counts; `@message` and text → failure message and detail. `flakyFailure`, \
            `flakyError` → the test passed and is flaky; `rerunFailure`, `rerunError` → failed attempts. A `failure` or \
            `error` directly in a suite becomes an entry of its own, with a warning; it is no test case.",
        not_read: "`properties`, `system-out`, `system-err` and the attachments named in them, time stamps, host names, assertion counts.",
        quirks: "Suites inside suites, a bare `testsuite` root, test cases directly in `testsuites`. Times such as `1,134.193` or \
            `2e-06`; a negative time counts as absent. pytest counts lines from 0. GoogleTest and CTest mark tests that were not run only by \
            `status=\"notrun\"` or `\"disabled\"`. Declared totals are often wrong; they are compared and never used.",
    },
};

impl Format for Junit {
    fn descriptor(&self) -> &'static Descriptor {
        &JUNIT
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        match head(input.head()) {
            Some(head) if matches!(head.root, "testsuites" | "testsuite") => Confidence::Certain,
            _ => Confidence::No,
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut parser = Parser { reader: Reader::new(input), sink };
        let root = parser.reader.root()?;
        match root.name() {
            "testsuite" => {
                parser.suite(&root, &Suite::default())?;
            }
            "testsuites" => {
                let nameless = Suite::default();
                let mut totals = Totals::default();
                while let Some(child) = parser.reader.child(&root)? {
                    totals.add(parser.suite_child(&child, &nameless)?);
                }
            }
            _ => return Err(parser.reader.error(ParseErrorKind::Missing("`testsuites` or `testsuite`"))),
        }
        parser.reader.finish()
    }
}

/// What a test case takes over from the suites around it.
#[derive(Clone, Default)]
struct Suite<'a> {
    name: Cow<'a, str>,
    file: Option<Cow<'a, str>>,
    counts_lines_from_zero: bool,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
struct Totals {
    tests: u64,
    bad: u64,
}

impl Totals {
    fn add(&mut self, other: Self) {
        self.tests += other.tests;
        self.bad += other.bad;
    }
}

struct Parser<'a, 's> {
    reader: Reader<'a>,
    sink: &'s mut dyn Sink,
}

impl<'a> Parser<'a, '_> {
    fn suite(&mut self, element: &Element<'a>, outer: &Suite<'a>) -> Result<Totals, ParseError> {
        let mut suite = outer.clone();
        let mut declared = Declared::default();
        for attribute in element.attributes() {
            let attribute = attribute?;
            match attribute.name {
                "name" => suite.name = attribute.value()?,
                "file" | "filepath" => suite.file = Some(attribute.value()?).filter(|file| !file.is_empty()),
                "tests" => declared.tests = count(attribute.raw),
                "failures" => declared.failures = count(attribute.raw),
                "errors" => declared.errors = count(attribute.raw),
                _ => {}
            }
        }
        suite.counts_lines_from_zero |= suite.name == "pytest";
        let mut own = Totals::default();
        let mut nested = Totals::default();
        while let Some(child) = self.reader.child(element)? {
            let totals = self.suite_child(&child, &suite)?;
            if child.name() == "testsuite" { nested.add(totals) } else { own.add(totals) }
        }
        let mut all = own;
        all.add(nested);
        // Some tools declare what is in the suite itself, others what is in it and below.
        if !declared.fits(own) && !declared.fits(all) {
            self.warn_total(&suite.name, &declared, all);
        }
        Ok(all)
    }

    fn suite_child(&mut self, child: &Element<'a>, suite: &Suite<'a>) -> Result<Totals, ParseError> {
        match child.name() {
            "testcase" => self.case(child, suite),
            "testsuite" => self.suite(child, suite),
            "failure" | "error" => self.suite_failure(child, suite),
            _ => Ok(Totals::default()),
        }
    }

    fn case(&mut self, element: &Element<'a>, suite: &Suite<'a>) -> Result<Totals, ParseError> {
        let mut test = TestCase::new(Cow::Borrowed(&*suite.name), "", "");
        let mut line = None;
        for attribute in element.attributes() {
            let attribute = attribute?;
            match attribute.name.as_bytes() {
                b"name" => test.name = attribute.value()?,
                b"classname" => test.class = attribute.value()?,
                b"time" => test.duration_us = self.duration(attribute.raw),
                b"file" | b"filepath" => test.file = Some(attribute.value()?).filter(|file| !file.is_empty()),
                b"line" => line = parse_number(attribute.raw).filter(|line| (0.0..=4e9).contains(line)),
                b"status" | b"result" if matches!(attribute.raw, "notrun" | "suppressed" | "disabled") => {
                    test.outcome = Outcome::Skipped;
                }
                _ => {}
            }
        }
        let first = u32::from(suite.counts_lines_from_zero);
        test.line = line.map(|line| line as u32 + first).filter(|line| *line > 0);
        if test.file.is_none() {
            test.file = suite.file.as_deref().map(Cow::Borrowed);
        }
        if test.name.is_empty() {
            let message = format!("a test has no name, in {}", self.reader.path());
            self.sink.warning(Warning::new(WarningCode::MissingName, message));
        }
        while let Some(child) = self.reader.child(element)? {
            match child.name() {
                "system-out" | "system-err" | "properties" => {}
                "failure" => self.result(&child, Outcome::Failed, &mut test)?,
                "error" => self.result(&child, Outcome::Errored, &mut test)?,
                "skipped" => self.result(&child, Outcome::Skipped, &mut test)?,
                "flakyFailure" | "flakyError" => {
                    test.reruns += 1;
                    test.is_flaky = true;
                }
                "rerunFailure" | "rerunError" => test.reruns += 1,
                _ => {}
            }
        }
        // A test that failed in the end was not saved by another attempt, whatever the attempts are called.
        test.is_flaky &= !test.outcome.is_bad();
        self.sink.test_case(&test)?;
        Ok(Totals { tests: 1, bad: u64::from(test.outcome.is_bad()) })
    }

    fn result<'t>(
        &mut self,
        element: &Element<'a>,
        outcome: Outcome,
        test: &mut TestCase<'t>,
    ) -> Result<(), ParseError>
    where
        'a: 't,
    {
        let is_first = test.message.is_none() && test.detail.is_none();
        if outcome < test.outcome || (outcome == test.outcome && !is_first) {
            return Ok(());
        }
        test.outcome = outcome;
        test.message = element.attribute("message")?.filter(|message| !message.trim().is_empty());
        let text = self.reader.shown_text(element, self.sink)?;
        let text = trimmed(text);
        if test.message.is_none() {
            test.message = first_line(&text);
        }
        test.detail = (!text.is_empty()).then_some(text);
        Ok(())
    }

    fn suite_failure(&mut self, element: &Element<'a>, suite: &Suite<'a>) -> Result<Totals, ParseError> {
        let outcome = if element.name() == "error" { Outcome::Errored } else { Outcome::Failed };
        let mut test = suite_failure(&suite.name, "", outcome, self.sink);
        test.file = suite.file.as_deref().map(Cow::Borrowed);
        self.result(element, outcome, &mut test)?;
        self.sink.test_case(&test)?;
        // Suites that fail as a whole declare a failure, but no test for it.
        Ok(Totals { tests: 0, bad: 1 })
    }

    fn duration(&mut self, raw: &str) -> Option<u64> {
        let duration = parse_duration_us(raw);
        if duration.is_none() && !raw.trim().is_empty() {
            let message = format!(
                "`{}` is no duration, in {}",
                raw.chars().take(40).collect::<String>(),
                self.reader.path()
            );
            self.sink.warning(Warning::new(WarningCode::BadNumber, message));
        }
        duration
    }

    fn warn_total(&mut self, suite: &str, declared: &Declared, found: Totals) {
        let message = format!(
            "the suite `{suite}` declares {}, but holds {} tests, {} of them failed or errored",
            declared, found.tests, found.bad
        );
        self.sink.warning(Warning::new(WarningCode::TotalMismatch, message));
    }
}

/// What a suite says of itself.
#[derive(Default)]
struct Declared {
    tests: Option<u64>,
    failures: Option<u64>,
    errors: Option<u64>,
}

impl Declared {
    fn bad(&self) -> Option<u64> {
        match (self.failures, self.errors) {
            (None, None) => None,
            (failures, errors) => Some(failures.unwrap_or(0).saturating_add(errors.unwrap_or(0))),
        }
    }

    fn fits(&self, found: Totals) -> bool {
        self.tests.is_none_or(|tests| tests == found.tests) && self.bad().is_none_or(|bad| bad == found.bad)
    }
}

impl std::fmt::Display for Declared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.tests, self.bad()) {
            (Some(tests), Some(bad)) => write!(f, "{tests} tests, {bad} of them failed or errored"),
            (Some(tests), None) => write!(f, "{tests} tests"),
            (None, bad) => write!(f, "{} failed or errored tests", bad.unwrap_or(0)),
        }
    }
}

fn count(raw: &str) -> Option<u64> {
    parse_number(raw).filter(|count| *count >= 0.0).map(|count| count as u64)
}
