use std::fmt;

use plimsoll_format::Limits;
use plimsoll_model::ReportKind;
use serde::{Serialize, Serializer};

use crate::{CountingSink, Report, WarningCount, read};

/// What a file holds, in the shape that `plimsoll inspect --json` promises to other tools.
#[derive(Debug, Serialize)]
pub struct Inspection {
    /// The file's name; for a file in an archive `archive.zip!inner.xml`.
    pub file: String,
    /// The format's id; `None` where it was not recognised.
    pub format: Option<&'static str>,
    /// For reports of tests.
    pub tests: Option<TestCounts>,
    /// For reports of coverage.
    pub coverage: Option<CoverageCounts>,
    /// For reports of findings.
    pub findings: Option<FindingCounts>,
    /// What was skipped or does not add up, by code.
    pub warnings: Vec<WarningCount>,
    /// Why the file could not be read.
    pub error: Option<String>,
}

/// Test cases, each counted once by its worst outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct TestCounts {
    pub total: u64,
    pub passed: u64,
    pub failed: u64,
    pub errored: u64,
    pub skipped: u64,
    pub duration_ms: u64,
}

/// Lines are distinct pairs of file and line.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct CoverageCounts {
    pub files: u64,
    pub lines: u64,
    pub lines_covered: u64,
    pub branches: u64,
    pub branches_covered: u64,
}

/// Results; for dependency scanners one for each advisory and package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FindingCounts {
    /// All, the suppressed ones included.
    pub total: u64,
    /// Every severity, the worst first.
    #[serde(serialize_with = "in_order")]
    pub by_severity: Vec<(&'static str, u64)>,
}

fn in_order<S: Serializer>(pairs: &[(&'static str, u64)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().copied())
}

/// Inspects a file: one answer for each report in it.
pub fn inspect(name: &str, bytes: &[u8], limits: &Limits) -> Vec<Inspection> {
    read(name, bytes, limits, None, |_, _| CountingSink::default()).into_iter().map(Inspection::of).collect()
}

impl Inspection {
    /// The answer for a report whose items were counted.
    pub fn of(report: Report<CountingSink>) -> Self {
        let mut inspection = Self {
            file: report.name,
            format: report.format.map(|format| format.id),
            tests: None,
            coverage: None,
            findings: None,
            warnings: Vec::new(),
            error: None,
        };
        match report.outcome {
            Err(error) => inspection.error = Some(error.to_string()),
            Ok(sink) => {
                match report.format.map(|format| format.kind) {
                    Some(ReportKind::Tests) => inspection.tests = Some(sink.tests()),
                    Some(ReportKind::Coverage) => inspection.coverage = Some(sink.coverage()),
                    Some(ReportKind::Findings) => inspection.findings = Some(sink.findings()),
                    Some(
                        ReportKind::Churn | ReportKind::FileList | ReportKind::Settings | ReportKind::Diff,
                    )
                    | None => {}
                }
                inspection.warnings = sink.warnings.into_vec();
            }
        }
        inspection
    }
}

impl fmt::Display for Inspection {
    /// One line of JSON.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}
