//! Durations as they were reported, for as long as more parts of a run may come.
//!
//! Columns keep durations in steps. The totals of a run and of its modules are exact all the same: they are counted
//! from what stands here, and counted anew when another part of the run arrives.

use std::collections::BTreeMap;

use roaring::RoaringBitmap;
use rusqlite::Row;

use crate::blobs::decode;
use crate::columns::packed::unpack_bitmap;
use crate::columns::{pack_durations, unpack_durations};
use crate::{ColumnKind, ProjectId, RunNumber, StoreError, TestColumns, UploadId, UploadState, Writer};

/// Runs of a project whose exact durations are kept. A part that comes later than that is added up with the steps of
/// those before it.
const RUNS: u64 = 64;

/// The tests of an upload, and how long each took in microseconds.
type Part = (RoaringBitmap, Vec<Option<u64>>);

impl Writer<'_> {
    /// Keeps the durations of an upload, and forgets those of old runs.
    pub(crate) fn keep_exact_durations(
        &mut self,
        project: ProjectId,
        upload: UploadId,
        durations_us: &[Option<u64>],
    ) -> Result<(), StoreError> {
        let sql = "SELECT run FROM upload WHERE project = $1 AND id = $2";
        let run: Option<RunNumber> = self.one(sql, (project, upload), |row| row.get(0))?;
        let run = run.ok_or_else(|| StoreError::Missing(format!("upload {upload}")))?;
        let old = RunNumber(run.0.saturating_sub(RUNS));
        self.execute("DELETE FROM exact_durations WHERE project = $1 AND run < $2", (project, old))?;
        let packed = pack_durations(durations_us);
        let (encoding, content) = self.caches.encode(&packed)?;
        let size = i64::try_from(packed.len()).map_err(|_| StoreError::TooMany("bytes in one content"))?;
        let sql = "INSERT INTO exact_durations (project, upload, run, encoding, size, content) \
                   VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (project, upload) DO UPDATE \
                   SET encoding = excluded.encoding, size = excluded.size, content = excluded.content";
        self.execute(sql, (project, upload, run, encoding, size, content))?;
        Ok(())
    }

    /// How long the tests of a run took: exactly, where that is still known. In the order of the columns.
    pub(crate) fn exact_durations(
        &self,
        project: ProjectId,
        run: RunNumber,
        tests: &TestColumns,
    ) -> Result<Vec<Option<u64>>, StoreError> {
        let mut greatest: BTreeMap<u32, u64> = BTreeMap::new();
        let mut parts = Vec::new();
        for upload in self.list_uploads(project, run)? {
            if upload.state == UploadState::Stored
                && let Some(part) = self.durations_of_upload(project, upload.id)?
            {
                parts.push(part);
            }
        }
        if let [(present, durations)] = parts.as_slice()
            && *present == tests.present
        {
            return Ok(durations.clone());
        }
        for (present, durations) in parts {
            for (id, duration) in present.iter().zip(durations) {
                if let Some(us) = duration {
                    let known = greatest.entry(id).or_insert(us);
                    *known = us.max(*known);
                }
            }
        }
        Ok(tests.present.iter().map(|id| greatest.get(&id).copied()).collect())
    }

    fn durations_of_upload(&self, project: ProjectId, upload: UploadId) -> Result<Option<Part>, StoreError> {
        let columns = self.columns_of_upload(project, upload)?;
        let Some(&present) = columns.get(&ColumnKind::TestsPresent) else { return Ok(None) };
        let sql = "SELECT encoding, size, content FROM exact_durations WHERE project = $1 AND upload = $2";
        let row = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get::<_, Vec<u8>>(2)?));
        let Some((encoding, size, content)) = self.one(sql, (project, upload), row)? else {
            let columns = self.decode_tests(project, &columns)?.unwrap_or_default();
            return Ok(Some((columns.present, columns.durations_us)));
        };
        let present = unpack_bitmap(&self.read_blob(project, present)?)?;
        let durations = unpack_durations(&decode(encoding, size, &content)?, &present, &[])?;
        Ok(Some((present, durations)))
    }
}
