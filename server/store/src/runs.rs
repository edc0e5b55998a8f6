//! Runs, their branches and their parents.

use std::collections::HashMap;

use roaring::RoaringBitmap;
use rusqlite::Row;

use crate::columns::packed::{Pack, Unpack};
use crate::{
    ColumnKind, CommitId, NewRun, ProjectId, Reader, Run, RunFilter, RunNumber, RunState, StoreError,
    UploadState, Writer,
};

const RUN: &str = "SELECT run.number, revision.name, run.branch, run.pull_request, run.build, run.base_branch, \
                   run.build_url, run.created_at, run.state, run.missing, run.is_protected, run.tag FROM run \
                   JOIN revision ON revision.project = run.project AND revision.id = run.revision";

// The numbers come from an index that holds all that is asked for. In one step, SQLite would rather go through all runs
// of the project in their order and leave out those of other branches.
const OF_BRANCH: &str = "WHERE run.project = $1 AND run.number IN \
                         (SELECT number FROM run WHERE project = $1 AND branch = $2 AND state = $3 AND number < $4 \
                         ORDER BY number DESC LIMIT $5) ORDER BY run.number DESC";

impl RunState {
    fn code(self) -> u8 {
        match self {
            Self::Processing => 0,
            Self::Partial => 1,
            Self::Complete => 2,
        }
    }

    fn from_code(code: u8) -> Self {
        match code {
            1 => Self::Partial,
            2 => Self::Complete,
            _ => Self::Processing,
        }
    }
}

impl Reader<'_> {
    /// The run with this number.
    ///
    /// # Errors
    /// Those of the database.
    pub fn find_run(&self, project: ProjectId, number: RunNumber) -> Result<Option<Run>, StoreError> {
        self.one(&format!("{RUN} WHERE run.project = $1 AND run.number = $2"), (project, number), run)
    }

    /// Runs, the greatest number first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list_runs(
        &self,
        project: ProjectId,
        filter: RunFilter<'_>,
        limit: usize,
    ) -> Result<Vec<Run>, StoreError> {
        let before = filter.before.map_or(i64::MAX, |number| i64::try_from(number.0).unwrap_or(i64::MAX));
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let complete = RunState::Complete.code();
        match (filter.branch, filter.only_complete) {
            (Some(branch), true) => {
                self.all(&format!("{RUN} {OF_BRANCH}"), (project, branch, complete, before, limit), run)
            }
            (Some(branch), false) => self.list_runs_of_branch(project, branch, before, limit),
            (None, true) => self.all(
                &format!(
                    "{RUN} WHERE run.project = $1 AND run.state = $2 AND run.number < $3 \
                     ORDER BY run.number DESC LIMIT $4"
                ),
                (project, complete, before, limit),
                run,
            ),
            (None, false) => self.all(
                &format!(
                    "{RUN} WHERE run.project = $1 AND run.number < $2 ORDER BY run.number DESC LIMIT $3"
                ),
                (project, before, limit),
                run,
            ),
        }
    }

    /// The index goes by branch, state and number: the newest of each state are three short stretches of it, of which
    /// the newest of all are taken.
    fn list_runs_of_branch(
        &self,
        project: ProjectId,
        branch: &str,
        before: i64,
        limit: i64,
    ) -> Result<Vec<Run>, StoreError> {
        let mut runs = Vec::new();
        for state in [RunState::Processing, RunState::Partial, RunState::Complete] {
            let sql = format!("{RUN} {OF_BRANCH}");
            runs.extend(self.all(&sql, (project, branch, state.code(), before, limit), run)?);
        }
        runs.sort_by_key(|run| std::cmp::Reverse(run.number));
        runs.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(runs)
    }

    /// All runs of one commit, the newest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list_runs_of_commit(&self, project: ProjectId, commit: &str) -> Result<Vec<Run>, StoreError> {
        let sql = format!(
            "{RUN} WHERE run.project = $1 AND run.number IN \
             (SELECT number FROM run WHERE project = $1 AND revision = $2) ORDER BY run.number DESC"
        );
        match self.find_revision(project, commit)? {
            None => Ok(Vec::new()),
            Some(revision) => self.all(&sql, (project, revision), run),
        }
    }

    /// How many runs there are.
    ///
    /// # Errors
    /// Those of the database.
    pub fn count_runs(&self, project: ProjectId, branch: Option<&str>) -> Result<u64, StoreError> {
        let count: Option<i64> = match branch {
            None => self.one("SELECT COUNT(*) FROM run WHERE project = $1", [project], |row| row.get(0))?,
            Some(branch) => self.one(
                "SELECT COUNT(*) FROM run WHERE project = $1 AND branch = $2",
                (project, branch),
                |row| row.get(0),
            )?,
        };
        Ok(count.and_then(|count| u64::try_from(count).ok()).unwrap_or_default())
    }

    /// Branches with runs, the most recently used first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list_branches(&self, project: ProjectId, limit: usize) -> Result<Vec<String>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let sql = "SELECT name FROM branch WHERE project = $1 ORDER BY last_run DESC LIMIT $2";
        self.all(sql, (project, limit), |row| row.get(0))
    }

    /// The first-parent history that the client sent, the newest first; empty where it sent none.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list_parents(&self, project: ProjectId, run: RunNumber) -> Result<Vec<String>, StoreError> {
        let Some(bytes) = self.read_column(project, run, ColumnKind::Parents)? else { return Ok(Vec::new()) };
        let mut unpack = Unpack::new(&bytes);
        let mut ids = Vec::new();
        let mut last = 0_i64;
        for _ in 0..unpack.take_count(1)? {
            last = last.wrapping_add(unpack.take_signed()?);
            ids.extend(u32::try_from(last).ok());
        }
        // Together: commits that follow each other lie together.
        let names: HashMap<CommitId, String> =
            self.list_commits(project, &ids.iter().copied().collect())?.into_iter().collect();
        Ok(ids.iter().filter_map(|id| names.get(&CommitId(*id)).cloned()).collect())
    }

    pub(crate) fn find_revision(
        &self,
        project: ProjectId,
        name: &str,
    ) -> Result<Option<CommitId>, StoreError> {
        let sql = "SELECT id FROM revision WHERE project = $1 AND name = $2";
        self.one(sql, (project, name), |row| row.get(0))
    }

    /// The commits with these identifiers, in their order.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list_commits(
        &self,
        project: ProjectId,
        ids: &RoaringBitmap,
    ) -> Result<Vec<(CommitId, String)>, StoreError> {
        self.by_ids("SELECT id, name FROM revision", project, ids, |row| Ok((row.get(0)?, row.get(1)?)))
    }
}

