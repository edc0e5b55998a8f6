//! The comparison of two runs by their raw reports, as plainly as can be: every pair is tried.

use std::collections::{BTreeMap, BTreeSet};

use crate::reports::{Outcome, Raw, RawDiff, Reported};

/// A test's class and name.
pub type Test = (String, String);
/// A finding's rule, path and line.
pub type Place = (String, String, u32);

#[derive(Debug, Default, PartialEq)]
pub struct Difference {
    pub newly_failing: BTreeSet<Test>,
    pub fixed: BTreeSet<Test>,
    pub still_failing: BTreeSet<Test>,
    pub new_tests: BTreeSet<Test>,
    pub removed: BTreeSet<Test>,
    pub new_findings: BTreeSet<Place>,
    pub fixed_findings: BTreeSet<Place>,
    pub moved: u64,
    pub existing: u64,
    /// Path now, and the path before where it is another; for files that are gone the path before.
    pub coverage: BTreeSet<(String, Option<String>)>,
}

/// Of the lines that the newer run's diff put in: all, those that can be executed, those that were.
pub fn patch(raw: &Raw) -> Option<(u64, u64, u64)> {
    let diff = raw.diff.as_ref()?;
    let (mut all, mut lines, mut covered) = (0, 0, 0);
    for (path, (_, hunks)) in &diff.files {
        for line in hunks.iter().flat_map(|hunk| hunk.new_start..hunk.new_start + hunk.new_count) {
            let state = raw.coverage.get(path).and_then(|lines| lines.get(&(line as u32)));
            all += 1;
            lines += u64::from(state.is_some());
            covered += u64::from(state == Some(&true));
        }
    }
    Some((all, lines, covered))
}

/// Lines that are in both and that the diff did not touch: those that lost their coverage, those that gained it.
pub fn indirect(before: &Raw, after: &Raw, diff: &RawDiff) -> (u64, u64) {
    let (mut lost, mut gained) = (0, 0);
    for (path, lines) in &after.coverage {
        let untouched = (path.clone(), Vec::new());
        let (origin, hunks) = diff.files.get(path).unwrap_or(&untouched);
        let Some(lines_then) = before.coverage.get(origin) else { continue };
        // Walks both sides line by line.
        let (mut old, mut new) = (1, 1);
        let last = lines.keys().max().copied().unwrap_or(0) as usize;
        while new <= last {
            let hunk = hunks.iter().find(|hunk| {
                (hunk.old_count > 0 && hunk.old_start == old && hunk.new_count > 0 && hunk.new_start == new)
                    || (hunk.old_count > 0 && hunk.old_start == old && hunk.new_count == 0)
                    || (hunk.old_count == 0 && hunk.new_start == new)
            });
            if let Some(hunk) = hunk {
                (old, new) = (old + hunk.old_count, new + hunk.new_count);
            }
            match (lines_then.get(&(old as u32)), lines.get(&(new as u32))) {
                (Some(true), Some(false)) => lost += 1,
                (Some(false), Some(true)) => gained += 1,
                _ => {}
            }
            (old, new) = (old + 1, new + 1);
        }
    }
    (lost, gained)
}

/// How many of the new findings were there in one of these earlier runs.
pub fn reopened(before: &Raw, after: &Raw, new: &BTreeSet<Place>, earlier: &[&Raw]) -> u64 {
    let key = |finding: &Reported| {
        (finding.tool, finding.rule.clone(), finding.path.clone(), finding.context.clone())
    };
    let count = |raw: &Raw, of: &Reported| raw.findings.iter().filter(|it| key(it) == key(of)).count();
    let place = |finding: &Reported| (finding.rule.clone(), finding.path.clone(), finding.line);
    let mut groups = BTreeMap::new();
    for finding in after.findings.iter().filter(|finding| new.contains(&place(finding))) {
        groups.entry(key(finding)).or_insert((finding, 0)).1 += 1;
    }
    let of_group = |(finding, new): &(&Reported, usize)| {
        let most = earlier.iter().map(|raw| count(raw, finding)).max().unwrap_or(0);
        let back = most.min(count(after, finding)).saturating_sub(count(before, finding));
        back.min(*new) as u64
    };
    groups.values().map(of_group).sum()
}

