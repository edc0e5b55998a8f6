//! What reads and what writes, and the few ways in which they ask the database.

use std::cell::Cell;
use std::ops::Deref;

use roaring::RoaringBitmap;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Params, Row};

use crate::cache::Caches;
use crate::{ProjectId, StoreError};

/// Reads within one transaction: all that it sees is of one moment.
pub struct Reader<'store> {
    pub(crate) connection: &'store Connection,
    pub(crate) work: Cell<Work>,
}

/// What a reader has done so far: what an answer costs whatever the machine does besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Work {
    /// Statements that were asked.
    pub statements: u64,
    /// Rows that were taken from tables one by one, apart from contents.
    pub rows: u64,
    /// Bytes of contents that were unpacked.
    pub bytes: u64,
}

/// Reads and writes within one transaction.
pub struct Writer<'store> {
    reader: Reader<'store>,
    pub(crate) caches: &'store mut Caches,
}

impl<'store> Deref for Writer<'store> {
    type Target = Reader<'store>;

    fn deref(&self) -> &Self::Target {
        &self.reader
    }
}

impl<'store> Reader<'store> {
    pub(crate) fn new(connection: &'store Connection) -> Self {
        Self { connection, work: Cell::default() }
    }

    /// What was done since the transaction began.
    pub fn work(&self) -> Work {
        self.work.get()
    }

    pub(crate) fn count_work(&self, rows: usize, bytes: usize) {
        let Work { statements, rows: known_rows, bytes: known_bytes } = self.work.get();
        self.work.set(Work { statements, rows: known_rows + rows as u64, bytes: known_bytes + bytes as u64 });
    }

    /// Every statement passes here, so that the test of the query plans sees them all.
    ///
    /// The texts number their parameters as PostgreSQL does. To SQLite `$2` is a name, which it numbers by its first
    /// occurrence; its own numbers are written `?2`.
    pub(crate) fn prepare(&self, sql: &str) -> Result<CachedStatement<'store>, StoreError> {
        #[cfg(test)]
        crate::plans::note(sql);
        let work = self.work.get();
        self.work.set(Work { statements: work.statements + 1, ..work });
        Ok(self.connection.prepare_cached(&sql.replace('$', "?"))?)
    }

    /// The first row.
    pub(crate) fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        map: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.prepare(sql)?.query_row(params, map).optional()?)
    }

    /// All rows.
    pub(crate) fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        map: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let mut statement = self.prepare(sql)?;
        let rows: Vec<T> = statement.query_map(params, map)?.collect::<rusqlite::Result<_>>()?;
        self.count_work(rows.len(), 0);
        Ok(rows)
    }

    /// The rows of a dictionary with these identifiers, in their order. `select` ends before its WHERE; the table has
    /// the columns `project` and `id`. A dense set is read as one stretch of the table, a sparse one point by point.
    pub(crate) fn by_ids<T>(
        &self,
        select: &str,
        project: ProjectId,
        ids: &RoaringBitmap,
        mut map: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let (Some(first), Some(last)) = (ids.min(), ids.max()) else { return Ok(Vec::new()) };
        let mut found = Vec::with_capacity(usize::try_from(ids.len()).unwrap_or_default());
        if u64::from(last - first) < ids.len() * 4 {
            let sql = format!("{select} WHERE project = $1 AND id BETWEEN $2 AND $3 ORDER BY id");
            let mut statement = self.prepare(&sql)?;
            let at = statement.column_index("id")?;
            let mut rows = statement.query((project, first, last))?;
            while let Some(row) = rows.next()? {
                if ids.contains(row.get(at)?) {
                    found.push(map(row)?);
                }
            }
        } else {
            let sql = format!("{select} WHERE project = $1 AND id = $2");
            let mut statement = self.prepare(&sql)?;
            for id in ids {
                if let Some(item) = statement.query_row((project, id), &mut map).optional()? {
                    found.push(item);
                }
            }
        }
        self.count_work(found.len(), 0);
        Ok(found)
    }

    /// A set of identifiers.
    pub(crate) fn id_set(&self, sql: &str, params: impl Params) -> Result<RoaringBitmap, StoreError> {
        let mut statement = self.prepare(sql)?;
        let rows = statement.query_map(params, |row| row.get::<_, u32>(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl<'store> Writer<'store> {
    pub(crate) fn new(connection: &'store Connection, caches: &'store mut Caches) -> Self {
        Self { reader: Reader::new(connection), caches }
    }

    /// Changes rows and says how many.
    pub(crate) fn execute(&self, sql: &str, params: impl Params) -> Result<usize, StoreError> {
        Ok(self.prepare(sql)?.execute(params)?)
    }
}
