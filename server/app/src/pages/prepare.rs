use plimsoll_store::{Project, Reader, RunNumber};

use super::project::find_project;
use super::{PageCache, PageError, Scope};

/// Computes what the page of the default branch is made from, where a run is the newest of it. Called by who has just
/// changed the run, before the change is to be seen, the first reader after it does not wait for any of it.
///
/// # Errors
/// Where the store fails.
pub fn prepare_pages(
    reader: &Reader<'_>,
    cache: &PageCache,
    project: &Project,
    run: RunNumber,
) -> Result<(), PageError> {
    let scope = Scope::of(reader, cache, project.clone());
    if scope.latest_run(&project.default_branch)?.is_some_and(|latest| latest.number == run) {
        find_project(&scope, None)?;
    }
    Ok(())
}
