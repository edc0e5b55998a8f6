//! What changed between two runs: set operations first, then the few places where sets are too coarse.
//!
//! Everything here is pure and works on dense integers. Who calls it looks the names up for the rows that are shown.

mod coverage;
mod findings;
mod nearest;
mod outcomes;

pub use coverage::{CoveragePair, FileLines, compare_coverage};
pub use findings::{MatchReason, Matched, Pairing, Spot, pair_findings};
pub use outcomes::{TestDifference, TestSets, compare_tests};
