use serde::{Deserialize, Serialize};

/// The longest source text that is taken of a file, in bytes.
pub const MOST_SOURCE_BYTES: u64 = 1 << 20;

/// All source texts of a run together, in bytes, at most.
pub const MOST_SOURCE_BYTES_OF_RUN: u64 = 64 << 20;

/// Files that one request names at most.
pub const MOST_SOURCES: usize = 5000;

/// `GET /projects/{project}/runs/{run}/sources`: the files whose source text is of use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SourceList {
    /// Files that reports of the run name: those with coverage or findings that no scanner found a secret in. Sorted.
    pub files: Vec<String>,
    /// Files of the run whose source text is there.
    pub stored: u64,
    /// Their bytes.
    pub stored_bytes: u64,
}

/// `POST /projects/{project}/runs/{run}/sources`: source texts, or only their digests to ask what is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewSources {
    /// The files; at most 5,000.
    pub files: Vec<NewSource>,
}

/// The source text of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewSource {
    /// The file, inside the repository.
    pub path: String,
    /// The BLAKE3 digest of its text, in hexadecimal digits.
    pub digest: String,
    /// The text; left out to ask whether it is wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// What became of [`NewSources`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SourceAnswer {
    /// Files of the request whose text the run has now.
    pub stored: u64,
    /// Files whose text is not there: to be sent.
    pub wanted: Vec<String>,
    /// Files that are not taken.
    pub refused: Vec<RefusedSource>,
}

/// A file whose source text is not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RefusedSource {
    /// The file.
    pub path: String,
    /// Why, in words.
    pub reason: String,
}
