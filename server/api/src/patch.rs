use serde::{Deserialize, Serialize};

use crate::{FindingRow, TestRow};

/// How far tests reach the lines that a run's diff put in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Default)]
pub struct PatchCoverage {
    /// Lines that are new or edited, in all files.
    pub changed_lines: u64,
    /// Those of them that can be executed, as the run's coverage says.
    pub lines: u64,
    /// Those of these that tests executed.
    pub lines_covered: u64,
    /// Files with such lines, most lines without a test first.
    pub files: Vec<PatchFile>,
}

impl PatchCoverage {
    /// Covered lines in percent of those that can be executed; `None` without any.
    pub fn percent(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "counts of lines are far below 2^52")]
        (self.lines > 0).then(|| 100.0 * self.lines_covered as f64 / self.lines as f64)
    }
}

/// The changed lines of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PatchFile {
    /// The file.
    pub path: String,
    /// Its module.
    pub module: String,
    /// Changed lines that can be executed.
    pub lines: u64,
    /// Those of them that tests executed.
    pub lines_covered: u64,
    /// The first of those that no test executed.
    pub uncovered: Vec<u32>,
}

/// Lines that the diff did not touch and whose coverage changed all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Default)]
pub struct IndirectChanges {
    /// Lines that tests executed and do not any more.
    pub lost: u64,
    /// Lines that tests execute now and did not.
    pub gained: u64,
    /// Files with such lines, the greatest loss first.
    pub files: Vec<IndirectFile>,
}

/// The indirect changes of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IndirectFile {
    /// The file.
    pub path: String,
    /// Its module.
    pub module: String,
    /// Lines that tests executed and do not any more.
    pub lost: u64,
    /// Lines that tests execute now and did not.
    pub gained: u64,
    /// The first of the lost ones, as they stand now.
    pub lost_lines: Vec<u32>,
}

/// A test that takes longer than it used to, by more than it usually varies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SlowerTest {
    /// The test, with how long it takes now.
    pub test: TestRow,
    /// The median of its earlier durations, in milliseconds.
    pub typical_ms: u64,
    /// How many earlier durations that is.
    pub samples: u32,
}

/// A part of a run that was not uploaded this time, and stands as it was in an earlier run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CarriedPart {
    /// What it is told by: the category, else the flags, else the formats of its uploads.
    pub name: String,
    /// The run that it is from.
    pub run: u64,
    /// How many baselines that run lies back; 1 is the baseline itself.
    pub runs_ago: u32,
    /// How many whole days.
    pub days_ago: u32,
    /// Tests that only this part has.
    pub tests: u64,
    /// Those of them that failed.
    pub failing: u64,
    /// Files with coverage that only this part has.
    pub covered_files: u64,
    /// Findings that only this part has.
    pub findings: u64,
    /// These findings, at the lines where the run's diff moved them; without a line where that was edited.
    pub rows: Vec<FindingRow>,
}
