//! The source texts of the files of a run, where somebody chose to send them.

use crate::{BlobId, ColumnKind, ProjectId, Reader, RunNumber, SourceManifest, StoreError, Writer};

impl Reader<'_> {
    /// Which files of a run have a source text; empty where none was sent.
    ///
    /// # Errors
    /// Those of the database, and a column that is damaged.
    pub fn read_sources(&self, project: ProjectId, run: RunNumber) -> Result<SourceManifest, StoreError> {
        let bytes = self.read_column(project, run, ColumnKind::Sources)?;
        bytes.map_or_else(|| Ok(SourceManifest::default()), |bytes| SourceManifest::unpack(&bytes))
    }
}

impl Writer<'_> {
    /// The content with this BLAKE3 digest, if it is there; from now on it is in use.
    ///
    /// # Errors
    /// Those of the database.
    pub fn use_text(&mut self, project: ProjectId, digest: &[u8; 32]) -> Result<Option<BlobId>, StoreError> {
        let sql = "SELECT id FROM blob WHERE project = $1 AND digest = $2";
        let found = self.one(sql, (project, digest), |row| row.get::<_, BlobId>(0))?;
        if let Some(id) = found {
            self.note_use(project, |watch| {
                watch.blobs.insert(id.0);
            });
        }
        Ok(found)
    }

    /// Says which files of a run have which source text.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set_sources(
        &mut self,
        project: ProjectId,
        run: RunNumber,
        sources: &SourceManifest,
    ) -> Result<(), StoreError> {
        let blob = self.put_blob(project, &sources.pack())?;
        self.set_run_column(project, run, ColumnKind::Sources, Some(blob))
    }
}
