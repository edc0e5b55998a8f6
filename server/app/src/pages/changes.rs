use std::collections::{BTreeMap, BTreeSet, HashMap};

use plimsoll_analysis::compare::{
    CoveragePair, FileLines, MatchReason, Spot, TestDifference, TestSets, compare_coverage, compare_tests,
    pair_findings,
};
use plimsoll_api::{ChangeCounts, CoverageCounts, FindingState, TestState};
use plimsoll_model::{FindingKind, Severity};
use plimsoll_store::{
    ColumnKind, CoverageManifest, FindingColumns, FindingId, FindingKey, GroupKey, ModuleId, Run, RunState,
    StoreError,
};
use roaring::RoaringBitmap;

use super::Scope;
use super::carried::{Absent, Carried, absent};
use super::churn::read_renames;
use super::measures::{centipoints, coverage_counts};
use super::vulnerabilities::join_difference;

/// What changed between two runs, by identity; the rows that are shown are looked up from it.
#[derive(Default)]
pub(super) struct Changes {
    pub counts: ChangeCounts,
    pub by_module: BTreeMap<ModuleId, ChangeCounts>,
    pub tests: Option<TestDifference>,
    pub coverage: Option<Vec<CoveragePair>>,
    pub findings: Option<FindingDifference>,
    /// New security findings of critical and of high severity by module.
    pub new_severe: BTreeMap<ModuleId, (u64, u64)>,
}

/// How the findings of two runs differ.
#[derive(Default)]
pub(super) struct FindingDifference {
    /// Of the run: count, and were not there.
    pub new: RoaringBitmap,
    /// Of the older run: counted, and are not there any more.
    pub fixed: RoaringBitmap,
    /// Of the run: were there, at another place.
    pub moved: HashMap<u32, MatchReason>,
    /// Count, and were there.
    pub existing: u64,
}

impl FindingDifference {
    /// The one word for a finding of the run.
    pub(super) fn state(&self, finding: FindingId, columns: &FindingColumns) -> FindingState {
        // What another one stands for is what that one is.
        let finding = columns.joined.get(&finding.0).map_or(finding, |leader| FindingId(*leader));
        if columns.suppressed.contains(finding.0) {
            FindingState::Suppressed
        } else if self.new.contains(finding.0) {
            FindingState::New
        } else {
            FindingState::Existing
        }
    }
}

/// The bitmaps of a run's tests.
pub(super) struct TestBitmaps([std::sync::Arc<RoaringBitmap>; 4]);

impl TestBitmaps {
    pub(super) fn sets(&self) -> TestSets<'_> {
        let [present, failed, errored, skipped] = &self.0;
        TestSets { present, failed, errored, skipped }
    }

    pub(super) fn present(&self) -> std::sync::Arc<RoaringBitmap> {
        let [present, ..] = &self.0;
        std::sync::Arc::clone(present)
    }
}

// The tests of several runs without their durations; `None` for a run without tests.
pub(super) fn read_test_bitmaps(
    scope: &Scope<'_>,
    runs: &[&Run],
) -> Result<Vec<Option<TestBitmaps>>, StoreError> {
    let numbers: Vec<_> = runs.iter().map(|run| run.number).collect();
    let read = |kind| scope.reader.read_bitmaps(scope.project.id, kind, &numbers);
    let (failed, errored) = (read(ColumnKind::TestsFailed)?, read(ColumnKind::TestsErrored)?);
    let skipped = read(ColumnKind::TestsSkipped)?;
    let present = read(ColumnKind::TestsPresent)?;
    Ok(present
        .into_iter()
        .zip(failed)
        .zip(errored)
        .zip(skipped)
        .map(|(((present, failed), errored), skipped)| {
            Some(TestBitmaps([
                present?,
                failed.unwrap_or_default(),
                errored.unwrap_or_default(),
                skipped.unwrap_or_default(),
            ]))
        })
        .collect())
}

