//! Tests that take longer than they used to.

use std::cmp::Reverse;
use std::collections::HashMap;

use plimsoll_analysis::compare::{LEAST_SAMPLES, Typical, may_be_slower};
use plimsoll_api::{SlowerTest, TestState};
use plimsoll_store::{Run, StoreError, TestColumns, TestId};
use roaring::RoaringBitmap;

use super::Scope;
use super::changes::read_test_bitmaps;
use super::flaky::flaky_tests;
use super::test_rows::{FailureDepth, read_columns, test_rows};

/// Runs of the older run's branch, itself among them, whose durations tell what is usual.
const RUNS: usize = 12;

/// Tests that are slower, and how many took longer by no more than usual.
pub(super) struct Slower {
    pub tests: Vec<SlowerTest>,
    pub hidden: u64,
}

/// Tests that passed on both sides and are slower now than in the last runs of the older run's branch.
pub(super) fn slower_tests(scope: &Scope<'_>, before: &Run, after: &Run) -> Result<Slower, StoreError> {
    let mut slower = Slower { tests: Vec::new(), hidden: 0 };
    let sides = read_test_bitmaps(scope, &[before, after])?;
    let [Some(then), Some(now)] = sides.as_slice() else { return Ok(slower) };
    let both = then.sets().passed() & now.sets().passed();
    let (old, new) = (read_columns(scope, before.number)?, read_columns(scope, after.number)?);
    let suspects = suspects(&old, &new, &both);
    if suspects.is_empty() {
        return Ok(slower);
    }
    let samples = samples(scope, before, &old, &suspects)?;
    let mut found: Vec<(TestId, u64, Typical)> = Vec::new();
    for (test, duration) in &suspects {
        match samples.get(test).and_then(|samples| Typical::of(samples)) {
            Some(typical) if typical.is_slower(*duration) => found.push((TestId(*test), *duration, typical)),
            _ => slower.hidden += 1,
        }
    }
    found.sort_by_key(|(test, duration, typical)| (Reverse(duration - typical.median_us), *test));
    found.truncate(super::compare::SHOWN_AT_MOST);
    let flaky = flaky_tests(scope, after)?;
    let shown: Vec<TestId> = found.iter().map(|(test, ..)| *test).collect();
    let rows = test_rows(
        scope,
        &new,
        &shown,
        FailureDepth::Message,
        |_| TestState::Unchanged,
        |test| flaky.tests.contains(test.0),
    )?;
    let of: HashMap<u64, &Typical> =
        found.iter().map(|(test, _, typical)| (u64::from(test.0), typical)).collect();
    slower.tests = rows
        .into_iter()
        .filter_map(|test| {
            let typical = of.get(&test.id)?;
            let (typical_ms, samples) = ((typical.median_us + 500) / 1000, typical.samples);
            Some(SlowerTest { test, typical_ms, samples })
        })
        .collect();
    Ok(slower)
}

/// Tests in both runs that took so much longer that it may mean something. Both lists are in the tests' order.
fn suspects(old: &TestColumns, new: &TestColumns, both: &RoaringBitmap) -> HashMap<u32, u64> {
    let mut then = old.present.iter().zip(&old.durations_us).peekable();
    let mut suspects = HashMap::new();
    for (test, duration) in new.present.iter().zip(&new.durations_us) {
        while then.next_if(|(other, _)| *other < test).is_some() {}
        let Some((_, before)) = then.next_if(|(other, _)| *other == test) else { continue };
        if let (Some(before), Some(duration)) = (before, duration)
            && may_be_slower(*before, *duration)
            && both.contains(test)
        {
            suspects.insert(test, *duration);
        }
    }
    suspects
}

/// How long the suspects took where they passed, in the older run and those of its branch before it.
fn samples(
    scope: &Scope<'_>,
    before: &Run,
    old: &TestColumns,
    suspects: &HashMap<u32, u64>,
) -> Result<HashMap<u32, Vec<u64>>, StoreError> {
    let mut samples: HashMap<u32, Vec<u64>> = HashMap::new();
    let mut add = |columns: &TestColumns| {
        for test in suspects.keys() {
            let passed = columns.outcome(TestId(*test)) == Some(plimsoll_model::Outcome::Passed);
            if let Some(duration) = columns.duration_us(TestId(*test)).filter(|_| passed) {
                samples.entry(*test).or_default().push(duration);
            }
        }
    };
    add(old);
    let earlier = scope.complete_runs_before(&before.branch, Some(before.number), RUNS - 1)?;
    if earlier.len() + 1 < LEAST_SAMPLES {
        return Ok(samples);
    }
    for run in earlier {
        if let Some(columns) = scope.reader.read_tests(scope.project.id, run.number)? {
            add(&columns);
        }
    }
    Ok(samples)
}
