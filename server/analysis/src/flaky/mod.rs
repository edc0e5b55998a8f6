//! Which tests are flaky: they pass and fail without a change that would explain it.
//!
//! Three rules, each with its evidence: the same commit passes and fails; the outcome flips on the default branch
//! without a regression and its fix explaining it; the report itself says that a test passed only on another attempt.

mod history;
mod quarantine;
#[cfg(test)]
mod truth;

use std::collections::BTreeMap;

use plimsoll_api::FlakyEvidence;
use roaring::RoaringBitmap;

use crate::compare::TestSets;
use history::{History, Sample, Verdict};

pub use quarantine::{QuarantineStyle, quarantine_line};

/// Runs of the default branch that the flip rule looks at together.
pub const WINDOW_RUNS: usize = 20;
/// Results that a test must have in the window before flips count.
pub const MINIMUM_SAMPLES: usize = 10;
/// Flips in the window that make a test flaky.
pub const MINIMUM_FLIPS: usize = 2;
/// Passes after the last failure or evidence that take a test off the list.
pub const RECOVERY_PASSES: usize = 20;
/// Runs of the default branch that have to be given to [`find_flaky`]: the window, the recovery, and as many again for
/// tests that are not in every run.
pub const HORIZON_RUNS: usize = 60;
/// Tests that must have been executed before a run can count as an infrastructure failure.
pub const GUARD_MINIMUM_TESTS: u64 = 5;

/// The tests of one run, as flakiness sees them.
#[derive(Debug, Clone, Copy)]
pub struct FlakyRun<'a> {
    /// The run's number.
    pub number: u64,
    /// The commit's identifier.
    pub commit: &'a str,
    /// Only these count for flips; all count for the same commit and for what reports say.
    pub is_default_branch: bool,
    /// Outcomes.
    pub tests: TestSets<'a>,
    /// Tests that the report itself calls flaky.
    pub reported: &'a RoaringBitmap,
    /// The modules that the run's commits changed: those that the run of the default branch before it does not have.
    /// `None` where that is not known.
    pub changed_modules: Option<&'a RoaringBitmap>,
}

/// What is known of a test that is flaky or was.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Flakiness {
    /// Why it is flaky as of the last run; empty where it is not any more.
    pub evidence: Vec<FlakyEvidence>,
    /// The run with which it left the list after [`RECOVERY_PASSES`] clean passes; `None` where it never did, or came
    /// back since.
    pub recovered_in: Option<u64>,
    /// Runs that were looked at and have a result of it.
    pub results: u64,
    /// Those of them in which it failed.
    pub failures: u64,
    /// The last of these.
    pub last_failure: Option<u64>,
    /// Passes in a row at the end, without another attempt.
    pub clean_passes: u64,
}

/// Whether so many tests failed that the run says something about the infrastructure and nothing about the tests:
/// 80 % or more of at least five that were executed.
pub fn is_infrastructure_failure(tests: TestSets<'_>) -> bool {
    let executed = tests.present.len().saturating_sub(tests.skipped.len());
    let bad = tests.failed.union_len(tests.errored);
    executed >= GUARD_MINIMUM_TESTS && bad * 5 >= executed * 4
}

