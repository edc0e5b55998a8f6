use serde::{Deserialize, Serialize};

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum HitKind {
    /// A module: `path` is its folder.
    Module,
    /// A file: `path`.
    File,
    /// A test: `id`.
    Test,
    /// A finding of the latest run: `id`, and `path` where it has one.
    Finding,
    /// A run: `id` is its number.
    Run,
    /// A vulnerability: its name is the title.
    Vulnerability,
}

/// One thing that fits the words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SearchHit {
    /// What it is.
    pub kind: HitKind,
    /// Its name.
    pub title: String,
    /// Where it is, or what else tells it from others of its name.
    pub detail: String,
    /// A path, where it has one.
    pub path: Option<String>,
    /// A number, where it has one.
    pub id: Option<u64>,
}

/// `GET /projects/{project}/search?q=`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SearchAnswer {
    /// The best of each kind, at most six: vulnerabilities, modules, files, tests, findings, runs.
    pub hits: Vec<SearchHit>,
    /// The run that files and findings are of: the latest complete one of the default branch.
    pub run: Option<u64>,
}
