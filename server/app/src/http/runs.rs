//! `/projects/{project}/runs`

use actix_web::{HttpResponse, web};
use plimsoll_api::{ErrorBody, Page, RunPage, RunSummary};

use crate::http::resources::answer;
use crate::http::{ApiError, AppState};
use crate::pages::{self, RunParameters};

/// The routes.
pub fn configure(service: &mut web::ServiceConfig) {
    service
        .route("/projects/{project}/runs", web::get().to(list_runs))
        .route("/projects/{project}/runs/{run}", web::get().to(find_run));
}

/// List runs
///
/// The newest first.
#[utoipa::path(
    get, path = "/projects/{project}/runs", tag = "runs",
    params(("project" = String, Path), RunParameters),
    responses((status = 200, body = Page<RunSummary>), (status = "4XX", body = ErrorBody)),
)]
pub async fn list_runs(
    state: web::Data<AppState>,
    project: web::Path<String>,
    query: web::Query<RunParameters>,
) -> Result<HttpResponse, ApiError> {
    answer(state, project.into_inner(), move |scope| pages::list_runs(scope, &query)).await
}

/// Find a run
///
/// What changed against its baseline, its modules and its uploads.
#[utoipa::path(
    get, path = "/projects/{project}/runs/{run}", tag = "runs",
    params(("project" = String, Path), ("run" = u64, Path)),
    responses((status = 200, body = RunPage), (status = 404, body = ErrorBody)),
)]
pub async fn find_run(
    state: web::Data<AppState>,
    path: web::Path<(String, u64)>,
) -> Result<HttpResponse, ApiError> {
    let (project, run) = path.into_inner();
    answer(state, project, move |scope| pages::find_run(scope, run)).await
}
