//! The first known value of each identity, which its values in columns are differences to.
//!
//! An origin is set by the first column that knows a value and never changed, so a column can be read for ever, and the
//! same values are the same bytes whenever they come.

use std::collections::BTreeSet;

use roaring::RoaringBitmap;

use crate::columns::packed::damaged;
use crate::{ColumnKind, ProjectId, Reader, StoreError, Writer};

/// Identifiers in one row of the table.
const STRETCH: u32 = 4096;
const BYTES: usize = 4;

/// The origins of one kind of column by identifier, 0 for none.
#[derive(Default)]
pub(crate) struct Origins(Vec<u32>);

impl Reader<'_> {
    /// The origins of the identities of a column, in their order.
    pub(crate) fn read_origins(
        &self,
        project: ProjectId,
        kind: ColumnKind,
        present: &RoaringBitmap,
    ) -> Result<Vec<u32>, StoreError> {
        let (Some(first), Some(last)) = (present.min(), present.max()) else { return Ok(Vec::new()) };
        let sql = "SELECT stretch, content FROM origin \
                   WHERE project = $1 AND kind = $2 AND stretch BETWEEN $3 AND $4 ORDER BY stretch";
        let mut statement = self.prepare(sql)?;
        let mut rows = statement.query((project, kind as u8, first / STRETCH, last / STRETCH))?;
        let mut origins = Vec::with_capacity(usize::try_from(present.len()).unwrap_or_default());
        let mut ids = present.iter().peekable();
        while let Some(row) = rows.next()? {
            let stretch: u32 = row.get(0)?;
            let content = row.get_ref(1)?.as_blob().map_err(|_| damaged("an origin is not bytes"))?;
            // A stretch without a row has no origins.
            while ids.next_if(|id| id / STRETCH < stretch).is_some() {
                origins.push(0);
            }
            while let Some(id) = ids.next_if(|id| id / STRETCH == stretch) {
                let at = (id % STRETCH) as usize * BYTES;
                let bytes = content.get(at..).and_then(<[u8]>::first_chunk);
                origins.push(bytes.map_or(0, |bytes| u32::from_le_bytes(*bytes)));
            }
        }
        Ok(origins)
    }
}

impl Writer<'_> {
    /// Sets the origins that are not set yet and whose values are known; the values are in the order of `present`.
    /// Returns the origins, in the same order.
    pub(crate) fn set_origins(
        &mut self,
        project: ProjectId,
        kind: ColumnKind,
        present: &RoaringBitmap,
        values: impl Iterator<Item = Option<u32>>,
    ) -> Result<Vec<u32>, StoreError> {
        if !self.caches.project(project).origins.contains_key(&kind) {
            let origins = self.load_origins(project, kind)?;
            self.caches.project(project).origins.insert(kind, origins);
        }
        let known = &mut self.caches.project(project).origins.entry(kind).or_default().0;
        if let Some(last) = present.max()
            && known.len() <= last as usize
        {
            known.resize(last as usize + 1, 0);
        }
        let mut changed = BTreeSet::new();
        let mut origins = Vec::with_capacity(usize::try_from(present.len()).unwrap_or_default());
        for (id, value) in present.iter().zip(values) {
            let Some(origin) = known.get_mut(id as usize) else { continue };
            if *origin == 0
                && let Some(value) = value
            {
                *origin = value;
                changed.insert(id / STRETCH);
            }
            origins.push(*origin);
        }
        let rows: Vec<(u32, Vec<u8>)> = changed
            .into_iter()
            .map(|stretch| {
                let from = (stretch * STRETCH) as usize;
                let values = known.iter().skip(from).take(STRETCH as usize);
                (stretch, values.flat_map(|value| value.to_le_bytes()).collect())
            })
            .collect();
        let sql = "INSERT INTO origin (project, kind, stretch, content) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (project, kind, stretch) DO UPDATE SET content = excluded.content";
        for (stretch, content) in rows {
            self.execute(sql, (project, kind as u8, stretch, content))?;
        }
        Ok(origins)
    }

    fn load_origins(&self, project: ProjectId, kind: ColumnKind) -> Result<Origins, StoreError> {
        let sql = "SELECT stretch, content FROM origin WHERE project = $1 AND kind = $2 ORDER BY stretch";
        let rows = self
            .all(sql, (project, kind as u8), |row| Ok((row.get::<_, u32>(0)?, row.get::<_, Vec<u8>>(1)?)))?;
        let mut origins = Vec::new();
        for (stretch, content) in rows {
            origins.resize((stretch * STRETCH) as usize, 0);
            let (chunks, _) = content.as_chunks::<BYTES>();
            origins.extend(chunks.iter().map(|bytes| u32::from_le_bytes(*bytes)));
        }
        Ok(Origins(origins))
    }
}
