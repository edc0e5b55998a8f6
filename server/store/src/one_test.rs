//! What one test did in a run, without unpacking what all others did.

use std::collections::BTreeMap;

use roaring::RoaringBitmap;

use crate::columns::packed::damaged;
use crate::columns::{find_duration, unpack_failures};
use crate::{ColumnKind, FailureText, ProjectId, Reader, RunNumber, StoreError, TestId};

impl Reader<'_> {
    /// How long one test took in a run, in microseconds; `present` are the run's tests. The column is read up to the
    /// test, and of the origins the row that has the test.
    ///
    /// # Errors
    /// Those of the database, and a column that is damaged.
    pub fn read_duration(
        &self,
        project: ProjectId,
        run: RunNumber,
        test: TestId,
        present: &RoaringBitmap,
    ) -> Result<Option<u64>, StoreError> {
        if !present.contains(test.0) {
            return Ok(None);
        }
        let Some(bytes) = self.read_column(project, run, ColumnKind::TestsDurations)? else {
            return Ok(None);
        };
        let before = usize::try_from(present.rank(test.0).saturating_sub(1))
            .map_err(|_| damaged("a run has too many tests"))?;
        let only = RoaringBitmap::from_iter([test.0]);
        let origins = self.read_origins(project, ColumnKind::TestsDurations, &only)?;
        find_duration(&bytes, before, origins.first().copied().unwrap_or(0))
    }

    /// The texts of a run's failures, without anything else of its tests.
    ///
    /// # Errors
    /// Those of the database, and a column that is damaged.
    pub fn read_failure_texts(
        &self,
        project: ProjectId,
        run: RunNumber,
    ) -> Result<BTreeMap<TestId, FailureText>, StoreError> {
        let bytes = self.read_column(project, run, ColumnKind::TestsFailures)?;
        bytes.map_or_else(|| Ok(BTreeMap::new()), |bytes| unpack_failures(&bytes))
    }
}
