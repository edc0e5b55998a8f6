//! TAP, the Test Anything Protocol, versions 12 to 14.
//!
//! # Produced by
//! Perl's `prove`, node's test runner, node-tap, tape, Vitest, Bats, pgTAP, pytest-tap and many small harnesses.
//!
//! # Looks like
//! `TAP version 14`, `1..3`, `ok 1 - adds`, `not ok 2 - divides # TODO not written`, an indented YAML block after a line,
//! subtests indented by four spaces before the line that sums them up.
//!
//! # Maps to
//! Each test line that has no subtests → test; the names of the lines around it → suite.
//!
//! # Not read
//! Versions, pragmas, other comments.
//!
//! # Quirks
//! Any other line is allowed anywhere. See [`levels`] for the three ways in which subtests are written.

mod levels;
mod line;
mod yaml;

use plimsoll_format::text::{Line, lines};
use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, Warning, WarningCode,
};
use plimsoll_model::{Outcome, ReportKind, TestCase};

use levels::Levels;
use line::{TestLine, depth, plan, subtest, test_line};

/// Test Anything Protocol.
pub struct Tap;

static TAP: Descriptor = Descriptor {
    id: "tap",
    name: "TAP",
    kind: ReportKind::Tests,
    tools: &["prove", "node --test", "node-tap", "tape", "Vitest", "Bats", "pgTAP", "pytest-tap"],
    globs: &["*.tap"],
    link: "https://testanything.org/tap-version-14-specification.html",
    version: 2,
    docs: Docs {
        produced_by: "`node --test --test-reporter=tap`, `prove -v`, `vitest --reporter=tap`, `bats --formatter tap`, `pytest --tap`, \
            `tap --reporter=tap`.",
        maps_to: "A line `ok` or `not ok` → test: what follows the number and a dash → name; `# SKIP` → skipped; `# TODO` → skipped, \
            because its result does not count; `# time=` or `in 12ms` at the end → duration. Subtests (indented by four spaces \
            each) are tests: the names of the lines that they belong to, joined by ` › ` → suite. The line that sums subtests \
            up is no test of its own, unless node says that it is one (a YAML block with `duration_ms` and without `type: suite`); \
            where it failed and none of its subtests did, it becomes an entry of its own, with a warning. Of the YAML block \
            behind a line: `message` or `error` → message, the block → detail, `duration_ms` → duration.",
        not_read: "`pragma`, version, other comments, declared totals.",
        quirks: "Subtests may be announced by `# Subtest: name`, stand in braces behind their line, or stand before it without \
            any mark. A plan that promises more or fewer tests is a warning, and so is `Bail out!`; a file that is cut shows as one or \
            the other, or not at all where the plan stands at the end. A `#` that begins no directive belongs to the name.",
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
            // The tests of a file that begins with a long group stand beyond what is looked at.
            (false, false) if input.head().starts_with("# Subtest: ") => Confidence::Likely,
            _ => Confidence::No,
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut parser = Parser { text: input.text, levels: Levels::default(), sink };
        let mut rows = lines(input.text).peekable();
        let mut is_tap = false;
        while let Some(line) = rows.next() {
            let Some((depth, text)) = depth(line.text) else { continue };
            let text = text.trim_end();
            if let Some(found) = test_line(text).filter(|found| depth == 0 || found.is_marked) {
                parser.test(&mut rows, line, depth, found)?;
            } else if let Some(tests) = plan(text) {
                parser.levels.plan(depth, tests, input.text, line);
            } else if let Some(name) = subtest(text) {
                parser.levels.announce(depth, name);
            } else if text == "}" {
                parser.levels.close_braces(depth, parser.sink)?;
            } else if let Some(reason) = text.strip_prefix("Bail out!") {
                let message = format!("the run was given up: {}", reason.trim());
                parser.sink.warning(Warning::new(WarningCode::ToolError, message));
            } else {
                is_tap |= text.starts_with("TAP version ");
            }
        }
        let outermost = parser.levels.finish(parser.sink)?;
        match outermost.planned {
            None if outermost.lines == 0 && input.text.trim().is_empty() => {
                Err(ParseError::new(ParseErrorKind::Empty))
            }
            None if outermost.lines == 0 && !is_tap => {
                Err(ParseError::new(ParseErrorKind::Missing("a line `ok` or `not ok`")))
            }
            _ => Ok(()),
        }
    }
}

struct Parser<'a, 's> {
    text: &'a str,
    levels: Levels<'a>,
    sink: &'s mut dyn Sink,
}

impl<'a> Parser<'a, '_> {
    fn test(
        &mut self,
        rows: &mut std::iter::Peekable<impl Iterator<Item = Line<'a>>>,
        line: Line<'a>,
        depth: usize,
        mut found: TestLine<'a>,
    ) -> Result<(), ParseError> {
        let closed = self.levels.close(depth, self.sink)?;
        self.levels.open(depth, self.text, line);
        if !self.levels.has(depth) {
            let message = format!("line {} is indented as a subtest's, but belongs to none", line.number);
            self.sink.warning(Warning::new(WarningCode::SkippedElement, message));
            return Ok(());
        }
        if let (true, Some(closed)) = (found.name.is_empty(), &closed) {
            found.name = closed.name.clone();
        }
        if found.name.is_empty() {
            let message = format!("a test has no name, in line {}", line.number);
            self.sink.warning(Warning::new(WarningCode::MissingName, message));
        }
        let mut test = TestCase::new("", "", found.name);
        test.outcome = found.outcome;
        test.duration_us = found.duration_us;
        let block = yaml::block(rows, self.text, &mut test);
        if found.outcome != Outcome::Passed && test.message.is_none() {
            test.message = found.reason.map(Into::into);
        }
        if found.is_opening {
            return self.levels.hold(depth, test, self.sink);
        }
        self.levels.count(depth, test, closed, block.is_test(), self.sink)
    }
}
