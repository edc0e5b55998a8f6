//! Keeps what a report holds, compactly, until all of it was read: only a report that can be read to its end is recorded.

use std::collections::{BTreeMap, HashMap};

use plimsoll_api::{
    ChurnCounts, Counted, CoverageCounts, DiffCounts, FindingCounts, TestCounts, WarningInfo,
};
use plimsoll_format::{Descriptor, ParseError, Sink, Warning, WarningCode};
use plimsoll_model::{
    FileChange, FileCoverage, FileDiff, Finding, FindingKind, Hunk, Outcome, RepoPath, ReportKind, Severity,
    Suppression, TestCase,
};
use plimsoll_store::{CoverageTotals, FileLines, FindingDetail, FindingPackage};

use super::advisory::advisory;
use super::evidence::evidence;
use super::strings::{Span, Strings};

/// Bytes of a short message and of a whole failure text that are kept.
const MESSAGE_BYTES: usize = 8 << 10;
const DETAIL_BYTES: usize = 128 << 10;

/// What one report holds.
#[derive(Debug)]
pub struct Collected {
    /// The file's name; for a file in an archive `archive.zip!inner.xml`.
    pub name: String,
    /// Its format.
    pub format: &'static Descriptor,
    /// What it holds.
    pub items: Items,
    /// Folders below which relative paths are, as the report names them.
    pub source_roots: Vec<String>,
    /// What was skipped or does not add up.
    pub warnings: Warnings,
}

/// The items of a report, each kind in its own list; a format fills one of them.
#[derive(Debug, Default)]
pub struct Items {
    /// The texts of all items.
    pub strings: Strings,
    /// Test cases.
    pub tests: Vec<TestItem>,
    /// Coverage by the path as the report writes it.
    pub coverage: BTreeMap<Box<str>, FileLines>,
    /// Findings.
    pub findings: Vec<FindingItem>,
    /// Changes by commit.
    pub commits: Vec<CommitItem>,
    /// Files of the repository.
    pub files: Vec<RepoPath>,
    /// The text of the repository's settings.
    pub settings: Option<String>,
    /// Commits that a diff begins at.
    pub diff_bases: Vec<Span>,
    /// Files of a diff.
    pub diff_files: Vec<DiffItem>,
}

/// A test case.
#[derive(Debug, Clone, Copy)]
pub struct TestItem {
    pub suite: Span,
    pub class: Span,
    pub name: Span,
    pub file: Option<Span>,
    pub outcome: Outcome,
    pub duration_us: Option<u64>,
    pub is_flaky: bool,
    pub message: Option<Span>,
    pub detail: Option<Span>,
}

/// A finding.
#[derive(Debug, Clone, Copy)]
pub struct FindingItem {
    pub tool: Span,
    pub rule: Span,
    pub rule_name: Option<Span>,
    pub help_uri: Option<Span>,
    pub path: Option<Span>,
    pub kind: FindingKind,
    pub severity: Severity,
    pub line: Option<u32>,
    pub column: Option<u32>,
    pub is_suppressed: bool,
    /// What makes it the same as another one.
    pub evidence: [u8; 16],
    /// Of a known vulnerability, the package and the names of the advisory, as `advisory` gives them.
    pub advisory: Option<(Span, Span)>,
    /// What is shown, as JSON.
    pub shown: Span,
}

/// A commit's changes.
#[derive(Debug, Clone)]
pub struct CommitItem {
    pub commit: Span,
    pub committed_at: i64,
    pub changes: Vec<ChangeItem>,
}

/// A file in a commit.
#[derive(Debug, Clone, Copy)]
pub struct ChangeItem {
    pub path: Span,
    pub renamed_from: Option<Span>,
    pub added: Option<u32>,
    pub deleted: Option<u32>,
}

/// A file in a diff.
#[derive(Debug, Clone)]
pub struct DiffItem {
    pub path: Span,
    pub renamed_from: Option<Span>,
    pub is_deleted: bool,
    pub hunks: Vec<Hunk>,
}

