//! What a run's diff says of its coverage and of its findings.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use plimsoll_analysis::compare::{IndirectLines, LineMap, PatchLines, indirect_lines, patch_lines};
use plimsoll_api::{IndirectChanges, IndirectFile, PatchCoverage, PatchFile};
use plimsoll_store::{
    CoverageManifest, DiffColumn, FileHunks, FileLines, FindingKey, PathId, Run, StoreError,
};
use roaring::RoaringBitmap;

use super::Scope;

/// Lines of a file that are named.
const NAMED_LINES: usize = 50;

/// Where the lines of a run stood in another one.
pub(super) struct RunDiff {
    files: BTreeMap<PathId, (PathId, LineMap)>,
    way: Way,
}

/// How lines can be followed from the older run to this one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Both are of the same commit: every line is where it was.
    SameCommit,
    /// The diff leads from the one to the other.
    Diff,
    /// Not at all.
    None,
}

impl RunDiff {
    /// The diff of a run; `None` where it has none. Two builds of one commit need none: between them no line moved.
    ///
    /// A diff whose beginning is unknown is taken to begin at the run's baseline.
    pub(super) fn read(
        scope: &Scope<'_>,
        before: Option<&Run>,
        after: &Run,
    ) -> Result<Option<Self>, StoreError> {
        let column = scope.reader.read_diff(scope.project.id, after.number)?;
        if before.is_some_and(|before| before.commit == after.commit) {
            let files = column.map(files_of).unwrap_or_default();
            return Ok(Some(Self { files, way: Way::SameCommit }));
        }
        let Some(column) = column else { return Ok(None) };
        let fits = match (before, column.bases.is_empty()) {
            (None, _) => false,
            (Some(before), true) => {
                scope.baseline(after)?.is_some_and(|baseline| baseline.number == before.number)
            }
            (Some(before), false) => {
                let commit = scope.reader.find_commit(scope.project.id, &before.commit)?;
                commit.is_some() && commit == column.base()
            }
        };
        Ok(Some(Self { files: files_of(column), way: if fits { Way::Diff } else { Way::None } }))
    }

    /// Whether a line, as it stands in the run, is new or edited.
    pub(super) fn is_changed(&self, path: PathId, line: u32) -> bool {
        self.files.get(&path).is_some_and(|(_, map)| map.is_changed(line))
    }

    /// What a file was called in the older run, and how its lines moved, where the diff says that they did.
    pub(super) fn origin(&self, path: PathId) -> Option<(PathId, &LineMap)> {
        match self.way {
            Way::Diff => self.files.get(&path).map(|(from, map)| (*from, map)),
            Way::SameCommit | Way::None => None,
        }
    }

    /// Files that were renamed between the two runs: the path then and now.
    pub(super) fn renames(&self) -> impl Iterator<Item = (PathId, PathId)> + '_ {
        let renamed = self.files.iter().filter(|(path, (from, _))| self.way == Way::Diff && **path != *from);
        renamed.map(|(path, (from, _))| (*from, *path))
    }

    /// Whether lines can be followed from the older run to this one.
    pub(super) fn can_follow(&self) -> bool {
        self.way != Way::None
    }
}

fn files_of(column: DiffColumn) -> BTreeMap<PathId, (PathId, LineMap)> {
    let files = column.files.into_iter().filter(|(_, file)| !file.is_deleted);
    files.map(|(path, file)| (path, (file.renamed_from.unwrap_or(path), LineMap::new(file.hunks)))).collect()
}

/// How far tests reach what a run changed; `None` without a diff or without coverage.
pub(super) fn patch_coverage(scope: &Scope<'_>, run: &Run) -> Result<Option<PatchCoverage>, StoreError> {
    let Some(diff) = RunDiff::read(scope, None, run)? else { return Ok(None) };
    let Some(manifest) = scope.reader.read_coverage(scope.project.id, run.number)? else { return Ok(None) };
    let mut patch = PatchCoverage::default();
    let mut files: Vec<(PathId, PatchLines)> = Vec::new();
    for (path, (_, map)) in &diff.files {
        patch.changed_lines += map.changed_lines();
        let Some(lines) = lines_of(scope, &manifest, *path)? else { continue };
        let of_file = patch_lines(map, &lines.lines);
        patch.lines += of_file.lines;
        patch.lines_covered += of_file.covered;
        if of_file.lines > 0 {
            files.push((*path, of_file));
        }
    }
    files.sort_by_key(|(path, lines)| (Reverse(lines.uncovered.len()), *path));
    files.truncate(super::compare::SHOWN_AT_MOST);
    let places = scope.places(&files.iter().map(|(path, _)| path.0).collect())?;
    let row = |(path, lines): (PathId, PatchLines)| {
        Some(PatchFile {
            path: places.path(Some(path))?,
            module: places.module_path(Some(path)).unwrap_or_else(|| ".".to_owned()),
            lines: lines.lines,
            lines_covered: lines.covered,
            uncovered: first(lines.uncovered),
        })
    };
    patch.files = files.into_iter().filter_map(row).collect();
    Ok(Some(patch))
}

