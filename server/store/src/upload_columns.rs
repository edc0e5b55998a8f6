//! What single uploads brought: for parts of a run that another run lacks.

use crate::columns::packed::damaged;
use crate::{
    ColumnKind, CoverageManifest, FindingColumns, ProjectId, Reader, StoreError, TestColumns, UploadId,
};

/// What an upload brought. Absent: it is not about that.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct UploadColumns {
    /// Tests.
    pub tests: Option<TestColumns>,
    /// Coverage.
    pub coverage: Option<CoverageManifest>,
    /// Findings.
    pub findings: Option<FindingColumns>,
}

impl Reader<'_> {
    /// What a stored upload brought; nothing once another one took its place.
    ///
    /// # Errors
    /// Those of the database, and a column that is damaged.
    pub fn read_upload(&self, project: ProjectId, upload: UploadId) -> Result<UploadColumns, StoreError> {
        let columns = self.columns_of_upload(project, upload)?;
        let coverage = match columns.get(&ColumnKind::Coverage) {
            Some(&blob) => Some(
                CoverageManifest::unpack(&self.read_blob(project, blob)?)
                    .map_err(|error| damaged(&format!("upload {upload}: {error}")))?,
            ),
            None => None,
        };
        Ok(UploadColumns {
            tests: self.decode_tests(project, &columns)?,
            findings: self.decode_findings(project, &columns)?,
            coverage,
        })
    }
}
