//! What Plimsoll computes: pure functions over sets of dense integers and over the model.
//!
//! Nothing here reads a database, a file or a clock. Every formula and every threshold is described in
//! `docs/analysis.md`, with where it comes from.

pub mod baseline;
pub mod compare;
pub mod coupling;
pub mod durations;
pub mod flaky;
pub mod gate;
pub mod headline;
pub mod hotspots;
pub mod line_diff;
pub mod modules;
pub mod paths;
mod percent;
pub mod renames;
pub mod retention;
pub mod review;
pub mod settings;
pub mod test_files;
pub mod vulnerabilities;
