//! Which settings a run has.

use std::sync::Arc;

use plimsoll_analysis::baseline::{Candidate, Subject, base_branch};
use plimsoll_analysis::settings::Settings;
use plimsoll_store::{BlobId, Project, Reader, Run, RunFilter, StoreError};

use super::Scope;

/// Runs that are asked for their settings where a run has none itself.
const LOOKED_AT: usize = 20;

impl Scope<'_> {
    /// What the run's `plimsoll.toml` says: its own, else that of the newest run before it of the branch that it is
    /// compared with.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn settings(&self, run: &Run) -> Result<Arc<Settings>, StoreError> {
        let Some(blob) = find_settings(self.reader, &self.project, run)? else { return Ok(Arc::default()) };
        let text = self.reader.read_text(self.project.id, blob)?;
        self.cache.settings(&text, || Ok(Settings::read(&text).0))
    }
}

/// The content that holds a run's settings: its own, else that of the newest complete run before it of its base branch
/// that has some.
///
/// # Errors
/// Where the store fails.
pub fn find_settings(
    reader: &Reader<'_>,
    project: &Project,
    run: &Run,
) -> Result<Option<BlobId>, StoreError> {
    if let Some(own) = reader.find_settings(project.id, run.number)? {
        return Ok(Some(own));
    }
    let candidate = Candidate {
        number: run.number.0,
        commit: &run.commit,
        branch: &run.branch,
        is_pull_request: run.pull_request.is_some(),
        created_at: run.created_at,
        is_complete: true,
    };
    let subject = Subject { run: candidate, base_branch: run.base_branch.as_deref(), parents: &[] };
    let branch = Some(base_branch(&subject, &project.default_branch));
    let filter = RunFilter { branch, only_complete: true, before: Some(run.number) };
    for earlier in reader.list_runs(project.id, filter, LOOKED_AT)? {
        // A pull request's settings hold for itself only, whatever its branch is called.
        if earlier.pull_request.is_none()
            && let Some(blob) = reader.find_settings(project.id, earlier.number)?
        {
            return Ok(Some(blob));
        }
    }
    Ok(None)
}
