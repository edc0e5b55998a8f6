//! `/projects/{project}/runs/{run}/findings`

use actix_web::{HttpResponse, web};
use plimsoll_api::{ErrorBody, FindingRow, Page};

use crate::http::resources::answer;
use crate::http::{ApiError, AppState};
use crate::pages::{self, FindingParameters};

/// The routes.
pub fn configure(service: &mut web::ServiceConfig) {
    service.route("/projects/{project}/runs/{run}/findings", web::get().to(list_findings));
}

/// List the findings of a run
///
/// Those of static analysis and of security scans.
#[utoipa::path(
    get, path = "/projects/{project}/runs/{run}/findings", tag = "findings",
    params(("project" = String, Path), ("run" = u64, Path), FindingParameters),
    responses((status = 200, body = Page<FindingRow>), (status = "4XX", body = ErrorBody)),
)]
pub async fn list_findings(
    state: web::Data<AppState>,
    path: web::Path<(String, u64)>,
    query: web::Query<FindingParameters>,
) -> Result<HttpResponse, ApiError> {
    let (project, run) = path.into_inner();
    answer(state, project, move |scope| pages::list_findings(scope, run, &query)).await
}
