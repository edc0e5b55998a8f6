use plimsoll_model::Outcome;
use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// What a test does now against what it did in the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum TestState {
    /// Fails now and did not.
    NewlyFailing,
    /// Fails on both sides.
    StillFailing,
    /// Failed and passes now.
    Fixed,
    /// Was not there.
    New,
    /// Is not there any more.
    Removed,
    /// None of these.
    Unchanged,
}

/// A test in a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TestRow {
    /// Its identity in the project.
    pub id: u64,
    /// The suite.
    pub suite: String,
    /// The class or module.
    pub class: String,
    /// Its own name.
    pub name: String,
    /// The file that holds it.
    pub file: Option<String>,
    /// The module that holds it.
    pub module: Option<String>,
    /// How it ended.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub outcome: Outcome,
    /// Milliseconds; kept in steps, at most 3.2 % beside what was reported.
    pub duration_ms: Option<u64>,
    /// Against the baseline.
    pub state: TestState,
    /// Flaky as of this run.
    pub is_flaky: bool,
    /// The failure's short message.
    pub message: Option<String>,
    /// The failure's whole text; only in the run's comparison and on the test's page.
    pub detail: Option<String>,
}

/// `GET /projects/{project}/tests/{test}?branch=`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TestPage {
    /// As of the newest run that has it.
    pub test: TestRow,
    /// Runs that have it, the newest first, at most 200.
    pub history: Vec<TestPoint>,
    /// Its failures by message, the most frequent first.
    pub failures: Vec<FailureGroup>,
    /// Why it counts as flaky; empty where it does not.
    pub flaky: Vec<FlakyEvidence>,
    /// How long it takes, over the runs of the history whose duration is known.
    pub durations: Option<DurationSummary>,
    /// How the texts of its two newest failures differ; absent where there are none, empty where they are the same.
    pub difference: Option<FailureDifference>,
    /// What it was called before: the history goes on there.
    pub renamed_from: Option<TestName>,
    /// What it is called now, where this is its earlier name.
    pub renamed_to: Option<TestName>,
}

/// How long something takes over several runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DurationSummary {
    /// Half of the runs took no longer; milliseconds.
    pub p50_ms: u64,
    /// 95 of 100 runs took no longer; milliseconds.
    pub p95_ms: u64,
    /// Runs that were looked at.
    pub runs: u64,
}

/// Two failures, line by line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FailureDifference {
    /// The run of the older one.
    pub before: u64,
    /// The run of the newer one.
    pub after: u64,
    /// Differences with three lines around each.
    pub lines: Vec<DiffLine>,
}

/// A line of a difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DiffLine {
    /// On which side it is.
    pub kind: DiffKind,
    /// The line.
    pub text: String,
}

/// On which side a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum DiffKind {
    /// On both.
    Same,
    /// On the newer one.
    Added,
    /// On the older one.
    Removed,
    /// Lines that are the same were left out here.
    Gap,
}

/// A test by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TestName {
    /// Its identity in the project.
    pub id: u64,
    /// The suite.
    pub suite: String,
    /// The class or module.
    pub class: String,
    /// Its own name.
    pub name: String,
    /// The run with which the later name began; absent where somebody linked the two.
    pub run: Option<u64>,
}

/// The body of `PUT /projects/{project}/tests/{test}/link`, and its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewTestLink {
    /// The identity of the test under its earlier name.
    pub older: u64,
}

/// A test in one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TestPoint {
    /// The run's number.
    pub run: u64,
    /// Its commit.
    pub commit: String,
    /// Its branch.
    pub branch: String,
    /// When.
    pub created_at: Timestamp,
    /// How the test ended.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub outcome: Outcome,
    /// Milliseconds; kept in steps, at most 3.2 % beside what was reported.
    pub duration_ms: Option<u64>,
}

/// Failures with the same message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FailureGroup {
    /// The message.
    pub message: String,
    /// The newest whole text.
    pub detail: Option<String>,
    /// The runs, the newest first.
    pub runs: Vec<u64>,
}

/// One reason to call a test flaky.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FlakyEvidence {
    /// `same-commit`, `flips` or `reported`.
    pub rule: String,
    /// In words, with the numbers.
    pub text: String,
    /// The runs that show it, the newest first.
    pub runs: Vec<u64>,
    /// What happened in each of them.
    pub results: Vec<FlakyResult>,
}

/// A result that is part of the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FlakyResult {
    /// The run's number.
    pub run: u64,
    /// Its commit.
    pub commit: String,
    /// Whether the test failed in it.
    pub is_failed: bool,
}

/// A row of `GET /projects/{project}/flaky`: a test that is flaky, or was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FlakyTest {
    /// Its identity in the project.
    pub id: u64,
    /// The suite.
    pub suite: String,
    /// The class or module.
    pub class: String,
    /// Its own name.
    pub name: String,
    /// The file that holds it.
    pub file: Option<String>,
    /// The module that holds it.
    pub module: Option<String>,
    /// Why it is flaky; empty where it is not any more.
    pub evidence: Vec<FlakyEvidence>,
    /// Runs that were looked at and have a result of it, at most 120.
    pub results: u64,
    /// Those of them in which it failed.
    pub failures: u64,
    /// The last of these.
    pub last_failure: Option<u64>,
    /// Passes in a row up to now; 20 take it off the list.
    pub clean_passes: u64,
    /// The run with which it left the list.
    pub recovered_in: Option<u64>,
}
