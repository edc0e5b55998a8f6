//! TAP, the Test Anything Protocol, versions 12 to 14.
//!
//! # Produced by
//! Perl's `prove`, node's test runner, node-tap, tape, Bats, pgTAP, pytest-tap and many small harnesses.
//!
//! # Looks like
//! `TAP version 14`, `1..3`, `ok 1 - adds`, `not ok 2 - divides # TODO not written`, an indented YAML block after a line.
//!
//! # Maps to
//! Each test line at the outermost level → test.
//!
//! # Not read
//! Subtests: the line behind them sums them up.
//!
//! # Quirks
//! Any other line is allowed anywhere.

use std::borrow::Cow;

use plimsoll_format::text::{Line, lines};
use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, Warning, WarningCode,
    parse_number,
};
use plimsoll_model::{Outcome, ReportKind, TestCase};

use crate::failure::describe;

/// Test Anything Protocol.
pub struct Tap;

static TAP: Descriptor = Descriptor {
    id: "tap",
    name: "TAP",
    kind: ReportKind::Tests,
    tools: &["prove", "node --test", "node-tap", "tape", "Bats", "pgTAP", "pytest-tap"],
    globs: &["*.tap"],
    link: "https://testanything.org/tap-version-14-specification.html",
    version: 1,
    docs: Docs {
        produced_by: "`node --test --test-reporter=tap`, `prove -v`, `bats --formatter tap`, `pytest --tap`, `tap --reporter=tap`.",
        maps_to: "A line `ok` or `not ok` that is not indented → test: what follows the number and a dash → name; `# SKIP` → \
            skipped; `not ok` with `# TODO` → skipped, because it is expected. Of the YAML block behind it: `message` or \
            `error` → message, the block → detail, `duration_ms` → duration.",
        not_read: "Subtests (indented): the line that follows them gives their result. `pragma`, version, other comments.",
        quirks: "A plan that promises more or fewer tests is a warning, and so is `Bail out!`; a file that is cut shows as one or \
            the other, or not at all where the plan stands at the end.",
    },
};

