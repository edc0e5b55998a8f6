//! The YAML block behind a test line, as far as a line or two of it are of use.

use std::borrow::Cow;
use std::iter::Peekable;

use plimsoll_format::parse_number;
use plimsoll_format::text::Line;
use plimsoll_model::TestCase;

use super::line::microseconds;
use crate::failure::describe;

/// What node's test runner says of the line before the block.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Block {
    has_duration: bool,
    is_suite: bool,
}

impl Block {
    /// Whether it says that the line is a test, whatever subtests it has, or a suite, even if it has none.
    pub fn is_test(&self) -> Option<bool> {
        (self.has_duration || self.is_suite).then_some(!self.is_suite)
    }
}

/// Takes the block that follows a test, where there is one.
pub fn block<'a>(
    rows: &mut Peekable<impl Iterator<Item = Line<'a>>>,
    text: &'a str,
    test: &mut TestCase<'a>,
) -> Block {
    let mut block = Block::default();
    let is_first = |line: &Line<'a>| line.text.trim() == "---" && line.text.starts_with(' ');
    let Some(first) = rows.next_if(is_first) else { return block };
    let indentation = indentation_of(first.text);
    let start = first.offset + first.text.len();
    let mut end = start;
    let mut message = None;
    // A text may go on over several lines; its first one stands for it.
    let mut is_message_next = false;
    while let Some(line) =
        rows.next_if(|line| line.text.trim().is_empty() || indentation_of(line.text) >= indentation)
    {
        let row = line.text.trim();
        if row == "..." && indentation_of(line.text) == indentation {
            break;
        }
        end = line.offset + line.text.len();
        if is_message_next {
            message = unquoted(row);
            is_message_next = message.is_none();
            continue;
        }
        match row.split_once(':') {
            Some(("duration_ms", value)) => {
                block.has_duration = true;
                test.duration_us = parse_number(value).and_then(microseconds);
            }
            Some(("type", value)) => block.is_suite |= unquoted(value).as_deref() == Some("suite"),
            Some(("message" | "error", value)) if message.is_none() => match value.trim() {
                "|" | "|-" | "|+" | ">" | ">-" | ">+" => is_message_next = true,
                value => message = unquoted(value),
            },
            _ => {}
        }
    }
    if test.outcome.is_bad() {
        describe(test, message, text.get(start..end).map(Cow::Borrowed));
    }
    block
}

fn indentation_of(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn unquoted(value: &str) -> Option<Cow<'_, str>> {
    let value = value.trim().trim_matches(['\'', '"']);
    (!value.is_empty()).then_some(Cow::Borrowed(value))
}
