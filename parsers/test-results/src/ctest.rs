//! CTest's own XML, `Testing/<time>/Test.xml`.
//!
//! # Produced by
//! `ctest -T Test`, CDash submissions.
//!
//! # Looks like
//! `<Site><Testing><Test Status="passed"><Name/><Results><NamedMeasurement name="Execution Time"><Value/>`.
//!
//! # Maps to
//! `Test` with a status → test: `Path` → class, `Name` → name.
//!
//! # Not read
//! Command lines, environment, labels, all other measurements.
//!
//! # Quirks
//! The list of tests at the beginning has `Test` elements, too: those have no status.

use plimsoll_format::xml::{Element, Reader, head};
use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, parse_duration_us,
};
use plimsoll_model::{Outcome, ReportKind, TestCase};

use crate::failure::{describe, outcome_of};

/// CTest XML.
pub struct Ctest;

static CTEST: Descriptor = Descriptor {
    id: "ctest",
    name: "CTest XML",
    kind: ReportKind::Tests,
    tools: &["CTest", "CDash"],
    globs: &["Testing/*/Test.xml"],
    link: "https://cmake.org/cmake/help/latest/manual/ctest.1.html",
    version: 1,
    docs: Docs {
        produced_by: "`ctest -T Test` (`Testing/<time>/Test.xml`). `ctest --output-junit` writes JUnit XML instead.",
        maps_to: "`Test` with a `@Status` → test: `Path` (unless `.`) → class, `Name` → name, the measurement `Execution Time` → \
            duration, `Completion Status` → message, the captured output of a failed test → detail. passed → passed; failed → failed; \
            notrun, disabled → skipped.",
        not_read: "Command lines, environment, labels, processors and all other measurements; the output of tests that passed.",
        quirks: "`Build.xml`, `Configure.xml` and `Coverage.xml` have the same root and are not read.",
    },
};

const OUTCOMES: &[(&str, Outcome)] = &[
    ("passed", Outcome::Passed),
    ("failed", Outcome::Failed),
    ("notrun", Outcome::Skipped),
    ("disabled", Outcome::Skipped),
];

impl Format for Ctest {
    fn descriptor(&self) -> &'static Descriptor {
        &CTEST
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        match head(input.head()) {
            Some(head) if head.root == "Site" && head.has_element("Testing") => Confidence::Certain,
            _ => Confidence::No,
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = Reader::new(input);
        let root = reader.root()?;
        if root.name() != "Site" {
            return Err(reader.error(ParseErrorKind::Missing("`Site`")));
        }
        while let Some(testing) = reader.child(&root)? {
            if testing.name() != "Testing" {
                continue;
            }
            while let Some(element) = reader.child(&testing)? {
                if element.name() == "Test"
                    && let Some(status) = element.attribute("Status")?
                {
                    let outcome = outcome_of(OUTCOMES, &status, sink);
                    case(&mut reader, &element, outcome, sink)?;
                }
            }
        }
        reader.finish()
    }
}

fn case<'a>(
    reader: &mut Reader<'a>,
    element: &Element<'a>,
    outcome: Outcome,
    sink: &mut dyn Sink,
) -> Result<(), ParseError> {
    let mut test = TestCase::new("", "", "");
    test.outcome = outcome;
    let (mut message, mut detail) = (None, None);
    while let Some(child) = reader.child(element)? {
        match child.name() {
            "Name" => test.name = reader.text(&child)?,
            "Path" => test.class = reader.text(&child)?,
            "Results" => {
                while let Some(result) = reader.child(&child)? {
                    let name = result.attribute("name")?.unwrap_or_default();
                    while let Some(value) = reader.child(&result)? {
                        match (result.name(), &*name) {
                            ("NamedMeasurement", "Execution Time") => {
                                test.duration_us = parse_duration_us(reader.text(&value)?.trim());
                            }
                            ("NamedMeasurement", "Completion Status") => message = Some(reader.text(&value)?),
                            ("Measurement", _) if outcome.is_bad() => {
                                detail = Some(reader.shown_text(&value, sink)?)
                            }
                            _ => {}
                        }
                    }
                }
            }
            _ => {}
        }
    }
    if test.class == "." {
        test.class = "".into();
    }
    if outcome != Outcome::Passed {
        describe(&mut test, message, detail);
    }
    sink.test_case(&test)
}