impl Format for Tap {
    fn descriptor(&self) -> &'static Descriptor {
        &TAP
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        // The output that another format's report quotes may be TAP.
        if input.head().trim_start().starts_with(['<', '{', '[']) {
            return Confidence::No;
        }
        let (mut has_plan, mut has_test) = (false, false);
        for line in lines(input.head()) {
            if line.text.starts_with("TAP version 1") {
                return Confidence::Certain;
            }
            has_plan |= plan(line.text).is_some();
            // Prose may begin with "ok", but not with "ok 1" or "ok - name".
            has_test |= test_line(line.text).is_some_and(|test| test.is_marked);
        }
        match (has_plan, has_test) {
            (true, true) => Confidence::Certain,
            (false, true) => Confidence::Maybe,
            (true, false) if plan(input.text.lines().next().unwrap_or_default()).is_some() => {
                Confidence::Maybe
            }
            _ => Confidence::No,
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut planned = None;
        let mut count = 0_u64;
        let mut rows = lines(input.text).peekable();
        let mut is_tap = false;
        while let Some(line) = rows.next() {
            if let Some(found) = test_line(line.text) {
                count += 1;
                let mut test = TestCase::new("", "", found.name);
                test.outcome = found.outcome;
                if found.name.is_empty() {
                    let message = format!("a test has no name, in line {}", line.number);
                    sink.warning(Warning::new(WarningCode::MissingName, message));
                }
                diagnostics(&mut rows, input.text, &mut test);
                if found.outcome != Outcome::Passed && test.message.is_none() {
                    test.message = found.reason.filter(|reason| !reason.is_empty()).map(Cow::Borrowed);
                }
                sink.test_case(&test)?;
            } else if let Some(tests) = plan(line.text) {
                planned = Some(tests);
            } else if let Some(reason) = line.text.strip_prefix("Bail out!") {
                let message = format!("the run was given up: {}", reason.trim());
                sink.warning(Warning::new(WarningCode::ToolError, message));
            } else {
                is_tap |= line.text.starts_with("TAP version ");
            }
        }
        match planned {
            None if count == 0 && input.text.trim().is_empty() => Err(ParseError::new(ParseErrorKind::Empty)),
            None if count == 0 && !is_tap => {
                Err(ParseError::new(ParseErrorKind::Missing("a line `ok` or `not ok`")))
            }
            Some(tests) if tests != count => {
                let message = format!("the plan promises {tests} tests, but there are {count}");
                sink.warning(Warning::new(WarningCode::TotalMismatch, message));
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

/// The number of tests in `1..12`, with what may follow.
fn plan(line: &str) -> Option<u64> {
    let rest = line.strip_prefix("1..")?;
    rest.split([' ', '#']).next()?.parse().ok()
}

struct TestLine<'a> {
    outcome: Outcome,
    name: &'a str,
    reason: Option<&'a str>,
    /// It has a number or a dash, as prose that begins with "ok" has not.
    is_marked: bool,
}

fn test_line(line: &str) -> Option<TestLine<'_>> {
    let (is_ok, rest) = match (line.strip_prefix("ok"), line.strip_prefix("not ok")) {
        (Some(rest), _) => (true, rest),
        (None, Some(rest)) => (false, rest),
        _ => return None,
    };
    if !rest.is_empty() && !rest.starts_with(|c: char| c.is_whitespace()) {
        return None;
    }
    let rest = rest.trim_start();
    let unnumbered = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_numbered = unnumbered.len() < rest.len() && (unnumbered.is_empty() || unnumbered.starts_with(' '));
    let rest = if is_numbered { unnumbered.trim_start() } else { rest };
    let undashed = rest.strip_prefix('-').map(str::trim_start);
    let (name, directive) = split_directive(undashed.unwrap_or(rest));
    let is_directive =
        |word: &str| directive.and_then(|text| text.get(..4)).is_some_and(|d| d.eq_ignore_ascii_case(word));
    let outcome = match (is_ok, is_directive("skip"), is_directive("todo")) {
        (_, true, _) | (false, _, true) => Outcome::Skipped,
        (true, ..) => Outcome::Passed,
        (false, ..) => Outcome::Failed,
    };
    let reason = directive.and_then(|text| text.get(4..)).map(|reason| reason.trim_start_matches(':').trim());
    Some(TestLine { outcome, name, reason, is_marked: is_numbered || undashed.is_some() })
}

/// The description, and what stands behind an unescaped `#`.
fn split_directive(text: &str) -> (&str, Option<&str>) {
    let hash =
        text.match_indices('#').map(|(at, _)| at).find(|at| !text.get(..*at).unwrap_or("").ends_with('\\'));
    match hash.and_then(|at| text.split_at_checked(at)) {
        Some((name, directive)) => (name.trim_end(), Some(directive.trim_start_matches('#').trim_start())),
        None => (text.trim_end(), None),
    }
}

/// Takes the YAML block that follows a test, as far as a line or two of it are of use.
fn diagnostics<'a>(
    rows: &mut std::iter::Peekable<impl Iterator<Item = Line<'a>>>,
    text: &'a str,
    test: &mut TestCase<'a>,
) {
    let Some(first) = rows.next_if(|line| line.text.trim() == "---" && line.text.starts_with(' ')) else {
        return;
    };
    let start = first.offset + first.text.len();
    let mut end = start;
    let mut message = None;
    while let Some(line) = rows.next_if(|line| line.text.is_empty() || line.text.starts_with(' ')) {
        if line.text.trim() == "..." {
            break;
        }
        end = line.offset + line.text.len();
        match line.text.trim().split_once(':') {
            Some(("duration_ms", value)) => {
                let ms = parse_number(value).filter(|ms| *ms >= 0.0);
                test.duration_us = ms.map(|ms| (ms * 1000.0) as u64);
            }
            Some(("message" | "error", value)) if message.is_none() => {
                let value = value.trim().trim_matches(['\'', '"']);
                message =
                    (!value.is_empty() && value != "|-" && value != "|").then_some(Cow::Borrowed(value));
            }
            _ => {}
        }
    }
    if test.outcome.is_bad() {
        let detail = text.get(start..end).map(Cow::Borrowed);
        describe(test, message, detail);
    }
}

#[cfg(test)]
mod tests {
    use super::{Outcome, test_line};

    #[test]
    fn reads_test_lines() {
        let check = |line: &str, outcome, name: &str| {
            let found = test_line(line).expect(line);
            assert_eq!((found.outcome, found.name), (outcome, name), "{line}");
        };
        check("ok 1 - adds", Outcome::Passed, "adds");
        check("not ok 2 divides", Outcome::Failed, "divides");
        check("ok", Outcome::Passed, "");
        check("ok 3 # SKIP no network", Outcome::Skipped, "");
        check("ok 4 - a \\# b # skip", Outcome::Skipped, "a \\# b");
        check("not ok 5 - later # TODO x", Outcome::Skipped, "later");
        check("ok 6 - done # todo x", Outcome::Passed, "done");
        assert!(test_line("okay").is_none());
        assert!(test_line("  ok 1").is_none());
    }
}
