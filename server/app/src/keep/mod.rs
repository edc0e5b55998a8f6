//! Keeping the history small: old runs are dropped by the rules, and what nobody needs any more is given back.

mod caretaker;

use std::time::Instant;

use plimsoll_analysis::retention::Policy;
use plimsoll_store::{Action, Pace, Project, Removed, RunNumber, Store, StoreError};

pub use caretaker::{Caretaker, PERIOD};

use crate::pages::{PageCache, PageError, RetentionPlan, Scope, plan_retention};

/// What was dropped of one project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pruned {
    /// Runs that are gone.
    pub runs: u64,
    /// What else is gone with them.
    pub removed: Removed,
}

/// Which runs of a project stay, as of now (in seconds since 1970 UTC).
///
/// # Errors
/// Where there is no such project, or the store fails.
pub fn plan(
    store: &Store,
    pages: &PageCache,
    project: &str,
    policy: &Policy,
    now: i64,
) -> Result<RetentionPlan, PageError> {
    store.read(|reader| plan_retention(&Scope::open(reader, pages, project)?, policy, now))
}

/// Drops the runs of a project that need not stay, and then all that no run needs any more. Each transaction is short;
/// what was done stays done when it is stopped.
///
/// # Errors
/// Where the store fails.
pub fn prune(
    store: &Store,
    project: &Project,
    runs: impl IntoIterator<Item = RunNumber>,
    pace: Pace,
    now: i64,
    should_stop: &dyn Fn() -> bool,
) -> Result<Pruned, StoreError> {
    let begun = Instant::now();
    let mut pruned = Pruned::default();
    let is_complete = store.write_in_batches(runs, pace, should_stop, |writer, run| {
        pruned.runs += u64::from(writer.delete_run(project.id, run)?);
        Ok(())
    })?;
    if is_complete {
        pruned.removed = store.collect(project.id, pace, should_stop)?;
    }
    if pruned.runs > 0 {
        let subject = format!(
            "{}: {} runs, {} KB of contents",
            project.name,
            pruned.runs,
            pruned.removed.blob_bytes.div_ceil(1000)
        );
        store.write(|writer| writer.note_action(Some(project.id), now, Action::Pruned, &subject))?;
        tracing::info!(
            project = project.name,
            runs = pruned.runs,
            contents = pruned.removed.blobs,
            bytes = pruned.removed.blob_bytes,
            seconds = begun.elapsed().as_secs_f32(),
            "dropped old runs"
        );
    }
    Ok(pruned)
}
