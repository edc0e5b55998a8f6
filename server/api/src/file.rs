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
    /// How often it changed in the 90 days before the run; absent without a change log.
    #[serde(default)]
    pub churn: Option<FileChurn>,
    /// The last line that anything is known of: lines of the source text, else the last one with data.
    #[serde(default)]
    pub line_count: u32,
    /// Whether the run has its source text.
    #[serde(default)]
    pub has_source: bool,
}

/// How often a file changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileChurn {
    /// Commits that touched it.
    pub commits: u64,
    /// Lines that they added and deleted.
    pub lines: u64,
}

/// `GET /projects/{project}/runs/{run}/file/lines?path=&from=&limit=`: a window of a file's lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileLines {
    /// The file.
    pub path: String,
    /// As in [`FilePage`].
    pub line_count: u32,
    /// Whether the run has its source text.
    pub has_source: bool,
    /// The lines from the one that was asked for, each one there is.
    pub lines: Vec<FileLine>,
}

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileLine {
    /// From 1.
    pub number: u32,
    /// Its text, without its end; absent where no source text was sent. At most 2,000 letters.
    pub text: Option<String>,
    /// Absent where it is not executable, or no coverage report names the file.
    pub state: Option<LineState>,
    /// Branches in it.
    pub branches: u32,
    /// Those that were taken.
    pub branches_covered: u32,
}