fn is_bad(outcome: Option<&(Outcome, u64)>) -> bool {
    outcome.is_some_and(|(outcome, _)| matches!(outcome, Outcome::Failed | Outcome::Errored))
}

pub fn compare(before: &Raw, after: &Raw) -> Difference {
    let mut difference = Difference::default();
    for test in before.tests.keys().chain(after.tests.keys()) {
        let (then, now) = (before.tests.get(test), after.tests.get(test));
        let mut add = |set: fn(&mut Difference) -> &mut BTreeSet<Test>, is_in: bool| {
            if is_in {
                set(&mut difference).insert(test.clone());
            }
        };
        add(|d| &mut d.newly_failing, is_bad(now) && !is_bad(then));
        add(|d| &mut d.still_failing, is_bad(now) && is_bad(then));
        add(|d| &mut d.fixed, is_bad(then) && now.is_some_and(|(now, _)| *now == Outcome::Passed));
        add(|d| &mut d.new_tests, then.is_none());
        add(|d| &mut d.removed, now.is_none());
    }
    let renames = renames(before, after);
    compare_findings(before, after, &renames, &mut difference);
    compare_coverage(before, after, &renames, &mut difference);
    difference
}

/// What files of the newer run were called in the older one, as the commits say that only the newer one knows.
fn renames(before: &Raw, after: &Raw) -> BTreeMap<String, String> {
    let known: BTreeSet<&String> = before.log.iter().map(|(commit, _)| commit).collect();
    let mut once: BTreeMap<String, String> = BTreeMap::new();
    for (path, from) in
        after.log.iter().filter(|(commit, _)| !known.contains(commit)).flat_map(|(_, renames)| renames)
    {
        let origin = once.remove(from).unwrap_or_else(|| from.clone());
        if origin != *path {
            once.insert(path.clone(), origin);
        }
    }
    once
}

fn compare_findings(
    before: &Raw,
    after: &Raw,
    renames: &BTreeMap<String, String>,
    difference: &mut Difference,
) {
    let mut then: Vec<&Reported> = before.findings.iter().collect();
    let mut now: Vec<&Reported> = after.findings.iter().collect();
    let by_line = |a: &&Reported, b: &&Reported| (&a.path, a.line, &a.rule).cmp(&(&b.path, b.line, &b.rule));
    then.sort_by(by_line);
    now.sort_by(by_line);
    let here = |finding: &Reported| finding.path.clone();
    let origin = |finding: &Reported| renames.get(&finding.path).cloned().unwrap_or_default();
    let key = |finding: &Reported, path: String| {
        (finding.tool, finding.rule.clone(), path, finding.context.clone())
    };
    let loose = |finding: &Reported, path: String| (finding.tool, finding.rule.clone(), path, String::new());
    difference.moved += pair_in_order(&mut then, &mut now, |f| key(f, here(f)));
    difference.moved += pair(&mut then, &mut now, u32::MAX, |f| key(f, here(f)), |f| key(f, here(f)));
    difference.moved += pair(&mut then, &mut now, 3, |f| loose(f, here(f)), |f| loose(f, here(f)));
    let renamed = now.len();
    pair(&mut then, &mut now, u32::MAX, |f| key(f, here(f)), |f| key(f, origin(f)));
    difference.moved += (renamed - now.len()) as u64;
    let place = |finding: &&Reported| (finding.rule.clone(), finding.path.clone(), finding.line);
    difference.new_findings = now.iter().map(place).collect();
    difference.fixed_findings = then.iter().map(place).collect();
    difference.existing = (after.findings.len() - now.len()) as u64;
}

