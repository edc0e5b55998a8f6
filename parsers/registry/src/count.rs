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
    files: HashMap<String, Lines>,
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
        let mut counts = crate::CoverageCounts { files: self.files.len() as u64, ..Default::default() };
        for lines in self.files.values() {
            lines.add_to(&mut counts);
        }
        counts
    }
}

/// The distinct lines of one file. A large report has millions of lines, and any of them may come again.
#[derive(Debug, Default)]
struct Lines {
    /// Which lines are executable, and which of them are covered: a bit for each of 64 lines.
    near: Vec<(u64, u64)>,
    /// The same for the lines beyond [`Lines::NEAR`], each by itself.
    far: Vec<(u32, bool)>,
    /// Line, branches, covered branches, where there are any.
    branches: Vec<(u32, u32, u32)>,
}

impl Lines {
    /// No source file that people write is longer; a few bytes of a broken report must not take much memory.
    const NEAR: u32 = 1 << 20;

    fn add(&mut self, line: &LineCoverage) {
        let is_covered = line.hits > 0;
        if line.line < Self::NEAR {
            let (word, bit) = (line.line as usize / 64, 1_u64 << (line.line % 64));
            if self.near.len() <= word {
                self.near.resize(word + 1, (0, 0));
            }
            if let Some((executable, covered)) = self.near.get_mut(word) {
                *executable |= bit;
                *covered |= if is_covered { bit } else { 0 };
            }
        } else {
            self.far.push((line.line, is_covered));
        }
        if line.branches > 0 || line.branches_covered > 0 {
            self.branches.push((line.line, line.branches, line.branches_covered));
        }
    }

    fn add_to(&self, counts: &mut crate::CoverageCounts) {
        for (executable, covered) in &self.near {
            counts.lines += u64::from(executable.count_ones());
            counts.lines_covered += u64::from(covered.count_ones());
        }
        let mut far = self.far.clone();
        far.sort_unstable();
        for line in far.chunk_by(|a, b| a.0 == b.0) {
            counts.lines += 1;
            counts.lines_covered += u64::from(line.iter().any(|(_, is_covered)| *is_covered));
        }
        let mut branches = self.branches.clone();
        branches.sort_unstable();
        for line in branches.chunk_by(|a, b| a.0 == b.0) {
            counts.branches += u64::from(line.iter().map(|(_, all, _)| *all).max().unwrap_or_default());
            counts.branches_covered +=
                u64::from(line.iter().map(|(_, _, covered)| *covered).max().unwrap_or_default());
        }
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
        let lines = match self.files.get_mut(&*file.path) {
            Some(lines) => lines,
            None => self.files.entry(file.path.clone().into_owned()).or_default(),
        };
        for line in file.lines {
            lines.add(line);
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

#[cfg(test)]
mod tests {
    use plimsoll_model::LineCoverage;

    use super::Lines;

    #[test]
    fn counts_each_line_once_wherever_it_is() {
        let far = Lines::NEAR + 7;
        let mut lines = Lines::default();
        for (line, hits, branches, branches_covered) in [
            (1, 0, 0, 0),
            (1, 2, 4, 1),
            (64, 0, 2, 2),
            (1, 0, 3, 3),
            (far, 0, 0, 0),
            (far, 1, 2, 0),
            (u32::MAX, 0, 0, 0),
        ] {
            lines.add(&LineCoverage { line, hits, branches, branches_covered });
        }
        let mut counts = crate::CoverageCounts::default();
        lines.add_to(&mut counts);
        assert_eq!((counts.lines, counts.lines_covered), (4, 2));
        assert_eq!((counts.branches, counts.branches_covered), (8, 5));
    }
}