// In numbers only: for lists of runs.
pub(super) fn change_counts(
    scope: &Scope<'_>,
    before: &Run,
    after: &Run,
) -> Result<ChangeCounts, StoreError> {
    let key = (scope.counted_key(after)?, scope.counted_key(before)?);
    scope.cache.counts(key, || changes(scope, before, after).map(|changes| changes.counts))
}

// In numbers only, module by module.
pub(super) fn change_counts_by_module(
    scope: &Scope<'_>,
    before: &Run,
    after: &Run,
) -> Result<std::sync::Arc<BTreeMap<ModuleId, ChangeCounts>>, StoreError> {
    let key = (scope.key(after)?, scope.key(before)?);
    scope.cache.module_counts(key, || changes(scope, before, after).map(|changes| changes.by_module.clone()))
}

pub(super) fn changes(
    scope: &Scope<'_>,
    before: &Run,
    after: &Run,
) -> Result<std::sync::Arc<Changes>, StoreError> {
    let key = (scope.counted_key(after)?, scope.counted_key(before)?);
    scope.cache.changes(key, || compare(scope, before, after))
}

fn compare(scope: &Scope<'_>, before: &Run, after: &Run) -> Result<Changes, StoreError> {
    let mut changes = Changes::default();
    let absent = absent(scope, before, after)?;
    compare_test_columns(scope, before, after, &absent, &mut changes)?;
    let renames = read_renames(scope, before, after)?;
    compare_finding_columns(scope, before, after, (&renames, &absent), &mut changes)?;
    compare_coverage_columns(scope, before, after, (&renames, &absent), &mut changes)?;
    if after.state != RunState::Complete {
        changes.forget_what_a_missing_part_would_fake();
    }
    Ok(changes)
}

impl Changes {
    // A part that has not arrived looks like tests removed, findings fixed and coverage lost. What failed, failed.
    fn forget_what_a_missing_part_would_fake(&mut self) {
        self.coverage = None;
        if let Some(tests) = &mut self.tests {
            tests.removed.clear();
        }
        if let Some(findings) = &mut self.findings {
            findings.fixed.clear();
        }
        for counts in std::iter::once(&mut self.counts).chain(self.by_module.values_mut()) {
            counts.removed_tests = None;
            counts.coverage_centipoints = None;
            counts.fixed_code = None;
            counts.fixed_security = None;
        }
    }
}

fn compare_test_columns(
    scope: &Scope<'_>,
    before: &Run,
    after: &Run,
    absent: &Absent,
    changes: &mut Changes,
) -> Result<(), StoreError> {
    let sides = read_test_bitmaps(scope, &[before, after])?;
    let [Some(then), Some(now)] = sides.as_slice() else { return Ok(()) };
    let mut difference = compare_tests(then.sets(), now.sets());
    difference.removed -= &absent.tests;
    changes.counts.newly_failing = Some(difference.newly_failing.len());
    changes.counts.fixed_tests = Some(difference.fixed.len());
    changes.counts.still_failing = Some(difference.still_failing.len());
    changes.counts.new_tests = Some(difference.new.len());
    changes.counts.removed_tests = Some(difference.removed.len());

    for counts in each_module(scope, after, changes)? {
        counts.newly_failing = Some(0);
        counts.fixed_tests = Some(0);
        counts.still_failing = Some(0);
        counts.new_tests = Some(0);
        counts.removed_tests = Some(0);
    }
    let changed = &difference.newly_failing
        | &difference.fixed
        | &difference.still_failing
        | &difference.new
        | &difference.removed;
    for test in scope.reader.list_tests(scope.project.id, &changed)? {
        let Some(module) = test.module else { continue };
        let counts = changes.by_module.entry(module).or_default();
        let id = test.id.0;
        let add = |count: &mut Option<u64>, set: &RoaringBitmap| {
            *count = Some(count.unwrap_or(0) + u64::from(set.contains(id)));
        };
        add(&mut counts.newly_failing, &difference.newly_failing);
        add(&mut counts.fixed_tests, &difference.fixed);
        add(&mut counts.still_failing, &difference.still_failing);
        add(&mut counts.new_tests, &difference.new);
        add(&mut counts.removed_tests, &difference.removed);
    }
    changes.tests = Some(difference);
    Ok(())
}

