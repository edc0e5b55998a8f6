use plimsoll_analysis::baseline::{Candidate, Subject, base_branch, choose_baseline, is_usable};
use plimsoll_api::{Page, RunState, RunSummary, Timestamp};
use plimsoll_store::{ModuleId, Run, RunFilter, RunNumber, StoreError};
use serde::Deserialize;

use super::changes::change_counts;
use super::measures::measures;
use super::{PageError, Scope, listing};

/// The query of `GET /projects/{project}/runs`.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RunParameters {
    /// Only runs of this branch.
    pub branch: Option<String>,
    /// Where to read on: `next` of the page before.
    pub after: Option<String>,
    /// Rows; 100 if absent, at most 500.
    pub limit: Option<usize>,
}

/// The runs of a project, the newest first.
///
/// # Errors
/// Where a parameter is wrong or the store fails.
pub fn list_runs(scope: &Scope<'_>, parameters: &RunParameters) -> Result<Page<RunSummary>, PageError> {
    let limit = listing::limit(parameters.limit)?;
    let before = match &parameters.after {
        None => None,
        Some(after) => Some(RunNumber(after.parse().map_err(|_| PageError::BadParameter {
            name: "after",
            message: format!("`{after}` is no run"),
        })?)),
    };
    let branch = parameters.branch.as_deref().filter(|branch| !branch.is_empty());
    let filter = RunFilter { branch, before, ..RunFilter::default() };
    let mut runs = scope.reader.list_runs(scope.project.id, filter, limit.saturating_add(1))?;
    let has_more = runs.len() > limit;
    runs.truncate(limit);
    let next = has_more.then(|| runs.last().map(|run| run.number.to_string())).flatten();
    let items = runs.iter().map(|run| summary(scope, run)).collect::<Result<_, _>>()?;
    Ok(Page { items, next, total: scope.reader.count_runs(scope.project.id, branch)? })
}

// A run with its measures and, in numbers, what changed against its baseline.
pub(super) fn summary(scope: &Scope<'_>, run: &Run) -> Result<RunSummary, StoreError> {
    let baseline = scope.baseline(run)?;
    let changes = match &baseline {
        Some(baseline) if run.state != plimsoll_store::RunState::Processing => {
            Some(change_counts(scope, baseline, run)?)
        }
        _ => None,
    };
    let measured = scope.measured_of(run, ModuleId::WHOLE)?.unwrap_or_default();
    Ok(RunSummary {
        number: run.number.0,
        commit: run.commit.clone(),
        branch: run.branch.clone(),
        pull_request: run.pull_request,
        build: run.build.clone(),
        build_url: run.build_url.clone().filter(|url| is_web_address(url)),
        created_at: Timestamp(run.created_at),
        state: run_state(run),
        missing_shards: run.missing_shards.clone(),
        is_protected: run.is_protected,
        tag: run.tag.clone(),
        measures: measures(&measured),
        baseline: baseline.map(|baseline| baseline.number.0),
        changes,
    })
}

pub(super) fn run_state(run: &Run) -> RunState {
    match run.state {
        plimsoll_store::RunState::Processing => RunState::Processing,
        plimsoll_store::RunState::Partial => RunState::Partial,
        plimsoll_store::RunState::Complete => RunState::Complete,
    }
}

// Only these are ever shown as a link: anything else could run a script.
pub(super) fn is_web_address(url: &str) -> bool {
    let begins_with =
        |scheme: &str| url.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme));
    begins_with("https://") || begins_with("http://")
}

// The run that a run is compared with; chosen each time, so that a better one that arrives late counts at once.
pub(super) fn find_baseline(scope: &Scope<'_>, run: &Run) -> Result<Option<Run>, StoreError> {
    const BEFORE: usize = 20;
    let project = scope.project.id;
    let default_branch = scope.project.default_branch.as_str();
    let parents = scope.reader.list_parents(project, run.number)?;
    let parents: Vec<&str> = parents.iter().map(String::as_str).collect();
    let subject = Subject { run: candidate(run), base_branch: run.base_branch.as_deref(), parents: &parents };

    // The nearest commit of the history that has a run is enough: those behind it cannot win.
    for commit in std::iter::once(run.commit.as_str()).chain(parents.iter().copied()) {
        let mut runs = scope.reader.list_runs_of_commit(project, commit)?;
        runs.retain(|other| is_usable(&subject, default_branch, &candidate(other)));
        if !runs.is_empty() {
            return Ok(choose(&subject, default_branch, runs));
        }
    }
    let branch = Some(base_branch(&subject, default_branch));
    let filter = RunFilter { branch, only_complete: true, before: None };
    // By number first, which is the order of arrival; runs that arrived later may still be older.
    let earlier = RunFilter { before: Some(run.number), ..filter };
    let mut runs = scope.reader.list_runs(project, earlier, BEFORE)?;
    let choice = choose(&subject, default_branch, std::mem::take(&mut runs));
    if choice.is_some() {
        return Ok(choice);
    }
    Ok(choose(&subject, default_branch, scope.reader.list_runs(project, filter, BEFORE)?))
}

fn choose(subject: &Subject<'_>, default_branch: &str, runs: Vec<Run>) -> Option<Run> {
    let number = {
        let candidates: Vec<Candidate<'_>> = runs.iter().map(candidate).collect();
        choose_baseline(subject, default_branch, &candidates)?
    };
    runs.into_iter().find(|run| run.number.0 == number)
}

fn candidate(run: &Run) -> Candidate<'_> {
    Candidate {
        number: run.number.0,
        commit: &run.commit,
        branch: &run.branch,
        is_pull_request: run.pull_request.is_some(),
        created_at: run.created_at,
        is_complete: run.state == plimsoll_store::RunState::Complete,
    }
}

#[cfg(test)]
mod tests {
    use super::is_web_address;

    #[test]
    fn only_web_addresses_are_links() {
        assert!(is_web_address("https://ci.example/1") && is_web_address("HTTP://ci.example/1"));
        for bad in ["javascript:alert(1)", "data:text/html,x", "", "ftp://x", "//x", " https://x", "ä"] {
            assert!(!is_web_address(bad), "{bad}");
        }
    }
}
