//! TRX, the test results of Visual Studio and `dotnet test`.
//!
//! # Produced by
//! `dotnet test --logger trx`, VSTest, MSTest.
//!
//! # Looks like
//! `<TestRun><Results><UnitTestResult testId testName outcome duration>…<TestDefinitions><UnitTest id><TestMethod className/>`.
//!
//! # Maps to
//! Each `UnitTestResult` → test; the class is looked up in the definitions, which stand behind the results.
//!
//! # Not read
//! Captured output, attachments, counters, test lists.
//!
//! # Quirks
//! The rows of a data-driven test are inner results; both they and the test itself count, as in the file's own counters.

use std::borrow::Cow;
use std::collections::HashMap;

use plimsoll_format::xml::{Element, Reader, head};
use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, Warning, WarningCode,
};
use plimsoll_model::{Outcome, ReportKind, TestCase};

use crate::failure::{bad_duration, describe, outcome_of};

/// Visual Studio test results.
pub struct Trx;

static TRX: Descriptor = Descriptor {
    id: "trx",
    name: "Visual Studio test results (TRX)",
    kind: ReportKind::Tests,
    tools: &["dotnet test", "VSTest", "MSTest"],
    globs: &["*.trx"],
    link: "https://learn.microsoft.com/dotnet/core/tools/dotnet-test",
    version: 1,
    docs: Docs {
        produced_by: "`dotnet test --logger trx`, `vstest.console /logger:trx`, `MSTest /resultsfile:`.",
        maps_to: "`UnitTestResult` (and the results of web, generic and manual tests) → test: `@testName` → name, \
            `TestMethod@className` of its definition → class, `@duration` → duration, `ErrorInfo` → message and detail. \
            Passed, Completed, Warning, PassedButRunAborted → passed; Failed → failed; Error, Timeout, Aborted, Disconnected \
            and no outcome at all → errored (`Error` is what the schema leaves out); Inconclusive, NotExecuted, NotRunnable, Pending, \
            InProgress → skipped.",
        not_read: "`StdOut`, `StdErr`, attachments, `Counters`, test lists, run settings.",
        quirks: "A data-driven test has an inner result for each row: the test and its rows count each, as in the file's own \
            counters. `className` may carry the assembly's name behind a comma. CppUnit's root has the same name, but no namespace.",
    },
};

const OUTCOMES: &[(&str, Outcome)] = &[
    ("Passed", Outcome::Passed),
    ("Failed", Outcome::Failed),
    ("NotExecuted", Outcome::Skipped),
    ("Completed", Outcome::Passed),
    ("Warning", Outcome::Passed),
    ("PassedButRunAborted", Outcome::Passed),
    ("Error", Outcome::Errored),
    ("Timeout", Outcome::Errored),
    ("Aborted", Outcome::Errored),
    ("Disconnected", Outcome::Errored),
    ("Inconclusive", Outcome::Skipped),
    ("NotRunnable", Outcome::Skipped),
    ("Pending", Outcome::Skipped),
    ("InProgress", Outcome::Skipped),
];

impl Format for Trx {
    fn descriptor(&self) -> &'static Descriptor {
        &TRX
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        match head(input.head()) {
            Some(head) if head.root == "TestRun" && head.attributes.contains("/TeamTest/") => {
                Confidence::Certain
            }
            Some(head) if head.root == "TestRun" && head.has_element("UnitTestResult") => Confidence::Likely,
            _ => Confidence::No,
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let classes = read_classes(input)?;
        let mut reader = Reader::new(input);
        let root = reader.root()?;
        if root.name() != "TestRun" {
            return Err(reader.error(ParseErrorKind::Missing("`TestRun`")));
        }
        while let Some(child) = reader.child(&root)? {
            if child.name() == "Results" {
                results(&mut reader, &child, &classes, sink)?;
            }
        }
        reader.finish()
    }
}

type Classes<'a> = HashMap<Cow<'a, str>, Cow<'a, str>>;

/// The class of each test's id.
fn read_classes<'a>(input: &Input<'a>) -> Result<Classes<'a>, ParseError> {
    let mut classes = Classes::new();
    let mut reader = Reader::new(input);
    let root = reader.root()?;
    while let Some(child) = reader.child(&root)? {
        if child.name() != "TestDefinitions" {
            continue;
        }
        while let Some(definition) = reader.child(&child)? {
            let Some(id) = definition.attribute("id")? else { continue };
            while let Some(part) = reader.child(&definition)? {
                if part.name() == "TestMethod"
                    && let Some(class) = part.attribute("className")?
                {
                    classes.insert(id.clone(), without_assembly(class));
                }
            }
        }
    }
    Ok(classes)
}

