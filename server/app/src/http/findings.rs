//! `/projects/{project}/runs/{run}/findings`

use actix_web::{HttpResponse, web};
use plimsoll_api::{ErrorBody, FindingFacets, FindingRow, Page};

use crate::http::export::{ListFormat, Part, answer_list};
use crate::http::resources::answer;
use crate::http::{ApiError, AppState};
use crate::pages::{self, FindingParameters};

/// The routes.
pub fn configure(service: &mut web::ServiceConfig) {
    service
        .route("/projects/{project}/runs/{run}/findings", web::get().to(list_findings))
        .route("/projects/{project}/runs/{run}/findings/facets", web::get().to(count_findings));
}

/// List the findings of a run
///
/// Those of static analysis and of security scans.
#[utoipa::path(
    get, path = "/projects/{project}/runs/{run}/findings", tag = "findings",
    params(("project" = String, Path), ("run" = u64, Path), FindingParameters, ListFormat),
    responses((status = 200, body = Page<FindingRow>), (status = "4XX", body = ErrorBody)),
)]
pub async fn list_findings(
    state: web::Data<AppState>,
    path: web::Path<(String, u64)>,
    query: web::Query<FindingParameters>,
    format: web::Query<ListFormat>,
) -> Result<HttpResponse, ApiError> {
    let (project, run) = path.into_inner();
    let (query, format) = (query.into_inner(), format.into_inner());
    let part = Part { limit: query.limit, after: query.after.clone() };
    answer_list(state, project, format, part, move |scope, Part { limit, after }| {
        pages::list_findings(scope, run, &FindingParameters { limit, after, ..query.clone() })
    })
    .await
}

/// Count the findings of a run
///
/// By state, severity, kind, tool, rule, module, age, weakness class and package: what the list can be narrowed down to.
/// Each is counted without its own filter.
#[utoipa::path(
    get, path = "/projects/{project}/runs/{run}/findings/facets", tag = "findings",
    params(("project" = String, Path), ("run" = u64, Path), FindingParameters),
    responses((status = 200, body = FindingFacets), (status = "4XX", body = ErrorBody)),
)]
pub async fn count_findings(
    state: web::Data<AppState>,
    path: web::Path<(String, u64)>,
    query: web::Query<FindingParameters>,
) -> Result<HttpResponse, ApiError> {
    let (project, run) = path.into_inner();
    answer(state, project, move |scope| pages::count_findings(scope, run, &query)).await
}
