use plimsoll_api::{CoupledModule, Coupling, CouplingPage};
use plimsoll_store::ModuleId;
use serde::Deserialize;

use super::churn::{CHURN_DAYS, read_churn};
use super::{PageError, Scope, listing};

/// The query of `GET /projects/{project}/coupling`.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CouplingParameters {
    /// The branch; the project's default branch if absent.
    pub branch: Option<String>,
    /// Only pairs with this module, by its folder.
    pub module: Option<String>,
    /// Pairs; 100 if absent, at most 500.
    pub limit: Option<usize>,
}

/// Modules that change together, as the newest complete run of a branch knows, the strongest pair first. Empty without a
/// complete run or a change log.
///
/// # Errors
/// Where a parameter is wrong or the store fails.
pub fn find_couplings(scope: &Scope<'_>, parameters: &CouplingParameters) -> Result<CouplingPage, PageError> {
    let limit = listing::limit(parameters.limit)?;
    let given = parameters.branch.as_deref().filter(|branch| !branch.is_empty());
    let branch = given.unwrap_or(&scope.project.default_branch);
    let days = u64::try_from(CHURN_DAYS).unwrap_or_default();
    let churn = match scope.latest_run(branch)? {
        Some(run) => read_churn(scope, &run)?,
        None => None,
    };
    let Some(churn) = churn else { return Ok(CouplingPage { days, ..CouplingPage::default() }) };
    let only = match parameters.module.as_deref().filter(|module| !module.is_empty()) {
        Some(module) => Some(scope.module_id(module)?.unwrap_or(ModuleId::WHOLE)),
        None => None,
    };
    let modules = scope.modules()?;
    let module = |id: u32, commits: u64| {
        let found = modules.get(&ModuleId(id))?;
        Some(CoupledModule { path: found.path.clone(), name: found.name.clone(), commits })
    };
    let found = &churn.couplings;
    let mut pairs: Vec<Coupling> = found
        .pairs
        .iter()
        .filter(|pair| only.is_none_or(|only| [pair.left, pair.right].contains(&only.0)))
        .filter_map(|pair| {
            Some(Coupling {
                left: module(pair.left, pair.left_commits)?,
                right: module(pair.right, pair.right_commits)?,
                shared_commits: pair.shared,
                degree: pair.degree,
            })
        })
        .collect();
    let total = u64::try_from(pairs.len()).unwrap_or(u64::MAX);
    pairs.truncate(limit);
    Ok(CouplingPage { pairs, total, commits: found.commits, too_large: found.too_large, days })
}
