//! TestNG's own XML, `testng-results.xml`.
//!
//! # Produced by
//! TestNG's default reporter, with Maven Surefire, Gradle or on its own.
//!
//! # Looks like
//! `<testng-results><suite><test><class name><test-method status name duration-ms is-config>`.
//!
//! # Maps to
//! `test-method` → test: `test@name` → suite, `class@name` → class, `@name` → name.
//!
//! # Not read
//! Parameters, groups, reporter output, the declared totals.
//!
//! # Quirks
//! Configuration methods (`is-config="true"`) are no tests.

use std::borrow::Cow;

use plimsoll_format::xml::{Element, Reader, head};
use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, Warning, WarningCode,
    parse_number,
};
use plimsoll_model::{Outcome, ReportKind, TestCase};

use crate::failure::{describe, outcome_of, suite_failure};

/// TestNG XML.
pub struct TestNg;

static TESTNG: Descriptor = Descriptor {
    id: "testng",
    name: "TestNG XML",
    kind: ReportKind::Tests,
    tools: &["TestNG"],
    globs: &["testng-results.xml"],
    link: "https://testng.org/#_logging_and_results",
    version: 1,
    docs: Docs {
        produced_by: "TestNG itself: `test-output/testng-results.xml`, with Maven in `target/surefire-reports`.",
        maps_to: "`test-method` → test: `test@name` → suite, `class@name` → class, `@name` → name, `@duration-ms` → duration, \
            `exception/message` and `exception/full-stacktrace` → message and detail. PASS and SUCCESS_PERCENTAGE_FAILURE → \
            passed; FAIL → failed; SKIP → skipped. A configuration method (`is-config`) that failed becomes an entry of its own, with a warning; \
            it is no test case.",
        not_read: "Parameters, groups, `reporter-output`, descriptions, the declared totals.",
        quirks: "The invocations of a data provider have the same name. An attempt that was repeated (`retried=\"true\"`) is skipped.",
    },
};

const OUTCOMES: &[(&str, Outcome)] = &[
    ("PASS", Outcome::Passed),
    ("FAIL", Outcome::Failed),
    ("SKIP", Outcome::Skipped),
    ("SUCCESS_PERCENTAGE_FAILURE", Outcome::Passed),
];

impl Format for TestNg {
    fn descriptor(&self) -> &'static Descriptor {
        &TESTNG
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        match head(input.head()) {
            Some(head) if head.root == "testng-results" => Confidence::Certain,
            _ => Confidence::No,
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = Reader::new(input);
        let root = reader.root()?;
        if root.name() != "testng-results" {
            return Err(reader.error(ParseErrorKind::Missing("`testng-results`")));
        }
        while let Some(suite) = reader.child(&root)? {
            while let Some(test) = reader.child(&suite)? {
                let name = test.attribute("name")?.unwrap_or_default();
                while let Some(class) = reader.child(&test)? {
                    if class.name() == "class" {
                        methods(&mut reader, &class, &name, sink)?;
                    }
                }
            }
        }
        reader.finish()
    }
}

fn methods<'a>(
    reader: &mut Reader<'a>,
    class: &Element<'a>,
    suite: &str,
    sink: &mut dyn Sink,
) -> Result<(), ParseError> {
    let class_name = class.attribute("name")?.unwrap_or_default();
    while let Some(element) = reader.child(class)? {
        if element.name() == "test-method" {
            method(reader, &element, suite, &class_name, sink)?;
        }
    }
    Ok(())
}

fn method<'a>(
    reader: &mut Reader<'a>,
    element: &Element<'a>,
    suite: &str,
    class: &str,
    sink: &mut dyn Sink,
) -> Result<(), ParseError> {
    let mut name = Cow::Borrowed("");
    let mut status = "";
    let mut duration_us = None;
    let (mut is_config, mut is_retried) = (false, false);
    for attribute in element.attributes() {
        let attribute = attribute?;
        match attribute.name {
            "name" => name = attribute.value()?,
            "status" => status = attribute.raw,
            "is-config" => is_config = attribute.raw == "true",
            "retried" => is_retried = attribute.raw == "true",
            "duration-ms" => {
                let ms = parse_number(attribute.raw).filter(|ms| *ms >= 0.0);
                duration_us = ms.map(|ms| (ms * 1000.0) as u64);
            }
            _ => {}
        }
    }
    if is_config && status != "FAIL" {
        return Ok(());
    }
    let mut test = if is_config {
        let mut test = suite_failure(suite, class, Outcome::Failed, sink);
        test.name = name;
        test
    } else {
        let mut test = TestCase::new(suite, class, name);
        test.outcome = if is_retried { Outcome::Skipped } else { outcome_of(OUTCOMES, status, sink) };
        test
    };
    test.duration_us = duration_us;
    if test.name.is_empty() {
        sink.warning(Warning::new(
            WarningCode::MissingName,
            format!("a test has no name, in {}", reader.path()),
        ));
    }
    while let Some(child) = reader.child(element)? {
        if child.name() != "exception" {
            continue;
        }
        let (mut message, mut trace) = (None, None);
        while let Some(part) = reader.child(&child)? {
            match part.name() {
                "message" => message = Some(reader.shown_text(&part, sink)?),
                "full-stacktrace" | "short-stacktrace" => trace = Some(reader.shown_text(&part, sink)?),
                _ => {}
            }
        }
        describe(&mut test, message, trace);
    }
    sink.test_case(&test)
}
