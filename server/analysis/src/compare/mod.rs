//! What changed between two runs: set operations first, then the few places where sets are too coarse.
//!
//! Everything here is pure and works on dense integers. Who calls it looks the names up for the rows that are shown.

mod coverage;
mod durations;
mod findings;
mod lines;
mod nearest;
mod outcomes;

pub use coverage::{CoveragePair, FileLines, compare_coverage};
pub use durations::{LEAST_SAMPLES, Typical, may_be_slower};
pub use findings::{MatchReason, Matched, Pairing, Spot, pair_findings};
pub use lines::{IndirectLines, LineMap, PatchLines, indirect_lines, patch_lines};
pub use outcomes::{TestDifference, TestSets, compare_tests};
