//! The reference for `cargo xtask bench parsers`: what one gets who parses a JUnit file and inserts one row for each test,
//! with a prepared statement, two indexes and one transaction.
//!
//! `row_per_test FILE` prints one JSON object: rows, and seconds from the file's name to the committed transaction.
#![expect(clippy::print_stdout, reason = "a program that prints what it measured")]

use std::error::Error;
use std::time::Instant;

use plimsoll_format::{Input, Limits, ParseError, ParseErrorKind, Sink, Warning};
use plimsoll_model::TestCase;
use rusqlite::{CachedStatement, Connection, params};

const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA cache_size = -65536;
    CREATE TABLE test_result (
        id INTEGER PRIMARY KEY,
        run INTEGER NOT NULL,
        suite TEXT NOT NULL,
        class TEXT NOT NULL,
        name TEXT NOT NULL,
        file TEXT,
        outcome TEXT NOT NULL,
        duration_us INTEGER,
        message TEXT,
        detail TEXT
    ) STRICT;
    CREATE INDEX test_result_by_run ON test_result (run, outcome);
    CREATE INDEX test_result_by_name ON test_result (class, name, run);
";

const INSERT: &str = "INSERT INTO test_result (run, suite, class, name, file, outcome, duration_us, message, detail) \
     VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

struct Rows<'c> {
    insert: CachedStatement<'c>,
    count: u64,
}

impl Sink for Rows<'_> {
    fn test_case(&mut self, test: &TestCase<'_>) -> Result<(), ParseError> {
        let values = params![
            &*test.suite,
            &*test.class,
            &*test.name,
            test.file.as_deref(),
            test.outcome.as_str(),
            test.duration_us.map(|duration| i64::try_from(duration).unwrap_or(i64::MAX)),
            test.message.as_deref(),
            test.detail.as_deref(),
        ];
        self.insert
            .execute(values)
            .map_err(|error| ParseError::new(ParseErrorKind::Unsupported(error.to_string())))?;
        self.count += 1;
        Ok(())
    }

    fn warning(&mut self, _: Warning) {}
}

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("usage: row_per_test FILE")?;
    let data = tempfile::tempdir()?;
    let begun = Instant::now();
    let text = std::fs::read_to_string(&path)?;
    let mut connection = Connection::open(data.path().join("rows.db"))?;
    connection.execute_batch(SCHEMA)?;
    let transaction = connection.transaction()?;
    let limits = Limits::default();
    let mut rows = Rows { insert: transaction.prepare_cached(INSERT)?, count: 0 };
    let junit = plimsoll_test_results::formats().iter().find(|format| format.descriptor().id == "junit");
    junit.ok_or("there is no such format")?.parse(&Input::new(&path, &text, &limits), &mut rows)?;
    let count = rows.count;
    drop(rows);
    transaction.commit()?;
    println!("{}", serde_json::json!({ "rows": count, "seconds": begun.elapsed().as_secs_f64() }));
    Ok(())
}