/// Takes out groups of equal findings that are as many as before: the first is the first, the second the second.
fn pair_in_order<K: Ord>(
    before: &mut Vec<&Reported>,
    after: &mut Vec<&Reported>,
    key: impl Fn(&Reported) -> K,
) -> u64 {
    let groups = |list: &[&Reported]| {
        let mut groups: BTreeMap<K, Vec<u32>> = BTreeMap::new();
        list.iter().for_each(|finding| groups.entry(key(finding)).or_default().push(finding.line));
        groups
    };
    let (then, now) = (groups(before), groups(after));
    let is_even = |key: &K| then.get(key).map(Vec::len) == now.get(key).map(Vec::len);
    let even = then.iter().filter(|(key, _)| is_even(key));
    let moved =
        even.map(|(key, lines)| lines.iter().zip(&now[key]).filter(|(a, b)| a != b).count()).sum::<usize>();
    before.retain(|finding| !is_even(&key(finding)));
    after.retain(|finding| !is_even(&key(finding)));
    moved as u64
}

/// Takes out what belongs together: of all pairs with equal keys the nearest, until none is near enough. Returns how
/// many of them are at another line.
fn pair<K: PartialEq>(
    before: &mut Vec<&Reported>,
    after: &mut Vec<&Reported>,
    limit: u32,
    key_before: impl Fn(&Reported) -> K,
    key_after: impl Fn(&Reported) -> K,
) -> u64 {
    let keys_before: Vec<K> = before.iter().map(|finding| key_before(finding)).collect();
    let keys_after: Vec<K> = after.iter().map(|finding| key_after(finding)).collect();
    let mut candidates = Vec::new();
    for (b, kb) in keys_before.iter().enumerate() {
        for (a, ka) in keys_after.iter().enumerate() {
            let distance = before[b].line.abs_diff(after[a].line);
            if kb == ka && distance <= limit {
                // Of equal distances the one that comes first in its list, on whichever side, goes first.
                let rank = |keys: &[K], at: usize| keys[..at].iter().filter(|key| *key == kb).count();
                let first = rank(&keys_before, b).min(rank(&keys_after, a));
                candidates.push((distance, first, before[b].line.min(after[a].line), b, a));
            }
        }
    }
    candidates.sort_unstable();
    let (mut used_before, mut used_after, mut moved) = (BTreeSet::new(), BTreeSet::new(), 0);
    for (distance, _, _, b, a) in candidates {
        if !used_before.contains(&b) && !used_after.contains(&a) {
            used_before.insert(b);
            used_after.insert(a);
            moved += u64::from(distance > 0);
        }
    }
    retain_unused(before, &used_before);
    retain_unused(after, &used_after);
    moved
}

fn retain_unused(list: &mut Vec<&Reported>, used: &BTreeSet<usize>) {
    let mut at = 0;
    list.retain(|_| {
        at += 1;
        !used.contains(&(at - 1))
    });
}

fn compare_coverage(
    before: &Raw,
    after: &Raw,
    renames: &BTreeMap<String, String>,
    difference: &mut Difference,
) {
    let has_lines = |raw: &Raw, path: &String| raw.coverage.get(path).is_some_and(|lines| !lines.is_empty());
    let mut left: BTreeSet<&String> = before.coverage.keys().filter(|path| has_lines(before, path)).collect();
    let mut unmatched = Vec::new();
    for path in after.coverage.keys().filter(|path| has_lines(after, path)) {
        if !left.remove(path) {
            unmatched.push(path);
        } else if before.coverage[path] != after.coverage[path] {
            difference.coverage.insert((path.clone(), None));
        }
    }
    for path in unmatched {
        let origin = renames.get(path).filter(|origin| left.remove(origin)).cloned();
        difference.coverage.insert((path.clone(), origin));
    }
    difference.coverage.extend(left.into_iter().map(|gone| (gone.clone(), None)));
}
