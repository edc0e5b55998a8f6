//! Tests that were renamed: one name ends where another begins, in one file.
//!
//! A pair is made only where it is one to one: the old name is there up to a run and never after it, the new one from the
//! next run on and never before, both in the same file or in a file that was renamed between them; and they are the only
//! such pair in the file, or their names are alike and neither is as much alike to any other.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use roaring::RoaringBitmap;

/// How much alike two names must be where a file has several candidates: 0 to 1, by [`likeness`].
pub const LEAST_LIKENESS: f64 = 0.5;
/// Candidates of one file on one side; with more, everything is like something.
pub const MOST_CANDIDATES: usize = 50;

/// A test as it is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named<'a> {
    /// Its identity.
    pub test: u32,
    /// Its file.
    pub file: Option<u32>,
    /// Its class.
    pub class: &'a str,
    /// Its name.
    pub name: &'a str,
}

/// Tests that end with a run, and those that begin with the next one.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Turn {
    /// The position of the run in which the new names begin.
    pub run: usize,
    /// There up to the run before, and never again.
    pub gone: RoaringBitmap,
    /// There from this run on, and never before.
    pub new: RoaringBitmap,
}

/// Where tests end and others begin, in runs in the order of time: the tests that are there in each of them. A run in
/// which both happen, and in which the tests that went are fewer than those that stayed.
pub fn find_turns(runs: &[&RoaringBitmap]) -> Vec<Turn> {
    // What is there later than each run.
    let mut later = vec![RoaringBitmap::new(); runs.len()];
    let mut seen = RoaringBitmap::new();
    for (at, run) in runs.iter().enumerate().rev() {
        if let Some(slot) = later.get_mut(at) {
            slot.clone_from(&seen);
        }
        seen |= *run;
    }
    let mut before = RoaringBitmap::new();
    let mut turns = Vec::new();
    for (at, pair) in runs.windows(2).enumerate() {
        let &[then, now] = pair else { continue };
        before |= then;
        let mut gone = then - now;
        if let Some(later) = later.get(at + 1) {
            gone -= later;
        }
        let new = now - &before;
        let stayed = then.intersection_len(now);
        if !gone.is_empty() && !new.is_empty() && gone.len() < stayed.max(2) {
            turns.push(Turn { run: at + 1, gone, new });
        }
    }
    turns
}

