//! Ruff's reports for terminals: `concise`, `full` and `pylint`.

use std::borrow::Cow;

use plimsoll_format::{Input, ParseError, Sink};
use plimsoll_model::{Finding, Severity};

use crate::emit::emit;
use crate::flake8;
use crate::text_report::{self, leading_number, located};

/// Whether a text is Ruff's: it marks what it can mend with `[*]`, ends with its own summary, or shows places with an
/// arrow below the finding.
pub fn is_ruff(input: &Input<'_>) -> bool {
    let head = input.head();
    if head.trim_start().starts_with(['{', '[', '<']) {
        return false;
    }
    let is_full = |mut lines: std::str::Lines<'_>| {
        let first = lines.find(|line| !line.trim().is_empty());
        first.is_some_and(|line| header(line).is_some())
            && lines.next().is_some_and(|line| place(line).is_some())
    };
    head.trim() == "All checks passed!"
        || is_full(head.lines())
        || head
            .lines()
            .filter_map(flake8::finding)
            .any(|found| found.message.starts_with("[*]") || flake8::is_ruff_syntax_error(&found.rule))
        || (head.lines().any(|line| line.starts_with("Found ") && line.trim_end().ends_with(['r', 's', '.']))
            && head.lines().next().is_some_and(|line| flake8::finding(line).is_some()))
}

/// Reads such a report.
pub fn read(input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
    let mut pending: Option<(String, String)> = None;
    text_report::read(input, sink, |line, sink| {
        if let Some(mut finding) = flake8::finding(line) {
            finding.tool = Cow::Borrowed("ruff");
            finding.severity = severity(&finding.rule);
            finding.message = Cow::Borrowed(plain(match &finding.message {
                Cow::Borrowed(message) => message,
                Cow::Owned(_) => "",
            }));
            return emit(&finding, sink).map(|()| true);
        }
        if let (Some((code, message)), Some((path, row, column))) = (&pending, place(line)) {
            let mut finding =
                Finding::new("ruff", &**code, crate::ruff::kind(code), severity(code), &**message);
            finding.path = Some(Cow::Borrowed(path));
            finding.line = Some(row).filter(|line| *line > 0);
            finding.column = Some(column).filter(|column| *column > 0);
            emit(&finding, sink)?;
            pending = None;
            return Ok(true);
        }
        pending = header(line).map(|(code, message)| (code.to_owned(), message.to_owned()));
        Ok(line.starts_with("Found ") || line.trim() == "All checks passed!")
    })
}

/// Without a severity of its own, as in the JSON of older versions.
fn severity(code: &str) -> Severity {
    if flake8::is_ruff_syntax_error(code) { Severity::High } else { Severity::Medium }
}

/// `F401 [*] message`.
fn header(line: &str) -> Option<(&str, &str)> {
    let (code, message) = line.split_once(' ')?;
    let code = code.strip_suffix(':').unwrap_or(code);
    let is_code = code == "invalid-syntax"
        || code.len() >= 4
            && code.starts_with(|c: char| c.is_ascii_uppercase())
            && code.ends_with(|c: char| c.is_ascii_digit())
            && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    is_code.then(|| (code, plain(message)))
}

fn plain(message: &str) -> &str {
    message.strip_prefix("[*]").unwrap_or(message).trim()
}

/// `  --> path:line:column`.
fn place(line: &str) -> Option<(&str, u32, u32)> {
    let place = line.trim_start().strip_prefix("--> ")?;
    if let Some(found) = located(place) {
        return found.line.zip(found.column).map(|(line, column)| (found.path, line, column));
    }
    let (path, column) = place.trim_end().rsplit_once(':')?;
    let (path, line) = path.rsplit_once(':')?;
    Some((path, leading_number(line)?.0, leading_number(column)?.0))
}
