use serde::{Deserialize, Serialize};

use crate::text::shorten;

/// What a warning is about. Stable: stored, sent to clients, and documented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WarningCode {
    /// A total that the file declares differs from what its children add up to.
    TotalMismatch,
    /// A number could not be read; it counts as absent.
    BadNumber,
    /// A severity that is in no table; it counts as unknown.
    UnknownSeverity,
    /// An outcome or a status that is in no table.
    UnknownOutcome,
    /// An element was not understood and was skipped.
    SkippedElement,
    /// A test without a name.
    MissingName,
    /// A finding or a file without a path.
    MissingPath,
    /// Several items of the file have the same identity.
    Duplicate,
    /// A failure of a whole suite that belongs to no test; it is counted as a test of its own.
    SuiteFailure,
    /// Bytes that are not valid text were replaced.
    ReplacedBytes,
    /// The document breaks the rules of its syntax in a way that could be mended.
    MendedSyntax,
    /// A text was longer than is kept and was shortened.
    ShortenedText,
    /// The file ends early, but what was there could be read.
    Truncated,
    /// The report refers to another file that is not read.
    ExternalFile,
    /// The tool itself reported that it could not look at everything.
    ToolError,
    /// A path matched no file of the repository.
    UnmatchedPath,
    /// A path matched several files of the repository.
    AmbiguousPath,
}

impl WarningCode {
    /// The word as it stands in answers and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TotalMismatch => "total-mismatch",
            Self::BadNumber => "bad-number",
            Self::UnknownSeverity => "unknown-severity",
            Self::UnknownOutcome => "unknown-outcome",
            Self::SkippedElement => "skipped-element",
            Self::MissingName => "missing-name",
            Self::MissingPath => "missing-path",
            Self::Duplicate => "duplicate",
            Self::SuiteFailure => "suite-failure",
            Self::ReplacedBytes => "replaced-bytes",
            Self::MendedSyntax => "mended-syntax",
            Self::ShortenedText => "shortened-text",
            Self::Truncated => "truncated",
            Self::ExternalFile => "external-file",
            Self::ToolError => "tool-error",
            Self::UnmatchedPath => "unmatched-path",
            Self::AmbiguousPath => "ambiguous-path",
        }
    }
}

/// Something that was skipped or that does not add up. Warnings of one code are counted together; the first place is
/// kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// What it is about.
    pub code: WarningCode,
    /// One sentence for a person, with the values that disagree and the place of the first one.
    pub message: String,
}

impl Warning {
    /// A warning; a long message is shortened.
    pub fn new(code: WarningCode, message: impl Into<String>) -> Self {
        Self { code, message: shorten(message.into()) }
    }
}