/// Warnings by code: how often, and the first one in words.
#[derive(Debug, Clone, Default)]
pub struct Warnings(BTreeMap<String, (u64, String)>);

impl Warnings {
    /// Adds some of one code.
    pub fn add(&mut self, code: &str, count: u64, first: impl FnOnce() -> String) {
        if count > 0 {
            self.0.entry(code.to_owned()).or_insert_with(|| (0, first())).0 += count;
        }
    }

    /// All, in the order of the codes.
    pub fn infos(&self) -> Vec<WarningInfo> {
        self.0
            .iter()
            .map(|(code, (count, message))| WarningInfo {
                code: code.clone(),
                count: *count,
                message: message.clone(),
            })
            .collect()
    }
}

impl Collected {
    /// An empty report of this format.
    pub(super) fn new(name: &str, format: &'static Descriptor) -> Self {
        Self {
            name: name.to_owned(),
            format,
            items: Items::default(),
            source_roots: Vec::new(),
            warnings: Warnings::default(),
        }
    }

    /// What was counted.
    pub fn counted(&self) -> Counted {
        let mut counted = Counted::default();
        match self.format.kind {
            ReportKind::Tests => counted.tests = Some(self.items.count_tests()),
            ReportKind::Coverage => counted.coverage = Some(self.items.count_coverage()),
            ReportKind::Findings => counted.findings = Some(self.items.count_findings()),
            ReportKind::Churn => counted.churn = Some(self.items.count_churn()),
            ReportKind::Diff => counted.diff = Some(self.items.count_diff()),
            ReportKind::FileList => counted.listed_files = Some(self.items.files.len() as u64),
            ReportKind::Settings => {}
        }
        counted
    }
}

impl Items {
    fn count_tests(&self) -> TestCounts {
        let of = |outcome| self.tests.iter().filter(|test| test.outcome == outcome).count() as u64;
        let duration_us: u64 = self.tests.iter().filter_map(|test| test.duration_us).sum();
        TestCounts {
            total: self.tests.len() as u64,
            passed: of(Outcome::Passed),
            failed: of(Outcome::Failed),
            errored: of(Outcome::Errored),
            skipped: of(Outcome::Skipped),
            duration_ms: (duration_us + 500) / 1000,
        }
    }

    fn count_coverage(&self) -> CoverageCounts {
        let totals =
            self.coverage.values().fold(CoverageTotals::default(), |sum, file| sum.plus(&file.totals()));
        CoverageCounts {
            files: totals.files,
            lines: totals.lines,
            lines_covered: totals.lines_covered,
            branches: totals.branches,
            branches_covered: totals.branches_covered,
        }
    }

    fn count_findings(&self) -> FindingCounts {
        let mut counts = FindingCounts::default();
        for finding in &self.findings {
            if finding.is_suppressed {
                counts.suppressed += 1;
                continue;
            }
            counts.total += 1;
            let by_severity = &mut counts.by_severity;
            *match finding.severity {
                Severity::Critical => &mut by_severity.critical,
                Severity::High => &mut by_severity.high,
                Severity::Medium => &mut by_severity.medium,
                Severity::Low => &mut by_severity.low,
                Severity::Info => &mut by_severity.info,
                Severity::Unknown => &mut by_severity.unknown,
            } += 1;
        }
        counts
    }

    fn count_diff(&self) -> DiffCounts {
        let lines = self.diff_files.iter().flat_map(|file| &file.hunks).map(|hunk| u64::from(hunk.new_lines));
        DiffCounts { files: self.diff_files.len() as u64, changed_lines: lines.sum() }
    }

    fn count_churn(&self) -> ChurnCounts {
        ChurnCounts {
            commits: self.commits.len() as u64,
            changes: self.commits.iter().map(|commit| commit.changes.len() as u64).sum(),
        }
    }
}

/// Fills a [`Collected`].
pub(super) struct CollectSink {
    pub collected: Collected,
    commits: HashMap<String, usize>,
}

