//! The columns of a run: how they are packed, read and merged.

mod coverage;
mod findings;
pub(crate) mod packed;
mod sources;
pub(crate) mod steps;
mod test_results;

use std::collections::BTreeMap;

pub use findings::FindingResult;
pub(crate) use findings::{
    line_origin, pack_joined, pack_lines, pack_severities, severity_origin, unpack_joined, unpack_lines,
    unpack_plain_lines, unpack_plain_severities, unpack_severities,
};
pub use test_results::TestResult;
pub(crate) use test_results::{
    duration_origin, find_duration, pack_durations, pack_failures, pack_steps, unpack_durations,
    unpack_failures,
};

use plimsoll_model::{Outcome, Severity};
use roaring::RoaringBitmap;

use crate::{BlobId, CoverageTotals, FailureText, PathId, TestId};

/// What a column holds. The numbers stand in the database and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
#[expect(missing_docs, reason = "each is the field of the same name of the columns' types")]
pub enum ColumnKind {
    TestsPresent = 1,
    TestsFailed = 2,
    TestsErrored = 3,
    TestsSkipped = 4,
    TestsFlaky = 5,
    TestsDurations = 6,
    TestsFailures = 7,
    FindingsPresent = 10,
    FindingsSuppressed = 11,
    /// Lines as the first version stored them; read, and no longer written.
    FindingsPlainLines = 12,
    /// Severities as the first version stored them; read, and no longer written.
    FindingsPlainSeverities = 13,
    FindingsLines = 14,
    FindingsSeverities = 15,
    /// Of a run only: the findings that another one stands for.
    FindingsJoined = 16,
    Coverage = 20,
    /// The repository's files, as a bitmap of path identifiers.
    Files = 30,
    /// The commits of the change log, as a bitmap of commit identifiers.
    Churn = 31,
    /// The first-parent history, the newest first, as packed commit identifiers.
    Parents = 40,
    /// The text of the repository's `plimsoll.toml`.
    Settings = 50,
    /// Of an upload only: which of its paths are no file of the repository, and why.
    PathProblems = 51,
    /// Which lines of which files changed against the base.
    Diff = 60,
    /// The source texts of files that its reports name, where they were sent.
    Sources = 70,
}

impl ColumnKind {
    const ALL: [Self; 22] = [
        Self::TestsPresent,
        Self::TestsFailed,
        Self::TestsErrored,
        Self::TestsSkipped,
        Self::TestsFlaky,
        Self::TestsDurations,
        Self::TestsFailures,
        Self::FindingsPresent,
        Self::FindingsSuppressed,
        Self::FindingsPlainLines,
        Self::FindingsPlainSeverities,
        Self::FindingsLines,
        Self::FindingsSeverities,
        Self::FindingsJoined,
        Self::Coverage,
        Self::Files,
        Self::Churn,
        Self::Parents,
        Self::Settings,
        Self::PathProblems,
        Self::Diff,
        Self::Sources,
    ];

    pub(crate) fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == code)
    }
}

/// The tests of a run or of an upload.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TestColumns {
    /// All tests, by [`TestId`].
    pub present: RoaringBitmap,
    /// Those of them that failed.
    pub failed: RoaringBitmap,
    /// Those that errored.
    pub errored: RoaringBitmap,
    /// Those that were skipped.
    pub skipped: RoaringBitmap,
    /// Those that the report itself calls flaky.
    pub flaky: RoaringBitmap,
    /// Microseconds, in the order of `present`. Read from a run, each is at most 3.2 % beside what was reported.
    pub durations_us: Vec<Option<u64>>,
    /// The texts of failures, and the reasons of skips.
    pub failures: BTreeMap<TestId, FailureText>,
}

/// The findings of a run or of an upload.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FindingColumns {
    /// All findings, by [`crate::FindingId`].
    pub present: RoaringBitmap,
    /// Those of them that the report itself says do not count.
    pub suppressed: RoaringBitmap,
    /// Lines from 1, in the order of `present`.
    pub lines: Vec<Option<u32>>,
    /// In the order of `present`. Read from a run, a finding that stands for others has the worst of theirs.
    pub severities: Vec<Severity>,
    /// Of a run: findings that are reported by others already, each with the one that stands for it. They do not count.
    pub joined: BTreeMap<u32, u32>,
    /// The severities that were reported of findings that stand for worse ones.
    pub raised: BTreeMap<u32, Severity>,
}

