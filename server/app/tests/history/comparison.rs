//! The comparison of any two runs is what a comparison of their raw reports by brute force says.

use std::collections::BTreeSet;

use plimsoll::pages::compare_runs;
use plimsoll_api::{Comparison, FindingRow, TestRow};

use crate::brute::{self, Difference, Place, Test};
use crate::reports::{Raw, RawDiff};
use crate::simulation::{Sent, Simulation};

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
    !cfg!(debug_assertions) || after - before <= 4 || (before * 31 + after).is_multiple_of(29)
}

/// Patch coverage is the newer run's own; indirect changes need a diff that leads from the one to the other.
fn check_diff(comparison: &Comparison, before: &Sent, after: &Sent) {
    let patch =
        comparison.patch.as_ref().map(|patch| (patch.changed_lines, patch.lines, patch.lines_covered));
    assert_eq!(patch, brute::patch(&after.raw), "#{}", after.number);
    let unmoved = RawDiff::default();
    let diff = match &after.raw.diff {
        _ if before.new.commit == after.new.commit => Some(&unmoved),
        Some(diff) if diff.base == before.new.commit => Some(diff),
        _ => None,
    };
    let expect = diff.map(|diff| brute::indirect(&before.raw, &after.raw, diff));
    let indirect = comparison.indirect.as_ref().map(|indirect| (indirect.lost, indirect.gained));
    assert_eq!(indirect, expect, "#{} to #{}", before.number, after.number);
}

#[test]
fn any_two_runs_compare_as_by_brute_force() {
    let mut simulation = Simulation::new(31);
    simulation.grow(200);
    let runs = &simulation.runs;
    let (mut pairs, mut reopened) = (0, 0);
    for (at, after) in runs.iter().enumerate() {
        for before in (0..at).filter(|before| is_compared(*before, at)).map(|before| &runs[before]) {
            let comparison = simulation.read(|scope| compare_runs(scope, before.number, after.number));
            let expect = brute::compare(&before.raw, &after.raw);
            assert_eq!(said(&comparison), expect, "#{} to #{}", before.number, after.number);
            check_diff(&comparison, before, after);
            let mut earlier: Vec<&Sent> = runs
                .iter()
                .filter(|run| run.new.branch == before.new.branch && run.number < before.number)
                .collect();
            earlier.sort_by_key(|run| std::cmp::Reverse((run.new.created_at, run.number)));
            let earlier: Vec<&Raw> = earlier.iter().take(50).map(|run| &run.raw).collect();
            let back = brute::reopened(&before.raw, &after.raw, &expect.new_findings, &earlier);
            assert_eq!(
                comparison.findings.unwrap().reopened,
                back,
                "#{} to #{}",
                before.number,
                after.number
            );
            reopened += back;
            pairs += 1;
        }
    }
    assert!(reopened > 10, "{reopened}");
    assert!(pairs > 1_300 && runs.len() >= 200, "{pairs} pairs of {} runs", runs.len());
}
