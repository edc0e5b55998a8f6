//! Which runs of a project stay.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_analysis::retention::{Candidate, Policy, Reason, decide, keep_baselines};
use plimsoll_store::{Run, RunFilter, RunNumber, RunState};

use super::{PageError, Scope};

/// What is kept of a project's history, and why.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RetentionPlan {
    /// Every run, by its number.
    pub runs: BTreeMap<u64, (Run, Reason)>,
}

impl RetentionPlan {
    /// The runs that go, the oldest number first.
    pub fn dropped(&self) -> BTreeSet<RunNumber> {
        let gone = self.runs.values().filter(|(_, reason)| !reason.is_kept());
        gone.map(|(run, _)| run.number).collect()
    }

    /// How many runs there are for each reason.
    pub fn by_reason(&self) -> BTreeMap<Reason, usize> {
        let mut counts = BTreeMap::new();
        for (_, reason) in self.runs.values() {
            *counts.entry(*reason).or_default() += 1;
        }
        counts
    }
}

/// Decides which runs of a project stay. `now` is in seconds since 1970 UTC.
///
/// # Errors
/// Where the store fails.
pub fn plan_retention(scope: &Scope<'_>, policy: &Policy, now: i64) -> Result<RetentionPlan, PageError> {
    let runs = scope.reader.list_runs(scope.project.id, RunFilter::default(), usize::MAX)?;
    let candidates: Vec<Candidate<'_>> = runs.iter().map(candidate).collect();
    let policy = own_policy(scope, policy)?;
    let mut decided = decide(&candidates, &scope.project.default_branch, &policy, now);
    // Baselines matter only where something would go.
    if decided.values().any(|reason| !reason.is_kept()) {
        let mut baselines = Vec::new();
        for run in &runs {
            let is_in_full = decided.get(&run.number.0).is_some_and(|reason| reason.is_kept_in_full());
            if is_in_full && let Some(baseline) = scope.baseline(run)? {
                baselines.push((run.number.0, baseline.number.0));
            }
        }
        keep_baselines(&mut decided, &baselines);
    }
    let runs = runs
        .into_iter()
        .filter_map(|run| decided.get(&run.number.0).map(|reason| (run.number.0, (run, *reason))))
        .collect();
    Ok(RetentionPlan { runs })
}

/// The server's rules, as far as the project's `plimsoll.toml` does not say otherwise.
///
/// # Errors
/// Where the store fails.
pub fn own_policy(scope: &Scope<'_>, policy: &Policy) -> Result<Policy, PageError> {
    let Some(run) = scope.latest_run(&scope.project.default_branch)? else { return Ok(*policy) };
    Ok(policy.with(&scope.settings(&run)?.retention))
}

fn candidate(run: &Run) -> Candidate<'_> {
    Candidate {
        number: run.number.0,
        branch: &run.branch,
        is_pull_request: run.pull_request.is_some(),
        created_at: run.created_at,
        is_complete: run.state == RunState::Complete,
        is_processing: run.state == RunState::Processing,
        is_protected: run.is_protected,
        is_tagged: run.tag.is_some(),
    }
}
