use std::path::PathBuf;

use plimsoll_api::ErrorInfo;
use plimsoll_format::{LimitName, ParseErrorKind};
use plimsoll_registry::{DetectError, ReadError};
use plimsoll_store::StoreError;

/// A report that cannot be read, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot read {}: {error}", shown(.name))]
pub struct Unreadable {
    /// The file's name; for a file in an archive `archive.zip!inner.xml`.
    pub name: String,
    /// Why.
    pub error: ReadError,
}

impl Unreadable {
    /// For a program and for a person; kept with the upload.
    pub fn info(&self) -> ErrorInfo {
        let (code, hint) = match &self.error {
            ReadError::Detect(DetectError::Unknown) => (
                "unknown_format",
                Some(
                    "`plimsoll formats` lists what is read; name the format where its content does not tell"
                        .to_owned(),
                ),
            ),
            ReadError::Detect(DetectError::Ambiguous(..)) => (
                "ambiguous_format",
                Some("name the format: `format=…` in the query, `--format` in the CLI".to_owned()),
            ),
            ReadError::Parse(error) => match error.kind {
                ParseErrorKind::Empty => {
                    ("empty_report", Some("did the tool write its report to the end?".to_owned()))
                }
                ParseErrorKind::Limit { name, .. } => {
                    (limit_code(name), Some(format!("raise `{}` in the server's limits", name.as_str())))
                }
                _ => ("unreadable_report", None),
            },
        };
        ErrorInfo { code: code.to_owned(), message: self.to_string(), hint }
    }
}

/// Who sends a body without a name has sent one report.
fn shown(name: &str) -> &str {
    if name.is_empty() { "the report" } else { name }
}

fn limit_code(name: LimitName) -> &'static str {
    match name {
        LimitName::FileBytes => "limit_file_bytes",
        LimitName::ExpandedBytes => "limit_expanded_bytes",
        LimitName::ExpansionRatio => "limit_expansion_ratio",
        LimitName::ArchiveEntries => "limit_archive_entries",
        LimitName::ArchiveDepth => "limit_archive_depth",
        LimitName::Depth => "limit_depth",
        LimitName::Attributes => "limit_attributes",
        LimitName::TextBytes => "limit_text_bytes",
        LimitName::Items => "limit_items",
    }
}

/// Why something could not be taken into the history.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file could not be read.
    #[error("cannot read {path}: {source}", path = .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The description of a run cannot be understood.
    #[error("cannot understand {path}: {reason}", path = .path.display())]
    Description {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The format that was named is not known.
    #[error("there is no format `{0}`")]
    UnknownFormat(String),
    /// What was found cannot be written as JSON.
    #[error("cannot keep the result: {0}")]
    Result(#[from] serde_json::Error),
}
