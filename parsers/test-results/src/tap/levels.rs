//! Subtests, and the lines that they belong to.
//!
//! They are written in three ways: announced by `# Subtest: name`, and summed up by the line behind them (Perl, node;
//! older versions indent the announcement as deep as the subtests); in braces behind their line (node-tap, Vitest); or
//! just before their line. Nothing is kept until that line comes: where the name is not known yet, it is looked up ahead.

use std::borrow::Cow;

use plimsoll_format::text::{Line, lines};
use plimsoll_format::{ParseError, Sink, Warning, WarningCode};
use plimsoll_model::TestCase;

use super::line::{depth as depth_of, test_line, unescaped};
use crate::failure::suite_failure;

/// Deeper ones count as whatever other lines there are.
const MAX_DEPTH: usize = 64;

/// Of a longer name the rest is left out of the suite's: each test below carries it.
const MAX_NAME: usize = 300;

/// The tests of one depth, from the line that opens them to the one that sums them up.
#[derive(Default)]
pub struct Level<'a> {
    /// The suite of the tests in it.
    suite: String,
    /// Its last part.
    name: Cow<'a, str>,
    /// The test lines in it, whether they have subtests or not.
    pub lines: u64,
    /// What its plan promises.
    pub planned: Option<u64>,
    /// Tests in it and below, and those of them that failed.
    tests: u64,
    bad: u64,
    /// The line that the level belongs to, where that stands before it.
    held: Option<TestCase<'a>>,
}

/// What was in a level that is closed.
#[derive(Default)]
pub struct Closed<'a> {
    pub name: Cow<'a, str>,
    tests: u64,
    bad: u64,
}

/// The levels that are open, the outermost first.
pub struct Levels<'a> {
    open: Vec<Level<'a>>,
    /// The name that was announced for the next level.
    announced: Option<Cow<'a, str>>,
}

impl Default for Levels<'_> {
    fn default() -> Self {
        Self { open: vec![Level::default()], announced: None }
    }
}

impl<'a> Levels<'a> {
    /// Takes `# Subtest: name`.
    pub fn announce(&mut self, depth: usize, name: &'a str) {
        if depth > MAX_DEPTH {
            return;
        }
        // Before the level's first line, the name is that of the group around it, or (indented) the level's own.
        if depth == self.open.len()
            && let Some(outer) = self.announced.take()
        {
            self.push(outer);
        }
        self.announced = Some(unescaped(name));
    }

    /// Whether a line of this depth has a level to be in.
    pub fn has(&self, depth: usize) -> bool {
        depth < self.open.len()
    }

    /// Takes a plan; it may be the first line of a level.
    pub fn plan(&mut self, depth: usize, tests: u64, text: &'a str, line: Line<'a>) {
        self.open(depth, text, line);
        if depth + 1 == self.open.len()
            && let Some(level) = self.open.last_mut()
        {
            level.planned = Some(tests);
        }
    }

    /// Opens the level of a line, unless it is open or no level could be there.
    pub fn open(&mut self, depth: usize, text: &'a str, line: Line<'a>) {
        if depth == self.open.len() && depth <= MAX_DEPTH {
            let name = self.announced.take().or_else(|| name_behind(text, line, depth));
            self.push(name.unwrap_or_default());
        }
    }

    fn push(&mut self, name: Cow<'a, str>) {
        let shown = name.get(..name.floor_char_boundary(MAX_NAME)).unwrap_or_default();
        let outer = self.open.last().map(|level| &*level.suite).unwrap_or_default();
        let suite = match (outer, shown) {
            (outer, "") => outer.to_owned(),
            ("", name) => name.to_owned(),
            (outer, name) => format!("{outer} › {name}"),
        };
        self.open.push(Level { suite, name, ..Level::default() });
    }

