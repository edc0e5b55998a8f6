//! `/projects/{project}/runs/{run}/gate`

use actix_web::{HttpResponse, web};
use plimsoll_api::{ErrorBody, GatePage};

use crate::http::resources::answer;
use crate::http::{ApiError, AppState};
use crate::pages;

/// The routes.
pub fn configure(service: &mut web::ServiceConfig) {
    service.route("/projects/{project}/runs/{run}/gate", web::get().to(find_gate));
}

/// Find the gate of a run
///
/// Each rule of `plimsoll.toml` with both sides: pass, fail, or not enough data.
#[utoipa::path(
    get, path = "/projects/{project}/runs/{run}/gate", tag = "runs",
    params(("project" = String, Path), ("run" = u64, Path)),
    responses((status = 200, body = GatePage), (status = 404, body = ErrorBody)),
)]
pub async fn find_gate(
    state: web::Data<AppState>,
    path: web::Path<(String, u64)>,
) -> Result<HttpResponse, ApiError> {
    let (project, run) = path.into_inner();
    answer(state, project, move |scope| pages::find_gate(scope, run)).await
}
