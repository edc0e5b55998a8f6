use std::path::PathBuf;

/// Why the store could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database itself failed.
    #[error("database: {0}")]
    Database(#[from] rusqlite::Error),
    /// A file or a folder of the store failed.
    #[error("cannot {action} {path}: {source}", path = .path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// With which file.
        path: PathBuf,
        /// Why it failed.
        source: std::io::Error,
    },
    /// The database was written by a newer version of Plimsoll.
    #[error(
        "the database has schema version {found}, this version of Plimsoll knows up to {known}; use the newer one"
    )]
    NewerSchema {
        /// In the file.
        found: u32,
        /// The newest that this code knows.
        known: u32,
    },
    /// A stored column cannot be read.
    #[error("stored column is damaged: {0}")]
    Damaged(String),
    /// Something that was named is not there.
    #[error("there is no {0}")]
    Missing(String),
    /// More of something than identifiers can count.
    #[error("there are too many {0}")]
    TooMany(&'static str),
}
