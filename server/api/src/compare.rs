use serde::{Deserialize, Serialize};

use crate::{CoverageCounts, FindingRow, IndirectChanges, PatchCoverage, SlowerTest, TestRow};

/// A comparison in numbers. What is `None` could not be compared: one side has no such report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Copy, Eq, Default)]
pub struct ChangeCounts {
    /// Tests that fail now and did not, new ones that fail among them.
    pub newly_failing: Option<u64>,
    /// Tests that failed and pass now.
    pub fixed_tests: Option<u64>,
    /// Tests that fail on both sides.
    pub still_failing: Option<u64>,
    /// Tests that were not there.
    pub new_tests: Option<u64>,
    /// Tests that are not there any more.
    pub removed_tests: Option<u64>,
    /// Line coverage now minus then, in hundredths of a percentage point.
    pub coverage_centipoints: Option<i64>,
    /// Static analysis findings that were not there.
    pub new_code: Option<u64>,
    /// Static analysis findings that are gone.
    pub fixed_code: Option<u64>,
    /// Security findings that were not there.
    pub new_security: Option<u64>,
    /// Security findings that are gone.
    pub fixed_security: Option<u64>,
}

/// `GET /projects/{project}/compare?from=&to=`: what changed between two runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Default)]
pub struct Comparison {
    /// In numbers.
    pub counts: ChangeCounts,
    /// Tests; absent where one side has none.
    pub tests: Option<TestChanges>,
    /// Files whose coverage changed, the greatest loss of covered lines first.
    pub coverage: Option<Vec<CoverageChange>>,
    /// How far tests reach what the newer run's diff changed; absent without a diff or without coverage.
    #[serde(default)]
    pub patch: Option<PatchCoverage>,
    /// Lines outside the diff whose coverage changed; absent where lines cannot be followed from the older run to the
    /// newer one: its diff begins at another commit, or it has none.
    #[serde(default)]
    pub indirect: Option<IndirectChanges>,
    /// Findings; absent where one side has none.
    pub findings: Option<FindingChanges>,
    /// How many rows each list has at most; `counts` has the whole numbers.
    pub shown_at_most: u64,
}

/// Tests that behave differently.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Default)]
#[expect(missing_docs, reason = "each is the count of the same name in `ChangeCounts`")]
pub struct TestChanges {
    pub newly_failing: Vec<TestRow>,
    pub still_failing: Vec<TestRow>,
    pub fixed: Vec<TestRow>,
    pub new: Vec<TestRow>,
    pub removed: Vec<TestRow>,
    /// Passed on both sides, and take longer now than the test usually does; the greatest difference first.
    #[serde(default)]
    pub slower: Vec<SlowerTest>,
    /// Tests that took half as long again and at least 100 ms more, but no more than they vary, or without enough
    /// earlier runs to say so.
    #[serde(default)]
    pub slower_hidden: u64,
}

/// One file's coverage on both sides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CoverageChange {
    /// The file.
    pub path: String,
    /// Where it was, if it was renamed.
    pub renamed_from: Option<String>,
    /// Its module.
    pub module: String,
    /// Then; absent where the file is new.
    pub before: Option<CoverageCounts>,
    /// Now; absent where it is gone.
    pub after: Option<CoverageCounts>,
}

/// Findings that came or went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Default)]
pub struct FindingChanges {
    /// Not there before, the worst first.
    pub new: Vec<FindingRow>,
    /// Not there any more.
    pub fixed: Vec<FindingRow>,
    /// There before, at another line or in another file.
    pub moved: u64,
    /// There before.
    pub existing: u64,
    /// Of the new ones, those that were there once and came back.
    #[serde(default)]
    pub reopened: u64,
    /// Of the new ones, those in lines that the newer run's diff changed; absent without a diff.
    #[serde(default)]
    pub in_changed_lines: Option<u64>,
}
