//! Reading the history with SQL: documented views over the tables, with the packed columns expanded.
//!
//! The database is opened read-only, so no statement can change it. The views are made for the one connection and stand in no
//! file: their names and columns are the contract (`docs/query.md`), the tables below them are not.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use plimsoll_model::{Outcome, Severity};
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use crate::columns::packed::damaged;
use crate::{BlobId, FindingTotals, Measured, ProjectId, Reader, RunNumber, StoreError};

/// A cell of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Null,
    /// A whole number.
    Integer(i64),
    /// A number.
    Real(f64),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// A history that is read with SQL.
pub struct QueryStore {
    connection: Connection,
}

impl QueryStore {
    /// Opens the store in a folder for reading; it must be there, and of this version.
    ///
    /// # Errors
    /// Where it cannot be opened.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let file = folder.join(crate::store::FILE);
        let connection = open(&file)?;
        // A function of a statement cannot use the statement's own connection, so the columns are read through another.
        let inner = Arc::new(Mutex::new(open(&file)?));
        for (name, expand) in FUNCTIONS {
            let inner = Arc::clone(&inner);
            let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
            connection.create_scalar_function(*name, 2, flags, move |context| {
                let connection = inner.lock().unwrap_or_else(PoisonError::into_inner);
                expand_one(&Reader::new(&connection), *expand, context)
            })?;
        }
        connection.execute_batch(VIEWS)?;
        // Another file could be one that the database's owner does not mean to show.
        connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
        Ok(Self { connection })
    }

    /// Answers one statement: the names of the columns, then each row.
    ///
    /// # Errors
    /// Where the statement is wrong or would write, and those of whoever takes the rows.
    pub fn query<E: From<StoreError>>(
        &self,
        sql: &str,
        head: impl FnOnce(&[&str]) -> Result<(), E>,
        mut each: impl FnMut(&[Cell]) -> Result<(), E>,
    ) -> Result<(), E> {
        let failed = |error: rusqlite::Error| E::from(StoreError::from(error));
        let mut statement = self.connection.prepare(sql).map_err(failed)?;
        let count = statement.column_count();
        let names: Vec<&str> = statement.column_names().collect();
        head(&names)?;
        let mut rows = statement.query([]).map_err(failed)?;
        let mut cells = Vec::with_capacity(count);
        while let Some(row) = rows.next().map_err(failed)? {
            cells.clear();
            for at in 0..count {
                cells.push(cell(row.get_ref(at).map_err(failed)?));
            }
            each(&cells)?;
        }
        Ok(())
    }
}

fn cell(value: ValueRef<'_>) -> Cell {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Integer(number),
        ValueRef::Real(number) => Cell::Real(number),
        ValueRef::Text(text) => Cell::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_vec()),
    }
}

fn open(file: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(std::time::Duration::from_secs(30))?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    let (found, known) = (crate::migrations::version(&connection)?, crate::migrations::known());
    if found != known {
        return Err(if found > known {
            StoreError::NewerSchema { found, known }
        } else {
            StoreError::Missing("the newest schema: open the folder once with `plimsoll serve`".to_owned())
        });
    }
    Ok(connection)
}

