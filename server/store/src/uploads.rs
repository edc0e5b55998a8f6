//! Uploads and the queue that they wait in.
//!
//! An upload moves from *queued* over *processing* to *stored* or *failed*; a stored one may become *replaced*. The
//! state is in the database, so a process that is killed at any point leaves a queue that the next one continues.
//!
//! **What replaces what.** An upload takes the place of an earlier one of the same run, the same shard, the same flags
//! and the same formats if both have the same category, or if neither has a category and both have the same, non-empty file name.
//! So `unit-a.xml` and `unit-b.xml` without a category stand beside each other, and a corrected `unit-a.xml` replaces.
//! Of two such uploads the one that arrived later stands, in whichever order they are read.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Row;
use rusqlite::types::FromSqlError;

use crate::results::{pack_result, unpack_result};
use crate::{
    Accepted, FinishedUpload, NewUpload, ProjectId, Reader, RunNumber, Scopes, Shard, StoreError, Upload,
    UploadId, UploadState, Writer,
};

const UPLOAD: &str = "SELECT project, id, run, name, category, shard_index, shard_count, format, strip_prefix, \
                      add_prefix, digest, bytes, received_at, spool, state, attempts, formats, scopes, result, error, flags, \
                      versions, packed_result \
                      FROM upload";

impl UploadState {
    fn code(self) -> u8 {
        match self {
            Self::Queued => 0,
            Self::Processing => 1,
            Self::Stored => 2,
            Self::Failed => 3,
            Self::Replaced => 4,
        }
    }

    fn from_code(code: u8) -> Self {
        match code {
            0 => Self::Queued,
            1 => Self::Processing,
            2 => Self::Stored,
            4 => Self::Replaced,
            _ => Self::Failed,
        }
    }

    fn is_active(self) -> bool {
        matches!(self, Self::Queued | Self::Processing | Self::Stored)
    }
}

impl Reader<'_> {
    /// The upload with this identifier.
    ///
    /// # Errors
    /// Those of the database.
    pub fn find_upload(&self, project: ProjectId, id: UploadId) -> Result<Option<Upload>, StoreError> {
        self.one(&format!("{UPLOAD} WHERE project = $1 AND id = $2"), (project, id), upload)
    }

    /// The uploads of a run in the order of their arrival, failed and replaced ones among them.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list_uploads(&self, project: ProjectId, run: RunNumber) -> Result<Vec<Upload>, StoreError> {
        self.all(&format!("{UPLOAD} WHERE project = $1 AND run = $2 ORDER BY id"), (project, run), upload)
    }

    /// Uploads that are in the history, in the order of their identifiers.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list_stored_uploads(
        &self,
        project: ProjectId,
        after: UploadId,
        limit: usize,
    ) -> Result<Vec<Upload>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let sql = format!("{UPLOAD} WHERE project = $1 AND id > $2 AND state = 2 ORDER BY id LIMIT $3");
        self.all(&sql, (project, after, limit), upload)
    }

    /// What waits or is being read, of all projects, in the order of its arrival.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list_waiting(&self, limit: usize) -> Result<Vec<Upload>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let sql =
            format!("{UPLOAD} WHERE state IN (0, 1) ORDER BY state DESC, received_at, project, id LIMIT $1");
        self.all(&sql, [limit], upload)
    }

    /// The names of the spool files that are still needed: of what waits, of what is being read, and of what could not
    /// be taken into the history.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list_spooled(&self) -> Result<BTreeSet<String>, StoreError> {
        let waiting = "SELECT spool FROM upload WHERE state IN (0, 1)";
        let mut names: BTreeSet<String> = self.all(waiting, [], |row| row.get(0))?.into_iter().collect();
        for project in self.list_projects()? {
            let failed = "SELECT spool FROM upload WHERE project = $1 AND state = 3";
            names.extend(self.all(failed, [project.id], |row| row.get::<_, String>(0))?);
        }
        Ok(names)
    }

    /// How many uploads of all projects wait or are being read.
    ///
    /// # Errors
    /// Those of the database.
    pub fn count_waiting(&self) -> Result<u64, StoreError> {
        let sql = "SELECT COUNT(*) FROM upload WHERE state IN (0, 1)";
        let count = self.one(sql, [], |row| row.get::<_, i64>(0))?;
        Ok(count.and_then(|count| u64::try_from(count).ok()).unwrap_or_default())
    }
}

