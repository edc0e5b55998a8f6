use std::collections::{HashMap, VecDeque};

use plimsoll_api::{FlakyEvidence, FlakyResult};

use super::{Flakiness, MINIMUM_FLIPS, MINIMUM_SAMPLES, RECOVERY_PASSES, WINDOW_RUNS};

/// A test in a run that says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Passed,
    Failed,
}

/// One result of a test.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample<'a> {
    pub run: u64,
    pub commit: &'a str,
    pub verdict: Verdict,
    /// Whether the run's commits changed the test's module; `None` where that is not known.
    pub is_touched: Option<bool>,
}

// One test's results in the order of time, with what they prove so far.
#[derive(Default)]
pub(super) struct History<'a> {
    // The last results on the default branch.
    window: VecDeque<Sample<'a>>,
    by_commit: HashMap<&'a str, CommitResults>,
    clean_passes: usize,
    same_commit: Option<Disagreement<'a>>,
    flips: Option<Flips<'a>>,
    reported: Vec<Sample<'a>>,
    recovered_in: Option<u64>,
    results: u64,
    failures: u64,
    last_failure: Option<u64>,
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

struct Flips<'a> {
    count: usize,
    samples: usize,
    at: Vec<Sample<'a>>,
    // The last failure that went away by itself: no commit between it and the pass changed the test's module.
    by_itself: Option<(u64, u64)>,
}

impl<'a> History<'a> {
    pub(super) fn add(&mut self, sample: Sample<'a>, is_default_branch: bool, is_reported: bool) {
        let Sample { run, commit, verdict, .. } = sample;
        self.results += 1;
        if verdict == Verdict::Failed {
            self.failures += 1;
            self.last_failure = Some(run);
        }
        match verdict {
            Verdict::Passed if !is_reported => self.clean_passes += 1,
            Verdict::Passed | Verdict::Failed => self.clean_passes = 0,
        }
        if self.clean_passes == RECOVERY_PASSES {
            self.recover(run);
        }
        if is_reported {
            self.reported.push(sample);
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
            self.window.push_back(sample);
            if let Some(flips) = self.count_flips() {
                self.flips = Some(flips);
            }
        }
    }

    fn is_flaky(&self) -> bool {
        self.same_commit.is_some() || self.flips.is_some() || !self.reported.is_empty()
    }

    // The evidence is used up, and no failure from before can make the test flaky again; passes from before still
    // count as samples.
    fn recover(&mut self, run: u64) {
        if self.is_flaky() {
            self.recovered_in = Some(run);
        }
        let last_failure = self.window.iter().rposition(|sample| sample.verdict == Verdict::Failed);
        self.window.drain(..last_failure.map_or(0, |at| at + 1));
        self.by_commit.clear();
        self.same_commit = None;
        self.flips = None;
        self.reported.clear();
    }