/// Lines outside the diff whose coverage changed; `None` where lines cannot be followed between the two runs.
pub(super) fn indirect_changes(
    scope: &Scope<'_>,
    before: &Run,
    after: &Run,
) -> Result<Option<IndirectChanges>, StoreError> {
    let Some(diff) = RunDiff::read(scope, Some(before), after)?.filter(RunDiff::can_follow) else {
        return Ok(None);
    };
    let project = scope.project.id;
    let (Some(then), Some(now)) = (
        scope.reader.read_coverage(project, before.number)?,
        scope.reader.read_coverage(project, after.number)?,
    ) else {
        return Ok(None);
    };
    let mut indirect = IndirectChanges::default();
    let mut files: Vec<(PathId, IndirectLines)> = Vec::new();
    let unmoved = LineMap::default();
    for entry in &now.files {
        let (origin, map) = diff.origin(entry.path).unwrap_or((entry.path, &unmoved));
        let Some(old) = then.find(origin) else { continue };
        if old.blob == entry.blob && *map == unmoved {
            continue;
        }
        let lines_then = scope.reader.read_file_lines(project, old.blob)?;
        let lines_now = scope.reader.read_file_lines(project, entry.blob)?;
        let lines = indirect_lines(map, &lines_then.lines, &lines_now.lines);
        indirect.lost += lines.lost.len() as u64;
        indirect.gained += lines.gained.len() as u64;
        if lines != IndirectLines::default() {
            files.push((entry.path, lines));
        }
    }
    files.sort_by_key(|(path, lines)| (Reverse(lines.lost.len()), Reverse(lines.gained.len()), *path));
    files.truncate(super::compare::SHOWN_AT_MOST);
    let places = scope.places(&files.iter().map(|(path, _)| path.0).collect())?;
    let row = |(path, lines): (PathId, IndirectLines)| {
        Some(IndirectFile {
            path: places.path(Some(path))?,
            module: places.module_path(Some(path)).unwrap_or_else(|| ".".to_owned()),
            lost: lines.lost.len() as u64,
            gained: lines.gained.len() as u64,
            lost_lines: first(lines.lost),
        })
    };
    indirect.files = files.into_iter().filter_map(row).collect();
    Ok(Some(indirect))
}

/// How many of these findings of a run stand in lines that its diff changed; `None` without a diff.
pub(super) fn count_in_changed_lines(
    scope: &Scope<'_>,
    run: &Run,
    findings: &RoaringBitmap,
) -> Result<Option<u64>, StoreError> {
    let Some(diff) = RunDiff::read(scope, None, run)? else { return Ok(None) };
    if findings.is_empty() {
        return Ok(Some(0));
    }
    let columns = scope.findings(run)?.unwrap_or_default();
    let keys = scope.reader.list_finding_keys(scope.project.id, findings)?;
    let is_changed = |key: &FindingKey| {
        let line = columns.place(key.id).and_then(|(line, _)| line);
        key.path.zip(line).is_some_and(|(path, line)| diff.is_changed(path, line))
    };
    Ok(Some(keys.iter().filter(|key| is_changed(key)).count() as u64))
}

/// What files of the newer run were called in the older one, as its diff says; nothing where it is not certain that it
/// leads from the one to the other.
pub(super) fn renames_of_diff(
    scope: &Scope<'_>,
    before: &Run,
    after: &Run,
) -> Result<BTreeMap<u32, u32>, StoreError> {
    let Some(column) = scope.reader.read_diff(scope.project.id, after.number)? else {
        return Ok(BTreeMap::new());
    };
    let commit = scope.reader.find_commit(scope.project.id, &before.commit)?;
    if commit.is_none() || commit != column.base() {
        return Ok(BTreeMap::new());
    }
    let renamed = |(path, file): (PathId, FileHunks)| Some((path.0, file.renamed_from?.0));
    Ok(column.files.into_iter().filter_map(renamed).collect())
}

fn lines_of(
    scope: &Scope<'_>,
    manifest: &CoverageManifest,
    path: PathId,
) -> Result<Option<FileLines>, StoreError> {
    let Some(entry) = manifest.find(path) else { return Ok(None) };
    scope.reader.read_file_lines(scope.project.id, entry.blob).map(Some)
}

fn first(mut lines: Vec<u32>) -> Vec<u32> {
    lines.truncate(NAMED_LINES);
    lines
}