    /// Opens the level that stands in braces behind this line, which counts once it is known whether the level is empty.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn hold(&mut self, depth: usize, test: TestCase<'a>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        if depth + 1 != self.open.len() || depth == MAX_DEPTH {
            return self.count(depth, test, None, None, sink);
        }
        self.push(test.name.clone());
        if let Some(level) = self.open.last_mut() {
            level.held = Some(test);
        }
        Ok(())
    }

    /// Takes the brace behind the subtests of a line of this depth.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn close_braces(&mut self, depth: usize, sink: &mut dyn Sink) -> Result<(), ParseError> {
        if self.open.get(depth + 1).is_some_and(|level| level.held.is_some()) {
            self.close(depth, sink)?;
        }
        Ok(())
    }

    /// Closes all levels that are deeper than this, and says what was in the one just below it.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn close(&mut self, depth: usize, sink: &mut dyn Sink) -> Result<Option<Closed<'a>>, ParseError> {
        let mut closed = None;
        while self.open.len() > depth + 1 {
            let Some(level) = self.open.pop() else { break };
            compare_plan(&level, sink);
            if let Some(around) = self.open.last_mut() {
                around.tests += level.tests;
                around.bad += level.bad;
            }
            let below = Closed { name: level.name, tests: level.tests, bad: level.bad };
            closed = match level.held {
                Some(test) => {
                    self.count(self.open.len().saturating_sub(1), test, Some(below), None, sink)?;
                    None
                }
                None => Some(below),
            };
        }
        if self.open.len() == depth + 1 {
            // It was announced for a level that did not come.
            self.announced = None;
        }
        Ok(closed)
    }

    /// Counts a line of this depth: as a test, or as the sum of the subtests that were just closed. Where the file does
    /// not say which of both it is, one with subtests is no test.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn count(
        &mut self,
        depth: usize,
        mut test: TestCase<'a>,
        closed: Option<Closed<'a>>,
        is_test: Option<bool>,
        sink: &mut dyn Sink,
    ) -> Result<(), ParseError> {
        let Some(level) = self.open.get_mut(depth) else { return Ok(()) };
        level.lines += 1;
        let below = closed.unwrap_or_default();
        if is_test.unwrap_or(below.tests == 0) {
            level.tests += 1;
            level.bad += u64::from(test.outcome.is_bad());
            return sink.test_case(&TestCase { suite: level.suite.as_str().into(), ..test });
        }
        if test.outcome.is_bad() && below.bad == 0 {
            let suite = match &*level.suite {
                "" => test.name.to_string(),
                outer => format!("{outer} › {}", test.name),
            };
            level.bad += 1;
            let failure = suite_failure(&suite, "", test.outcome, sink);
            let message = test.message.take();
            sink.test_case(&TestCase { message, detail: test.detail.take(), ..failure })?;
        }
        Ok(())
    }

    /// Closes all levels at the end of the file, and gives back the outermost.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn finish(mut self, sink: &mut dyn Sink) -> Result<Level<'a>, ParseError> {
        if let Some(level) = self.open.get(1) {
            let message = format!("the file ends among the subtests of `{}`", level.suite);
            sink.warning(Warning::new(WarningCode::Truncated, message));
        }
        self.close(0, sink)?;
        let outermost = self.open.pop().unwrap_or_default();
        compare_plan(&outermost, sink);
        Ok(outermost)
    }
}

fn compare_plan(level: &Level<'_>, sink: &mut dyn Sink) {
    if let Some(tests) = level.planned.filter(|tests| *tests != level.lines) {
        let lines = level.lines;
        let of = if level.suite.is_empty() { String::new() } else { format!(" of `{}`", level.suite) };
        let message = format!("the plan{of} promises {tests} tests, but there are {lines}");
        sink.warning(Warning::new(WarningCode::TotalMismatch, message));
    }
}

/// The name of the line that sums a level up: the first one behind it that is less deep.
fn name_behind<'a>(text: &'a str, line: Line<'a>, depth: usize) -> Option<Cow<'a, str>> {
    let (found, test) = lines(text.get(line.offset..)?).find_map(|line| {
        let (found, text) = depth_of(line.text).filter(|(found, _)| *found < depth)?;
        test_line(text.trim_end()).map(|test| (found, test))
    })?;
    (found + 1 == depth).then_some(test.name)
}
