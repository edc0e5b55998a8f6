//! The static report: one run's pages, read from the history and drawn by the app's own components.

use plimsoll_frontend::report::{ReportData, render_report};
use plimsoll_store::Reader;

use crate::pages::{self, PageCache, PageError, Scope};

/// One self-contained HTML file about a run. `budget_bytes` is how large it may be; without one nothing is left out.
///
/// # Errors
/// Where there is no such project or run, or the store fails.
pub fn export_run(
    reader: &Reader<'_>,
    project: &str,
    run: u64,
    budget_bytes: Option<usize>,
) -> Result<String, PageError> {
    let cache = PageCache::default();
    let scope = Scope::open(reader, &cache, project)?;
    let report = pages::find_report(&scope, run)?;
    Ok(render_report(&ReportData {
        project: project.to_owned(),
        page: report.page,
        headline: report.headline,
        history: report.history,
        hotspots: report.hotspots,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        budget_bytes,
    }))
}
