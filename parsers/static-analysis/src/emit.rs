//! The last step of every format of this family.

use plimsoll_format::{ParseError, Sink, Warning, WarningCode};
use plimsoll_model::Finding;

/// Hands a finding on; one without a file is still one, but shows nowhere in the tree of files, so it is told.
pub fn emit(finding: &Finding<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
    if finding.path.is_none() {
        let rule: String = finding.rule.chars().take(80).collect();
        let message = format!("a finding of {} {rule} names no file", finding.tool);
        sink.warning(Warning::new(WarningCode::MissingPath, message));
    }
    sink.finding(finding)
}

/// A line or a column as a text: from 1. What is not above zero is absent: tools write 0 or -1 for "the whole file".
pub fn position(text: &str) -> Option<u32> {
    text.trim().parse().ok().filter(|position| *position > 0)
}
