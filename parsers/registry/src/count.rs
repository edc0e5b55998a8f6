use std::collections::{BTreeMap, HashMap};

use plimsoll_format::{ParseError, Sink, Warning, WarningCode};
use plimsoll_model::{FileCoverage, Finding, LineCoverage, Outcome, Severity, TestCase};
use serde::Serialize;

/// The warnings of one code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WarningCount {
    /// What they are about.
    pub code: WarningCode,
    /// How many.
    pub count: u64,
    /// The first one's text.
    pub message: String,
}

/// Counts warnings by code and keeps the first text of each, so that a million of them cost no memory.
#[derive(Debug, Clone, Default)]
pub struct WarningCounts(BTreeMap<WarningCode, (u64, String)>);

impl WarningCounts {
    /// Adds one.
    pub fn add(&mut self, warning: Warning) {
        self.0.entry(warning.code).or_insert_with(|| (0, warning.message)).0 += 1;
    }

    /// All, in the order of the codes.
    pub fn into_vec(self) -> Vec<WarningCount> {
        self.0.into_iter().map(|(code, (count, message))| WarningCount { code, count, message }).collect()
    }
}

/// Counts what a report holds and keeps none of it but the lines of coverage, which have to be told apart.
#[derive(Debug, Default)]
pub struct CountingSink {
    outcomes: [u64; 4],
    duration_us: u64,
    severities: BTreeMap<Severity, u64>,
    lines: HashMap<String, Vec<LineCoverage>>,
    pub(crate) warnings: WarningCounts,
}

impl CountingSink {
    pub(crate) fn tests(&self) -> crate::TestCounts {
        let of = |outcome: Outcome| self.outcomes.get(outcome as usize).copied().unwrap_or_default();
        crate::TestCounts {
            total: self.outcomes.iter().sum(),
            passed: of(Outcome::Passed),
            failed: of(Outcome::Failed),
            errored: of(Outcome::Errored),
            skipped: of(Outcome::Skipped),
            duration_ms: self.duration_us.saturating_add(500) / 1000,
        }
    }

    pub(crate) fn findings(&self) -> crate::FindingCounts {
        let of = |severity| self.severities.get(&severity).copied().unwrap_or_default();
        crate::FindingCounts {
            total: self.severities.values().sum(),
            by_severity: Severity::ALL
                .into_iter()
                .map(|severity| (severity.as_str(), of(severity)))
                .collect(),
        }
    }

    pub(crate) fn coverage(&self) -> crate::CoverageCounts {
        let mut counts = crate::CoverageCounts { files: self.lines.len() as u64, ..Default::default() };
        for lines in self.lines.values() {
            let mut lines = lines.clone();
            lines.sort_unstable_by_key(|line| line.line);
            for line in lines.chunk_by(|a, b| a.line == b.line) {
                counts.lines += 1;
                counts.lines_covered += u64::from(line.iter().any(|part| part.hits > 0));
                let most = |count: fn(&LineCoverage) -> u32| line.iter().map(count).max().unwrap_or_default();
                counts.branches += u64::from(most(|part| part.branches));
                counts.branches_covered += u64::from(most(|part| part.branches_covered));
            }
        }
        counts
    }
}

impl Sink for CountingSink {
    fn test_case(&mut self, test: &TestCase<'_>) -> Result<(), ParseError> {
        // The counts are of test cases; that a suite failed as a whole is in the warnings.
        if test.is_suite {
            return Ok(());
        }
        if let Some(count) = self.outcomes.get_mut(test.outcome as usize) {
            *count += 1;
        }
        self.duration_us = self.duration_us.saturating_add(test.duration_us.unwrap_or_default());
        Ok(())
    }

    fn file_coverage(&mut self, file: &FileCoverage<'_>) -> Result<(), ParseError> {
        match self.lines.get_mut(&*file.path) {
            Some(lines) => lines.extend_from_slice(file.lines),
            None => {
                self.lines.insert(file.path.clone().into_owned(), file.lines.to_vec());
            }
        }
        Ok(())
    }

    fn finding(&mut self, finding: &Finding<'_>) -> Result<(), ParseError> {
        *self.severities.entry(finding.severity).or_default() += 1;
        Ok(())
    }

    fn warning(&mut self, warning: Warning) {
        self.warnings.add(warning);
    }
}
