use std::collections::{HashMap, VecDeque};

use plimsoll_api::FlakyEvidence;

use super::{MINIMUM_FLIPS, MINIMUM_SAMPLES, RECOVERY_PASSES, WINDOW_RUNS};

/// A test in a run that says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Passed,
    Failed,
}

// One test's results in the order of time, with what they prove so far.
#[derive(Default)]
pub(super) struct History<'a> {
    // The last results on the default branch: run, commit, verdict.
    window: VecDeque<Sample<'a>>,
    by_commit: HashMap<&'a str, CommitResults>,
    clean_passes: usize,
    same_commit: Option<Disagreement<'a>>,
    flips: Option<Flips>,
    reported: Vec<u64>,
}

#[derive(Clone, Copy)]
struct Sample<'a> {
    run: u64,
    commit: &'a str,
    verdict: Verdict,
}

#[derive(Default, Clone, Copy)]
struct CommitResults {
    passed: Option<u64>,
    failed: Option<u64>,
}

struct Disagreement<'a> {
    commit: &'a str,
    passed: u64,
    failed: u64,
}

struct Flips {
    count: usize,
    samples: usize,
    runs: Vec<u64>,
}

impl<'a> History<'a> {
    pub(super) fn add(
        &mut self,
        run: u64,
        commit: &'a str,
        is_default_branch: bool,
        verdict: Verdict,
        is_reported: bool,
    ) {
        match verdict {
            Verdict::Passed if !is_reported => self.clean_passes += 1,
            Verdict::Passed | Verdict::Failed => self.clean_passes = 0,
        }
        if self.clean_passes == RECOVERY_PASSES {
            self.recover();
        }
        if is_reported {
            self.reported.push(run);
        }
        let results = self.by_commit.entry(commit).or_default();
        match verdict {
            Verdict::Passed => results.passed = Some(run),
            Verdict::Failed => results.failed = Some(run),
        }
        if let CommitResults { passed: Some(passed), failed: Some(failed) } = *results
            && (passed == run || failed == run)
        {
            self.same_commit = Some(Disagreement { commit, passed, failed });
        }
        if is_default_branch {
            if self.window.len() == WINDOW_RUNS {
                self.window.pop_front();
            }
            self.window.push_back(Sample { run, commit, verdict });
            if let Some(flips) = self.count_flips() {
                self.flips = Some(flips);
            }
        }
    }

    // The evidence is used up, and no failure from before can make the test flaky again; passes from before still
    // count as samples.
    fn recover(&mut self) {
        let last_failure = self.window.iter().rposition(|sample| sample.verdict == Verdict::Failed);
        self.window.drain(..last_failure.map_or(0, |at| at + 1));
        self.by_commit.clear();
        self.same_commit = None;
        self.flips = None;
        self.reported.clear();
    }

    // An isolated failure is two flips, there and back. A streak of failures over several commits that ends is what a
    // regression and its fix look like: it counts as one, so that two regressions within the window are needed.
    fn count_flips(&self) -> Option<Flips> {
        if self.window.len() < MINIMUM_SAMPLES {
            return None;
        }
        let (mut count, mut runs) = (0, Vec::new());
        let mut streak = 0_usize;
        let mut previous: Option<Sample<'a>> = None;
        for sample in &self.window {
            let before = previous.map(|sample| sample.verdict);
            match (before, sample.verdict) {
                (Some(Verdict::Passed), Verdict::Failed) => {
                    count += 1;
                    runs.push(sample.run);
                    streak = 1;
                }
                (Some(Verdict::Failed), Verdict::Failed) => {
                    if previous.is_some_and(|before| before.commit != sample.commit) {
                        streak += 1;
                    }
                }
                (None, Verdict::Failed) => streak = 2,
                (Some(Verdict::Failed), Verdict::Passed) => {
                    if streak == 1 {
                        count += 1;
                        runs.push(sample.run);
                    }
                }
                (_, Verdict::Passed) => {}
            }
            previous = Some(*sample);
        }
        runs.reverse();
        (count >= MINIMUM_FLIPS).then_some(Flips { count, samples: self.window.len(), runs })
    }

    pub(super) fn evidence(self) -> Vec<FlakyEvidence> {
        let mut evidence = Vec::new();
        if let Some(Disagreement { commit, passed, failed }) = self.same_commit {
            let short = commit.get(..10).unwrap_or(commit);
            evidence.push(FlakyEvidence {
                rule: "same-commit".to_owned(),
                text: format!("passed in run #{passed} and failed in run #{failed}, both of commit {short}"),
                runs: vec![passed.max(failed), passed.min(failed)],
            });
        }
        if let Some(Flips { count, samples, runs }) = self.flips {
            evidence.push(FlakyEvidence {
                rule: "flips".to_owned(),
                text: format!(
                    "changed {count} times between passed and failed in the last {samples} runs of the default branch \
                     that have it"
                ),
                runs,
            });
        }
        if !self.reported.is_empty() {
            let times = match self.reported.len() {
                1 => "one run".to_owned(),
                many => format!("{many} runs"),
            };
            evidence.push(FlakyEvidence {
                rule: "reported".to_owned(),
                text: format!("needed another attempt to pass, as the report of {times} says"),
                runs: self.reported.into_iter().rev().collect(),
            });
        }
        evidence
    }
}