// The numbers of every module of the run, made where they were not there.
fn each_module<'c>(
    scope: &Scope<'_>,
    run: &Run,
    changes: &'c mut Changes,
) -> Result<impl Iterator<Item = &'c mut ChangeCounts>, StoreError> {
    if changes.by_module.is_empty() {
        for (module, _) in scope.measured(run)?.iter() {
            if *module != ModuleId::WHOLE {
                changes.by_module.insert(*module, ChangeCounts::default());
            }
        }
    }
    Ok(changes.by_module.values_mut())
}

fn compare_coverage_columns(
    scope: &Scope<'_>,
    before: &Run,
    after: &Run,
    (renames, absent): (&BTreeMap<u32, u32>, &Absent),
    changes: &mut Changes,
) -> Result<(), StoreError> {
    let project = scope.project.id;
    let (Some(then), Some(now)) = (
        scope.reader.read_coverage(project, before.number)?,
        scope.reader.read_coverage(project, after.number)?,
    ) else {
        return Ok(());
    };
    let carried = absent.carry_coverage(scope, (before, after), &now)?;
    let files_now = with_carried(file_lines(&now), &carried);
    let sums = (coverage_counts(&then.totals()), sum(&files_now));
    changes.counts.coverage_centipoints = centipoints(Some(&sums.0), Some(&sums.1));
    let of_module: HashMap<ModuleId, _> = scope
        .reader
        .list_measured(project, before.number)?
        .into_iter()
        .filter_map(|(module, measured)| Some((module, coverage_counts(&measured.coverage?))))
        .collect();
    for (module, measured) in scope.measured(after)?.iter() {
        // What is carried is not in a module's measures.
        if *module != ModuleId::WHOLE && !absent.has_coverage() {
            let now = measured.coverage.as_ref().map(coverage_counts);
            changes.by_module.entry(*module).or_default().coverage_centipoints =
                centipoints(of_module.get(module), now.as_ref());
        }
    }
    changes.coverage = Some(compare_coverage(&file_lines(&then), &files_now, renames));
    Ok(())
}

/// A carried file without lines of its own in the run counts as unchanged: it has the content that it had.
fn with_carried(mut files: Vec<FileLines>, carried: &[Carried]) -> Vec<FileLines> {
    for carried in carried {
        match files.iter_mut().find(|file| file.path == carried.path.0) {
            Some(file) => file.counts = carried.counts,
            None => files.push(FileLines {
                path: carried.path.0,
                content: carried.content,
                counts: carried.counts,
            }),
        }
    }
    files
}

fn sum(files: &[FileLines]) -> CoverageCounts {
    files.iter().fold(CoverageCounts::default(), |mut sum, file| {
        sum.files += file.counts.files;
        sum.lines += file.counts.lines;
        sum.lines_covered += file.counts.lines_covered;
        sum.branches += file.counts.branches;
        sum.branches_covered += file.counts.branches_covered;
        sum
    })
}

fn file_lines(manifest: &CoverageManifest) -> Vec<FileLines> {
    manifest
        .files
        .iter()
        .map(|entry| FileLines {
            path: entry.path.0,
            content: entry.blob.0,
            counts: coverage_counts(&entry.totals),
        })
        .collect()
}

