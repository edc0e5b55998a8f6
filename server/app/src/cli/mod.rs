//! The command line.

mod backup;
mod ci;
mod client;
mod diff;
mod diff_text;
mod export;
mod files;
mod formats;
mod gate;
mod git;
mod git_diff;
mod ingest;
mod inspect;
mod prune;
mod query;
mod reparse;
mod report;
mod serve;
mod source;
mod sources;
mod summary;
mod table;
mod token;
mod upload;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Exit status of a command that could not do its work.
const FAILED: u8 = 1;

/// Exit status where a report cannot be read.
const UNREADABLE: u8 = 3;

#[derive(Parser)]
#[command(
    name = "plimsoll",
    version,
    about = "Test, coverage, analysis and security reports in; what to look at first out"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server: API, browser app and history in one process.
    Serve(serve::Arguments),
    /// Find reports in folders and send them to a server.
    Upload(upload::Arguments),
    /// Take reports into a data folder, without a server.
    Ingest(ingest::Arguments),

    /// Say what changed between two runs, or between two files or folders with reports.
    Diff(diff::Arguments),
    /// Write one self-contained HTML file: of a run in a data folder, or of report files.
    Report(report::Arguments),
    /// Judge a run by the rules in plimsoll.toml: status 2 where it fails.
    Gate(gate::Arguments),
    /// Write a run in a few lines of Markdown, for a job's summary or a comment.
    Summary(summary::Arguments),
    /// Write a run in a format of other tools: SARIF, LCOV, JUnit.
    Export(export::Arguments),
    /// Say what is in report files.
    Inspect(inspect::Arguments),
    /// Drop old runs by the rules of retention, and give the room back.
    Prune(prune::Arguments),
    /// Read stored uploads again whose parsers have become newer.
    Reparse(reparse::Arguments),
    /// Copy the whole history into one file, while others read and write.
    Backup(backup::Arguments),
    /// Read the history with SQL, through documented views; nothing can be written.
    Query(query::Arguments),
    /// Make, list and revoke tokens for uploads.
    Token(token::Arguments),
    /// List the formats that are understood.
    Formats(formats::Arguments),
}

/// Runs the command that the arguments name.
pub fn run() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Upload(arguments) => upload::run(&arguments),
        Command::Ingest(arguments) => ingest::run(&arguments),

        Command::Diff(arguments) => diff::run(&arguments),
        Command::Report(arguments) => report::run(&arguments),
        Command::Gate(arguments) => gate::run(&arguments),
        Command::Summary(arguments) => summary::run(&arguments),
        Command::Export(arguments) => export::run(&arguments),
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Prune(arguments) => prune::run(&arguments),
        Command::Reparse(arguments) => reparse::run(&arguments),
        Command::Backup(arguments) => backup::run(&arguments),
        Command::Query(arguments) => query::run(&arguments),
        Command::Token(arguments) => token::run(&arguments),
        Command::Formats(arguments) => formats::run(&arguments),
    };
    result.unwrap_or_else(|message| {
        eprintln!("plimsoll: {message}");
        ExitCode::from(FAILED)
    })
}

/// Writes to standard output; a reader that went away (`| head`) is no failure.
fn print(text: &str) -> Result<(), String> {
    use std::io::Write as _;
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(format!("cannot write: {error}")),
        _ => Ok(()),
    }
}

/// The built-in limits, or those of a file.
fn limits(path: Option<&std::path::Path>) -> Result<plimsoll_format::Limits, String> {
    let Some(path) = path else { return Ok(plimsoll_format::Limits::default()) };
    let bytes = std::fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    serde_json::from_slice(&bytes)
        .map_err(|error| format!("{} does not hold limits: {error}", path.display()))
}
