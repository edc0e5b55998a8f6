use plimsoll_api::{HeadlineItem, Hotspot, RunPage, Timestamp, TrendPoint};
use plimsoll_store::ModuleId;

use super::hotspots::hottest_files;
use super::measures::measures;
use super::modules::trend_runs;
use super::project::headline;
use super::run::find_run;
use super::runs::find_baseline;
use super::{PageError, Scope};

/// Files in the report's list of hotspots.
const HOTSPOTS: usize = 15;

/// What the static report shows of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunReport {
    /// The run with its comparison, modules and uploads.
    pub page: RunPage,
    /// The state in words.
    pub headline: Vec<HeadlineItem>,
    /// The runs of the branch up to this one, oldest first.
    pub history: Vec<TrendPoint>,
    /// The hottest files of this run.
    pub hotspots: Vec<Hotspot>,
}

/// Everything about one run that the static report shows.
///
/// # Errors
/// Where there is no such run or the store fails.
pub fn find_report(scope: &Scope<'_>, number: u64) -> Result<RunReport, PageError> {
    let run = scope.run(number)?;
    let page = find_run(scope, number)?;
    let baseline = find_baseline(scope, &run)?;
    let runs = trend_runs(scope, &run)?;
    let measured = scope.trend_of(ModuleId::WHOLE, &runs)?;
    let history = runs
        .iter()
        .zip(&measured)
        .filter_map(|(run, measured)| {
            Some(TrendPoint {
                run: run.number.0,
                commit: run.commit.clone(),
                created_at: Timestamp(run.created_at),
                measures: measures(measured.as_ref()?),
            })
        })
        .collect();
    Ok(RunReport {
        headline: headline(scope, &run, baseline.as_ref(), &page.modules)?,
        hotspots: hottest_files(scope, &run, HOTSPOTS)?,
        history,
        page,
    })
}
