//! `/projects/{project}/compare`

use actix_web::{HttpResponse, web};
use plimsoll_api::{Comparison, ErrorBody};
use serde::Deserialize;

use crate::http::resources::answer;
use crate::http::{ApiError, AppState};
use crate::pages;

/// The routes.
pub fn configure(service: &mut web::ServiceConfig) {
    service.route("/projects/{project}/compare", web::get().to(compare_runs));
}

/// Which two runs.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PairParameters {
    /// The older run's number.
    pub from: u64,
    /// The newer run's number.
    pub to: u64,
}

/// Compare two runs
///
/// Of whatever branches.
#[utoipa::path(
    get, path = "/projects/{project}/compare", tag = "runs",
    params(("project" = String, Path), PairParameters),
    responses((status = 200, body = Comparison), (status = 404, body = ErrorBody)),
)]
pub async fn compare_runs(
    state: web::Data<AppState>,
    project: web::Path<String>,
    query: web::Query<PairParameters>,
) -> Result<HttpResponse, ApiError> {
    answer(state, project.into_inner(), move |scope| pages::compare_runs(scope, query.from, query.to)).await
}
