//! The store as its users see it: every test opens a real database in a folder of its own.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may end at the first thing that is not as it should be"
)]

mod bench;
mod columns;
mod finding_search;
mod prune;
mod queue;
mod runs;
mod transactions;
