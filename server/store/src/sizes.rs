//! How much room the history takes.

use crate::{BlobId, ColumnKind, ProjectId, Reader, RunNumber, StoreError};

/// What one column of a run takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnSize {
    /// Which column.
    pub kind: ColumnKind,
    /// Its content; runs with the same content share it.
    pub blob: BlobId,
    /// Bytes as stored, compressed.
    pub bytes: u64,
}

impl Reader<'_> {
    /// Bytes of the database file that hold something; pages that were freed are not among them.
    ///
    /// # Errors
    /// Those of the database.
    pub fn used_bytes(&self) -> Result<u64, StoreError> {
        let number = |pragma: &str| -> Result<u64, StoreError> {
            let value: i64 = self.connection.pragma_query_value(None, pragma, |row| row.get(0))?;
            Ok(u64::try_from(value).unwrap_or_default())
        };
        Ok((number("page_count")? - number("freelist_count")?) * number("page_size")?)
    }

    /// What each column of a run takes.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list_column_sizes(
        &self,
        project: ProjectId,
        run: RunNumber,
    ) -> Result<Vec<ColumnSize>, StoreError> {
        let mut sizes = Vec::new();
        for (kind, blob) in self.list_columns(project, run)? {
            let sql = "SELECT LENGTH(content) FROM blob WHERE project = $1 AND id = $2";
            let bytes: Option<i64> = self.one(sql, (project, blob), |row| row.get(0))?;
            let bytes = bytes.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or_default();
            sizes.push(ColumnSize { kind, blob, bytes });
        }
        Ok(sizes)
    }
}
