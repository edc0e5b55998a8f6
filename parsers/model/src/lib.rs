//! The vocabulary of Plimsoll: what a report says, in the words that the code, the database, the API and the
//! screens share.
//!
//! Everything here is plain data. Nothing reads a file, a clock or an environment, and everything compiles for wasm32.
//! No type has a place for a person: no author, committer or reviewer.

mod churn;
mod coverage;
mod diff;
mod finding;
mod path;
mod review;
mod test_case;

pub use churn::FileChange;
pub use coverage::{FileCoverage, LineCoverage};
pub use diff::{FileDiff, Hunk};
pub use finding::{Finding, FindingKind, Package, Severity, Suppression};
pub use path::RepoPath;
pub use review::ReviewState;
pub use test_case::{Outcome, TestCase};

use serde::{Deserialize, Serialize};

/// What a report is about. A format has exactly one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReportKind {
    /// Results of automated tests.
    Tests,
    /// Which lines the tests executed.
    Coverage,
    /// What static analysis or a security scan reported.
    Findings,
    /// Which files changed how often.
    Churn,
    /// Which files there are.
    FileList,
    /// What the repository says of itself.
    Settings,
    /// Which lines changed against the base.
    Diff,
}

impl ReportKind {
    /// The word as it stands in URLs, in the database and on the screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tests => "tests",
            Self::Coverage => "coverage",
            Self::Findings => "findings",
            Self::Churn => "churn",
            Self::FileList => "file-list",
            Self::Settings => "settings",
            Self::Diff => "diff",
        }
    }
}
