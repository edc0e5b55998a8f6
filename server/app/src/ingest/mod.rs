//! From bytes to history: reads reports, resolves their paths and records them.
//!
//! `receive → spool → acknowledge → parse → resolve → intern → store → analyse`: everything after the acknowledgement
//! is here. [`read_reports`] is pure and used with and without a server; [`Ingest`] takes one upload the whole way;
//! [`Worker`] does so for what waits in the queue, and [`ingest_run`] for files that lie at hand.

mod advisory;
mod collect;
mod diff;
mod error;
mod evidence;
mod files;
mod flags;
mod folder;
mod origin;
mod path_problems;
mod process;
mod progress;
mod raw;
mod read;
mod record;
mod reparse;
mod strings;
#[cfg(test)]
mod tests;
mod worker;

pub use collect::{Collected, Items};
pub use error::{IngestError, Unreadable};
pub use flags::clean_flags;
pub use folder::{IngestedRun, LocalFile, RunDescription, ingest_folder, ingest_run};
pub use origin::{Origin, ensure_project};
pub use process::Ingest;
pub use progress::{Announcer, Event, Progress};
pub use raw::KEPT as KEEP_UPLOADS;
pub use read::{ReadReports, fill_report, read_reports};
pub use reparse::Reparsed;
pub use worker::Worker;
