use serde::{Deserialize, Serialize};

use crate::{GateSummary, ModuleRow, RunSummary, Trend};

/// A project in a line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProjectSummary {
    /// Its name in URLs: lower-case letters, digits, `-`, `_`, `.`.
    pub project: String,
    /// Its name for people.
    pub name: String,
    /// The branch that is shown and compared with where nothing else is said.
    pub default_branch: String,
    /// The newest complete run of that branch.
    pub latest: Option<RunSummary>,
    /// The last runs of that branch, oldest first.
    pub trend: Trend,
    /// How many runs there are.
    pub runs: u64,
}

/// `GET /projects/{project}?branch=`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProjectPage {
    /// The project.
    pub project: ProjectSummary,
    /// The branch that is shown.
    pub branch: String,
    /// Branches with runs, the most recently used first, at most 50.
    pub branches: Vec<String>,
    /// The newest complete run of the branch.
    pub run: Option<RunSummary>,
    /// What it is compared with.
    pub baseline: Option<RunSummary>,
    /// The gate of the run in a line; absent without a run.
    pub gate: Option<GateSummary>,
    /// The state in words, the most important first.
    pub headline: Vec<HeadlineItem>,
    /// Every module.
    pub modules: Vec<ModuleRow>,
    /// The ten hottest files.
    pub hotspots: Vec<Hotspot>,
    /// The latest ten runs of any branch.
    pub runs: Vec<RunSummary>,
}

/// Whether something is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Tone {
    /// Look at it.
    Bad,
    /// Keep an eye on it.
    Warn,
    /// An improvement.
    Good,
    /// Neither.
    Neutral,
}

/// One sentence of the state in words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HeadlineItem {
    /// Whether it is good.
    pub tone: Tone,
    /// The sentence in parts, some of them links.
    pub parts: Vec<HeadlinePart>,
}

/// A part of a sentence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HeadlinePart {
    /// The words, spaces included.
    pub text: String,
    /// Where they lead.
    pub target: Option<Target>,
}

/// A place in the app.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "to", rename_all = "kebab-case", try_from = "TargetFields")]
pub enum Target {
    /// A module.
    Module {
        /// Its folder.
        path: String,
    },
    /// A file.
    File {
        /// Its path.
        path: String,
    },
    /// A run.
    Run {
        /// Its number.
        number: u64,
    },
    /// Tests of a run.
    Tests {
        /// The run's number.
        run: u64,
        /// Only those in this state: `newly-failing`, `failing`, `flaky`, …
        state: Option<String>,
        /// Only those of this module.
        module: Option<String>,
    },
    /// Findings of a run.
    Findings {
        /// The run's number.
        run: u64,
        /// Only those in this state.
        state: Option<String>,
        /// Only those of this module.
        module: Option<String>,
    },
}

/// A file that changes often and is weakly guarded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hotspot {
    /// The file.
    pub path: String,
    /// Its module.
    pub module: String,
    /// 0 to 1: churn percentile times weakness.
    pub score: f64,
    /// What the score is made of.
    pub parts: HotspotParts,
    /// Commits that touched it in the last 90 days.
    pub commits: u64,
    /// Lines added and deleted in the last 90 days.
    pub churned_lines: u64,
    /// Executable lines.
    pub lines: Option<u64>,
    /// Those not executed.
    pub lines_uncovered: Option<u64>,
    /// Findings of any kind that count.
    pub findings: u64,
    /// Why, in words.
    pub why: String,
}

/// The parts of a hotspot's score, each 0 to 1. `None`: no such report, and the weight goes to the others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Copy)]
pub struct HotspotParts {
    /// Where the file's commits stand among all files that changed.
    pub churn_percentile: f64,
    /// The weighted mean of the following.
    pub weakness: f64,
    /// Share of lines not executed.
    pub uncovered: Option<f64>,
    /// Where the weight of its findings stands among all files.
    pub findings_percentile: Option<f64>,
    /// Share of its tests that fail or are flaky.
    pub test_instability: Option<f64>,
}

/// A [`Target`] as it stands in JSON, read field by field: serde's own reader of tagged values first gathers whatever
/// comes into a tree, which costs the browser app kilobytes.
#[derive(Deserialize)]
struct TargetFields {
    to: TargetKind,
    path: Option<String>,
    number: Option<u64>,
    run: Option<u64>,
    state: Option<String>,
    module: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum TargetKind {
    Module,
    File,
    Run,
    Tests,
    Findings,
}

impl TryFrom<TargetFields> for Target {
    type Error = &'static str;

    fn try_from(fields: TargetFields) -> Result<Self, Self::Error> {
        let TargetFields { to, path, number, run, state, module } = fields;
        let missing = "a target lacks a field";
        Ok(match to {
            TargetKind::Module => Self::Module { path: path.ok_or(missing)? },
            TargetKind::File => Self::File { path: path.ok_or(missing)? },
            TargetKind::Run => Self::Run { number: number.ok_or(missing)? },
            TargetKind::Tests => Self::Tests { run: run.ok_or(missing)?, state, module },
            TargetKind::Findings => Self::Findings { run: run.ok_or(missing)?, state, module },
        })
    }
}
