use plimsoll_store::StoreError;

/// Why a page cannot be shown.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each says of itself what is missing")]
pub enum PageError {
    #[error("there is no project `{0}`")]
    ProjectNotFound(String),
    #[error("project `{project}` has no run {run}")]
    RunNotFound { project: String, run: u64 },
    #[error("project `{project}` has no upload {upload}")]
    UploadNotFound { project: String, upload: u64 },
    #[error("run {run} has no module `{path}`")]
    ModuleNotFound { run: u64, path: String },
    #[error("run {run} knows no file `{path}`")]
    FileNotFound { run: u64, path: String },
    #[error("project `{project}` has no test {test}")]
    TestNotFound { project: String, test: u64 },
    #[error("project `{project}` has no finding {finding}")]
    FindingNotFound { project: String, finding: u64 },
    #[error("no report of project `{project}` names a vulnerability `{name}`")]
    VulnerabilityNotFound { project: String, name: String },
    #[error("no report of project `{project}` names a rule `{rule}` of `{tool}`")]
    RuleNotFound { project: String, tool: String, rule: String },
    #[error("parameter `{name}`: {message}")]
    BadParameter { name: &'static str, message: String },
    #[error(transparent)]
    Store(#[from] StoreError),
}
