//! Parts of a run that were not uploaded this time and stand as they were.
//!
//! A part is what its category says, else its flags, else its formats. A part that the baseline has and the run has not was
//! not looked at, so nothing in it is fixed, removed or lost.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_api::{CarriedPart, CoverageCounts, UploadResult};
use plimsoll_model::{LineCoverage, ReportKind};
use plimsoll_store::{
    ColumnKind, CoverageManifest, FileEntry, FileLines, FindingId, PathId, Run, RunState, StoreError, Upload,
    UploadColumns, UploadState,
};
use roaring::RoaringBitmap;

use super::Scope;
use super::measures::coverage_counts;
use super::patch::RunDiff;

/// How many baselines back a part may lie. What nobody sent for longer is gone.
const LONGEST: u32 = 20;

/// The uploads of each part of a run.
type Parts = BTreeMap<String, Vec<Upload>>;

fn parts(scope: &Scope<'_>, run: &Run) -> Result<Parts, StoreError> {
    let mut parts = Parts::new();
    for upload in scope.reader.list_uploads(scope.project.id, run.number)? {
        if upload.state != UploadState::Stored {
            continue;
        }
        let result: UploadResult =
            upload.result.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let is_carried =
            |kind| matches!(kind, ReportKind::Tests | ReportKind::Coverage | ReportKind::Findings);
        if result.reports.iter().any(|report| is_carried(report.kind)) {
            parts.entry(part_name(&upload)).or_default().push(upload);
        }
    }
    Ok(parts)
}

/// The category, else the flags, else the formats.
fn part_name(upload: &Upload) -> String {
    match &upload.received.category {
        Some(category) => category.clone(),
        None if !upload.received.flags.is_empty() => upload.received.flags.join(", "),
        None => upload.formats.clone(),
    }
}

/// What a run has only in parts that another one lacks.
#[derive(Default)]
pub(super) struct Absent {
    pub tests: RoaringBitmap,
    pub findings: RoaringBitmap,
    /// By file, the contents that these parts have for it.
    coverage: BTreeMap<PathId, Vec<FileEntry>>,
}

/// What the older run has only in parts that the newer one lacks. A newer run that is not complete lacks nothing yet.
pub(super) fn absent(scope: &Scope<'_>, before: &Run, after: &Run) -> Result<Absent, StoreError> {
    let mut absent = Absent::default();
    if after.state != RunState::Complete {
        return Ok(absent);
    }
    let (then, now) = (parts(scope, before)?, parts(scope, after)?);
    if then.keys().all(|name| now.contains_key(name)) {
        return Ok(absent);
    }
    let mut still = Absent::default();
    for (name, uploads) in &then {
        let into = if now.contains_key(name) { &mut still } else { &mut absent };
        for upload in uploads {
            into.add(scope.reader.read_upload(scope.project.id, upload.id)?);
        }
    }
    absent.tests -= still.tests;
    absent.findings -= still.findings;
    Ok(absent)
}

impl Absent {
    fn add(&mut self, columns: UploadColumns) {
        self.tests |= columns.tests.map(|tests| tests.present).unwrap_or_default();
        self.findings |= columns.findings.map(|findings| findings.present).unwrap_or_default();
        for entry in columns.coverage.into_iter().flat_map(|manifest| manifest.files) {
            self.coverage.entry(entry.path).or_default().push(entry);
        }
    }

    pub(super) fn has_coverage(&self) -> bool {
        !self.coverage.is_empty()
    }

    /// The run's coverage together with what is carried. Lines are followed through the diff; where that cannot be
    /// done, a file is carried if it has the same executable lines still, or is not in the run's coverage at all.
    pub(super) fn carry_coverage(
        &self,
        scope: &Scope<'_>,
        (before, after): (&Run, &Run),
        now: &CoverageManifest,
    ) -> Result<Vec<Carried>, StoreError> {
        if self.coverage.is_empty() {
            return Ok(Vec::new());
        }
        let diff = RunDiff::read(scope, Some(before), after)?;
        let moved: BTreeMap<PathId, PathId> = diff.iter().flat_map(RunDiff::renames).collect();
        let then = scope.reader.read_coverage(scope.project.id, before.number)?.unwrap_or_default();
        let mut carried = Vec::new();
        for (path, entries) in &self.coverage {
            let path_now = moved.get(path).copied().unwrap_or(*path);
            let content = then.find(*path).map_or(0, |entry| entry.blob.0);
            let mut lines = FileLines::default();
            for entry in entries {
                lines = lines.merge(&scope.reader.read_file_lines(scope.project.id, entry.blob)?);
            }
            if let Some(diff) = diff.as_ref().filter(|diff| diff.can_follow()) {
                lines = follow(&lines, diff, path_now);
            }
            let Some(entry) = now.find(path_now) else {
                carried.push(Carried { path: path_now, content, counts: coverage_counts(&lines.totals()) });
                continue;
            };
            let own = scope.reader.read_file_lines(scope.project.id, entry.blob)?;
            let known: BTreeSet<u32> = own.lines.iter().map(|(line, _)| *line).collect();
            let fits = lines.lines.iter().all(|(line, _)| known.contains(line));
            let merged = if fits { own.merge(&lines) } else { own };
            carried.push(Carried { path: path_now, content, counts: coverage_counts(&merged.totals()) });
        }
        Ok(carried)
    }
}

/// A file's coverage with what is carried.
pub(super) struct Carried {
    pub path: PathId,
    /// The content that the older run has for the file.
    pub content: u64,
    pub counts: CoverageCounts,
}

