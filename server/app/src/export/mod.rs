//! Out again: the static report, drawn by the app's own components, and a run in the formats of other tools.

pub mod csv;
mod junit;
mod lcov;
mod sarif;

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

/// A format of other tools that a run is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum OutFormat {
    /// Findings, with what was decided about them as suppressions: SARIF 2.1.0.
    Sarif,
    /// Coverage: an LCOV tracefile.
    Lcov,
    /// Tests: JUnit XML.
    Junit,
}

impl OutFormat {
    /// The words for it.
    pub const WORDS: [(&'static str, Self); 3] =
        [("sarif", Self::Sarif), ("lcov", Self::Lcov), ("junit", Self::Junit)];

    /// What a browser is told that it is.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Sarif => "application/sarif+json",
            Self::Lcov => "text/plain; charset=utf-8",
            Self::Junit => "application/xml",
        }
    }

    /// How its files end.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Sarif => "sarif",
            Self::Lcov => "info",
            Self::Junit => "xml",
        }
    }
}

/// A run in a format of other tools; without reports of that kind it is an empty document.
///
/// # Errors
/// Where there is no such run, or the store fails.
pub fn write_run(scope: &Scope<'_>, run: u64, format: OutFormat) -> Result<String, PageError> {
    Ok(match format {
        OutFormat::Sarif => format!("{:#}\n", sarif::document(&pages::findings_out(scope, run)?)),
        OutFormat::Junit => junit::document(&pages::tests_out(scope, run)?),
        OutFormat::Lcov => {
            let files = pages::coverage_out(scope, run)?;
            lcov::tracefile(files.iter().map(|(path, lines)| (path.as_str(), lines)))
        }
    })
}
