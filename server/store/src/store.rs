//! Opening the database, and lending its connections.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};

use crate::cache::Caches;
use crate::migrations::migrate;
use crate::{Reader, StoreError, Writer};

/// The database's name in the store's folder.
pub const FILE: &str = "plimsoll.sqlite";

/// A page of a new database.
const PAGE_BYTES: u32 = 2_048;

/// How a store is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// Connections that read at the same time, at most; one more waits. Each keeps up to 2 MiB of pages.
    pub readers: usize,
    /// Whether a commit is on the disk when it returns. Off only where the store is thrown away afterwards.
    pub is_durable: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { readers: 8, is_durable: true }
    }
}

/// The history of all projects. Cheap to clone; clones share the connections.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    folder: PathBuf,
    writer: Mutex<WriterState>,
    readers: Mutex<Readers>,
    reader_returned: Condvar,
    /// Microseconds.
    waited: AtomicU64,
}

struct WriterState {
    connection: Connection,
    caches: Caches,
    /// SQLite's counter of what other connections committed: when it moves, another process has written and the
    /// caches know too little.
    data_version: i64,
}

struct Readers {
    idle: Vec<Connection>,
    /// Connections that may still be opened.
    unopened: usize,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("folder", &self.inner.folder).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the store in a folder, or creates both.
    ///
    /// # Errors
    /// Where the folder or the database cannot be opened, or was written by a newer version.
    pub fn open(folder: &Path, options: &Options) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder).map_err(|source| StoreError::File {
            action: "create",
            path: folder.to_owned(),
            source,
        })?;
        let file = folder.join(FILE);
        let connection = open_writer(&file, options)?;
        migrate(&connection, &file)?;
        let data_version = data_version(&connection)?;
        Ok(Self {
            inner: Arc::new(Inner {
                folder: folder.to_owned(),
                writer: Mutex::new(WriterState { connection, caches: Caches::default(), data_version }),
                readers: Mutex::new(Readers { idle: Vec::new(), unopened: options.readers.max(1) }),
                reader_returned: Condvar::new(),
                waited: AtomicU64::new(0),
            }),
        })
    }

    /// The folder that it was opened in.
    pub fn folder(&self) -> &Path {
        &self.inner.folder
    }

    /// Reads. All that the work sees is of one moment, whatever is written meanwhile. Waits while all connections are
    /// lent; work that reads must therefore not call `read` again.
    ///
    /// # Errors
    /// Those of the work, and of the database.
    pub fn read<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Reader<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let lent = self.lend_reader()?;
        lent.connection().map_err(StoreError::from)?.execute_batch("BEGIN").map_err(StoreError::from)?;
        let result = work(&Reader::new(lent.connection().map_err(StoreError::from)?));
        // Nothing was written, so there is nothing to lose: giving the snapshot back cannot fail in a way that matters.
        drop(lent);
        result
    }

    /// Writes in one transaction: all of it or, when the work fails, nothing. One writes at a time; work that writes
    /// must not call `write` again.
    ///
    /// # Errors
    /// Those of the work, and of the database.
    pub fn write<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&mut Writer<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let begun = Instant::now();
        self.write_behind(|writer| {
            let waited = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
            self.inner.waited.fetch_add(waited, Ordering::Relaxed);
            work(writer)
        })
    }

    /// How long all calls of [`Store::write`] together waited for others that wrote, since the store was opened. What is
    /// done in small steps beside the real work waits as well, and is not counted.
    pub fn time_waited(&self) -> Duration {
        Duration::from_micros(self.inner.waited.load(Ordering::Relaxed))
    }

    /// Writes what may wait.
    pub(crate) fn write_behind<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&mut Writer<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut state = self.lock_writer();
        let state = &mut *state;
        begin(state)?;
        let result = work(&mut Writer::new(&state.connection, &mut state.caches)).and_then(|value| {
            state.connection.execute_batch("COMMIT").map_err(StoreError::from)?;
            Ok(value)
        });
        if result.is_err() {
            undo(state);
        }
        result
    }

    /// Copies the whole database into a new file, as of one moment, while others read and write.
    ///
    /// # Errors
    /// Where the file exists already or cannot be written.
    pub fn backup(&self, to: &Path) -> Result<(), StoreError> {
        let lent = self.lend_reader()?;
        lent.connection()?.execute("VACUUM INTO $1", [to.to_string_lossy()])?;
        Ok(())
    }

    /// Gives up to so many free pages back; how many there were, and by how many bytes the file is smaller.
    pub(crate) fn vacuum_some(&self, pages: u32) -> Result<(u64, u64), StoreError> {
        let state = self.lock_writer();
        let page_bytes: i64 = state.connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
        let count = |state: &WriterState| -> Result<i64, StoreError> {
            Ok(state.connection.pragma_query_value(None, "page_count", |row| row.get(0))?)
        };
        let before = count(&state)?;
        // Each step gives one page back.
        let mut statement = state.connection.prepare(&format!("PRAGMA incremental_vacuum({pages})"))?;
        let mut rows = statement.query([])?;
        while rows.next()?.is_some() {}
        drop(rows);
        drop(statement);
        let freed = u64::try_from(before - count(&state)?).unwrap_or_default();
        Ok((freed, freed * u64::try_from(page_bytes).unwrap_or_default()))
    }

    /// Brings the log into the database's file, as far as nobody still reads what it had before: only then the file
    /// becomes smaller.
    ///
    /// # Errors
    /// Those of the database.
    pub fn checkpoint(&self) -> Result<(), StoreError> {
        let state = self.lock_writer();
        Ok(state.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?)
    }

    fn lock_writer(&self) -> MutexGuard<'_, WriterState> {
        let mut state = self.inner.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if !state.connection.is_autocommit() {
            // A thread panicked in the midst of its work: what it had written is taken back.
            undo(&mut state);
        }
        state
    }

    fn lend_reader(&self) -> Result<Lent<'_>, StoreError> {
        let mut readers = self.inner.readers.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(connection) = readers.idle.pop() {
                return Ok(Lent { inner: &self.inner, connection: Some(connection) });
            }
            if readers.unopened > 0 {
                let connection = open_reader(&self.inner.folder.join(FILE))?;
                readers.unopened -= 1;
                return Ok(Lent { inner: &self.inner, connection: Some(connection) });
            }
            readers = self.inner.reader_returned.wait(readers).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// A connection that goes back to the pool when it is dropped, also by a panic.
