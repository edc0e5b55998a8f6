//! Robot Framework's `output.xml`.
//!
//! # Produced by
//! `robot`, `rebot`, `pabot`.
//!
//! # Looks like
//! `<robot generator><suite name source><test name line><kw>…</kw><status status elapsed>message</status></test>`.
//!
//! # Maps to
//! `test` → test: the names of the suites around it, joined by dots → suite, `@name` → name, the suite's `@source` → file.
//!
//! # Not read
//! Keywords and their messages, tags, documentation, statistics, errors.
//!
//! # Quirks
//! Up to version 6 the status has `starttime` and `endtime`, since 7 `start` and `elapsed`.

use std::borrow::Cow;

use plimsoll_format::xml::{Element, Reader, head};
use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, parse_duration_us,
    parse_number,
};
use plimsoll_model::{Outcome, ReportKind, TestCase};

use crate::failure::{describe, outcome_of};

/// Robot Framework output.
pub struct Robot;

static ROBOT: Descriptor = Descriptor {
    id: "robot",
    name: "Robot Framework output",
    kind: ReportKind::Tests,
    tools: &["Robot Framework", "pabot"],
    globs: &["output.xml"],
    link: "https://github.com/robotframework/robotframework/tree/master/doc/schema",
    version: 1,
    docs: Docs {
        produced_by: "`robot tests/` (`output.xml`), `rebot --output output.xml`, `pabot`.",
        maps_to: "`test` → test: the names of the suites around it, joined by dots → suite, `@name` → name, the nearest suite's \
            `@source` → file, `@line` → line; of its own `status`: the text → message, `@elapsed` or the time between \
            `@starttime` and `@endtime` → duration. PASS → passed; FAIL → failed; SKIP, NOT RUN → skipped.",
        not_read: "Keywords, messages, tags, documentation, `statistics`, `errors`; whether a test is critical (up to version 3).",
        quirks: "A test's `status` stands behind its keywords, which have a `status` of their own.",
    },
};

const OUTCOMES: &[(&str, Outcome)] = &[
    ("PASS", Outcome::Passed),
    ("FAIL", Outcome::Failed),
    ("SKIP", Outcome::Skipped),
    ("NOT RUN", Outcome::Skipped),
    ("NOT_RUN", Outcome::Skipped),
];

impl Format for Robot {
    fn descriptor(&self) -> &'static Descriptor {
        &ROBOT
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        match head(input.head()) {
            Some(head)
                if head.root == "robot"
                    && (head.attribute("generator").is_some() || head.has_element("suite")) =>
            {
                // Robots are described in other XML files, too (URDF), but those have no suites.
                if head.has_element("link") && !head.has_element("suite") {
                    Confidence::No
                } else {
                    Confidence::Certain
                }
            }
            _ => Confidence::No,
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = Reader::new(input);
        let root = reader.root()?;
        if root.name() != "robot" {
            return Err(reader.error(ParseErrorKind::Missing("`robot`")));
        }
        suites(&mut reader, &root, "", None, sink)?;
        reader.finish()
    }
}

fn suites<'a>(
    reader: &mut Reader<'a>,
    parent: &Element<'a>,
    path: &str,
    source: Option<&str>,
    sink: &mut dyn Sink,
) -> Result<(), ParseError> {
    while let Some(child) = reader.child(parent)? {
        match child.name() {
            "suite" => {
                let name = child.attribute("name")?.unwrap_or_default();
                let inner = if path.is_empty() { name.into_owned() } else { format!("{path}.{name}") };
                let own = child.attribute("source")?;
                suites(reader, &child, &inner, own.as_deref().or(source), sink)?;
            }
            "test" => case(reader, &child, path, source, sink)?,
            _ => {}
        }
    }
    Ok(())
}

fn case<'a>(
    reader: &mut Reader<'a>,
    element: &Element<'a>,
    path: &str,
    source: Option<&str>,
    sink: &mut dyn Sink,
) -> Result<(), ParseError> {
    let mut test = TestCase::new(path, "", element.attribute("name")?.unwrap_or_default());
    test.file = source.map(Cow::Borrowed);
    let line = element.attribute("line")?.and_then(|line| parse_number(&line));
    test.line = line.filter(|line| (1.0..=4e9).contains(line)).map(|line| line as u32);
    test.outcome = Outcome::Skipped;
    while let Some(child) = reader.child(element)? {
        if child.name() != "status" {
            continue;
        }
        let (mut start, mut end) = (None, None);
        for attribute in child.attributes() {
            let attribute = attribute?;
            match attribute.name {
                "status" => test.outcome = outcome_of(OUTCOMES, attribute.raw, sink),
                "elapsed" => test.duration_us = parse_duration_us(attribute.raw),
                "starttime" => start = clock_us(attribute.raw),
                "endtime" => end = clock_us(attribute.raw),
                _ => {}
            }
        }
        if let (None, Some(start), Some(end)) = (test.duration_us, start, end) {
            // A test that ran over midnight began late and ended early on the clock.
            test.duration_us =
                Some(if end >= start { end - start } else { (end + DAY_US).saturating_sub(start) });
        }
        let text = reader.shown_text(&child, sink)?;
        describe(&mut test, None, Some(text));
    }
    sink.test_case(&test)
}

const DAY_US: u64 = 24 * 3600 * 1_000_000;

/// The time of day of `20240131 23:59:58.123`.
fn clock_us(text: &str) -> Option<u64> {
    let (_, clock) = text.split_once(' ')?;
    let mut parts = clock.split(':');
    let (hours, minutes) = (parts.next()?.parse::<u64>().ok()?, parts.next()?.parse::<u64>().ok()?);
    let seconds = parse_duration_us(parts.next()?)?;
    // 61: a second that was put in to keep pace with the earth.
    let is_clock = hours < 24 && minutes < 60 && seconds <= 61_000_000;
    is_clock.then(|| (hours * 60 + minutes) * 60_000_000 + seconds)
}
