//! What the screens show, read from the store: shared by the API and the static report.

mod error;
mod uploads;

pub use error::PageError;
pub use uploads::{find_upload, upload_info};
