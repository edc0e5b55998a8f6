//! xUnit.net XML, versions 1, 2 and 3.
//!
//! # Produced by
//! `dotnet test --logger xunit`, `xunit.console -xml`, Fixie and other runners that write the same form.
//!
//! # Looks like
//! `<assemblies><assembly name><collection><test name type method time result>`; version 1 has the root `<assembly>` and
//! `<class>` instead of `<collection>`.
//!
//! # Maps to
//! `test` → test: `@type` → class, `@name` without the type → name, the assembly's file name → suite.
//!
//! # Not read
//! Traits, output, environment, the declared totals.
//!
//! # Quirks
//! Errors outside of any test (a fixture that cannot be disposed of) stand in `errors`.

use std::borrow::Cow;

use plimsoll_format::xml::{Element, Reader, head};
use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, Warning, WarningCode,
    parse_duration_us,
};
use plimsoll_model::{Outcome, ReportKind, TestCase};

use crate::failure::{bad_duration, outcome_of, suite_failure, trimmed};
use crate::nunit3::failure;

/// xUnit.net XML.
pub struct XunitNet;

static XUNIT_NET: Descriptor = Descriptor {
    id: "xunit-net",
    name: "xUnit.net XML",
    kind: ReportKind::Tests,
    tools: &["xUnit.net", "dotnet test", "Fixie"],
    globs: &["*xunit*.xml", "TestResults.xml"],
    link: "https://xunit.net/docs/format-xml-v2",
    version: 1,
    docs: Docs {
        produced_by: "`dotnet test --logger xunit`, `xunit.console tests.dll -xml results.xml`.",
        maps_to: "`test` → test: the assembly's file name → suite, `@type` → class, `@name` without the type → name, `@time` → \
            duration, `failure` and `reason` → message and detail. Pass → passed; Fail → failed; Skip, NotRun → skipped. An \
            `error` of the assembly becomes an entry of its own, with a warning; it is no test case.",
        not_read: "Traits, output, environment, collections' names, the declared totals.",
        quirks: "Version 1 has the root `assembly` and `class` elements; versions 2 and 3 have `assemblies` and `collection`.",
    },
};

const OUTCOMES: &[(&str, Outcome)] = &[
    ("Pass", Outcome::Passed),
    ("Fail", Outcome::Failed),
    ("Skip", Outcome::Skipped),
    ("NotRun", Outcome::Skipped),
];

impl Format for XunitNet {
    fn descriptor(&self) -> &'static Descriptor {
        &XUNIT_NET
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        match head(input.head()) {
            Some(head) if head.root == "assemblies" => Confidence::Certain,
            // The documentation comments of a .NET assembly begin with <doc><assembly>: another root.
            Some(head) if head.root == "assembly" && head.attribute("total").is_some() => Confidence::Certain,
            Some(head) if head.root == "assembly" && head.attribute("run-date").is_some() => {
                Confidence::Certain
            }
            _ => Confidence::No,
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = Reader::new(input);
        let root = reader.root()?;
        match root.name() {
            "assembly" => assembly(&mut reader, &root, sink)?,
            "assemblies" => {
                while let Some(child) = reader.child(&root)? {
                    if child.name() == "assembly" {
                        assembly(&mut reader, &child, sink)?;
                    }
                }
            }
            _ => return Err(reader.error(ParseErrorKind::Missing("`assemblies` or `assembly`"))),
        }
        reader.finish()
    }
}

fn assembly<'a>(
    reader: &mut Reader<'a>,
    element: &Element<'a>,
    sink: &mut dyn Sink,
) -> Result<(), ParseError> {
    let path = element.attribute("name")?.unwrap_or_default();
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    while let Some(group) = reader.child(element)? {
        let is_errors = group.name() == "errors";
        while let Some(child) = reader.child(&group)? {
            match child.name() {
                "test" => case(reader, &child, name, sink)?,
                "error" if is_errors => error(reader, &child, name, sink)?,
                _ => {}
            }
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
    for attribute in element.attributes() {
        let attribute = attribute?;
        match attribute.name {
            "name" => test.name = attribute.value()?,
            "type" => test.class = attribute.value()?,
            "result" => test.outcome = outcome_of(OUTCOMES, attribute.raw, sink),
            "time" => {
                test.duration_us = parse_duration_us(attribute.raw);
                if test.duration_us.is_none() && !attribute.raw.is_empty() {
                    bad_duration(attribute.raw, sink);
                }
            }
            _ => {}
        }
    }
    let short = test.name.strip_prefix(&*test.class).and_then(|rest| rest.strip_prefix('.'));
    if let Some(short) = short.map(str::to_owned) {
        test.name = Cow::Owned(short);
    }
    if test.name.is_empty() {
        sink.warning(Warning::new(
            WarningCode::MissingName,
            format!("a test has no name, in {}", reader.path()),
        ));
    }
    while let Some(child) = reader.child(element)? {
        match child.name() {
            "failure" => failure(reader, &child, &mut test, sink)?,
            "reason" => {
                test.message = Some(trimmed(reader.shown_text(&child, sink)?));
            }
            _ => {}
        }
    }
    sink.test_case(&test)
}

fn error<'a>(
    reader: &mut Reader<'a>,
    element: &Element<'a>,
    assembly: &str,
    sink: &mut dyn Sink,
) -> Result<(), ParseError> {
    let name = element.attribute("name")?.unwrap_or_default();
    let mut test = suite_failure(assembly, &name, Outcome::Errored, sink);
    while let Some(child) = reader.child(element)? {
        if child.name() == "failure" {
            failure(reader, &child, &mut test, sink)?;
        }
    }
    sink.test_case(&test)
}
