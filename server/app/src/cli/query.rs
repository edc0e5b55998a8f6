use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use plimsoll_store::{Cell, QueryStore, StoreError};

use super::{print, table};
use crate::export::csv;

/// What is asked of which history.
#[derive(clap::Args)]
pub struct Arguments {
    /// One SELECT over the views that docs/query.md describes.
    sql: String,
    /// The data folder; a server may be running on it.
    #[arg(long, env = "PLIMSOLL_DATA", default_value = "data")]
    data: PathBuf,
    /// How the answer is written.
    #[arg(long, value_enum, default_value = "table")]
    format: Output,
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Output {
    /// For people.
    Table,
    /// RFC 4180, with a line of names.
    Csv,
    /// One array with an object for each row.
    Json,
}

/// Why an answer broke off.
#[derive(Debug, thiserror::Error)]
enum QueryError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("cannot write: {0}")]
    Output(#[from] std::io::Error),
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    if !arguments.data.is_dir() {
        return Err(format!("there is no data folder {}; give --data", arguments.data.display()));
    }
    let store = QueryStore::open(&arguments.data)
        .map_err(|error| format!("cannot open the data in {}: {error}", arguments.data.display()))?;
    let done = match arguments.format {
        Output::Table => as_table(&store, &arguments.sql),
        Output::Csv => as_csv(&store, &arguments.sql),
        Output::Json => as_json(&store, &arguments.sql),
    };
    match done {
        Err(QueryError::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => {
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => Err(error.to_string()),
        Ok(()) => Ok(ExitCode::SUCCESS),
    }
}

fn as_table(store: &QueryStore, sql: &str) -> Result<(), QueryError> {
    let (mut head, mut rows) = (Vec::new(), Vec::new());
    store.query(
        sql,
        |names| {
            head.extend(names.iter().map(|name| (*name).to_owned()));
            Ok::<_, QueryError>(())
        },
        |cells| {
            rows.push(cells.iter().map(|cell| one_line(&text(cell))).collect::<Vec<_>>());
            Ok(())
        },
    )?;
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    print(&table::render(&head, &rows)).map_err(|error| QueryError::Output(std::io::Error::other(error)))
}

fn as_csv(store: &QueryStore, sql: &str) -> Result<(), QueryError> {
    let out = std::cell::RefCell::new(std::io::BufWriter::new(std::io::stdout().lock()));
    let write = |line: String| -> Result<(), QueryError> { Ok(out.borrow_mut().write_all(line.as_bytes())?) };
    store.query(
        sql,
        |names| write(csv::line(names.iter().copied())),
        |cells| {
            let cells: Vec<String> = cells.iter().map(text).collect();
            write(csv::line(cells.iter().map(String::as_str)))
        },
    )?;
    Ok(out.borrow_mut().flush()?)
}

fn as_json(store: &QueryStore, sql: &str) -> Result<(), QueryError> {
    let out = std::cell::RefCell::new(std::io::BufWriter::new(std::io::stdout().lock()));
    let (names, mut is_first) = (std::cell::RefCell::new(Vec::new()), true);
    store.query(
        sql,
        |head| {
            names.borrow_mut().extend(head.iter().map(|name| (*name).to_owned()));
            Ok::<_, QueryError>(out.borrow_mut().write_all(b"[")?)
        },
        |cells| {
            let row: serde_json::Map<String, serde_json::Value> =
                names.borrow().iter().cloned().zip(cells.iter().map(value)).collect();
            let mut out = out.borrow_mut();
            out.write_all(if is_first { b"\n" } else { b",\n" })?;
            is_first = false;
            Ok(serde_json::to_writer(&mut *out, &row).map_err(std::io::Error::from)?)
        },
    )?;
    let mut out = out.borrow_mut();
    out.write_all(b"\n]\n")?;
    Ok(out.flush()?)
}

fn value(cell: &Cell) -> serde_json::Value {
    match cell {
        Cell::Null => serde_json::Value::Null,
        Cell::Integer(number) => (*number).into(),
        Cell::Real(number) => (*number).into(),
        Cell::Text(text) => text.as_str().into(),
        Cell::Bytes(_) => text(cell).into(),
    }
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Integer(number) => number.to_string(),
        Cell::Real(number) => number.to_string(),
        Cell::Text(text) => text.clone(),
        Cell::Bytes(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

/// A table has one line for each row.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
