use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// What is known of one executable line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LineCoverage {
    /// From 1.
    pub line: u32,
    /// How often the line was executed; saturates.
    pub hits: u64,
    /// Branches (or conditions) that begin on this line.
    pub branches: u32,
    /// Those of them that were taken.
    pub branches_covered: u32,
}

/// The coverage of one file, or of a part of it: a report may give one file in several parts, which are merged
/// line by line (a line's hits are the greatest of all parts, its branches likewise).
#[derive(Debug, Clone, PartialEq)]
pub struct FileCoverage<'a> {
    /// The path as the report writes it.
    pub path: Cow<'a, str>,
    /// Executable lines in the report's order; a line may occur more than once.
    pub lines: &'a [LineCoverage],
}