impl Writer<'_> {
    /// Puts an upload into the queue. To be called after the spool file and its folder are synced: once this is
    /// committed, the upload may be acknowledged.
    ///
    /// # Errors
    /// Those of the database.
    pub fn accept_upload(&mut self, project: ProjectId, new: &NewUpload) -> Result<Accepted, StoreError> {
        let same = |other: &&Upload| {
            let received = &other.received;
            other.state.is_active()
                && received.digest == new.digest
                && received.category == new.category
                && received.shard == new.shard
                && received.format == new.format
                && received.strip_prefix == new.strip_prefix
                && received.add_prefix == new.add_prefix
                && received.flags == new.flags
        };
        if let Some(there) = self.list_uploads(project, new.run)?.iter().find(same) {
            return Ok(Accepted::Duplicate(there.id));
        }
        let next = "SELECT COALESCE(MAX(id), 0) + 1 FROM upload WHERE project = $1";
        let id = self.one(next, [project], |row| row.get(0))?.unwrap_or(UploadId(1));
        let bytes = i64::try_from(new.bytes).map_err(|_| StoreError::TooMany("bytes in one upload"))?;
        let shard = new.shard.unwrap_or(Shard { index: 0, count: 0 });
        self.execute(
            "INSERT INTO upload (project, id, run, name, category, shard_index, shard_count, format, strip_prefix, \
             add_prefix, digest, bytes, received_at, spool, state, attempts, formats, scopes, flags) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0, 0, '', 0, $15)",
            rusqlite::params![
                project,
                id,
                new.run,
                new.name,
                new.category,
                shard.index,
                shard.count,
                new.format,
                new.strip_prefix,
                new.add_prefix,
                new.digest,
                bytes,
                new.received_at,
                new.spool,
                new.flags.join(","),
            ],
        )?;
        self.refresh_state(project, new.run)?;
        Ok(Accepted::Queued(id))
    }

    /// Takes the upload that waits longest, and counts the attempt.
    ///
    /// # Errors
    /// Those of the database.
    pub fn claim_upload(&mut self) -> Result<Option<Upload>, StoreError> {
        // The first condition is the index's own, without which SQLite would not use it.
        let sql =
            format!("{UPLOAD} WHERE state IN (0, 1) AND state = 0 ORDER BY received_at, project, id LIMIT 1");
        let Some(mut upload) = self.one(&sql, [], upload)? else { return Ok(None) };
        upload.state = UploadState::Processing;
        upload.attempts += 1;
        let sql = "UPDATE upload SET state = 1, attempts = $3 WHERE project = $1 AND id = $2";
        self.execute(sql, (upload.project, upload.id, upload.attempts))?;
        Ok(Some(upload))
    }

    /// Takes one upload, if it waits: for whoever reads what he has just brought.
    ///
    /// # Errors
    /// Those of the database.
    pub fn claim_upload_by_id(
        &mut self,
        project: ProjectId,
        id: UploadId,
    ) -> Result<Option<Upload>, StoreError> {
        let sql = "UPDATE upload SET state = 1, attempts = attempts + 1 WHERE project = $1 AND id = $2 AND state = 0";
        if self.execute(sql, (project, id))? == 0 {
            return Ok(None);
        }
        self.find_upload(project, id)
    }

    /// Puts back what was being read when the process before this one ended. What ended it `most` times fails: it
    /// would end the next one, too. `error` is what is then kept as the reason. Returns those that failed.
    ///
    /// To be called once, before the first claim.
    ///
    /// # Errors
    /// Those of the database.
    pub fn recover_uploads(&mut self, most: u32, error: &str) -> Result<Vec<Upload>, StoreError> {
        let sql = format!("{UPLOAD} WHERE state IN (0, 1) AND state = 1 ORDER BY received_at, project, id");
        let mut failed = Vec::new();
        for mut upload in self.all(&sql, [], upload)? {
            if upload.attempts >= most {
                self.fail_upload(upload.project, upload.id, error)?;
                upload.state = UploadState::Failed;
                failed.push(upload);
            } else {
                self.set_upload_state(upload.project, upload.id, UploadState::Queued)?;
            }
        }
        Ok(failed)
    }

    /// Puts an upload that was claimed back into the queue, without counting the attempt: the process ends in order.
    ///
    /// # Errors
    /// Those of the database.
    pub fn release_upload(&mut self, project: ProjectId, id: UploadId) -> Result<(), StoreError> {
        let sql = "UPDATE upload SET state = 0, attempts = attempts - 1 WHERE project = $1 AND id = $2 AND state = 1";
        self.execute(sql, (project, id))?;
        Ok(())
    }

    /// Says that an upload is in the history: its columns were set. It takes the place of an earlier one where it
    /// should, or is itself replaced where a later one was read before it; the run's columns, measures and state
    /// follow. Returns those that were replaced.
    ///
    /// # Errors
    /// Those of the database.
    pub fn finish_upload(
        &mut self,
        project: ProjectId,
        id: UploadId,
        finished: &FinishedUpload,
    ) -> Result<Vec<UploadId>, StoreError> {
        let scopes = u8::from(finished.scopes.code) | u8::from(finished.scopes.security) << 1;
        self.execute(
            "UPDATE upload SET state = 2, formats = $3, scopes = $4, result = NULL, packed_result = $5, error = NULL, \
             versions = $6 WHERE project = $1 AND id = $2",
            (project, id, &finished.formats, scopes, pack_result(&finished.result)?, &finished.versions),
        )?;
        let upload =
            self.find_upload(project, id)?.ok_or_else(|| StoreError::Missing(format!("upload {id}")))?;
        let run = upload.received.run;
        let mut same: Vec<UploadId> = self
            .list_uploads(project, run)?
            .iter()
            .filter(|other| other.state == UploadState::Stored && takes_place_of(&upload, other))
            .map(|other| other.id)
            .collect();
        same.pop();
        let mut changed = self.upload_groups(project, id)?;
        for &replaced in &same {
            changed.extend(self.upload_groups(project, replaced)?);
            self.set_upload_state(project, replaced, UploadState::Replaced)?;
            self.drop_upload_columns(project, replaced)?;
        }
        self.refresh_run(project, run, &changed)?;
        self.refresh_state(project, run)?;
        Ok(same)
    }

    /// Says that an upload cannot be read, and why. What an earlier attempt left of it is taken out of the run.
    ///
    /// # Errors
    /// Those of the database.
    pub fn fail_upload(&mut self, project: ProjectId, id: UploadId, error: &str) -> Result<(), StoreError> {
        let sql = "UPDATE upload SET state = 3, error = $3 WHERE project = $1 AND id = $2";
        self.execute(sql, (project, id, error))?;
        let Some(upload) = self.find_upload(project, id)? else { return Ok(()) };
        let changed = self.upload_groups(project, id)?;
        if !changed.is_empty() {
            self.drop_upload_columns(project, id)?;
            self.refresh_run(project, upload.received.run, &changed)?;
        }
        self.refresh_state(project, upload.received.run)
    }

    fn set_upload_state(
        &mut self,
        project: ProjectId,
        id: UploadId,
        state: UploadState,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE upload SET state = $3 WHERE project = $1 AND id = $2";
        self.execute(sql, (project, id, state.code()))?;
        Ok(())
    }
}

