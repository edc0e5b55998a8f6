//! What the screens show, read from the store: shared by the API and the static report.

mod error;

pub use error::PageError;
