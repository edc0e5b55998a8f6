//! Taking runs out of the history, and keeping them in it.

use crate::{ProjectId, Reader, RunNumber, StoreError, Writer};

impl Reader<'_> {
    /// Whether reports of a run wait or are being read, or somebody said that it stays.
    fn must_stay(&self, project: ProjectId, run: RunNumber) -> Result<bool, StoreError> {
        let waiting = "SELECT 1 FROM upload WHERE project = $1 AND run = $2 AND state IN (0, 1) LIMIT 1";
        let kept =
            "SELECT 1 FROM run WHERE project = $1 AND number = $2 AND (is_protected <> 0 OR tag <> '')";
        Ok(self.one(waiting, (project, run), |_| Ok(()))?.is_some()
            || self.one(kept, (project, run), |_| Ok(()))?.is_some())
    }
}

impl Writer<'_> {
    /// Says whether a run stays in the history whatever its age; `false` where there is no such run.
    ///
    /// # Errors
    /// Those of the database.
    pub fn protect_run(
        &mut self,
        project: ProjectId,
        run: RunNumber,
        is_protected: bool,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE run SET is_protected = $3 WHERE project = $1 AND number = $2";
        Ok(self.execute(sql, (project, run, is_protected))? > 0)
    }

    /// Takes a run out of the history, with its uploads, columns and measures, and its branch if this was its last. The
    /// contents stay until [`crate::Store::collect`] finds that nobody needs them. Says whether it was done: a run that
    /// became protected, got a tag or received a report since it was chosen stays.
    ///
    /// # Errors
    /// Those of the database.
    pub fn delete_run(&mut self, project: ProjectId, run: RunNumber) -> Result<bool, StoreError> {
        if self.must_stay(project, run)? {
            return Ok(false);
        }
        self.delete_measured(project, &[run])?;
        let sql = "DELETE FROM run WHERE project = $1 AND number = $2 RETURNING branch";
        let Some(branch) = self.one(sql, (project, run), |row| row.get::<_, String>(0))? else {
            return Ok(false);
        };
        let sql = "DELETE FROM branch WHERE project = $1 AND name = $2 \
                   AND NOT EXISTS (SELECT 1 FROM run WHERE project = $1 AND branch = $2)";
        self.execute(sql, (project, branch))?;
        Ok(true)
    }
}