/// Whether two stored uploads of one run stand for the same; an upload does for itself.
fn takes_place_of(a: &Upload, b: &Upload) -> bool {
    let (first, second) = (&a.received, &b.received);
    let same_name = first.category.is_some() || (first.name == second.name && !first.name.is_empty());
    a.id == b.id
        || (first.category == second.category
            && first.flags == second.flags
            && same_name
            && first.shard == second.shard
            && a.formats == b.formats)
}

/// Which shards were announced by another shard of the same category, flags and formats, and are not stored: `category
/// 2/3`, `flag 2/3` or `2/3`.
///
/// What waits or failed has no formats yet; it announces no more than its own category and number.
pub(crate) fn missing_shards(uploads: &[Upload]) -> Vec<String> {
    let mut announced: BTreeMap<(String, &str, u32), BTreeSet<u32>> = BTreeMap::new();
    for upload in uploads {
        let Some(shard) = upload.received.shard else { continue };
        if upload.state == UploadState::Stored {
            let key = (shard_label(upload), upload.formats.as_str(), shard.count);
            announced.entry(key).or_default().insert(shard.index);
        }
    }
    for upload in uploads {
        let Some(shard) = upload.received.shard else { continue };
        let label = shard_label(upload);
        let is_known = announced.keys().any(|(known, _, count)| *known == label && *count == shard.count);
        if upload.state != UploadState::Replaced && !is_known {
            announced.entry((label, "", shard.count)).or_default();
        }
    }
    let mut missing = BTreeSet::new();
    for ((label, _, count), present) in announced {
        for index in (1..=count).filter(|index| !present.contains(index)) {
            missing.insert((label.clone(), count, index));
        }
    }
    missing
        .into_iter()
        .map(|(label, count, index)| match label.as_str() {
            "" => format!("{index}/{count}"),
            label => format!("{label} {index}/{count}"),
        })
        .collect()
}

/// What tells the shards of a run's matrix apart: the category, then the flags.
fn shard_label(upload: &Upload) -> String {
    let category = upload.received.category.iter();
    category.chain(&upload.received.flags).map(String::as_str).collect::<Vec<_>>().join(" ")
}

fn upload(row: &Row<'_>) -> rusqlite::Result<Upload> {
    let shard = Shard { index: row.get(5)?, count: row.get(6)? };
    let bytes: i64 = row.get(11)?;
    let scopes: u8 = row.get(17)?;
    let flags: String = row.get(20)?;
    let packed = row.get_ref(22)?.as_blob_or_null()?.map(unpack_result).transpose();
    let packed = packed.map_err(|error| FromSqlError::Other(Box::new(error)))?;
    Ok(Upload {
        project: row.get(0)?,
        id: row.get(1)?,
        received: NewUpload {
            run: row.get(2)?,
            name: row.get(3)?,
            category: row.get(4)?,
            shard: (shard.count > 0).then_some(shard),
            format: row.get(7)?,
            flags: flags.split(',').filter(|flag| !flag.is_empty()).map(str::to_owned).collect(),
            strip_prefix: row.get(8)?,
            add_prefix: row.get(9)?,
            digest: row.get(10)?,
            bytes: u64::try_from(bytes).unwrap_or_default(),
            received_at: row.get(12)?,
            spool: row.get(13)?,
        },
        state: UploadState::from_code(row.get(14)?),
        attempts: row.get(15)?,
        formats: row.get(16)?,
        scopes: Scopes { code: scopes & 1 == 1, security: scopes & 2 == 2 },
        result: match packed {
            Some(result) => Some(result),
            None => row.get(18)?,
        },
        error: row.get(19)?,
        versions: row.get(21)?,
    })
}
