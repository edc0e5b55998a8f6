//! NUnit 2 XML.
//!
//! # Produced by
//! `nunit-console` 2.x, `nunit3-console --result=…;format=nunit2`, Pickles, Gallio and other tools that write the old form.
//!
//! # Looks like
//! `<test-results><test-suite><results><test-case name executed result time>`.
//!
//! # Maps to
//! `test-case` → test: `@name` is the full name, its last part → name, what stands before → class.
//!
//! # Not read
//! Categories, properties, environment, the declared totals.
//!
//! # Quirks
//! The oldest files have only `executed` and `success` instead of `result`.

use std::borrow::Cow;

use plimsoll_format::xml::{Element, Reader, head};
use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, Warning, WarningCode,
    parse_duration_us,
};
use plimsoll_model::{Outcome, ReportKind, TestCase};

use crate::failure::{bad_duration, outcome_of};
use crate::nunit3::failure;

/// NUnit 2 XML.
pub struct Nunit2;

static NUNIT2: Descriptor = Descriptor {
    id: "nunit2",
    name: "NUnit 2 XML",
    kind: ReportKind::Tests,
    tools: &["NUnit 2", "Pickles", "Pester"],
    globs: &["TestResult.xml", "*nunit*.xml"],
    link: "https://nunit.org/docs/2.6.4/files/TestResult.xml",
    version: 1,
    docs: Docs {
        produced_by: "`nunit-console tests.dll` (2.x), `nunit3-console --result=TestResult.xml;format=nunit2`, \
            `Invoke-Pester -OutputFormat NUnitXml`.",
        maps_to: "`test-case` → test: the last part of `@name` → name, what stands before it → class, `@time` → duration, \
            `failure` and `reason` → message and detail. Success → passed; Failure → failed; Error, Cancelled, NotRunnable → \
            errored; Ignored, Skipped, Inconclusive → skipped.",
        not_read: "Categories, properties, `environment`, `culture-info`, the declared totals.",
        quirks: "Without `result`: `executed=\"False\"` → skipped, else `success` decides. A full name may hold dots inside of \
            arguments: `Add(1.5)`.",
    },
};

const OUTCOMES: &[(&str, Outcome)] = &[
    ("Success", Outcome::Passed),
    ("Failure", Outcome::Failed),
    ("Error", Outcome::Errored),
    ("Cancelled", Outcome::Errored),
    ("NotRunnable", Outcome::Errored),
    ("Ignored", Outcome::Skipped),
    ("Skipped", Outcome::Skipped),
    ("Inconclusive", Outcome::Skipped),
];

impl Format for Nunit2 {
    fn descriptor(&self) -> &'static Descriptor {
        &NUNIT2
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        match head(input.head()) {
            Some(head) if head.root == "test-results" => Confidence::Certain,
            _ => Confidence::No,
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = Reader::new(input);
        let root = reader.root()?;
        if root.name() != "test-results" {
            return Err(reader.error(ParseErrorKind::Missing("`test-results`")));
        }
        suites(&mut reader, &root, sink)?;
        reader.finish()
    }
}

fn suites<'a>(reader: &mut Reader<'a>, parent: &Element<'a>, sink: &mut dyn Sink) -> Result<(), ParseError> {
    while let Some(child) = reader.child(parent)? {
        match child.name() {
            "test-suite" | "results" => suites(reader, &child, sink)?,
            "test-case" => case(reader, &child, sink)?,
            _ => {}
        }
    }
    Ok(())
}

fn case<'a>(reader: &mut Reader<'a>, element: &Element<'a>, sink: &mut dyn Sink) -> Result<(), ParseError> {
    let mut test = TestCase::new("", "", "");
    let mut result = None;
    let (mut executed, mut success) = (true, true);
    for attribute in element.attributes() {
        let attribute = attribute?;
        match attribute.name {
            "name" => (test.class, test.name) = split_full_name(attribute.value()?),
            "result" => result = Some(attribute.raw),
            "executed" => executed = attribute.raw.eq_ignore_ascii_case("true"),
            "success" => success = attribute.raw.eq_ignore_ascii_case("true"),
            "time" => {
                test.duration_us = parse_duration_us(attribute.raw);
                if test.duration_us.is_none() && !attribute.raw.is_empty() {
                    bad_duration(attribute.raw, sink);
                }
            }
            _ => {}
        }
    }
    test.outcome = match (result, executed, success) {
        (Some(word), ..) => outcome_of(OUTCOMES, word, sink),
        (None, false, _) => Outcome::Skipped,
        (None, true, true) => Outcome::Passed,
        (None, true, false) => Outcome::Failed,
    };
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

/// `Shop.CartTests.Add(1.5)` → `Shop.CartTests`, `Add(1.5)`
fn split_full_name(full: Cow<'_, str>) -> (Cow<'_, str>, Cow<'_, str>) {
    let arguments = full.find('(').unwrap_or(full.len());
    let dot = full.get(..arguments).and_then(|path| path.rfind('.'));
    let Some(dot) = dot else { return (Cow::Borrowed(""), full) };
    match full {
        Cow::Borrowed(full) => {
            let (class, name) = full.split_at_checked(dot).unwrap_or(("", full));
            (Cow::Borrowed(class), Cow::Borrowed(name.strip_prefix('.').unwrap_or(name)))
        }
        Cow::Owned(full) => {
            let (class, name) = full.split_at_checked(dot).unwrap_or(("", &full));
            (Cow::Owned(class.to_owned()), Cow::Owned(name.strip_prefix('.').unwrap_or(name).to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::split_full_name;

    #[test]
    fn splits_full_names() {
        for (full, class, name) in [
            ("A.B.C", "A.B", "C"),
            ("A.B.Add(1.5,\"x.y\")", "A.B", "Add(1.5,\"x.y\")"),
            ("Alone", "", "Alone"),
            ("", "", ""),
        ] {
            assert_eq!(split_full_name(full.into()), (class.into(), name.into()));
        }
    }
}