/// The tests that are flaky as of the last of these runs, and those that were earlier in them. The runs are in the order
/// of time. `module_of` says in which module a test is, in the numbers of [`FlakyRun::changed_modules`].
pub fn find_flaky(runs: &[FlakyRun<'_>], module_of: impl Fn(u32) -> Option<u32>) -> BTreeMap<u32, Flakiness> {
    let runs = usable(runs);
    let candidates = candidates(&runs);
    candidates
        .into_iter()
        .map(|test| (test, flakiness_of(test, module_of(test), &runs)))
        .filter(|(_, flakiness)| !flakiness.evidence.is_empty() || flakiness.recovered_in.is_some())
        .collect()
}

/// The tests that passed and failed in these runs, or that a report calls flaky: only of these can any be flaky, and
/// only of these the module must be known.
pub fn flaky_candidates(runs: &[FlakyRun<'_>]) -> RoaringBitmap {
    candidates(&usable(runs))
}

fn candidates(runs: &[Usable<'_>]) -> RoaringBitmap {
    let (mut bad, mut passed, mut reported) =
        (RoaringBitmap::new(), RoaringBitmap::new(), RoaringBitmap::new());
    for run in runs {
        bad |= &run.bad;
        passed |= &run.passed;
        reported |= run.reported;
    }
    reported | (bad & passed)
}

struct Usable<'a> {
    number: u64,
    commit: &'a str,
    is_default_branch: bool,
    bad: RoaringBitmap,
    passed: RoaringBitmap,
    reported: &'a RoaringBitmap,
    changed_modules: Option<&'a RoaringBitmap>,
}

fn usable<'a>(runs: &[FlakyRun<'a>]) -> Vec<Usable<'a>> {
    runs.iter()
        .filter(|run| !is_infrastructure_failure(run.tests))
        .map(|run| Usable {
            number: run.number,
            commit: run.commit,
            is_default_branch: run.is_default_branch,
            bad: run.tests.bad(),
            passed: run.tests.passed(),
            reported: run.reported,
            changed_modules: run.changed_modules,
        })
        .collect()
}