impl Writer<'_> {
    /// Finds the run with this key, or makes it. What is not part of the key is filled in where it was absent.
    ///
    /// # Errors
    /// Those of the database.
    pub fn ensure_run(&mut self, project: ProjectId, new: &NewRun) -> Result<RunNumber, StoreError> {
        let revision = self.intern_revision(project, &new.commit)?;
        let pull_request = i64::try_from(new.pull_request.unwrap_or(0)).unwrap_or(i64::MAX);
        let build = new.build.as_deref().unwrap_or("");
        let next: Option<RunNumber> =
            self.one("SELECT COALESCE(MAX(number), 0) + 1 FROM run WHERE project = $1", [project], |row| {
                row.get(0)
            })?;
        let sql = "INSERT INTO run (project, number, revision, branch, pull_request, build, base_branch, build_url, \
                   created_at, state, missing, tag) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '[]', $11) \
                   ON CONFLICT (project, revision, branch, pull_request, build) DO UPDATE SET \
                   base_branch = COALESCE(run.base_branch, excluded.base_branch), \
                   build_url = COALESCE(run.build_url, excluded.build_url), \
                   tag = CASE WHEN excluded.tag = '' THEN run.tag ELSE excluded.tag END RETURNING number";
        let number = self.one(
            sql,
            rusqlite::params![
                project,
                next.unwrap_or(RunNumber(1)),
                revision,
                new.branch,
                pull_request,
                build,
                new.base_branch,
                new.build_url,
                new.created_at,
                RunState::Complete.code(),
                new.tag.as_deref().unwrap_or(""),
            ],
            |row| row.get(0),
        )?;
        let number: RunNumber = number.ok_or_else(|| StoreError::Missing("run".to_owned()))?;
        let sql = "INSERT INTO branch (project, name, last_run) VALUES ($1, $2, $3) \
                   ON CONFLICT (project, name) DO UPDATE SET last_run = excluded.last_run \
                   WHERE branch.last_run < excluded.last_run";
        self.execute(sql, (project, &new.branch, number))?;
        Ok(number)
    }

    /// Keeps a run's first-parent history, the newest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set_parents(
        &mut self,
        project: ProjectId,
        run: RunNumber,
        parents: &[String],
    ) -> Result<(), StoreError> {
        let mut pack = Pack::default();
        pack.put(parents.len() as u64);
        let mut last = 0_i64;
        // The oldest first, so that a history's commits have ascending identifiers and their differences are 1.
        let mut ids = Vec::with_capacity(parents.len());
        for parent in parents.iter().rev() {
            ids.push(i64::from(self.intern_revision(project, parent)?.0));
        }
        for id in ids.into_iter().rev() {
            pack.put_signed(id - last);
            last = id;
        }
        let blob = self.put_blob(project, &pack.finish())?;
        self.set_run_column(project, run, ColumnKind::Parents, Some(blob))
    }

    /// What state a run is in follows from its uploads. A shard that waits, failed or never came is missing once
    /// nothing of the run waits any more.
    pub(crate) fn refresh_state(&mut self, project: ProjectId, run: RunNumber) -> Result<(), StoreError> {
        let uploads = self.list_uploads(project, run)?;
        let waits = |state| matches!(state, UploadState::Queued | UploadState::Processing);
        let missing = crate::uploads::missing_shards(&uploads);
        let state = if uploads.iter().any(|upload| waits(upload.state)) {
            RunState::Processing
        } else if missing.is_empty() {
            RunState::Complete
        } else {
            RunState::Partial
        };
        let missing =
            serde_json::to_string(&missing).map_err(|error| StoreError::Damaged(error.to_string()))?;
        let sql = "UPDATE run SET state = $3, missing = $4 WHERE project = $1 AND number = $2";
        self.execute(sql, (project, run, state.code(), missing))?;
        Ok(())
    }
}

fn run(row: &Row<'_>) -> rusqlite::Result<Run> {
    let pull_request: i64 = row.get(3)?;
    let build: String = row.get(4)?;
    let missing: String = row.get(9)?;
    let tag: String = row.get(11)?;
    Ok(Run {
        number: row.get(0)?,
        commit: row.get(1)?,
        branch: row.get(2)?,
        pull_request: u64::try_from(pull_request).ok().filter(|number| *number > 0),
        build: (!build.is_empty()).then_some(build),
        base_branch: row.get(5)?,
        build_url: row.get(6)?,
        created_at: row.get(7)?,
        state: RunState::from_code(row.get(8)?),
        missing_shards: serde_json::from_str(&missing).unwrap_or_default(),
        is_protected: row.get(10)?,
        tag: (!tag.is_empty()).then_some(tag),
    })
}