    // An isolated failure is two flips, there and back. A streak of failures over several commits that ends is what a
    // regression and its fix look like: it counts as one, so that two regressions within the window are needed. So does
    // an isolated failure that changes of the test's module explain at both of its ends.
    fn count_flips(&self) -> Option<Flips<'a>> {
        if self.window.len() < MINIMUM_SAMPLES {
            return None;
        }
        let changes_tell = self.changes_tell();
        let mut flips = Flips { count: 0, samples: self.window.len(), at: Vec::new(), by_itself: None };
        let mut streak = 0_usize;
        // The first failure of the streak: it has the commits that may have broken the test, a second build has none.
        let mut first: Option<Sample<'a>> = None;
        let mut previous: Option<Sample<'a>> = None;
        for sample in &self.window {
            match (previous.map(|sample| sample.verdict), sample.verdict) {
                (Some(Verdict::Passed), Verdict::Failed) => {
                    flips.count += 1;
                    flips.at.push(*sample);
                    first = Some(*sample);
                    streak = 1;
                }
                (Some(Verdict::Failed), Verdict::Failed) => {
                    if previous.is_some_and(|before| before.commit != sample.commit) {
                        streak += 1;
                    }
                }
                (None, Verdict::Failed) => streak = 2,
                (Some(Verdict::Failed), Verdict::Passed) if streak == 1 => {
                    let began = first.filter(|_| changes_tell).and_then(|first| first.is_touched);
                    let ended = Some(*sample).filter(|_| changes_tell).and_then(|sample| sample.is_touched);
                    if (began, ended) != (Some(true), Some(true)) {
                        flips.count += 1;
                        flips.at.push(*sample);
                    }
                    if ended == Some(false) {
                        flips.by_itself = previous.map(|before| (before.run, sample.run));
                    }
                }
                (_, Verdict::Passed) => {}
            }
            previous = Some(*sample);
        }
        (flips.count >= MINIMUM_FLIPS).then_some(flips)
    }

    // Where half of all runs change a module, such as in a repository that is one, a change of it explains nothing.
    fn changes_tell(&self) -> bool {
        let known = self.window.iter().filter_map(|sample| sample.is_touched);
        let (touched, all) =
            known.fold((0_usize, 0_usize), |(touched, all), is| (touched + usize::from(is), all + 1));
        touched * 2 < all
    }

    pub(super) fn finish(self) -> Flakiness {
        let recovered_in = self.recovered_in.filter(|_| !self.is_flaky());
        let (results, failures, last_failure) = (self.results, self.failures, self.last_failure);
        let clean_passes = self.clean_passes as u64;
        Flakiness { evidence: self.evidence(), recovered_in, results, failures, last_failure, clean_passes }
    }

    fn evidence(self) -> Vec<FlakyEvidence> {
        let mut evidence = Vec::new();
        if let Some(disagreement) = &self.same_commit {
            evidence.push(disagreement.evidence());
        }
        if let Some(flips) = self.flips {
            evidence.push(flips.evidence());
        }
        if !self.reported.is_empty() {
            let times = match self.reported.len() {
                1 => "one run".to_owned(),
                many => format!("{many} runs"),
            };
            let text = format!("needed another attempt to pass, as the report of {times} says");
            evidence.push(told("reported", text, self.reported.into_iter().rev().map(result).collect()));
        }
        evidence
    }
}

impl Disagreement<'_> {
    fn evidence(&self) -> FlakyEvidence {
        let Self { commit, passed, failed } = *self;
        let short = commit.get(..10).unwrap_or(commit);
        let text = format!("passed in run #{passed} and failed in run #{failed}, both of commit {short}");
        let of = |run, is_failed| FlakyResult { run, commit: commit.to_owned(), is_failed };
        let mut results = vec![of(passed, false), of(failed, true)];
        results.sort_by_key(|result| std::cmp::Reverse(result.run));
        told("same-commit", text, results)
    }
}

impl Flips<'_> {
    fn evidence(self) -> FlakyEvidence {
        let Self { count, samples, at, by_itself } = self;
        let mut text = format!(
            "changed {count} times between passed and failed in the last {samples} runs of the default branch that \
             have it"
        );
        if let Some((failed, passed)) = by_itself {
            text.push_str(&format!(
                "; failed in run #{failed} and passed in run #{passed}, although no commit between them changed its \
                 module"
            ));
        }
        told("flips", text, at.into_iter().rev().map(result).collect())
    }
}

fn result(sample: Sample<'_>) -> FlakyResult {
    FlakyResult {
        run: sample.run,
        commit: sample.commit.to_owned(),
        is_failed: sample.verdict == Verdict::Failed,
    }
}

fn told(rule: &str, text: String, results: Vec<FlakyResult>) -> FlakyEvidence {
    FlakyEvidence {
        rule: rule.to_owned(),
        text,
        runs: results.iter().map(|result| result.run).collect(),
        results,
    }
}
