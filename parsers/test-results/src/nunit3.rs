//! NUnit 3 XML.
//!
//! # Produced by
//! `nunit3-console`, `dotnet test --logger nunit`, Unity's test runner.
//!
//! # Looks like
//! `<test-run><test-suite type="TestFixture"><test-case name fullname classname result label duration>`.
//!
//! # Maps to
//! `test-case` → test: `@classname` → class, `@name` → name, the assembly's file name → suite.
//!
//! # Not read
//! Output, attachments, properties, settings, filters, counters.
//!
//! # Quirks
//! A failed set-up fails each test of the fixture with a label or a site, so the suite's own failure is not counted again.

use std::borrow::Cow;

use plimsoll_format::xml::{Element, Reader, head};
use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, Warning, WarningCode,
    parse_duration_us,
};
use plimsoll_model::{Outcome, ReportKind, TestCase};

use crate::failure::{bad_duration, describe, outcome_of};

/// NUnit 3 XML.
pub struct Nunit3;

static NUNIT3: Descriptor = Descriptor {
    id: "nunit3",
    name: "NUnit 3 XML",
    kind: ReportKind::Tests,
    tools: &["NUnit", "dotnet test", "Unity"],
    globs: &["TestResult.xml", "*nunit*.xml"],
    link: "https://docs.nunit.org/articles/nunit/technical-notes/usage/Test-Result-XML-Format.html",
    version: 1,
    docs: Docs {
        produced_by: "`nunit3-console tests.dll`, `dotnet test --logger nunit`, Unity's test runner with `-testResults`.",
        maps_to: "`test-case` → test: the assembly's name → suite, `@classname` (else what `@fullname` has before the name) → \
            class, `@name` → name, `@duration` → duration, `failure/message`, `failure/stack-trace` and `reason/message` → \
            message and detail. Passed, Warning → passed; Failed → failed, with the label Error, Invalid or Cancelled → errored; \
            Skipped, Inconclusive → skipped; Invalid → errored.",
        not_read: "`output`, `attachments`, `properties`, `settings`, `filter`, the counters of the suites; the failure of a \
            suite, which NUnit repeats in each of its tests.",
        quirks: "A list of tests (`--explore`) has test cases without a result: they are skipped.",
    },
};

const OUTCOMES: &[(&str, Outcome)] = &[
    ("Passed", Outcome::Passed),
    ("Warning", Outcome::Passed),
    ("Failed", Outcome::Failed),
    ("Skipped", Outcome::Skipped),
    ("Inconclusive", Outcome::Skipped),
    ("Invalid", Outcome::Errored),
    ("Cancelled", Outcome::Errored),
];

impl Format for Nunit3 {
    fn descriptor(&self) -> &'static Descriptor {
        &NUNIT3
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        match head(input.head()) {
            Some(head) if head.root == "test-run" => Confidence::Certain,
            _ => Confidence::No,
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = Reader::new(input);
        let root = reader.root()?;
        if root.name() != "test-run" {
            return Err(reader.error(ParseErrorKind::Missing("`test-run`")));
        }
        suites(&mut reader, &root, "", sink)?;
        reader.finish()
    }
}

fn suites<'a>(
    reader: &mut Reader<'a>,
    parent: &Element<'a>,
    assembly: &str,
    sink: &mut dyn Sink,
) -> Result<(), ParseError> {
    while let Some(child) = reader.child(parent)? {
        match child.name() {
            "test-suite" if child.attribute("type")?.as_deref() == Some("Assembly") => {
                let name = child.attribute("name")?.unwrap_or_default();
                // The full path of the assembly differs from machine to machine.
                let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
                suites(reader, &child, name, sink)?;
            }
            "test-suite" => suites(reader, &child, assembly, sink)?,
            "test-case" => case(reader, &child, assembly, sink)?,
            _ => {}
        }
    }
    Ok(())
}

fn case<'a>(
    reader: &mut Reader<'a>,
    element: &Element<'a>,
    assembly: &str,
    sink: &mut dyn Sink,
) -> Result<(), ParseError> {
    let mut test = TestCase::new(assembly, "", "");
    test.outcome = Outcome::Skipped;
    let mut full_name = Cow::Borrowed("");
    let mut label = "";
    for attribute in element.attributes() {
        let attribute = attribute?;
        match attribute.name {
            "name" => test.name = attribute.value()?,
            "fullname" => full_name = attribute.value()?,
            "classname" => test.class = attribute.value()?,
            "result" => test.outcome = outcome_of(OUTCOMES, attribute.raw, sink),
            "label" => label = attribute.raw,
            "duration" | "time" => {
                test.duration_us = parse_duration_us(attribute.raw);
                if test.duration_us.is_none() && !attribute.raw.is_empty() {
                    bad_duration(attribute.raw, sink);
                }
            }
            _ => {}
        }
    }
    if test.outcome == Outcome::Failed && matches!(label, "Error" | "Invalid" | "Cancelled") {
        test.outcome = Outcome::Errored;
    }
    if test.class.is_empty() {
        let class = full_name.strip_suffix(&*test.name).map(|class| class.trim_end_matches('.').to_owned());
        test.class = Cow::Owned(class.unwrap_or_default());
    }
    if test.name.is_empty() {
        sink.warning(Warning::new(
            WarningCode::MissingName,
            format!("a test has no name, in {}", reader.path()),
        ));
    }
    while let Some(child) = reader.child(element)? {
        if matches!(child.name(), "failure" | "reason") {
            failure(reader, &child, &mut test, sink)?;
        }
    }
    sink.test_case(&test)
}

/// `<failure><message/><stack-trace/></failure>`, the same in all of NUnit's and xUnit's formats.
pub(crate) fn failure<'a, 't>(
    reader: &mut Reader<'a>,
    element: &Element<'a>,
    test: &mut TestCase<'t>,
    sink: &mut dyn Sink,
) -> Result<(), ParseError>
where
    'a: 't,
{
    let (mut message, mut trace) = (None, None);
    while let Some(part) = reader.child(element)? {
        match part.name() {
            "message" => message = Some(reader.shown_text(&part, sink)?),
            "stack-trace" => trace = Some(reader.shown_text(&part, sink)?),
            _ => {}
        }
    }
    describe(test, message, trace);
    Ok(())
}
