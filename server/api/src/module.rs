use serde::{Deserialize, Serialize};

use crate::{ChangeCounts, Measures, ModuleGate, TestRow, Timestamp};

/// A module in a line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ModuleRow {
    /// Its folder; `.` for the root.
    pub path: String,
    /// What its manifest or `plimsoll.toml` calls it, else the folder's name.
    pub name: String,
    /// In the run.
    pub measures: Measures,
    /// Against the baseline.
    pub changes: Option<ChangeCounts>,
    /// The last runs of the branch, oldest first; the last point is this run.
    pub trend: Trend,
    /// Commits that touched it in the last 90 days.
    pub commits: Option<u64>,
    /// How it stands against the rules of the gate that are about it; absent where none is.
    pub gate: Option<ModuleGate>,
}

/// One value per run, aligned; `None` where the run has no such report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Default)]
pub struct Trend {
    /// The runs' numbers.
    pub runs: Vec<u64>,
    /// Line coverage in percent.
    pub coverage: Vec<Option<f64>>,
    /// Failed and errored tests.
    pub failing: Vec<Option<u64>>,
    /// Static analysis findings.
    pub code: Vec<Option<u64>>,
    /// Security findings.
    pub security: Vec<Option<u64>>,
}

/// `GET /projects/{project}/module?path=&branch=&limit=`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ModulePage {
    /// The module in the branch's latest run.
    pub module: ModuleRow,
    /// The run.
    pub run: u64,
    /// The branch.
    pub branch: String,
    /// Complete runs of the branch, oldest first.
    pub history: Vec<TrendPoint>,
    /// Modules in folders below this one, by path, without trends.
    pub children: Vec<ModuleRow>,
    /// How long its tests take; absent without tests whose duration is known.
    pub durations: Option<ModuleDurations>,
}

/// How long the tests of a module take, each by itself. Durations are within 3.2 % of what was reported.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ModuleDurations {
    /// Tests whose duration is known.
    pub tests: u64,
    /// Half of them take at most so many milliseconds.
    pub p50_ms: u64,
    /// 95 of a hundred of them take at most so many milliseconds.
    pub p95_ms: u64,
    /// Milliseconds that all of them together may take, by the least `[[budget]]` of the module in `plimsoll.toml`.
    pub budget_ms: Option<u64>,
    /// The slowest, at most five, the slowest first.
    pub slowest: Vec<TestRow>,
}

/// What changed in a module from a run's baseline to the run; rows of
/// `GET /projects/{project}/module/changes?path=&branch=&limit=`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ModuleChange {
    /// The run's number.
    pub run: u64,
    /// Against its baseline; absent without one.
    pub changes: Option<ChangeCounts>,
}

/// What was measured in one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrendPoint {
    /// The run's number.
    pub run: u64,
    /// Its commit.
    pub commit: String,
    /// When.
    pub created_at: Timestamp,
    /// What.
    pub measures: Measures,
}
