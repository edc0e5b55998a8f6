//! The product as its users meet it: the real binary, over HTTP, on the command line and in a browser.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets what it does not expect must end"
)]

mod api;
mod command_line;
mod keeping;
mod kill;
mod people;
mod reviews;
mod security;
mod sources;
mod support;
mod walks;