/// `Shop.CartTests, Shop.Tests, Version=1.0.0.0` → `Shop.CartTests`
fn without_assembly(class: Cow<'_, str>) -> Cow<'_, str> {
    match class {
        Cow::Borrowed(class) => Cow::Borrowed(class.split(',').next().unwrap_or(class)),
        Cow::Owned(class) => Cow::Owned(class.split(',').next().unwrap_or(&class).to_owned()),
    }
}

fn results<'a>(
    reader: &mut Reader<'a>,
    parent: &Element<'a>,
    classes: &Classes<'a>,
    sink: &mut dyn Sink,
) -> Result<(), ParseError> {
    while let Some(element) = reader.child(parent)? {
        match element.name() {
            "TestResultAggregation" | "InnerResults" => results(reader, &element, classes, sink)?,
            name if name.ends_with("Result") => result(reader, &element, classes, sink)?,
            _ => {}
        }
    }
    Ok(())
}

fn result<'a>(
    reader: &mut Reader<'a>,
    element: &Element<'a>,
    classes: &Classes<'a>,
    sink: &mut dyn Sink,
) -> Result<(), ParseError> {
    let mut test = TestCase::new("", "", "");
    test.outcome = Outcome::Errored;
    for attribute in element.attributes() {
        let attribute = attribute?;
        match attribute.name {
            "testName" => test.name = attribute.value()?,
            "testId" => {
                let class = classes.get(&attribute.value()?).map_or("", |class| &**class);
                test.class = Cow::Borrowed(class);
            }
            "outcome" => test.outcome = outcome_of(OUTCOMES, attribute.raw, sink),
            "duration" => {
                test.duration_us = clock_us(attribute.raw);
                if test.duration_us.is_none() {
                    bad_duration(attribute.raw, sink);
                }
            }
            _ => {}
        }
    }
    if test.name.is_empty() {
        sink.warning(Warning::new(
            WarningCode::MissingName,
            format!("a test has no name, in {}", reader.path()),
        ));
    }
    // Some runners repeat the class in the name.
    if let Cow::Borrowed(name) = test.name
        && let Some(short) = name.strip_prefix(&*test.class).and_then(|rest| rest.strip_prefix('.'))
    {
        test.name = Cow::Borrowed(short);
    }
    // Inner results come behind the output of the test around them, which is pushed before they are read.
    let mut is_pushed = false;
    while let Some(child) = reader.child(element)? {
        match child.name() {
            "Output" => output(reader, &child, &mut test, sink)?,
            "InnerResults" => {
                sink.test_case(&test)?;
                is_pushed = true;
                results(reader, &child, classes, sink)?;
            }
            _ => {}
        }
    }
    if is_pushed { Ok(()) } else { sink.test_case(&test) }
}

fn output<'a, 't>(
    reader: &mut Reader<'a>,
    element: &Element<'a>,
    test: &mut TestCase<'t>,
    sink: &mut dyn Sink,
) -> Result<(), ParseError>
where
    'a: 't,
{
    while let Some(child) = reader.child(element)? {
        if child.name() != "ErrorInfo" {
            continue;
        }
        let (mut message, mut trace) = (None, None);
        while let Some(part) = reader.child(&child)? {
            match part.name() {
                "Message" => message = Some(reader.shown_text(&part, sink)?),
                "StackTrace" => trace = Some(reader.shown_text(&part, sink)?),
                _ => {}
            }
        }
        describe(test, message, trace);
    }
    Ok(())
}

/// `00:00:01.2345678`, with days before where there are any: `1.02:03:04.5`.
fn clock_us(text: &str) -> Option<u64> {
    let (hours, rest) = text.split_once(':')?;
    let (minutes, seconds) = rest.split_once(':')?;
    let hours = match hours.split_once('.') {
        Some((days, hours)) => days.parse::<u64>().ok()?.checked_mul(24)?.checked_add(hours.parse().ok()?)?,
        None => hours.parse().ok()?,
    };
    let minutes = hours.checked_mul(60)?.checked_add(minutes.parse().ok()?)?;
    let seconds = plimsoll_format::parse_duration_us(seconds)?;
    minutes.checked_mul(60_000_000)?.checked_add(seconds)
}

#[cfg(test)]
mod tests {
    use super::clock_us;

    #[test]
    fn reads_clock_times() {
        assert_eq!(clock_us("00:00:01.5000000"), Some(1_500_000));
        assert_eq!(clock_us("01:02:03"), Some(3_723_000_000));
        assert_eq!(clock_us("1.00:00:00"), Some(86_400_000_000));
        assert_eq!(clock_us("soon"), None);
        assert_eq!(clock_us("99999999999999999999:0:0"), None);
    }
}
