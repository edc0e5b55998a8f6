//! Severities that several formats write in the same way.

use plimsoll_format::{Sink, Warning, WarningCode};
use plimsoll_model::Severity;

/// The words that most tools use, in the sense that they have in CVSS.
pub const USUAL: &[(&str, Severity)] = &[
    ("critical", Severity::Critical),
    ("high", Severity::High),
    ("medium", Severity::Medium),
    ("moderate", Severity::Medium),
    ("low", Severity::Low),
    ("info", Severity::Info),
    ("unknown", Severity::Unknown),
];

/// The qualitative scale of CVSS 3: from 9 critical, from 7 high, from 4 medium, below low, 0 nothing.
pub fn by_score(score: f64) -> Severity {
    match score {
        score if score >= 9.0 => Severity::Critical,
        score if score >= 7.0 => Severity::High,
        score if score >= 4.0 => Severity::Medium,
        score if score > 0.0 => Severity::Low,
        _ => Severity::Info,
    }
}

/// Looks a word up in a format's table, letter case aside. A word that is in no table is unknown, with a warning.
pub fn by_word(table: &[(&str, Severity)], word: &str, sink: &mut dyn Sink) -> Severity {
    match table.iter().find(|(known, _)| word.eq_ignore_ascii_case(known)) {
        Some((_, severity)) => *severity,
        None => {
            let word: String = word.chars().take(80).collect();
            let message = format!("the severity `{word}` is not known");
            sink.warning(Warning::new(WarningCode::UnknownSeverity, message));
            Severity::Unknown
        }
    }
}
