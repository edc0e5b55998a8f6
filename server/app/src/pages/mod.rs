//! What the screens show, read from the store: shared by the API and the static report.
//!
//! Each function takes a [`Scope`], one project within one read transaction, and gives a page of the API. Nothing here
//! knows of HTTP.

mod admin;
mod budgets;
mod cache;
mod carried;
mod changes;
mod churn;
mod compare;
#[cfg(test)]
mod cost_tests;
mod coupling;
mod error;
#[cfg(test)]
mod facet_tests;
mod file;
mod file_lines;
mod files;
mod finding_choice;
mod finding_facets;
mod finding_rows;
mod findings;
mod flaky;
mod gate;
mod grid;
#[cfg(test)]
mod grid_tests;
mod hotspots;
mod keep;
mod listing;
mod measures;
mod modules;
mod out;
mod patch;
mod prepare;
mod project;
mod reopened;
mod report;
#[cfg(test)]
mod review_tests;
mod reviewing;
mod reviews;
mod run;
mod runs;
mod scope;
mod search;
mod settings;
mod slower;
mod sources;
#[cfg(test)]
mod story;
#[cfg(test)]
mod story_tests;
mod subject;
mod test;
mod test_links;
mod test_names;
mod test_rows;
mod tests;
mod uploads;
mod vulnerabilities;

pub use admin::{find_admin, find_storage};
pub use cache::PageCache;
pub use compare::compare_runs;
pub use coupling::{CouplingParameters, find_couplings};
pub use error::PageError;
pub use file::find_file;
pub use file_lines::{LineParameters, list_lines};
pub use files::{FileParameters, list_files};
pub use finding_facets::count_findings;
pub use findings::{FindingParameters, list_findings};
pub use flaky::{FlakyList, FlakyParameters, count_flaky, list_flaky};
pub use gate::find_gate;
pub use grid::{GridParameters, find_grid};
pub use hotspots::{HotspotParameters, list_hotspots};
pub use keep::{RetentionPlan, own_policy, plan_retention};
pub use listing::{DEFAULT_LIMIT, EXPORTED, LARGEST_LIMIT};
pub use modules::{ModuleParameters, find_module, list_module_changes};
pub use out::{FindingOut, TestOut, coverage_out, findings_out, tests_out};
pub use prepare::prepare_pages;
pub use project::{find_project, find_project_since, list_projects};
pub use report::{RunReport, find_report};
pub use reviewing::review_findings;
pub use run::find_run;
pub use runs::{RunParameters, list_runs};
pub use scope::Scope;
pub use search::{SearchParameters, search};
pub use settings::find_settings;
pub use sources::{ask_for, list_sources, put_sources};
pub use subject::{RuleParameters, VulnerabilityParameters, find_rule, find_vulnerability_page};
pub use test::find_test;
pub use test_links::link_tests;
pub use tests::{TestParameters, list_tests};
pub use uploads::{PathProblemParameters, find_upload, list_path_problems, upload_info};
pub use vulnerabilities::joined_findings;
