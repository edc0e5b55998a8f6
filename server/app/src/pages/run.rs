use plimsoll_api::RunPage;

use super::compare::{compare, without_baseline};
use super::modules::{module_rows, trend_runs};
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
    Ok(RunPage {
        modules: module_rows(scope, &run, &trend_runs(scope, &run)?)?,
        uploads: uploads.iter().map(|upload| upload_info(&scope.project.name, upload)).collect(),
        baseline: baseline.map(|baseline| summary(scope, &baseline)).transpose()?,
        comparison,
        run: summary(scope, &run)?,
    })
}