/// Pairs of a new and an old name of one test. `renamed_files` has the old file of each that was renamed.
pub fn pair_renamed(
    gone: &[Named<'_>],
    new: &[Named<'_>],
    renamed_files: &BTreeMap<u32, u32>,
) -> Vec<(u32, u32)> {
    let mut of_file: HashMap<u32, (Vec<Named<'_>>, Vec<Named<'_>>)> = HashMap::new();
    for test in gone {
        if let Some(file) = test.file {
            of_file.entry(file).or_default().0.push(*test);
        }
    }
    for test in new {
        if let Some(file) = test.file {
            let file = renamed_files.get(&file).copied().unwrap_or(file);
            of_file.entry(file).or_default().1.push(*test);
        }
    }
    let mut pairs: Vec<(u32, u32)> =
        of_file.values().flat_map(|(gone, new)| pair_in_file(gone, new)).collect();
    pairs.sort_unstable();
    pairs
}

fn pair_in_file(gone: &[Named<'_>], new: &[Named<'_>]) -> Vec<(u32, u32)> {
    if let ([gone], [new]) = (gone, new) {
        return vec![(new.test, gone.test)];
    }
    if gone.len() > MOST_CANDIDATES || new.len() > MOST_CANDIDATES {
        return Vec::new();
    }
    let mut likenesses = Vec::new();
    for older in gone {
        for newer in new {
            // The same name in another class is a test that moved within its file.
            let of_name = likeness(older.name, newer.name);
            let of_class = if older.class == newer.class { 0.0 } else { -0.01 };
            likenesses.push((of_name + of_class, older.test, newer.test));
        }
    }
    let best = |is_side: &dyn Fn(&(f64, u32, u32)) -> bool| {
        let mut of_side: Vec<f64> =
            likenesses.iter().filter(|entry| is_side(entry)).map(|(likeness, ..)| *likeness).collect();
        of_side.sort_by(|a, b| b.total_cmp(a));
        (of_side.first().copied().unwrap_or(0.0), of_side.get(1).copied().unwrap_or(f64::NEG_INFINITY))
    };
    let is_clear = |value: f64, (first, second): (f64, f64)| value >= first && first > second;
    let mut used = BTreeSet::new();
    likenesses
        .iter()
        .filter(|(value, older, newer)| {
            *value >= LEAST_LIKENESS
                && is_clear(*value, best(&|entry| entry.1 == *older))
                && is_clear(*value, best(&|entry| entry.2 == *newer))
        })
        .filter(|(_, older, _)| used.insert(*older))
        .map(|(_, older, newer)| (*newer, *older))
        .collect()
}

/// How much alike two names are, 0 to 1: the share of pairs of neighbouring characters that they have in common, without
/// regard to case (Dice's coefficient over bigrams).
pub fn likeness(left: &str, right: &str) -> f64 {
    let pairs = |text: &str| {
        let characters: Vec<char> = text.to_lowercase().chars().collect();
        let mut counts: HashMap<(char, char), i32> = HashMap::new();
        for pair in characters.windows(2) {
            if let [first, second] = pair {
                *counts.entry((*first, *second)).or_default() += 1;
            }
        }
        counts
    };
    if left.to_lowercase() == right.to_lowercase() {
        return 1.0;
    }
    let (left, right) = (pairs(left), pairs(right));
    let common: i32 =
        left.iter().map(|(pair, count)| (*count).min(right.get(pair).copied().unwrap_or_default())).sum();
    let all: i32 = left.values().chain(right.values()).sum();
    if all == 0 { 0.0 } else { 2.0 * f64::from(common) / f64::from(all) }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Rows are tests, columns runs; `x` is there.
    fn turns(rows: &[&str]) -> Vec<(usize, Vec<u32>, Vec<u32>)> {
        let count = rows.first().map_or(0, |row| row.len());
        let runs: Vec<RoaringBitmap> = (0..count)
            .map(|at| {
                (0..).zip(rows).filter(|(_, row)| row.as_bytes()[at] == b'x').map(|(id, _)| id).collect()
            })
            .collect();
        find_turns(&runs.iter().collect::<Vec<_>>())
            .into_iter()
            .map(|turn| (turn.run, turn.gone.iter().collect(), turn.new.iter().collect()))
            .collect()
    }

    #[test]
    fn a_turn_is_where_one_ends_and_another_begins_for_good() {
        assert_eq!(turns(&["xx..", "..xx", "xxxx", "xxxx"]), [(2, vec![0], vec![1])]);
        // It came back, or it had been there before.
        assert!(turns(&["xx.x", "..xx", "xxxx", "xxxx"]).is_empty());
        assert!(turns(&["xx..", "x.xx", "xxxx", "xxxx"]).is_empty());
        // Nothing stayed: another test suite, and no renaming.
        assert!(turns(&["xx..", "xx..", "xx..", "..xx", "..xx"]).is_empty());
        assert!(turns(&[]).is_empty());
    }

    #[track_caller]
    fn check(gone: &[(u32, &str)], new: &[(u32, &str)], expect: &[(u32, u32)]) {
        fn named<'a>(list: &'a [(u32, &'a str)]) -> Vec<Named<'a>> {
            let split = |text: &'a str| text.split_once(' ').unwrap();
            list.iter()
                .zip(1_u32..)
                .map(|((file, text), at)| {
                    let (class, name) = split(text);
                    Named { test: 100 * file + at, file: Some(*file), class, name }
                })
                .collect()
        }
        let found = pair_renamed(&named(gone), &named(new), &BTreeMap::from([(7, 1)]));
        assert_eq!(found, expect);
    }

    #[test]
    fn the_only_pair_of_a_file_is_one_test() {
        check(&[(1, "c adds")], &[(1, "c sums_up")], &[(101, 101)]);
        check(&[(1, "c adds")], &[(2, "c adds")], &[]);
        check(&[(1, "c adds")], &[(7, "c adds")], &[(701, 101)]);
        check(&[(1, "c adds")], &[], &[]);
    }

    #[test]
    fn of_several_only_those_that_are_clearly_alike() {
        check(
            &[(1, "c adds_two_numbers"), (1, "c rounds_down")],
            &[(1, "c rounds_down_always"), (1, "c adds_two_integers")],
            &[(101, 102), (102, 101)],
        );
        // As much alike to the one as to the other.
        check(&[(1, "c adds_a"), (1, "c adds_b")], &[(1, "c adds_c"), (1, "c adds_d")], &[]);
        check(&[(1, "c adds"), (1, "c rounds")], &[(1, "c prints"), (1, "c xyz")], &[]);
        check(
            &[(1, "Old adds"), (1, "Old rounds")],
            &[(1, "New adds"), (1, "New rounds")],
            &[(101, 101), (102, 102)],
        );
    }

    #[test]
    fn likeness_is_between_nothing_and_all() {
        assert!((likeness("adds", "ADDS") - 1.0).abs() < 1e-9);
        assert!(likeness("adds", "xyz").abs() < 1e-9 && likeness("", "a").abs() < 1e-9);
        assert!((likeness("night", "nacht") - 0.25).abs() < 1e-9);
    }
}