fn compare_finding_columns(
    scope: &Scope<'_>,
    before: &Run,
    after: &Run,
    (renames, absent): (&BTreeMap<u32, u32>, &Absent),
    changes: &mut Changes,
) -> Result<(), StoreError> {
    let project = scope.project.id;
    let (Some(then), Some(now)) = (
        scope.reader.read_findings(project, before.number)?,
        scope.reader.read_findings(project, after.number)?,
    ) else {
        return Ok(());
    };
    // Both sides with the same decisions: a decision makes nothing fixed, and its end makes nothing new.
    let reviews = scope.reviews(after)?;
    let then = reviews.lay_over(scope.reviews(before)?.lay_over(then));
    let now = reviews.lay_over(now);
    let (mut difference, keys) = pair_columns(scope, &then, &now, renames)?;
    let comparable = Comparable::read(scope, before, after)?;
    let is_comparable = |id: &u32| keys.get(id).is_some_and(|key| comparable.is(key.kind));
    difference.new = difference.new.iter().filter(is_comparable).collect();
    difference.fixed = difference.fixed.iter().filter(is_comparable).collect();
    difference.fixed -= &absent.findings;
    join_difference(scope, &then, &now, &keys, &mut difference)?;
    difference.existing = (now.counting() - &difference.new).len();
    let paths: RoaringBitmap = keys.values().filter_map(|key| key.path).map(|path| path.0).collect();
    let places = scope.places(&paths)?;
    each_module(scope, after, changes)?.for_each(|counts| comparable.begin(counts));
    comparable.begin(&mut changes.counts);
    let news = difference.new.iter().map(|id| (id, true));
    for (id, is_new) in news.chain(difference.fixed.iter().map(|id| (id, false))) {
        let Some(key) = keys.get(&id) else { continue };
        let module = places.module(key.path);
        let is_security = key.kind.is_security();
        count_finding(&mut changes.counts, is_new, is_security);
        if let Some(module) = module {
            count_finding(changes.by_module.entry(module).or_default(), is_new, is_security);
        }
        if is_new && is_security {
            let severe = changes.new_severe.entry(module.unwrap_or(ModuleId::WHOLE)).or_default();
            match now.place(FindingId(id)).map(|(_, severity)| severity) {
                Some(Severity::Critical) => severe.0 += 1,
                Some(Severity::High) => severe.1 += 1,
                _ => {}
            }
        }
    }
    changes.findings = Some(difference);
    Ok(())
}

// Which findings both runs looked for. A scan that was not run found nothing, and fixed nothing.
struct Comparable {
    code: bool,
    security: bool,
}

impl Comparable {
    fn read(scope: &Scope<'_>, before: &Run, after: &Run) -> Result<Self, StoreError> {
        let whole = |run: &Run| scope.reader.measured(scope.project.id, run.number, ModuleId::WHOLE);
        let (then, now) = (whole(before)?.unwrap_or_default(), whole(after)?.unwrap_or_default());
        Ok(Self {
            code: then.code.is_some() && now.code.is_some(),
            security: then.security.is_some() && now.security.is_some(),
        })
    }

    fn is(&self, kind: FindingKind) -> bool {
        if kind.is_security() { self.security } else { self.code }
    }

    fn begin(&self, counts: &mut ChangeCounts) {
        (counts.new_code, counts.fixed_code) = (self.code.then_some(0), self.code.then_some(0));
        (counts.new_security, counts.fixed_security) =
            (self.security.then_some(0), self.security.then_some(0));
    }
}

fn count_finding(counts: &mut ChangeCounts, is_new: bool, is_security: bool) {
    let count = match (is_new, is_security) {
        (true, false) => &mut counts.new_code,
        (false, false) => &mut counts.fixed_code,
        (true, true) => &mut counts.new_security,
        (false, true) => &mut counts.fixed_security,
    };
    *count = Some(count.unwrap_or(0) + 1);
}

type Keys = HashMap<u32, FindingKey>;

