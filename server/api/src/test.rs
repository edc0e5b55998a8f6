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
    /// The runs that show it.
    pub runs: Vec<u64>,
}