impl CollectSink {
    pub(super) fn new(name: &str, format: &'static Descriptor) -> Self {
        Self { collected: Collected::new(name, format), commits: HashMap::new() }
    }

    fn shorten<'t>(&mut self, text: &'t str, most: usize, what: &str) -> &'t str {
        if text.len() <= most {
            return text;
        }
        self.collected.warnings.add(WarningCode::ShortenedText.as_str(), 1, || {
            format!("{what} of {} bytes is kept up to {most}", text.len())
        });
        text.get(..text.floor_char_boundary(most)).unwrap_or_default()
    }

    fn keep(&mut self, text: Option<&str>) -> Result<Option<Span>, ParseError> {
        text.map(|text| self.collected.items.strings.push(text)).transpose()
    }

    fn keep_again(&mut self, text: Option<&str>, last: Option<Span>) -> Result<Option<Span>, ParseError> {
        text.map(|text| self.collected.items.strings.push_again(text, last)).transpose()
    }
}

impl Sink for CollectSink {
    fn test_case(&mut self, test: &TestCase<'_>) -> Result<(), ParseError> {
        let message = test.message.as_deref().map(|text| self.shorten(text, MESSAGE_BYTES, "a message"));
        let detail = test.detail.as_deref().map(|text| self.shorten(text, DETAIL_BYTES, "a failure text"));
        // Of a test that passed, its message is not kept: it is no failure's, and there may be very many.
        let is_told = test.outcome != Outcome::Passed;
        let message = self.keep(message.filter(|text| is_told && !text.trim().is_empty()))?;
        let detail = self.keep(detail.filter(|text| is_told && !text.trim().is_empty()))?;
        let last = self.collected.items.tests.last().copied();
        let file = self.keep_again(test.file.as_deref(), last.and_then(|last| last.file))?;
        let items = &mut self.collected.items;
        items.tests.push(TestItem {
            suite: items.strings.push_again(&test.suite, last.map(|last| last.suite))?,
            class: items.strings.push_again(&test.class, last.map(|last| last.class))?,
            name: items.strings.push(&test.name)?,
            file,
            outcome: test.outcome,
            duration_us: test.duration_us,
            is_flaky: test.is_flaky,
            message,
            detail,
        });
        Ok(())
    }

    fn file_coverage(&mut self, file: &FileCoverage<'_>) -> Result<(), ParseError> {
        let lines = FileLines::from_lines(file.lines);
        let coverage = &mut self.collected.items.coverage;
        match coverage.get_mut(file.path.as_ref()) {
            Some(known) => *known = known.merge(&lines),
            None => {
                coverage.insert(file.path.as_ref().into(), lines);
            }
        }
        Ok(())
    }

    fn source_root(&mut self, path: &str) -> Result<(), ParseError> {
        let roots = &mut self.collected.source_roots;
        if !path.trim().is_empty() && !roots.iter().any(|root| root == path) {
            roots.push(path.to_owned());
        }
        Ok(())
    }

    fn finding(&mut self, finding: &Finding<'_>) -> Result<(), ParseError> {
        let message = self.shorten(&finding.message, MESSAGE_BYTES, "a message").to_owned();
        let shown = shown(finding, message)?;
        let last = self.collected.items.findings.last().copied();
        let rule_name =
            self.keep_again(finding.rule_name.as_deref(), last.and_then(|last| last.rule_name))?;
        let help_uri = self.keep_again(finding.help_uri.as_deref(), last.and_then(|last| last.help_uri))?;
        let path = self.keep_again(finding.path.as_deref(), last.and_then(|last| last.path))?;
        let strings = &mut self.collected.items.strings;
        let advisory = advisory(finding)
            .map(|(package, names)| Ok((strings.push(&package)?, strings.push(&names)?)))
            .transpose()?;
        let items = &mut self.collected.items;
        items.findings.push(FindingItem {
            tool: items.strings.push_again(&finding.tool, last.map(|last| last.tool))?,
            rule: items.strings.push_again(&finding.rule, last.map(|last| last.rule))?,
            rule_name,
            help_uri,
            path,
            kind: finding.kind,
            severity: finding.severity,
            line: finding.line.filter(|line| *line > 0),
            column: finding.column,
            is_suppressed: finding.suppression.is_some(),
            evidence: evidence(finding),
            advisory,
            shown: items.strings.push(&shown)?,
        });
        Ok(())
    }

