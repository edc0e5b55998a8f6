use serde::{Deserialize, Serialize};

/// `GET /projects/{project}/coupling`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CouplingPage {
    /// Modules that change together, the strongest pair first.
    pub pairs: Vec<Coupling>,
    /// Pairs in all.
    pub total: u64,
    /// Commits that were counted.
    pub commits: u64,
    /// Commits that were left out because they changed more than 30 files.
    pub too_large: u64,
    /// How many days before the newest run were looked at.
    pub days: u64,
}

/// Two modules that change together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Coupling {
    /// One.
    pub left: CoupledModule,
    /// The other.
    pub right: CoupledModule,
    /// Commits that changed both.
    pub shared_commits: u64,
    /// 0 to 1: shared commits divided by the mean of the commits of each.
    pub degree: f64,
}

/// One side of a pair.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CoupledModule {
    /// Its folder.
    pub path: String,
    /// Its name.
    pub name: String,
    /// Commits that changed it.
    pub commits: u64,
}
