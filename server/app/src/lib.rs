//! Plimsoll: a self-hosted code quality report aggregator.
//!
//! The binary ties everything together: the command line, the HTTP server with the embedded browser app, the way from
//! an upload to the history, and the static report. Everything else lives in the crates that it uses.

pub mod assets;
pub mod cli;
mod data;
pub mod export;
pub mod http;
pub mod ingest;
pub mod keep;
pub mod mapped;
pub mod pages;