/// Expands what belongs to a project and a run (or a content) into a JSON array of rows.
type Expand = fn(&Reader<'_>, ProjectId, u64) -> Result<Option<String>, StoreError>;

const FUNCTIONS: &[(&str, Expand)] = &[
    ("plimsoll_tests", tests),
    ("plimsoll_findings", findings),
    ("plimsoll_coverage", coverage),
    ("plimsoll_lines", lines),
    ("plimsoll_measures", measures),
    ("plimsoll_text", text),
];

fn expand_one(
    reader: &Reader<'_>,
    expand: Expand,
    context: &Context<'_>,
) -> rusqlite::Result<Option<String>> {
    let failed = |error: StoreError| rusqlite::Error::UserFunctionError(Box::new(error));
    let Some(of) = context.get::<Option<i64>>(1)? else { return Ok(None) };
    let of = u64::try_from(of).map_err(|_| failed(damaged("a number is negative")))?;
    expand(reader, context.get(0)?, of).map_err(failed)
}

fn tests(reader: &Reader<'_>, project: ProjectId, run: u64) -> Result<Option<String>, StoreError> {
    let Some(tests) = reader.read_tests(project, RunNumber(run))? else { return Ok(None) };
    Ok(Some(array(tests.results(), |out, result| {
        let outcome = match result.outcome {
            Outcome::Passed => "passed",
            Outcome::Failed => "failed",
            Outcome::Errored => "errored",
            Outcome::Skipped => "skipped",
        };
        let failure = result.failure;
        let duration = or_null(result.duration_us);
        let (message, detail) =
            (or_null(failure.message.map(|blob| blob.0)), or_null(failure.detail.map(|blob| blob.0)));
        let flaky = u8::from(result.is_flaky);
        write!(out, "[{},\"{outcome}\",{duration},{flaky},{message},{detail}]", result.id)
    })))
}

fn findings(reader: &Reader<'_>, project: ProjectId, run: u64) -> Result<Option<String>, StoreError> {
    let Some(findings) = reader.read_findings(project, RunNumber(run))? else { return Ok(None) };
    Ok(Some(array(findings.results(), |out, result| {
        let severity = match findings.reported_severity(result.id).unwrap_or(result.severity) {
            Severity::Critical => "critical",
            Severity::High => "high",
            Severity::Medium => "medium",
            Severity::Low => "low",
            Severity::Info => "info",
            Severity::Unknown => "unknown",
        };
        let (line, suppressed) = (or_null(result.line.map(u64::from)), u8::from(result.is_suppressed));
        write!(out, "[{},{line},\"{severity}\",{suppressed}]", result.id)
    })))
}

fn coverage(reader: &Reader<'_>, project: ProjectId, run: u64) -> Result<Option<String>, StoreError> {
    let Some(manifest) = reader.read_coverage(project, RunNumber(run))? else { return Ok(None) };
    Ok(Some(array(manifest.files.iter(), |out, file| {
        let totals = &file.totals;
        let (lines, covered) = (totals.lines, totals.lines_covered);
        let (branches, taken) = (totals.branches, totals.branches_covered);
        write!(out, "[{},{},{lines},{covered},{branches},{taken}]", file.path, file.blob)
    })))
}

fn lines(reader: &Reader<'_>, project: ProjectId, blob: u64) -> Result<Option<String>, StoreError> {
    let file = reader.read_file_lines(project, BlobId(blob))?;
    Ok(Some(array(file.lines.iter(), |out, (line, is_covered)| {
        write!(out, "[{line},{}]", u8::from(*is_covered))
    })))
}

fn text(reader: &Reader<'_>, project: ProjectId, blob: u64) -> Result<Option<String>, StoreError> {
    reader.read_text(project, BlobId(blob)).map(Some)
}

fn measures(reader: &Reader<'_>, project: ProjectId, run: u64) -> Result<Option<String>, StoreError> {
    let measured = reader.list_measured(project, RunNumber(run))?;
    Ok(Some(array(measured.iter(), |out, (module, measured)| {
        write!(out, "[{module}")?;
        let Measured { tests, flaky, coverage, code, security } = measured;
        let tests = tests.map(|t| [t.total, t.passed, t.failed, t.errored, t.skipped, t.duration_us]);
        let coverage = coverage.map(|c| [c.files, c.lines, c.lines_covered, c.branches, c.branches_covered]);
        values(out, tests)?;
        values(out, flaky.map(|flaky| [flaky]))?;
        values(out, coverage)?;
        let of = |totals: Option<FindingTotals>| {
            totals.map(|t| [t.critical, t.high, t.medium, t.low, t.info, t.unknown, t.suppressed])
        };
        values(out, of(*code))?;
        values(out, of(*security))?;
        out.push(']');
        Ok(())
    })))
}

fn values<const N: usize>(out: &mut String, values: Option<[u64; N]>) -> std::fmt::Result {
    (0..N).try_for_each(|at| {
        write!(out, ",{}", or_null(values.as_ref().and_then(|values| values.get(at)).copied()))
    })
}

fn or_null(value: Option<u64>) -> String {
    value.map_or_else(|| "null".to_owned(), |value| value.to_string())
}

fn array<T>(
    items: impl Iterator<Item = T>,
    mut each: impl FnMut(&mut String, T) -> std::fmt::Result,
) -> String {
    let mut out = String::from("[");
    for (at, item) in items.enumerate() {
        if at > 0 {
            out.push(',');
        }
        // Writing into a text cannot fail.
        each(&mut out, item).ok();
    }
    out.push(']');
    out
}

const VIEWS: &str = include_str!("query_views.sql");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, Store};

    #[test]
    fn nothing_can_be_written_and_no_other_file_read() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), &Options::default()).unwrap();
        store.write(|writer| writer.insert_project("shop", "Shop", "main", 0)).unwrap();
        let query = QueryStore::open(folder.path()).unwrap();
        for sql in [
            "DELETE FROM project",
            "UPDATE run SET state = 0",
            "DROP TABLE blob",
            "ATTACH 'other.sqlite' AS other",
            "PRAGMA user_version = 3",
            "VACUUM INTO 'copy.sqlite'",
        ] {
            let done = query.query(sql, |_| Ok::<_, StoreError>(()), |_| Ok(()));
            let is_refused = done.is_err() || sql.starts_with("PRAGMA");
            assert!(is_refused, "{sql}");
        }
        assert!(!Path::new("copy.sqlite").exists());
        let mut rows = Vec::new();
        query
            .query(
                "SELECT name FROM project",
                |_| Ok::<_, StoreError>(()),
                |row| {
                    rows.push(row.to_vec());
                    Ok(())
                },
            )
            .unwrap();
        assert_eq!(rows, [[Cell::Text("shop".to_owned())]]);
        assert_ne!(crate::migrations::version(&query.connection).unwrap(), 3);
    }
}
