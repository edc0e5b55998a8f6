//! What the rules find in a seeded history whose truth is known.

use std::collections::BTreeSet;

use roaring::RoaringBitmap;

use super::{FlakyRun, find_flaky};
use crate::compare::TestSets;

/// SplitMix64: the same numbers on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn chance(&mut self, percent: f64) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "53 bits of a random number")]
        let share = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        share * 100.0 < percent
    }
}

/// What the history is like.
#[derive(Clone, Copy)]
struct World {
    modules: u64,
    /// Of a run of the default branch with a failure: how often CI builds the commit once more, in percent.
    rebuilt: f64,
    /// Whether a change log comes with each run.
    knows_changes: bool,
    /// Of the runs of the default branch, how often the infrastructure fails, in percent.
    broken: f64,
    seed: u64,
}

const RUNS: usize = 60;
const STABLE: u32 = 2000;
const FLAKY: u32 = 480;

struct Made {
    commit: String,
    is_default_branch: bool,
    changed: RoaringBitmap,
    present: RoaringBitmap,
    failed: RoaringBitmap,
    is_broken: bool,
}

struct Truth {
    runs: Vec<Made>,
    flaky: BTreeSet<u32>,
    /// Flaky tests that failed at least once in a run whose infrastructure held.
    shown: BTreeSet<u32>,
    /// Stable tests whose regression failed in builds of one commit only, not counting those without infrastructure.
    mended_at_once: BTreeSet<u32>,
}

/// Failure rates of the flaky tests: evenly from 2 % to 50 %.
fn rate(test: u32) -> f64 {
    2.0 + 48.0 * f64::from(test - STABLE) / f64::from(FLAKY - 1)
}

/// One in ten stable tests is broken once by a change, up to ten of a module together, and mended by another change,
/// between one and five commits later. Each of these changes touches the module nine times in ten; else it is in
/// something that the module depends on.
struct Regression {
    test: u32,
    from: usize,
    until: usize,
}

fn module(test: u32, world: World) -> u32 {
    test % u32::try_from(world.modules).unwrap()
}

fn simulate(world: World) -> Truth {
    let random = &mut Random(world.seed);
    let mut changed: Vec<RoaringBitmap> = (0..RUNS)
        .map(|_| (0..=random.below(3)).map(|_| u32::try_from(random.below(world.modules)).unwrap()).collect())
        .collect();
    let mut regressions = Vec::new();
    let mut whole = BTreeSet::from_iter(0..STABLE);
    while whole.len() > 9 * usize::try_from(STABLE / 10).unwrap() {
        let changed_module = u32::try_from(random.below(world.modules)).unwrap();
        let from = 5 + usize::try_from(random.below(45)).unwrap();
        let until = from + 1 + usize::try_from(random.below(5)).unwrap();
        for at in [from, until] {
            if random.chance(90.0) {
                changed[at].insert(changed_module);
            }
        }
        let in_module = whole.iter().copied().filter(|test| module(*test, world) == changed_module);
        let broken: Vec<u32> = in_module.take(10).collect();
        whole.retain(|test| !broken.contains(test));
        regressions.extend(broken.into_iter().map(|test| Regression { test, from, until }));
    }
    let (mut runs, mut shown) = (Vec::new(), BTreeSet::new());
    for at in 0..RUNS {
        let is_broken = random.chance(world.broken);
        let broken_now: Vec<u32> =
            regressions.iter().filter(|r| (r.from..r.until).contains(&at)).map(|r| r.test).collect();
        let mut build = |is_broken: bool, is_default_branch: bool, changed: &RoaringBitmap| {
            let mut failed: RoaringBitmap = broken_now.iter().copied().collect();
            for test in STABLE..STABLE + FLAKY {
                if random.chance(rate(test)) {
                    failed.insert(test);
                    if !is_broken {
                        shown.insert(test);
                    }
                }
            }
            if is_broken {
                failed.extend((0..STABLE + FLAKY).filter(|_| random.chance(92.0)));
            }
            let again = !failed.is_empty() && random.chance(world.rebuilt);
            let (commit, present) = (format!("c{at}"), (0..STABLE + FLAKY).collect());
            let changed = changed.clone();
            runs.push(Made { commit, is_default_branch, changed, present, failed, is_broken });
            again
        };
        if build(is_broken, true, &changed[at]) {
            build(false, true, &RoaringBitmap::new());
        }
        // A pull request that is built upon this commit, and merged as it is.
        if at % 7 == 0 {
            build(false, false, &RoaringBitmap::new());
        }
    }
    let holds = |at: &usize| {
        let commit = format!("c{at}");
        runs.iter().any(|run| run.commit == commit && run.is_default_branch && !run.is_broken)
    };
    let mended_at_once = regressions
        .iter()
        .filter(|regression| (regression.from..regression.until).filter(holds).count() <= 1)
        .map(|regression| regression.test)
        .collect();
    Truth { runs, flaky: (STABLE..STABLE + FLAKY).collect(), shown, mended_at_once }
}

