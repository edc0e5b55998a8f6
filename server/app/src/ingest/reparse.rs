//! Reading stored uploads again, after a parser has learnt something.

use plimsoll_model::ReportKind;
use plimsoll_store::{ProjectId, Upload, UploadId};

use super::{Ingest, IngestError, raw};

/// Uploads that are looked at in one step.
const STEP: usize = 200;

/// What became of the uploads whose parsers are newer now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reparsed {
    /// Read again, or to be read again.
    pub uploads: u64,
    /// Not kept any more: they stay as they were read.
    pub gone: u64,
    /// What could be read once and cannot be read now stays as it was read.
    pub unreadable: u64,
}

impl Ingest {
    /// Reads the stored uploads of a project again whose parsers were older than `version_of` says, in the order of their
    /// arrival, and puts what comes out of it in their place. With `is_dry_run` it only counts.
    ///
    /// # Errors
    /// Where the store fails. What was done stays done; the rest is found again the next time.
    pub fn reparse(
        &self,
        project: ProjectId,
        version_of: &dyn Fn(&str) -> Option<u32>,
        is_dry_run: bool,
    ) -> Result<Reparsed, IngestError> {
        let mut done = Reparsed::default();
        let mut after = UploadId(0);
        loop {
            let uploads = self.store().read(|reader| reader.list_stored_uploads(project, after, STEP))?;
            let Some(last) = uploads.last() else { return Ok(done) };
            after = last.id;
            for upload in uploads.iter().filter(|upload| is_outdated(upload, version_of)) {
                let bytes = match raw::read(self.store(), &upload.received.digest) {
                    Ok(Some(bytes)) => bytes,
                    Ok(None) => {
                        done.gone += 1;
                        continue;
                    }
                    Err(error) => {
                        tracing::warn!(upload = upload.id.0, %error, "cannot read an upload again");
                        done.gone += 1;
                        continue;
                    }
                };
                if is_dry_run {
                    done.uploads += 1;
                    continue;
                }
                match self.read_again(upload, &bytes)? {
                    None => done.unreadable += 1,
                    Some(kinds) => {
                        done.uploads += 1;
                        if kinds.contains(&ReportKind::Tests) {
                            self.find_flaky(project, upload.received.run)?;
                        }
                    }
                }
            }
        }
    }
}

/// Whether one of its parsers was older. `versions` is `junit=2,lcov=1`; an upload from before versions were noted has
/// none, and counts as read by version 0.
fn is_outdated(upload: &Upload, version_of: &dyn Fn(&str) -> Option<u32>) -> bool {
    let known = |format: &str| {
        upload.versions.split(',').find_map(|entry| {
            let (name, version) = entry.split_once('=')?;
            (name == format).then(|| version.parse().ok())?
        })
    };
    upload
        .formats
        .split(',')
        .any(|format| version_of(format).is_some_and(|version| known(format).unwrap_or(0) < version))
}
