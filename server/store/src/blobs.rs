//! Contents, each stored once.

use std::borrow::Cow;

use crate::columns::packed::damaged;
use crate::{BlobId, ProjectId, Reader, StoreError, Writer};

const RAW: u8 = 0;
const ZSTD: u8 = 1;
/// Below this, a compressed frame's own bytes eat what it saves.
const LEAST_TO_COMPRESS: usize = 64;
/// At 3 the columns come within a few percent of the highest levels, at a tenth of their time.
const LEVEL: i32 = 3;

impl Reader<'_> {
    pub(crate) fn read_blob(&self, project: ProjectId, id: BlobId) -> Result<Vec<u8>, StoreError> {
        let sql = "SELECT encoding, size, content FROM blob WHERE project = $1 AND id = $2";
        let mut statement = self.prepare(sql)?;
        let mut rows = statement.query((project, id))?;
        let row = rows.next()?.ok_or_else(|| StoreError::Damaged(format!("content {id} is missing")))?;
        let content = row.get_ref(2)?.as_blob().map_err(|_| damaged("content is not bytes"))?;
        let content = decode(row.get(0)?, row.get(1)?, content)?;
        self.count_work(0, content.len());
        Ok(content)
    }

    /// A text: a failure's message, say.
    ///
    /// # Errors
    /// Where there is no such text, and those of the database.
    pub fn read_text(&self, project: ProjectId, blob: BlobId) -> Result<String, StoreError> {
        String::from_utf8(self.read_blob(project, blob)?).map_err(|_| damaged("a text is not UTF-8"))
    }
}

impl Writer<'_> {
    /// Keeps a text; the same text has the same identifier.
    ///
    /// # Errors
    /// Those of the database.
    pub fn put_text(&mut self, project: ProjectId, text: &str) -> Result<BlobId, StoreError> {
        self.put_blob(project, text.as_bytes())
    }

    pub(crate) fn put_blob(&mut self, project: ProjectId, content: &[u8]) -> Result<BlobId, StoreError> {
        let digest = blake3::hash(content);
        let sql = "SELECT id FROM blob WHERE project = $1 AND digest = $2";
        if let Some(id) = self.one(sql, (project, digest.as_bytes()), |row| row.get::<_, BlobId>(0))? {
            self.note_use(project, |watch| {
                watch.blobs.insert(id.0);
            });
            return Ok(id);
        }
        let id = match self.caches.project(project).next_blob {
            Some(id) => id,
            None => self
                .one("SELECT COALESCE(MAX(id), 0) + 1 FROM blob WHERE project = $1", [project], |row| {
                    row.get(0)
                })?
                .unwrap_or(BlobId(1)),
        };
        let (encoding, stored) = self.caches.encode(content)?;
        let size = i64::try_from(content.len()).map_err(|_| StoreError::TooMany("bytes in one content"))?;
        self.execute(
            "INSERT INTO blob (project, id, digest, encoding, size, content) VALUES ($1, $2, $3, $4, $5, $6)",
            (project, id, digest.as_bytes(), encoding, size, stored),
        )?;
        self.caches.project(project).next_blob = Some(BlobId(id.0 + 1));
        Ok(id)
    }
}

/// What [`Encoder::encode`] made of a content of this size.
pub(crate) fn decode(encoding: u8, size: i64, content: &[u8]) -> Result<Vec<u8>, StoreError> {
    match encoding {
        RAW => Ok(content.to_vec()),
        ZSTD => {
            let size = usize::try_from(size).map_err(|_| damaged("a size is negative"))?;
            zstd::bulk::decompress(content, size).map_err(|error| StoreError::Damaged(error.to_string()))
        }
        _ => Err(damaged("content has an unknown encoding")),
    }
}

/// Compresses where that makes it smaller.
#[derive(Default)]
pub(crate) struct Encoder(Option<zstd::bulk::Compressor<'static>>);

impl Encoder {
    pub(crate) fn encode<'a>(&mut self, content: &'a [u8]) -> Result<(u8, Cow<'a, [u8]>), StoreError> {
        let failed = |error: std::io::Error| StoreError::Damaged(format!("cannot compress: {error}"));
        if content.len() < LEAST_TO_COMPRESS {
            return Ok((RAW, Cow::Borrowed(content)));
        }
        let mut compressor = match self.0.take() {
            Some(compressor) => compressor,
            None => zstd::bulk::Compressor::new(LEVEL).map_err(failed)?,
        };
        let packed = compressor.compress(content).map_err(failed)?;
        self.0 = Some(compressor);
        if packed.len() < content.len() {
            Ok((ZSTD, Cow::Owned(packed)))
        } else {
            Ok((RAW, Cow::Borrowed(content)))
        }
    }
}
