use serde::{Deserialize, Serialize};

use crate::RunState;

/// Whether a run holds a line that its repository drew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum GateStanding {
    /// It holds.
    Pass,
    /// It does not hold, or the rule cannot be read.
    Fail,
    /// It cannot be said: the run is partial, has no baseline or no such report.
    NotEnoughData,
}

/// A run's gate in a line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Copy, Eq, Default)]
pub struct GateSummary {
    /// The gate as a whole; absent where `plimsoll.toml` sets none.
    pub standing: Option<GateStanding>,
    /// Answers that are a pass; a rule about each module has an answer for each.
    pub passed: u64,
    /// Answers that are a fail.
    pub failed: u64,
    /// Answers for which there is not enough data.
    pub not_enough_data: u64,
}

/// `GET /projects/{project}/runs/{run}/gate`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GatePage {
    /// The run.
    pub run: u64,
    /// How far the run is.
    pub state: RunState,
    /// The run that it is compared with.
    pub baseline: Option<u64>,
    /// The gate as a whole.
    pub summary: GateSummary,
    /// The answer to each rule, in the order of `plimsoll.toml`.
    pub rules: Vec<GateRule>,
    /// What to do where there is no gate.
    pub hint: Option<String>,
}

/// The answer to one rule of a gate, for one module where it is about each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GateRule {
    /// The rule as it is written.
    pub rule: String,
    /// Its line in `plimsoll.toml`.
    pub line: u64,
    /// The module that this answer is about.
    pub module: Option<String>,
    /// Pass, fail, or not enough data.
    pub standing: GateStanding,
    /// What was measured, in words.
    pub found: Option<String>,
    /// What is demanded, in words.
    pub wanted: Option<String>,
    /// The whole in one sentence.
    pub reason: String,
}

/// How a module stands against the rules that are about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ModuleGate {
    /// Its rules as a whole.
    pub standing: GateStanding,
    /// The least line coverage in percent that a rule demands of it: its load line.
    pub coverage_at_least: Option<f64>,
    /// The reasons of the rules that fail.
    pub failed: Vec<String>,
}
