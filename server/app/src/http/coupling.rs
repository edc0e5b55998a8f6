//! `/projects/{project}/coupling`

use actix_web::{HttpResponse, web};
use plimsoll_api::{CouplingPage, ErrorBody};

use crate::http::resources::answer;
use crate::http::{ApiError, AppState};
use crate::pages::{self, CouplingParameters};

/// The routes.
pub fn configure(service: &mut web::ServiceConfig) {
    service.route("/projects/{project}/coupling", web::get().to(find_couplings));
}

/// Find change coupling
///
/// Modules that change together: at least 5 shared commits in 90 days and a degree of at least 30 %, of commits of at most
/// 30 files.
#[utoipa::path(
    get, path = "/projects/{project}/coupling", tag = "projects",
    params(("project" = String, Path), CouplingParameters),
    responses((status = 200, body = CouplingPage), (status = "4XX", body = ErrorBody)),
)]
pub async fn find_couplings(
    state: web::Data<AppState>,
    project: web::Path<String>,
    query: web::Query<CouplingParameters>,
) -> Result<HttpResponse, ApiError> {
    answer(state, project.into_inner(), move |scope| pages::find_couplings(scope, &query)).await
}