// Equal identifiers are the same finding, except in groups that have another number of members now: there the lines
// decide which of them are new, because a finding that was put before the others takes over the first one's number.
fn pair_columns(
    scope: &Scope<'_>,
    then: &FindingColumns,
    now: &FindingColumns,
    renames: &BTreeMap<u32, u32>,
) -> Result<(FindingDifference, Keys), StoreError> {
    let project = scope.project.id;
    let changed = &then.present ^ &now.present;
    let mut keys: Keys =
        scope.reader.list_finding_keys(project, &changed)?.into_iter().map(|key| (key.id.0, key)).collect();

    // Occurrences count up from 0: a group whose number 0 came or went has no member on the other side.
    let mut lowest: HashMap<GroupKey, &FindingKey> = HashMap::new();
    for key in keys.values() {
        let low = lowest.entry(key.group).or_insert(key);
        if key.occurrence < low.occurrence {
            *low = key;
        }
    }
    let uneven: BTreeSet<GroupKey> =
        lowest.values().filter(|key| key.occurrence > 0).map(|key| key.group).collect();
    let files: BTreeSet<_> =
        keys.values().filter(|key| uneven.contains(&key.group)).filter_map(|key| key.path).collect();
    let mut neighbours = RoaringBitmap::new();
    for path in files {
        neighbours |= scope.reader.findings_of_path(project, path)?;
    }
    neighbours &= &then.present & &now.present;
    let members = scope.reader.list_finding_keys(project, &neighbours)?;
    keys.extend(members.into_iter().filter(|key| uneven.contains(&key.group)).map(|key| (key.id.0, key)));

    let open: RoaringBitmap = keys.keys().copied().collect();
    let (spots_then, spots_now) = (spots(then, &open, &keys), spots(now, &open, &keys));
    let pairing = pair_findings(&spots_then, &spots_now, renames);

    let mut difference = FindingDifference { moved: moved_in_place(then, now, &open), ..Default::default() };
    let ids = |positions: &[usize], spots: &[Spot]| -> RoaringBitmap {
        positions.iter().filter_map(|at| spots.get(*at)).map(|spot| spot.id).collect()
    };
    for pair in &pairing.matched {
        if let Some(spot) = spots_now.get(pair.after)
            && pair.reason.is_moved()
        {
            difference.moved.insert(spot.id, pair.reason);
        }
    }
    difference.new = ids(&pairing.new, &spots_now) - &now.suppressed;
    difference.fixed = ids(&pairing.fixed, &spots_then) - &then.suppressed;
    difference.moved.retain(|id, _| !now.suppressed.contains(*id));
    Ok((difference, keys))
}

fn spots(columns: &FindingColumns, open: &RoaringBitmap, keys: &Keys) -> Vec<Spot> {
    columns
        .present
        .iter()
        .zip(&columns.lines)
        .filter(|(id, _)| open.contains(*id))
        .filter_map(|(id, line)| {
            let key = keys.get(&id)?;
            Some(Spot {
                id,
                group: u128::from_le_bytes(key.group.0),
                rule: key.rule.0,
                path: key.path.map(|path| path.0),
                content: u128::from_le_bytes(key.content.0),
                line: line.unwrap_or(0),
            })
        })
        .collect()
}

// Findings with the same identity at another line.
fn moved_in_place(
    then: &FindingColumns,
    now: &FindingColumns,
    open: &RoaringBitmap,
) -> HashMap<u32, MatchReason> {
    if then.present == now.present && then.lines == now.lines {
        return HashMap::new();
    }
    let lines_then: HashMap<u32, Option<u32>> = then.present.iter().zip(then.lines.iter().copied()).collect();
    now.present
        .iter()
        .zip(now.lines.iter().copied())
        .filter(|(id, _)| !open.contains(*id))
        .filter_map(|(id, line)| {
            let (line, before) = (line?, lines_then.get(&id).copied().flatten()?);
            let by = i64::from(line) - i64::from(before);
            (by != 0).then_some((id, MatchReason::Moved { by }))
        })
        .collect()
}

// What a test of a run without baseline is: everything is new.
pub(super) fn state_without_baseline(is_failing: bool) -> TestState {
    if is_failing { TestState::NewlyFailing } else { TestState::New }
}
