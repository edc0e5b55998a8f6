use plimsoll_model::Severity;
use serde::{Deserialize, Serialize};

/// Tests by their worst outcome; `total` is the sum.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Copy, Eq, Default)]
pub struct TestCounts {
    /// All.
    pub total: u64,
    /// Passed.
    pub passed: u64,
    /// An assertion did not hold.
    pub failed: u64,
    /// Not carried out to the end.
    pub errored: u64,
    /// Not run.
    pub skipped: u64,
    /// Milliseconds that they took together; the exact sum, rounded.
    pub duration_ms: u64,
}

impl TestCounts {
    /// Failed or errored.
    pub fn failing(&self) -> u64 {
        self.failed + self.errored
    }
}

/// Executable lines and branches, and those that were executed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Copy, Eq, Default)]
pub struct CoverageCounts {
    /// Files with at least one executable line.
    pub files: u64,
    /// Distinct executable lines.
    pub lines: u64,
    /// Those that were executed.
    pub lines_covered: u64,
    /// Branches.
    pub branches: u64,
    /// Those that were taken.
    pub branches_covered: u64,
}

impl CoverageCounts {
    /// Covered lines in percent of executable ones; `None` without lines.
    pub fn line_percent(&self) -> Option<f64> {
        percent(self.lines_covered, self.lines)
    }

    /// Taken branches in percent of all; `None` without branches.
    pub fn branch_percent(&self) -> Option<f64> {
        percent(self.branches_covered, self.branches)
    }
}

fn percent(part: u64, whole: u64) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "counts of lines are far below 2^52")]
    (whole > 0).then(|| 100.0 * part as f64 / whole as f64)
}

/// Findings by severity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Copy, Eq, Default)]
#[expect(missing_docs, reason = "each is the severity of the same name")]
pub struct SeverityCounts {
    pub critical: u64,
    pub high: u64,
    pub medium: u64,
    pub low: u64,
    pub info: u64,
    pub unknown: u64,
}

impl SeverityCounts {
    /// The count of one severity.
    pub fn of(&self, severity: Severity) -> u64 {
        match severity {
            Severity::Critical => self.critical,
            Severity::High => self.high,
            Severity::Medium => self.medium,
            Severity::Low => self.low,
            Severity::Info => self.info,
            Severity::Unknown => self.unknown,
        }
    }
}

/// Findings that count (suppressed ones do not).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Copy, Eq, Default)]
pub struct FindingCounts {
    /// All that count.
    pub total: u64,
    /// The same by severity.
    pub by_severity: SeverityCounts,
    /// Reported by the tool, but suppressed: not part of `total`.
    pub suppressed: u64,
}

/// What was measured of a project or a module in one run. Absent: no such report in the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Copy, Eq, Default)]
pub struct Measures {
    /// Tests.
    pub tests: Option<TestCounts>,
    /// Tests that are flaky as of this run.
    pub flaky: Option<u64>,
    /// Coverage.
    pub coverage: Option<CoverageCounts>,
    /// Static analysis: defects and style in the code.
    pub code: Option<FindingCounts>,
    /// Security: vulnerabilities, weaknesses, secrets, misconfigurations, licences.
    pub security: Option<FindingCounts>,
}
