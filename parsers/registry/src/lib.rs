//! All formats, detection by content, archives and compression.
//!
//! This crate holds lists and joins, never a format's logic: a new format is one line in its family's list and turns up
//! here, in the help, in `SUPPORTED-FORMATS.md` and in the contract tests.

mod count;
mod detect;
mod documentation;
mod inspect;
mod limit_sink;
mod open;
mod read;

use plimsoll_format::Format;

pub use count::{CountingSink, WarningCount, WarningCounts};
pub use detect::{DetectError, detect};
pub use documentation::supported_formats;
pub use inspect::{CoverageCounts, FindingCounts, Inspection, TestCounts, inspect};
pub use limit_sink::LimitSink;
pub use open::{Document, decode, open};
pub use read::{ReadError, Report, parse, read};

/// The families' lists in the order of the documentation.
fn families() -> [&'static [&'static dyn Format]; 5] {
    [
        plimsoll_test_results::formats(),
        plimsoll_coverage::formats(),
        plimsoll_static_analysis::formats(),
        plimsoll_security::formats(),
        plimsoll_churn::formats(),
    ]
}

/// Every format that can be read.
pub fn formats() -> impl Iterator<Item = &'static dyn Format> {
    families().into_iter().flatten().copied()
}

/// The format with this id.
pub fn find(id: &str) -> Option<&'static dyn Format> {
    formats().find(|format| format.descriptor().id == id)
}

/// Whether a format is one of security scanners: a report of it without findings is a security scan that found nothing.
pub fn is_security(id: &str) -> bool {
    plimsoll_security::formats().iter().any(|format| format.descriptor().id == id)
}