/// The lines where they stand now; lines that were edited are nobody's any more.
fn follow(lines: &FileLines, diff: &RunDiff, path: PathId) -> FileLines {
    let Some((_, map)) = diff.origin(path) else { return lines.clone() };
    let at = |line: u32| lines.branches.iter().find(|branches| branches.line == line);
    let moved: Vec<LineCoverage> = lines
        .lines
        .iter()
        .filter_map(|(line, is_covered)| {
            let (branches, branches_covered) = at(*line).map_or((0, 0), |it| (it.branches, it.covered));
            let (line, hits) = (map.after(*line)?, u64::from(*is_covered));
            Some(LineCoverage { line, hits, branches, branches_covered })
        })
        .collect();
    FileLines::from_lines(&moved)
}

/// The parts that a run does not have and one of its baselines has, the nearest first.
pub(super) fn carried_parts(scope: &Scope<'_>, run: &Run) -> Result<Vec<CarriedPart>, StoreError> {
    let mut carried = Vec::new();
    if run.state != RunState::Complete {
        return Ok(carried);
    }
    let mut names: BTreeSet<String> = parts(scope, run)?.into_keys().collect();
    let own = Absent {
        tests: bitmap(scope, run, ColumnKind::TestsPresent)?,
        findings: bitmap(scope, run, ColumnKind::FindingsPresent)?,
        ..Absent::default()
    };
    let manifest = scope.reader.read_coverage(scope.project.id, run.number)?.unwrap_or_default();
    let mut baseline = scope.baseline(run)?;
    for runs_ago in 1..=LONGEST {
        let Some(source) = baseline else { break };
        for (name, uploads) in parts(scope, &source)? {
            if names.insert(name.clone()) {
                let part = PartOf { name, source: &source, runs_ago };
                carried.push(part.describe(scope, run, (&own, &manifest), &uploads)?);
            }
        }
        baseline = scope.baseline(&source)?;
    }
    Ok(carried)
}

fn bitmap(scope: &Scope<'_>, run: &Run, kind: ColumnKind) -> Result<RoaringBitmap, StoreError> {
    let read = scope.reader.read_bitmaps(scope.project.id, kind, &[run.number])?;
    Ok(read.into_iter().flatten().next().map(|bitmap| (*bitmap).clone()).unwrap_or_default())
}

struct PartOf<'r> {
    name: String,
    source: &'r Run,
    runs_ago: u32,
}

impl PartOf<'_> {
    fn describe(
        self,
        scope: &Scope<'_>,
        run: &Run,
        (own, manifest): (&Absent, &CoverageManifest),
        uploads: &[Upload],
    ) -> Result<CarriedPart, StoreError> {
        let (mut part, mut failing) = (Absent::default(), RoaringBitmap::new());
        let mut columns_of_findings = plimsoll_store::FindingColumns::default();
        for upload in uploads {
            let columns = scope.reader.read_upload(scope.project.id, upload.id)?;
            failing |= columns.tests.as_ref().map(|tests| tests.failing()).unwrap_or_default();
            if let Some(findings) = &columns.findings {
                columns_of_findings = columns_of_findings.merge(findings);
            }
            part.add(columns);
        }
        part.tests -= &own.tests;
        part.findings -= &own.findings;
        part.findings -= &columns_of_findings.suppressed;
        failing &= &part.tests;
        let seconds = run.created_at.saturating_sub(self.source.created_at).max(0);
        Ok(CarriedPart {
            name: self.name,
            run: self.source.number.0,
            runs_ago: self.runs_ago,
            days_ago: u32::try_from(seconds / 86_400).unwrap_or(u32::MAX),
            tests: part.tests.len(),
            failing: failing.len(),
            covered_files: part.coverage.keys().filter(|path| manifest.find(**path).is_none()).count() as u64,
            findings: part.findings.len(),
            rows: rows(scope, (self.source, run), &columns_of_findings, &part.findings)?,
        })
    }
}

/// The findings of a carried part, at the lines where the diff moved them.
fn rows(
    scope: &Scope<'_>,
    (source, run): (&Run, &Run),
    columns: &plimsoll_store::FindingColumns,
    findings: &RoaringBitmap,
) -> Result<Vec<plimsoll_api::FindingRow>, StoreError> {
    let shown: Vec<FindingId> = findings.iter().take(super::compare::SHOWN_AT_MOST).map(FindingId).collect();
    if shown.is_empty() {
        return Ok(Vec::new());
    }
    let state = |_| plimsoll_api::FindingState::Existing;
    let mut rows = super::finding_rows::finding_rows(scope, source, columns, &shown, state, |_, _| None)?;
    let Some(diff) = RunDiff::read(scope, Some(source), run)?.filter(RunDiff::can_follow) else {
        return Ok(rows);
    };
    let moved: BTreeMap<PathId, PathId> = diff.renames().collect();
    let keys = scope.reader.list_finding_keys(scope.project.id, findings)?;
    let places = scope.places(&moved.values().map(|path| path.0).collect())?;
    for row in &mut rows {
        row.is_in_changed_lines = None;
        let Some(path) = keys.iter().find(|key| u64::from(key.id.0) == row.id).and_then(|key| key.path)
        else {
            continue;
        };
        let path_now = moved.get(&path).copied().unwrap_or(path);
        if let Some((_, map)) = diff.origin(path_now) {
            row.line = row.line.and_then(|line| map.after(line));
        }
        if path_now != path {
            row.path = places.path(Some(path_now));
        }
    }
    Ok(rows)
}
