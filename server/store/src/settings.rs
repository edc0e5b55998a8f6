//! A run's settings, and what an upload could not find in the repository.

use crate::run_columns::{Columns, Group};
use crate::{BlobId, ColumnKind, ProjectId, Reader, RunNumber, StoreError, UploadId, Writer};

impl Reader<'_> {
    /// The text of the run's own `plimsoll.toml`, and the identifier of its content: a key for caches. `None` where it
    /// was not sent.
    ///
    /// # Errors
    /// Those of the database, and content that is damaged.
    pub fn read_settings(
        &self,
        project: ProjectId,
        run: RunNumber,
    ) -> Result<Option<(BlobId, String)>, StoreError> {
        let Some(blob) = self.find_settings(project, run)? else { return Ok(None) };
        Ok(Some((blob, self.read_text(project, blob)?)))
    }

    /// The identifier of the content of the run's own `plimsoll.toml`; see [`Reader::read_text`].
    ///
    /// # Errors
    /// Those of the database.
    pub fn find_settings(&self, project: ProjectId, run: RunNumber) -> Result<Option<BlobId>, StoreError> {
        self.find_column(project, run, ColumnKind::Settings)
    }

    /// What [`Writer::set_path_problems`] kept of an upload.
    ///
    /// # Errors
    /// Those of the database, and content that is damaged.
    pub fn read_path_problems(
        &self,
        project: ProjectId,
        upload: UploadId,
    ) -> Result<Option<String>, StoreError> {
        let sql = "SELECT blob FROM upload_column WHERE project = $1 AND upload = $2 AND kind = $3";
        let kind = ColumnKind::PathProblems as u8;
        let blob: Option<BlobId> = self.one(sql, (project, upload, kind), |row| row.get(0))?;
        blob.map(|blob| self.read_text(project, blob)).transpose()
    }
}

impl Writer<'_> {
    /// The settings that an upload brings: the text of `plimsoll.toml`.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set_upload_settings(
        &mut self,
        project: ProjectId,
        upload: UploadId,
        text: &str,
    ) -> Result<(), StoreError> {
        let columns = Columns::from([(ColumnKind::Settings, self.put_text(project, text)?)]);
        self.set_upload_columns(project, upload, Group::Settings, &columns)
    }

    /// Which paths of an upload are no file of the repository, and why, in the caller's own words; the store does not
    /// look into them. `None` where all were found.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set_path_problems(
        &mut self,
        project: ProjectId,
        upload: UploadId,
        problems: Option<&str>,
    ) -> Result<(), StoreError> {
        let kind = ColumnKind::PathProblems as u8;
        let Some(text) = problems else {
            let sql = "DELETE FROM upload_column WHERE project = $1 AND upload = $2 AND kind = $3";
            self.execute(sql, (project, upload, kind))?;
            return Ok(());
        };
        let blob = self.put_text(project, text)?;
        let sql = "INSERT INTO upload_column (project, upload, kind, blob) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (project, upload, kind) DO UPDATE SET blob = excluded.blob";
        self.execute(sql, (project, upload, kind, blob))?;
        Ok(())
    }

    /// Several uploads of a run that bring different settings: the greatest text stands, so that the order in which they
    /// come does not matter.
    pub(crate) fn merge_settings(
        &mut self,
        project: ProjectId,
        parts: &[Columns],
    ) -> Result<Columns, StoreError> {
        let mut greatest: Option<(String, BlobId)> = None;
        for blob in parts.iter().filter_map(|columns| columns.get(&ColumnKind::Settings)) {
            let text = self.read_text(project, *blob)?;
            if greatest.as_ref().is_none_or(|(known, _)| text > *known) {
                greatest = Some((text, *blob));
            }
        }
        Ok(greatest.map(|(_, blob)| Columns::from([(ColumnKind::Settings, blob)])).unwrap_or_default())
    }
}