struct Lent<'store> {
    inner: &'store Inner,
    connection: Option<Connection>,
}

impl Lent<'_> {
    fn connection(&self) -> Result<&Connection, rusqlite::Error> {
        self.connection.as_ref().ok_or(rusqlite::Error::InvalidQuery)
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        let is_clean = connection.is_autocommit() || connection.execute_batch("ROLLBACK").is_ok();
        let mut readers = self.inner.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if is_clean {
            readers.idle.push(connection);
        } else {
            readers.unopened += 1;
        }
        drop(readers);
        self.inner.reader_returned.notify_one();
    }
}

fn begin(state: &mut WriterState) -> Result<(), StoreError> {
    // IMMEDIATE takes the write lock at once: a transaction that began by reading could not wait for it any more.
    state.connection.execute_batch("BEGIN IMMEDIATE")?;
    match data_version(&state.connection) {
        Ok(version) if version == state.data_version => {}
        Ok(version) => {
            state.caches = Caches::default();
            state.data_version = version;
        }
        Err(error) => {
            undo(state);
            return Err(error);
        }
    }
    Ok(())
}

fn undo(state: &mut WriterState) {
    if let Err(error) = state.connection.execute_batch("ROLLBACK") {
        // SQLite rolls back by itself after some errors (a full disk, say); then there is nothing left to undo.
        tracing::warn!(%error, "rolling back");
    }
    // They may know identifiers that were never committed.
    state.caches = Caches::default();
}

fn data_version(connection: &Connection) -> Result<i64, StoreError> {
    let mut statement = connection.prepare_cached("PRAGMA data_version")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

fn open_writer(file: &Path, options: &Options) -> Result<Connection, StoreError> {
    let connection = Connection::open(file)?;
    connection.busy_timeout(Duration::from_secs(30))?;
    // Half of what is usual, for new files: a run writes a dozen contents, each of which leaves a part of its last page
    // empty, and rows of modules all over the table, each of which rewrites its page. It must be set before all else.
    connection.pragma_update(None, "page_size", PAGE_BYTES)?;
    // Pages that pruning frees can be given back to the disk in small steps. It must be set before the first table.
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    // Readers do not wait for the writer, nor the writer for them.
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // FULL syncs the log at each commit: an acknowledged upload survives a power failure. NORMAL would lose the last ones.
    connection.pragma_update(None, "synchronous", if options.is_durable { "FULL" } else { "OFF" })?;
    // Deleting a run takes its uploads, columns and measures with it.
    connection.pragma_update(None, "foreign_keys", true)?;
    // Dictionaries are looked up in memory; the pages are for inserting into their indexes.
    connection.pragma_update(None, "cache_size", -16_384)?;
    // The log goes into the file after as many bytes as by default, 4 MB.
    connection.pragma_update(None, "wal_autocheckpoint", 4_096_000 / PAGE_BYTES)?;
    // After one great transaction the log shrinks again.
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    common(&connection)?;
    Ok(connection)
}

fn open_reader(file: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(Duration::from_secs(30))?;
    // Small: the kernel caches the file for all connections once, this cache is each one's own.
    connection.pragma_update(None, "cache_size", -2_048)?;
    common(&connection)?;
    Ok(connection)
}

fn common(connection: &Connection) -> Result<(), StoreError> {
    // Mapped pages would count as the process's memory, and a file that shrinks under a mapping ends the process.
    connection.pragma_update(None, "mmap_size", 0)?;
    // Sorting spills to memory: the folder may be the only writable place.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.set_prepared_statement_cache_capacity(96);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_can_give_back_space_and_survives_a_power_cut() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), &Options::default()).unwrap();
        let state = store.lock_writer();
        for (pragma, expect) in [
            ("auto_vacuum", "2"),
            ("journal_mode", "wal"),
            ("synchronous", "2"),
            ("foreign_keys", "1"),
            ("page_size", "2048"),
        ] {
            let value: rusqlite::types::Value =
                state.connection.pragma_query_value(None, pragma, |row| row.get(0)).unwrap();
            let value = match value {
                rusqlite::types::Value::Text(text) => text,
                rusqlite::types::Value::Integer(number) => number.to_string(),
                other => format!("{other:?}"),
            };
            assert_eq!(value, expect, "{pragma}");
        }
    }
}
