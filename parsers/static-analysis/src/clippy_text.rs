//! What cargo and rustc write for terminals, a message a line: `--message-format short`.

use std::borrow::Cow;

use plimsoll_format::{Confidence, Input, ParseError, Sink};
use plimsoll_model::{Finding, FindingKind, Severity};

use crate::emit::emit;
use crate::text_report::{self, located};

pub fn sniff(input: &Input<'_>) -> Confidence {
    text_report::sniff(input, |line| finding(line).is_some())
}

/// Reads such a report.
pub fn read(input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
    text_report::read(input, sink, |line, sink| match finding(line) {
        Some(finding) => emit(&finding, sink).map(|()| true),
        None => Ok(false),
    })
}

/// `src/main.rs:27:8: warning: length comparison to zero`, `src/a.rs:1:1: error[E0432]: unresolved import`.
fn finding(line: &str) -> Option<Finding<'_>> {
    let place = located(line).filter(|place| place.path.ends_with(".rs") && place.column.is_some())?;
    let (level, message) = place.rest.split_once(": ")?;
    let (level, code) = match level.strip_suffix(']').and_then(|level| level.split_once('[')) {
        Some((level, code)) => (level, Some(code)),
        None => (level, None),
    };
    let severity = match level {
        "error" => Severity::High,
        "warning" => Severity::Medium,
        _ => return None,
    };
    let rule = code.unwrap_or(crate::NO_RULE);
    let tool = if rule.starts_with("clippy::") { "clippy" } else { "rustc" };
    let mut finding = Finding::new(tool, rule, FindingKind::Code, severity, message.trim());
    finding.path = Some(Cow::Borrowed(place.path));
    finding.line = place.line;
    finding.column = place.column;
    Some(finding)
}
