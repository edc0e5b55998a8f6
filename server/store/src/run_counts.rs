//! How many runs there are, where a list of them would be too long.

use crate::{ProjectId, Reader, StoreError};

impl Reader<'_> {
    /// The complete runs of a branch, those of pull requests whose branch is called so among them.
    ///
    /// # Errors
    /// Those of the database.
    pub fn count_complete_runs(&self, project: ProjectId, branch: &str) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM run WHERE project = $1 AND branch = $2 AND state = 2";
        let count: Option<i64> = self.one(sql, (project, branch), |row| row.get(0))?;
        Ok(count.and_then(|count| u64::try_from(count).ok()).unwrap_or_default())
    }
}
