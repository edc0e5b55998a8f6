//! The engine's answers over a simulated history, compared with what the simulation knows to be true.
//!
//! A seeded repository changes commit by commit: files are edited, renamed and moved about, findings appear, move, are
//! reworded, re-scored, mended and brought back, tests are renamed, break and are mended; there are pull requests,
//! re-runs, late shards and builds in which nothing worked. Each build writes real report files, which take the real
//! way into the history.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "a test that meets what it does not expect must end"
)]

mod baseline;
mod brute;
mod carried;
mod comparison;
mod identity;
mod imports;
mod random;
mod reports;
mod repository;
mod simulation;
mod slower;
mod vulnerabilities;