    fn file_change(&mut self, change: &FileChange<'_>) -> Result<(), ParseError> {
        let path = self.collected.items.strings.push(&change.path)?;
        let renamed_from = self.keep(change.renamed_from.as_deref())?;
        let items = &mut self.collected.items;
        let at = match self.commits.get(change.commit.as_ref()) {
            Some(at) => *at,
            None => {
                let commit = items.strings.push(&change.commit)?;
                items.commits.push(CommitItem {
                    commit,
                    committed_at: change.committed_at,
                    changes: Vec::new(),
                });
                self.commits.insert(change.commit.clone().into_owned(), items.commits.len() - 1);
                items.commits.len() - 1
            }
        };
        if let Some(commit) = items.commits.get_mut(at) {
            let (added, deleted) = (change.added, change.deleted);
            commit.changes.push(ChangeItem { path, renamed_from, added, deleted });
        }
        Ok(())
    }

    fn listed_file(&mut self, path: &str) -> Result<(), ParseError> {
        self.collected.items.files.extend(RepoPath::normalise(path));
        Ok(())
    }

    fn settings(&mut self, text: &str) -> Result<(), ParseError> {
        self.collected.items.settings = Some(text.to_owned());
        Ok(())
    }

    fn diff_base(&mut self, commit: &str) -> Result<(), ParseError> {
        let commit = self.collected.items.strings.push(commit)?;
        self.collected.items.diff_bases.push(commit);
        Ok(())
    }

    fn file_diff(&mut self, file: &FileDiff<'_>) -> Result<(), ParseError> {
        let path = self.collected.items.strings.push(&file.path)?;
        let renamed_from = self.keep(file.renamed_from.as_deref())?;
        let (is_deleted, hunks) = (file.is_deleted, file.hunks.to_vec());
        self.collected.items.diff_files.push(DiffItem { path, renamed_from, is_deleted, hunks });
        Ok(())
    }

    fn warning(&mut self, warning: Warning) {
        self.collected.warnings.add(warning.code.as_str(), 1, || warning.message);
    }
}

/// What is shown of a finding, as JSON.
fn shown(finding: &Finding<'_>, message: String) -> Result<String, ParseError> {
    let owned =
        |texts: &[std::borrow::Cow<'_, str>]| texts.iter().map(|text| text.clone().into_owned()).collect();
    let optional =
        |text: &Option<std::borrow::Cow<'_, str>>| text.as_ref().map(|text| text.clone().into_owned());
    let detail = FindingDetail {
        message,
        column: finding.column,
        package: finding.package.as_ref().map(|package| FindingPackage {
            name: package.name.clone().into_owned(),
            version: optional(&package.version),
            fixed_version: optional(&package.fixed_version),
            purl: optional(&package.purl),
            ecosystem: optional(&package.ecosystem),
        }),
        aliases: owned(&finding.aliases),
        cwe: owned(&finding.cwe),
        cvss: finding.cvss.filter(|score| score.is_finite()),
        cvss_vector: optional(&finding.cvss_vector),
        cvss_source: optional(&finding.cvss_source),
        epss: finding.epss.filter(|score| score.is_finite()),
        is_exploited: finding.is_exploited,
        suppression: finding.suppression.as_ref().map(reason),
    };
    serde_json::to_string(&detail).map_err(|error| {
        ParseError::new(plimsoll_format::ParseErrorKind::Unsupported(format!(
            "a finding cannot be kept: {error}"
        )))
    })
}

fn reason(suppression: &Suppression<'_>) -> String {
    match &suppression.reason {
        Some(reason) => format!("{}: {reason}", suppression.place),
        None => suppression.place.to_owned(),
    }
}
