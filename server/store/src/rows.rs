//! What the store's methods take and return.

use plimsoll_model::FindingKind;
use serde::{Deserialize, Serialize};

use crate::{
    BlobId, CommitId, FindingId, ModuleId, PathId, ProjectId, RuleId, RunNumber, TestId, TokenId, UploadId,
};

/// A project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Its identifier.
    pub id: ProjectId,
    /// Its name in URLs.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// The branch that is shown where nothing else is said.
    pub default_branch: String,
    /// Seconds since 1970 UTC.
    pub created_at: i64,
}

/// An access token. The token itself is not stored, only its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its identifier.
    pub id: TokenId,
    /// The project that it opens; all projects if absent.
    pub project: Option<ProjectId>,
    /// What people call it.
    pub label: String,
    /// BLAKE3 of the token.
    pub hash: [u8; 32],
    /// Seconds since 1970 UTC.
    pub created_at: i64,
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RunState {
    /// Uploads of it wait or are being read.
    Processing,
    /// Announced shards are not there.
    Partial,
    /// All that was announced is there.
    Complete,
}

/// What identifies and describes a run; see [`crate::Writer::ensure_run`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewRun {
    /// The commit's identifier.
    pub commit: String,
    /// The branch.
    pub branch: String,
    /// The pull request's number.
    pub pull_request: Option<u64>,
    /// The CI system's build identifier.
    pub build: Option<String>,
    /// The branch that the pull request goes to. Not part of the key.
    pub base_branch: Option<String>,
    /// The CI system's page of the build. Not part of the key.
    pub build_url: Option<String>,
    /// A name that keeps the run, such as a release's. Not part of the key.
    pub tag: Option<String>,
    /// Seconds since 1970 UTC. Not part of the key.
    pub created_at: i64,
}

/// A run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its number in the project.
    pub number: RunNumber,
    /// The commit's identifier.
    pub commit: String,
    /// The branch.
    pub branch: String,
    /// The pull request's number.
    pub pull_request: Option<u64>,
    /// The branch that the pull request goes to.
    pub base_branch: Option<String>,
    /// The CI system's build identifier.
    pub build: Option<String>,
    /// The CI system's page of the build.
    pub build_url: Option<String>,
    /// Seconds since 1970 UTC.
    pub created_at: i64,
    /// How far it is.
    pub state: RunState,
    /// Announced and not there: `category 2/3` or `2/3`.
    pub missing_shards: Vec<String>,
    /// Somebody said that it stays.
    pub is_protected: bool,
    /// A name that keeps it, such as a release's.
    pub tag: Option<String>,
}

/// Which runs [`crate::Reader::list_runs`] gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RunFilter<'a> {
    /// Only those of this branch.
    pub branch: Option<&'a str>,
    /// Only complete ones.
    pub only_complete: bool,
    /// Only those with a smaller number.
    pub before: Option<RunNumber>,
}

/// One of several parts of a report, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Shard {
    /// Which, from 1.
    pub index: u32,
    /// Of how many.
    pub count: u32,
}

impl Shard {
    /// Reads `2/3`, the second of three; at most 10,000.
    pub fn parse(text: &str) -> Option<Self> {
        let (index, count) = text.split_once('/')?;
        let shard = Self { index: index.trim().parse().ok()?, count: count.trim().parse().ok()? };
        (1 <= shard.index && shard.index <= shard.count && shard.count <= 10_000).then_some(shard)
    }
}

/// How far an upload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UploadState {
    /// Safe on disk, not read yet.
    Queued,
    /// Being read.
    Processing,
    /// In the history.
    Stored,
    /// Could not be read.
    Failed,
    /// Another upload took its place.
    Replaced,
}

/// An upload that was received; its bytes lie in the spool already, synced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUpload {
    /// The run.
    pub run: RunNumber,
    /// The file's name; may be empty.
    pub name: String,
    /// Tells reports of the same format apart.
    pub category: Option<String>,
    /// Which part it is.
    pub shard: Option<Shard>,
    /// The format's id, where the client named it.
    pub format: Option<String>,
    /// What its reports are of (`unit`, `linux`): sorted, each once, without commas.
    pub flags: Vec<String>,
    /// Taken off the front of every path in the report.
    pub strip_prefix: Option<String>,
    /// Put before every path in the report.
    pub add_prefix: Option<String>,
    /// BLAKE3 of the bytes as received.
    pub digest: [u8; 32],
    /// Size as received.
    pub bytes: u64,
    /// Seconds since 1970 UTC.
    pub received_at: i64,
    /// The file's name in the spool folder.
    pub spool: String,
}

