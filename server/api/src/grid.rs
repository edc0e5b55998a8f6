use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// `GET /projects/{project}/tests/grid`: tests down, runs across, the newest run first.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TestGrid {
    /// Tests that pass the filters.
    pub total: u64,
    /// Complete runs of the branch.
    pub total_runs: u64,
    /// Where the rows of this answer begin among all.
    pub offset: u64,
    /// Where the runs of this answer begin among all.
    pub run_offset: u64,
    /// The columns, the newest first.
    pub runs: Vec<GridRun>,
    /// The rows.
    pub rows: Vec<GridRow>,
}

/// A column of the grid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GridRun {
    /// The run's number.
    pub run: u64,
    /// Its commit.
    pub commit: String,
    /// When.
    pub created_at: Timestamp,
}

/// A row of the grid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GridRow {
    /// The test's identity in the project.
    pub id: u64,
    /// The class, or the suite where there is none.
    pub class: String,
    /// Its own name.
    pub name: String,
    /// Flaky as of the newest run.
    pub is_flaky: bool,
    /// A letter for each run, in the order of the columns: `p` passed, `r` passed on another attempt, `f` failed,
    /// `e` errored, `s` skipped, `.` not there.
    pub cells: String,
}
