use serde::{Deserialize, Serialize};

use crate::{CoverageCounts, FindingRow, Hotspot};

/// A file in a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileRow {
    /// The file.
    pub path: String,
    /// Its module.
    pub module: String,
    /// Its coverage.
    pub coverage: Option<CoverageCounts>,
    /// Line coverage against the baseline, in hundredths of a percentage point.
    pub coverage_centipoints: Option<i64>,
    /// Findings that count, security among them.
    pub findings: u64,
    /// Security findings that count.
    pub security: u64,
    /// Commits that touched it in the last 90 days.
    pub commits: Option<u64>,
}

/// What is known of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum LineState {
    /// Executed, with all its branches.
    Covered,
    /// Executed, but not with all its branches.
    Partial,
    /// Not executed.
    Uncovered,
}

/// Lines that follow each other and are in the same state. Lines in no range are not executable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Copy, Eq)]
pub struct LineRange {
    /// From 1.
    pub first: u32,
    /// Inclusive.
    pub last: u32,
    /// Their state.
    pub state: LineState,
}

/// A line with branches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Copy, Eq)]
pub struct BranchLine {
    /// From 1.
    pub line: u32,
    /// Branches.
    pub branches: u32,
    /// Those that were taken.
    pub covered: u32,
}

/// `GET /projects/{project}/runs/{run}/file?path=`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FilePage {
    /// The file.
    pub path: String,
    /// Its module.
    pub module: String,
    /// The run.
    pub run: u64,
    /// The branch.
    pub branch: String,
    /// Its coverage; absent where the run has none for it.
    pub coverage: Option<CoverageCounts>,
    /// Executable lines, in order.
    pub lines: Vec<LineRange>,
    /// Lines with branches, in order.
    pub branches: Vec<BranchLine>,
    /// Findings in it, by line.
    pub findings: Vec<FindingRow>,
    /// How hot it is; absent without churn.
    pub hotspot: Option<Hotspot>,
}