fn flakiness_of(test: u32, module: Option<u32>, runs: &[Usable<'_>]) -> Flakiness {
    let mut history = History::default();
    for run in runs {
        let verdict = if run.bad.contains(test) {
            Verdict::Failed
        } else if run.passed.contains(test) {
            Verdict::Passed
        } else {
            continue;
        };
        let is_touched = match (run.changed_modules, module) {
            (Some(changed), Some(module)) => Some(changed.contains(module)),
            _ => None,
        };
        let sample = Sample { run: run.number, commit: run.commit, verdict, is_touched };
        history.add(sample, run.is_default_branch, run.reported.contains(test));
    }
    history.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    struct Sets([RoaringBitmap; 5]);

    // Each row is a test: `p` passed, `f` failed, `s` skipped, `r` passed on another attempt, `.` not there.
    // Columns are runs; every run has its own commit unless `commits` says otherwise.
    fn flaky(rows: &[&str], commits: &str, branches: &str) -> Vec<(u32, Vec<FlakyEvidence>)> {
        let count = rows.first().map_or(0, |row| row.len());
        let sets: Vec<Sets> = (0..count)
            .map(|run| {
                let of = |letters: &str| -> RoaringBitmap {
                    rows.iter()
                        .zip(0_u32..)
                        .filter(|(row, _)| letters.contains(char::from(row.as_bytes()[run])))
                        .map(|(_, test)| test)
                        .collect()
                };
                Sets([of("pfsr"), of("f"), RoaringBitmap::new(), of("s"), of("r")])
            })
            .collect();
        let names: Vec<String> = (0..count)
            .map(|run| {
                commits.as_bytes().get(run).map_or_else(|| format!("c{run}"), |c| char::from(*c).to_string())
            })
            .collect();
        let runs: Vec<FlakyRun<'_>> = sets
            .iter()
            .zip(&names)
            .zip(1_u64..)
            .map(|((Sets([present, failed, errored, skipped, reported]), commit), number)| FlakyRun {
                number,
                commit,
                is_default_branch: branches.as_bytes().get(usize::try_from(number - 1).unwrap())
                    != Some(&b'o'),
                tests: TestSets { present, failed, errored, skipped },
                reported,
                changed_modules: None,
            })
            .collect();
        find_flaky(&runs, |_| None)
            .into_iter()
            .map(|(test, flakiness)| (test, flakiness.evidence))
            .filter(|(_, evidence)| !evidence.is_empty())
            .collect()
    }

    #[track_caller]
    fn check(row: &str, commits: &str, branches: &str, expect: &[&str]) {
        let found = flaky(&[row], commits, branches);
        let rules: Vec<&str> =
            found.iter().flat_map(|(_, evidence)| evidence).map(|evidence| evidence.rule.as_str()).collect();
        assert_eq!(rules, expect, "{row}");
    }

    #[test]
    fn a_steady_test_is_not_flaky() {
        check("", "", "", &[]);
        check("pppppppppppppppppppp", "", "", &[]);
        check("ffffffffffffffffffff", "", "", &[]);
        check("psppp.ppspppsppppppp", "", "", &[]);
    }

    #[test]
    fn a_regression_and_its_fix_are_not_flaky() {
        check("ppppppppppfffffppppp", "", "", &[]);
        check("ppppppppppppppppffff", "", "", &[]);
    }

    #[test]
    fn an_isolated_failure_is_there_and_back() {
        check("ppppppppppfppp", "", "", &["flips"]);
        // Too few results to tell.
        check("ppppfpppp", "", "", &[]);
        // Still failing: it may be a regression.
        check("ppppppppppf", "", "", &[]);
    }

    #[test]
    fn only_the_default_branch_flips() {
        check("ppppppppppfppp", "", "mmmmmmmmmmommm", &[]);
    }

    #[test]
    fn the_same_commit_disagrees() {
        check("pf", "aa", "", &["same-commit"]);
        check("fp", "aa", "", &["same-commit"]);
        check("pfp", "aba", "", &[]);
        check("ppf", "aba", "moo", &["same-commit"]);
    }

    #[test]
    fn the_report_says_so() {
        check("r", "", "", &["reported"]);
        check("prp", "", "", &["reported"]);
    }

    #[test]
    fn twenty_clean_passes_take_it_off_the_list() {
        let clean = |passes: usize| format!("pf{}", "p".repeat(passes));
        check(&clean(19), "aa", "", &["same-commit", "flips"]);
        check(&clean(20), "aa", "", &[]);
        check(&format!("{}f", clean(20)), "aa", "", &[]);
        // Steady passes are samples for what comes after them.
        check(&format!("{}fp", clean(60)), "aa", "", &["flips"]);
    }

    #[test]
    fn a_failed_infrastructure_is_no_evidence() {
        let bad_run = |row: &str| flaky(&[row; 8], "", "").len();
        assert_eq!(bad_run("ppppppppppfppp"), 0);
        let mut rows = vec!["pppppppppppppp"; 12];
        rows.extend(["ppppppppppfppp"; 3]);
        assert_eq!(flaky(&rows, "", "").len(), 3, "three of fifteen tests say something about these three");
    }

    #[test]
    fn the_evidence_names_the_numbers_and_the_runs() {
        let found = flaky(&["ppppppppppfppp"], "", "");
        let evidence = &found[0].1[0];
        assert_eq!(
            evidence.text,
            "changed 2 times between passed and failed in the last 14 runs of the default branch that have it"
        );
        assert_eq!(evidence.runs, [12, 11]);
        let found = flaky(&["pf"], "aa", "");
        let evidence = &found[0].1[0];
        assert_eq!(evidence.text, "passed in run #1 and failed in run #2, both of commit a");
        assert_eq!(evidence.runs, [2, 1]);
    }

    proptest! {
        // A test that fails at most once in a row of commits, forever, and otherwise passes, is a regression: never flaky.
        #[test]
        fn one_regression_is_never_flaky(before in 0_usize..40, failing in 2_usize..40, after in 0_usize..40) {
            let row = format!("{}{}{}", "p".repeat(before), "f".repeat(failing), "p".repeat(after));
            prop_assert!(flaky(&[&row], "", "").is_empty());
        }

        #[test]
        fn one_test_alone_and_among_others_is_judged_alike(rows in prop::collection::vec("[pfs.]{30}", 1..12)) {
            let all: Vec<&str> = rows.iter().map(String::as_str).collect();
            // Steady company keeps the infrastructure guard out of the comparison.
            let steady = "p".repeat(30);
            let mut company = all.clone();
            company.extend(std::iter::repeat_n(steady.as_str(), 60));
            let together: BTreeMap<u32, _> = flaky(&company, "", "").into_iter().collect();
            for (row, test) in all.iter().zip(0_u32..) {
                let alone = flaky(&[row], "", "");
                prop_assert_eq!(together.get(&test), alone.first().map(|(_, evidence)| evidence));
            }
        }
    }
}
