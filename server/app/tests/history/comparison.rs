//! The comparison of any two runs is what a comparison of their raw reports by brute force says.

use std::collections::BTreeSet;

use plimsoll::pages::compare_runs;
use plimsoll_api::{Comparison, FindingRow, TestRow};

use crate::brute::{self, Difference, Place, Test};
use crate::simulation::Simulation;

fn tests(rows: &[TestRow]) -> BTreeSet<Test> {
    rows.iter().map(|row| (row.class.clone(), row.name.clone())).collect()
}

fn places(rows: &[FindingRow]) -> BTreeSet<Place> {
    rows.iter().map(|row| (row.rule.clone(), row.path.clone().unwrap(), row.line.unwrap())).collect()
}

/// What the engine said, in the words of the brute force; all its lists are whole.
fn said(comparison: &Comparison) -> Difference {
    let (tests_changed, findings) =
        (comparison.tests.as_ref().unwrap(), comparison.findings.as_ref().unwrap());
    let counts = &comparison.counts;
    let difference = Difference {
        newly_failing: tests(&tests_changed.newly_failing),
        fixed: tests(&tests_changed.fixed),
        still_failing: tests(&tests_changed.still_failing),
        new_tests: tests(&tests_changed.new),
        removed: tests(&tests_changed.removed),
        new_findings: places(&findings.new),
        fixed_findings: places(&findings.fixed),
        moved: findings.moved,
        existing: findings.existing,
        coverage: comparison
            .coverage
            .as_ref()
            .unwrap()
            .iter()
            .map(|change| (change.path.clone(), change.renamed_from.clone()))
            .collect(),
    };
    assert_eq!(counts.newly_failing, Some(difference.newly_failing.len() as u64));
    assert_eq!(counts.new_code, Some(difference.new_findings.len() as u64));
    assert_eq!(counts.fixed_code, Some(difference.fixed_findings.len() as u64));
    difference
}

/// Which pairs are compared: all of them where the code is optimised; without that, runs near each other and a part
/// of the rest, which takes a few seconds instead of a minute.
fn is_compared(before: usize, after: usize) -> bool {
    !cfg!(debug_assertions) || after - before <= 6 || (before * 31 + after).is_multiple_of(13)
}

#[test]
fn any_two_runs_compare_as_by_brute_force() {
    let mut simulation = Simulation::new(31);
    simulation.grow(200);
    let runs = &simulation.runs;
    let mut pairs = 0;
    for (at, after) in runs.iter().enumerate() {
        for before in (0..at).filter(|before| is_compared(*before, at)).map(|before| &runs[before]) {
            let comparison = simulation.read(|scope| compare_runs(scope, before.number, after.number));
            let expect = brute::compare(&before.raw, &after.raw);
            assert_eq!(said(&comparison), expect, "#{} to #{}", before.number, after.number);
            pairs += 1;
        }
    }
    assert!(pairs > 2_000 && runs.len() >= 200, "{pairs} pairs of {} runs", runs.len());
}
