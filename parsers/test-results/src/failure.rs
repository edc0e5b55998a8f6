//! What the formats share: how a failure's text is shown, and how words become outcomes.

use std::borrow::Cow;

use plimsoll_format::{Sink, Warning, WarningCode};
use plimsoll_model::{Outcome, TestCase};

/// The outcome that a tool's word stands for. A word that is in no table says nothing about the test, so that its result
/// does not count: it is skipped, with a warning.
pub(crate) fn outcome_of(table: &[(&str, Outcome)], word: &str, sink: &mut dyn Sink) -> Outcome {
    match table.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)) {
        Some((_, outcome)) => *outcome,
        None => {
            let word: String = word.chars().take(40).collect();
            let message = format!("`{word}` is no known outcome; the test counts as skipped");
            sink.warning(Warning::new(WarningCode::UnknownOutcome, message));
            Outcome::Skipped
        }
    }
}

/// An entry for a suite that failed apart from its tests, and the warning that goes with it.
pub(crate) fn suite_failure<'a>(
    suite: &'a str,
    class: &'a str,
    outcome: Outcome,
    sink: &mut dyn Sink,
) -> TestCase<'a> {
    let name = if suite.is_empty() { class } else { suite };
    let message = format!("`{name}` failed as a whole, apart from its tests");
    sink.warning(Warning::new(WarningCode::SuiteFailure, message));
    let mut test = TestCase::new(suite, class, "(suite)");
    test.outcome = outcome;
    test.is_suite = true;
    test
}

/// Sets the failure's message and whole text; the first line of the text stands in for a message that is missing.
pub(crate) fn describe<'a>(
    test: &mut TestCase<'a>,
    message: Option<Cow<'a, str>>,
    detail: Option<Cow<'a, str>>,
) {
    let detail = detail.map(trimmed).filter(|detail| !detail.is_empty());
    let message = message.map(trimmed).filter(|message| !message.is_empty());
    test.message = message.or_else(|| detail.as_ref().and_then(first_line));
    test.detail = detail;
}

/// Without the white space around it.
pub(crate) fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) if text.trim().len() == text.len() => Cow::Owned(text),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

/// The first line of a failure's text, where the report gives no message of its own.
pub(crate) fn first_line<'a>(text: &Cow<'a, str>) -> Option<Cow<'a, str>> {
    let line = match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.lines().next().unwrap_or_default().trim()),
        Cow::Owned(text) => Cow::Owned(text.lines().next().unwrap_or_default().trim().to_owned()),
    };
    (!line.is_empty()).then_some(line)
}

/// `Warning` for a duration that cannot be read.
pub(crate) fn bad_duration(raw: &str, sink: &mut dyn Sink) {
    let raw: String = raw.chars().take(40).collect();
    sink.warning(Warning::new(WarningCode::BadNumber, format!("`{raw}` is no duration")));
}