/// The coverage of a run or of an upload: which file has which content.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CoverageManifest {
    /// Files with at least one executable line, by path identifier.
    pub files: Vec<FileEntry>,
}

/// A file's coverage in numbers, and where its lines are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileEntry {
    /// The file.
    pub path: PathId,
    /// Its lines: [`crate::Reader::read_file_lines`]. Equal identifiers mean equal coverage.
    pub blob: BlobId,
    /// In numbers; `files` is 1.
    pub totals: CoverageTotals,
}

/// The source texts of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourceManifest {
    /// By file.
    pub files: BTreeMap<PathId, SourceEntry>,
}

/// A file's source text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceEntry {
    /// The text: [`crate::Reader::read_text`]. Equal identifiers mean equal texts.
    pub blob: BlobId,
    /// Its length, as it was sent.
    pub bytes: u64,
}

/// The lines of one file, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FileLines {
    /// Each executable line, from 1, ascending, and whether it was executed.
    pub lines: Vec<(u32, bool)>,
    /// Executable lines with branches, ascending.
    pub branches: Vec<LineBranches>,
}

/// The branches of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineBranches {
    /// From 1.
    pub line: u32,
    /// At least 1.
    pub branches: u32,
    /// Those that were taken.
    pub covered: u32,
}

impl TestColumns {
    /// How a test ended; `None` where it is not in this run.
    pub fn outcome(&self, test: TestId) -> Option<Outcome> {
        if !self.present.contains(test.0) {
            None
        } else if self.errored.contains(test.0) {
            Some(Outcome::Errored)
        } else if self.failed.contains(test.0) {
            Some(Outcome::Failed)
        } else if self.skipped.contains(test.0) {
            Some(Outcome::Skipped)
        } else {
            Some(Outcome::Passed)
        }
    }

    /// How long a test ran, in microseconds; read from a run, at most 3.2 % beside what was reported.
    pub fn duration_us(&self, test: TestId) -> Option<u64> {
        let position = position(&self.present, test.0)?;
        self.durations_us.get(position).copied().flatten()
    }

    /// Failed or errored tests.
    pub fn failing(&self) -> RoaringBitmap {
        &self.failed | &self.errored
    }
}

impl FindingColumns {
    /// The line and the severity of a finding; `None` where it is not in this run.
    pub fn place(&self, finding: crate::FindingId) -> Option<(Option<u32>, Severity)> {
        let position = position(&self.present, finding.0)?;
        Some((self.lines.get(position).copied()?, self.severities.get(position).copied()?))
    }

    /// Findings that count: what several tools report counts once.
    pub fn counting(&self) -> RoaringBitmap {
        let mut counting = &self.present - &self.suppressed;
        for joined in self.joined.keys() {
            counting.remove(*joined);
        }
        counting
    }

    /// The severity as the finding's own tool reported it.
    pub fn reported_severity(&self, finding: crate::FindingId) -> Option<Severity> {
        let raised = self.raised.get(&finding.0).copied();
        raised.or_else(|| self.place(finding).map(|(_, severity)| severity))
    }
}

impl CoverageManifest {
    /// A file's entry.
    pub fn find(&self, path: PathId) -> Option<&FileEntry> {
        self.files
            .binary_search_by_key(&path, |entry| entry.path)
            .ok()
            .and_then(|index| self.files.get(index))
    }

    /// All files together.
    pub fn totals(&self) -> CoverageTotals {
        self.files.iter().fold(CoverageTotals::default(), |sum, entry| sum.plus(&entry.totals))
    }
}

impl CoverageTotals {
    /// Both together.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        Self {
            files: self.files + other.files,
            lines: self.lines + other.lines,
            lines_covered: self.lines_covered + other.lines_covered,
            branches: self.branches + other.branches,
            branches_covered: self.branches_covered + other.branches_covered,
        }
    }
}

/// Where an identifier stands in a packed array.
fn position(present: &RoaringBitmap, id: u32) -> Option<usize> {
    if !present.contains(id) {
        return None;
    }
    usize::try_from(present.rank(id)).ok()?.checked_sub(1)
}