/// An upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Its project.
    pub project: ProjectId,
    /// Its identifier in the project.
    pub id: UploadId,
    /// What was received.
    pub received: NewUpload,
    /// How far it is.
    pub state: UploadState,
    /// How often its reading was begun.
    pub attempts: u32,
    /// The ids of the formats that it holds, sorted, separated by commas; empty before it is read.
    pub formats: String,
    /// The versions of the parsers that read it: `junit=2,lcov=1`; empty where they were not noted.
    pub versions: String,
    /// What its findings reports looked at.
    pub scopes: Scopes,
    /// What the ingest made of it, as JSON; the store does not look into it.
    pub result: Option<String>,
    /// Why it failed, as JSON; the store does not look into it.
    pub error: Option<String>,
}

/// What a report of findings looked at, so that a scan that found nothing is told from no scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scopes {
    /// Defects and style in the code.
    pub code: bool,
    /// Everything else that findings are about.
    pub security: bool,
}

/// What an upload held, once it is read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FinishedUpload {
    /// The ids of its formats, sorted, separated by commas.
    pub formats: String,
    /// The versions of their parsers: `junit=2,lcov=1`.
    pub versions: String,
    /// What its findings reports looked at.
    pub scopes: Scopes,
    /// What the ingest made of it, as JSON.
    pub result: String,
}

/// What became of an upload that was to be accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// It is in the queue.
    Queued(UploadId),
    /// The same bytes are there already for this run, category and shard: nothing was done, and its spool file is
    /// not needed.
    Duplicate(UploadId),
}

/// A path and where it belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathInfo {
    /// Its identifier.
    pub id: PathId,
    /// Inside the repository.
    pub path: String,
    /// Its module, as of the newest file list.
    pub module: Option<ModuleId>,
}

/// A module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Module {
    /// Its identifier.
    pub id: ModuleId,
    /// Its folder; `.` for the root.
    pub path: String,
    /// Its name for people.
    pub name: String,
}

/// A rule or an advisory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its identifier.
    pub id: RuleId,
    /// The tool.
    pub tool: String,
    /// As the tool names it.
    pub rule: String,
    /// Its human name.
    pub name: Option<String>,
    /// Where it is explained; not checked.
    pub help_uri: Option<String>,
}

/// A rule to be interned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NewRule<'a> {
    /// The tool.
    pub tool: &'a str,
    /// As the tool names it.
    pub rule: &'a str,
    /// Its human name.
    pub name: Option<&'a str>,
    /// Where it is explained.
    pub help_uri: Option<&'a str>,
}

/// A test's identity and what is known of it apart from runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestInfo {
    /// Its identifier.
    pub id: TestId,
    /// The suite.
    pub suite: String,
    /// The class or module.
    pub class: String,
    /// Its own name.
    pub name: String,
    /// The file that holds it.
    pub path: Option<PathId>,
    /// The module that holds it.
    pub module: Option<ModuleId>,
}

/// A test to be interned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewTest<'a> {
    /// The suite.
    pub suite: &'a str,
    /// The class or module.
    pub class: &'a str,
    /// Its own name.
    pub name: &'a str,
    /// The file that holds it, where it is known.
    pub path: Option<PathId>,
}

/// Findings of the same group differ only in their line: BLAKE3-128 of the tool, the rule, the path or the package,
/// and the tool's fingerprint or the normalised context.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupKey(pub [u8; 16]);

/// A finding's identity: what a comparison needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FindingKey {
    /// Its identifier.
    pub id: FindingId,
    /// Its group.
    pub group: GroupKey,
    /// Which of the group, from 0, in the order of lines.
    pub occurrence: u32,
    /// The same as the group, but without the path: equal for a finding whose file was renamed.
    pub content: GroupKey,
    /// The file.
    pub path: Option<PathId>,
    /// The rule.
    pub rule: RuleId,
    /// What sort of thing.
    pub kind: FindingKind,
}

