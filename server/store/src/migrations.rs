//! The schema's versions. A migration that was released is never changed; the next one is added below it.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::StoreError;
use crate::finding_text::take_over_findings;
use crate::series::take_over;

/// Applied in this order; the file's `user_version` says how many it has.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_history.sql"),
    include_str!("migrations/0002_cost.sql"),
    include_str!("migrations/0003_flags.sql"),
    include_str!("migrations/0004_reviews.sql"),
    include_str!("migrations/0006_keeping.sql"),
    include_str!("migrations/0010_finding_search.sql"),
    include_str!("migrations/0011_vulnerabilities.sql"),
    include_str!("migrations/0012_smaller.sql"),
];

/// Brings a database to the newest schema.
///
/// A file of a newer Plimsoll is refused untouched. A file of an older one is copied before anything is changed in it,
/// and the copy stays: it is the way back. Each migration is one transaction with the version that it reaches.
pub(crate) fn migrate(connection: &Connection, file: &Path) -> Result<(), StoreError> {
    apply(connection, file, MIGRATIONS)?;
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let done = take_over(connection)
        .and_then(|()| take_over_findings(connection))
        .and_then(|()| Ok(connection.execute_batch("COMMIT")?));
    if done.is_err() {
        connection.execute_batch("ROLLBACK").ok();
    }
    done
}

fn apply(connection: &Connection, file: &Path, migrations: &[&str]) -> Result<(), StoreError> {
    let known = u32::try_from(migrations.len()).map_err(|_| StoreError::TooMany("migrations"))?;
    let found = version(connection)?;
    if found > known {
        return Err(StoreError::NewerSchema { found, known });
    }
    if 0 < found && found < known {
        connection.execute("VACUUM INTO $1", [copy_name(file, found).to_string_lossy()])?;
    }
    for (at, migration) in (1_u32..).zip(migrations) {
        if at <= found {
            continue;
        }
        connection.execute_batch("BEGIN IMMEDIATE")?;
        // Two processes may open a new store at the same moment: the second one finds the work done.
        let done = version(connection)
            .and_then(|now| if now >= at { Ok(()) } else { run(connection, at, migration) })
            .and_then(|()| Ok(connection.execute_batch("COMMIT")?));
        if let Err(error) = done {
            connection.execute_batch("ROLLBACK").ok();
            return Err(error);
        }
    }
    Ok(())
}

fn run(connection: &Connection, version: u32, migration: &str) -> Result<(), StoreError> {
    connection.execute_batch(migration)?;
    connection.pragma_update(None, "user_version", version)?;
    Ok(())
}

/// The version that this program writes.
pub(crate) fn known() -> u32 {
    u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX)
}

pub(crate) fn version(connection: &Connection) -> Result<u32, StoreError> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

fn copy_name(file: &Path, version: u32) -> PathBuf {
    file.with_extension(format!("version-{version}.sqlite"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(folder: &tempfile::TempDir) -> (Connection, PathBuf) {
        let file = folder.path().join("plimsoll.sqlite");
        (Connection::open(&file).unwrap(), file)
    }

    #[test]
    fn a_newer_file_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (connection, file) = open(&folder);
        connection.execute_batch("CREATE TABLE later (id INTEGER); PRAGMA user_version = 99").unwrap();
        let error = migrate(&connection, &file).unwrap_err();
        assert!(matches!(error, StoreError::NewerSchema { found: 99, .. }), "{error}");
        assert_eq!(version(&connection).unwrap(), 99);
    }

    #[test]
    fn an_older_file_with_rows_is_copied_and_brought_forward() {
        let folder = tempfile::tempdir().unwrap();
        let (connection, file) = open(&folder);
        let first = "CREATE TABLE thing (id INTEGER PRIMARY KEY) STRICT";
        let second = "ALTER TABLE thing ADD COLUMN name TEXT NOT NULL DEFAULT 'none'";
        apply(&connection, &file, &[first]).unwrap();
        connection.execute_batch("INSERT INTO thing (id) VALUES (7)").unwrap();
        apply(&connection, &file, &[first, second]).unwrap();
        let name: String =
            connection.query_row("SELECT name FROM thing WHERE id = 7", [], |row| row.get(0)).unwrap();
        assert_eq!(name, "none");
        let copy = Connection::open(copy_name(&file, 1)).unwrap();
        assert_eq!(copy.query_row("SELECT id FROM thing", [], |row| row.get::<_, i64>(0)).unwrap(), 7);
        assert_eq!(version(&copy).unwrap(), 1);
    }

    #[test]
    fn a_migration_that_fails_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (connection, file) = open(&folder);
        let broken = "CREATE TABLE half (id INTEGER); SELECT nonsense FROM nowhere";
        apply(&connection, &file, &[broken]).unwrap_err();
        assert_eq!(version(&connection).unwrap(), 0);
        let tables: i64 =
            connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
        assert_eq!(tables, 0);
    }
}