/// Tests that were called flaky in any of the runs, each looked at as it came in.
fn called_flaky(truth: &Truth, world: World) -> (BTreeSet<u32>, BTreeSet<u32>) {
    let none = RoaringBitmap::new();
    let runs: Vec<FlakyRun<'_>> = truth
        .runs
        .iter()
        .zip(1..)
        .map(|(made, number)| FlakyRun {
            number,
            commit: &made.commit,
            is_default_branch: made.is_default_branch,
            tests: TestSets { present: &made.present, failed: &made.failed, errored: &none, skipped: &none },
            reported: &none,
            changed_modules: world.knows_changes.then_some(&made.changed),
        })
        .collect();
    let found = find_flaky(&runs, |test| Some(module(test, world)));
    let named = found.keys().copied().collect();
    let at_the_end =
        found.iter().filter(|(_, flaky)| !flaky.evidence.is_empty()).map(|(test, _)| *test).collect();
    // No failure of a run without infrastructure is evidence of anything.
    for flaky in found.values() {
        for result in flaky.evidence.iter().flat_map(|evidence| &evidence.results) {
            let run = &truth.runs[usize::try_from(result.run).unwrap() - 1];
            assert!(!run.is_broken, "run {} is evidence, and its infrastructure failed", result.run);
        }
    }
    (named, at_the_end)
}

fn share(part: usize, whole: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    let share = part as f64 / whole as f64;
    share
}

/// Recall among flaky tests, recall among those that failed at all, false alarms among stable tests, recall of those
/// that are still on the list at the end; the mean of several seeds.
fn measure(world: World) -> [f64; 4] {
    const SEEDS: u64 = 5;
    let mut sums = [0.0; 4];
    for seed in 0..SEEDS {
        let world = World { seed: world.seed + seed, ..world };
        let truth = simulate(world);
        let (named, at_the_end) = called_flaky(&truth, world);
        let found = named.intersection(&truth.flaky).count();
        let of_shown = named.intersection(&truth.shown).count();
        let values = [
            share(found, truth.flaky.len()),
            share(of_shown, truth.shown.len()),
            share(named.difference(&truth.flaky).count(), usize::try_from(STABLE).unwrap()),
            share(at_the_end.intersection(&truth.flaky).count(), truth.flaky.len()),
        ];
        for (sum, value) in sums.iter_mut().zip(values) {
            *sum += value / f64::from(u32::try_from(SEEDS).unwrap());
        }
    }
    sums
}

#[track_caller]
fn check(world: World) {
    let [recall, recall_of_shown, false_alarms, at_the_end] = measure(world);
    let said = format!(
        "recall {recall:.4}, of those that failed {recall_of_shown:.4}, false alarms {false_alarms:.4}, on the list at \
         the end {at_the_end:.4}"
    );
    println!("{said}");
    assert!(recall >= 0.95, "{said}");
    assert!(false_alarms <= 0.01, "{said}");
}

const WORLD: World = World { modules: 20, rebuilt: 0.0, knows_changes: true, broken: 5.0, seed: 7 };

#[test]
fn with_change_logs_and_no_second_build() {
    check(WORLD);
}

#[test]
fn with_second_builds_of_what_failed() {
    check(World { rebuilt: 60.0, ..WORLD });
}

#[test]
fn without_broken_infrastructure() {
    check(World { broken: 0.0, ..WORLD });
}

#[test]
fn in_a_repository_of_many_modules() {
    check(World { modules: 300, ..WORLD });
}

// Without a change log, or in one module, a regression that the very next commit mended looks like a flaky test. Nothing
// else does.
#[test]
fn without_changes_that_tell_only_what_was_mended_at_once_is_a_false_alarm() {
    for world in [World { knows_changes: false, ..WORLD }, World { modules: 1, ..WORLD }] {
        let [recall, ..] = measure(world);
        assert!(recall >= 0.95, "recall {recall:.4}");
        let truth = simulate(world);
        let (named, _) = called_flaky(&truth, world);
        let mut wrong = named.difference(&truth.flaky);
        assert!(wrong.all(|test| truth.mended_at_once.contains(test)), "a long regression is called flaky");
    }
}