/// What is shown of a finding, as the newest report says it. Never part of the identity.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct FindingDetail {
    /// Plain text.
    pub message: String,
    /// From 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// The package, for vulnerabilities and licences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<FindingPackage>,
    /// Other identifiers of the advisory.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Weakness classes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cwe: Vec<String>,
    /// 0 to 10.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cvss: Option<f32>,
    /// The vector of the CVSS score.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cvss_vector: Option<String>,
    /// Who gave the CVSS score.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cvss_source: Option<String>,
    /// 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epss: Option<f32>,
    /// Exploited already, says the tool.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_exploited: bool,
    /// Why the report itself says that it does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suppression: Option<String>,
}

/// The package of a finding.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is the field of the same name of the model's `Package`")]
pub struct FindingPackage {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed_version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purl: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ecosystem: Option<String>,
}

/// A finding with what is shown of it.
#[derive(Debug, Clone, PartialEq)]
pub struct FindingInfo {
    /// Its identity.
    pub key: FindingKey,
    /// What is shown.
    pub detail: FindingDetail,
}

/// A finding to be interned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NewFinding<'a> {
    /// Its group.
    pub group: GroupKey,
    /// Which of the group.
    pub occurrence: u32,
    /// The group without the path.
    pub content: GroupKey,
    /// The file.
    pub path: Option<PathId>,
    /// The rule.
    pub rule: RuleId,
    /// What sort of thing.
    pub kind: FindingKind,
    /// What is shown, as the JSON of a [`FindingDetail`].
    pub detail: &'a str,
}

/// A file in a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// The file after the change.
    pub path: PathId,
    /// The file before, where it was renamed.
    pub renamed_from: Option<PathId>,
    /// Lines added; absent for a binary file.
    pub added: Option<u32>,
    /// Lines deleted; absent for a binary file.
    pub deleted: Option<u32>,
}

/// What a commit changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeSet {
    /// The commit.
    pub commit: CommitId,
    /// Seconds since 1970 UTC.
    pub committed_at: i64,
    /// Its files, by path identifier.
    pub changes: Vec<Change>,
}

/// The texts of a failure. Equal identifiers mean equal texts; [`crate::Reader::read_text`] gives them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct FailureText {
    /// The short message.
    pub message: Option<BlobId>,
    /// The whole text.
    pub detail: Option<BlobId>,
}

/// Tests by their worst outcome; `total` is the sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "each is the outcome of the same name")]
pub struct TestTotals {
    pub total: u64,
    pub passed: u64,
    pub failed: u64,
    pub errored: u64,
    pub skipped: u64,
    /// Microseconds that they took together, exactly.
    pub duration_us: u64,
}

/// Lines and branches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct CoverageTotals {
    /// Files with at least one executable line.
    pub files: u64,
    /// Distinct executable lines.
    pub lines: u64,
    /// Those that were executed.
    pub lines_covered: u64,
    /// Branches.
    pub branches: u64,
    /// Those that were taken.
    pub branches_covered: u64,
}

/// Findings that count, by severity; and those that do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "each is the severity of the same name")]
pub struct FindingTotals {
    pub critical: u64,
    pub high: u64,
    pub medium: u64,
    pub low: u64,
    pub info: u64,
    pub unknown: u64,
    /// Reported, but suppressed: in none of the others.
    pub suppressed: u64,
}

impl FindingTotals {
    /// All that count.
    pub fn total(&self) -> u64 {
        self.critical + self.high + self.medium + self.low + self.info + self.unknown
    }
}

/// What was measured of a module, or of the whole project, in one run. Absent: no such report in the run. A run that
/// has such a report gives each of its modules a value, be it zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Measured {
    /// Tests.
    pub tests: Option<TestTotals>,
    /// Tests that are flaky as of this run, once the analysis has said so.
    pub flaky: Option<u64>,
    /// Coverage.
    pub coverage: Option<CoverageTotals>,
    /// Defects and style in the code.
    pub code: Option<FindingTotals>,
    /// Everything else that findings are about.
    pub security: Option<FindingTotals>,
}
