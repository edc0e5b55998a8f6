use plimsoll_api::RunPage;

use super::carried::carried_parts;
use super::compare::{compare, without_baseline};
use super::gate::gate_of_run;
use super::modules::{module_rows, trend_runs};
use super::project::headline;
use super::runs::summary;
use super::uploads::upload_info;
use super::{PageError, Scope};

/// A run: what changed against its baseline, its modules and its uploads.
///
/// # Errors
/// Where there is no such run or the store fails.
pub fn find_run(scope: &Scope<'_>, number: u64) -> Result<RunPage, PageError> {
    let run = scope.run(number)?;
    let baseline = scope.baseline(&run)?;
    let comparison = match &baseline {
        Some(baseline) => compare(scope, baseline, &run)?,
        None => without_baseline(scope, &run)?,
    };
    let uploads = scope.reader.list_uploads(scope.project.id, run.number)?;
    let mut modules = module_rows(scope, &run, &trend_runs(scope, &run)?)?;
    Ok(RunPage {
        gate: gate_of_run(scope, &run, &mut modules)?,
        headline: headline(scope, &run, baseline.as_ref(), &modules)?,
        modules,
        carried: carried_parts(scope, &run)?,
        uploads: uploads.iter().map(|upload| upload_info(&scope.project.name, upload)).collect(),
        baseline: baseline.map(|baseline| summary(scope, &baseline)).transpose()?,
        comparison,
        run: summary(scope, &run)?,
    })
}
