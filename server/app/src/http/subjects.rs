//! `/projects/{project}/rule` and `/projects/{project}/vulnerability`

use actix_web::{HttpResponse, web};
use plimsoll_api::{ErrorBody, SubjectPage};

use crate::http::resources::answer;
use crate::http::{ApiError, AppState};
use crate::pages::{self, RuleParameters, VulnerabilityParameters};

/// The routes.
pub fn configure(service: &mut web::ServiceConfig) {
    service
        .route("/projects/{project}/rule", web::get().to(find_rule))
        .route("/projects/{project}/vulnerability", web::get().to(find_vulnerability));
}

/// Find a rule
///
/// Its help, how often it is found in each module of the latest run, and its findings.
#[utoipa::path(
    get, path = "/projects/{project}/rule", tag = "findings",
    params(("project" = String, Path), RuleParameters),
    responses((status = 200, body = SubjectPage), (status = "4XX", body = ErrorBody)),
)]
pub async fn find_rule(
    state: web::Data<AppState>,
    project: web::Path<String>,
    query: web::Query<RuleParameters>,
) -> Result<HttpResponse, ApiError> {
    answer(state, project.into_inner(), move |scope| pages::find_rule(scope, &query)).await
}

/// Find a vulnerability
///
/// By any of its names: what every tool says of it, the packages, the versions that mend it, where it is, and the run that
/// brought it in.
#[utoipa::path(
    get, path = "/projects/{project}/vulnerability", tag = "findings",
    params(("project" = String, Path), VulnerabilityParameters),
    responses((status = 200, body = SubjectPage), (status = "4XX", body = ErrorBody)),
)]
pub async fn find_vulnerability(
    state: web::Data<AppState>,
    project: web::Path<String>,
    query: web::Query<VulnerabilityParameters>,
) -> Result<HttpResponse, ApiError> {
    answer(state, project.into_inner(), move |scope| pages::find_vulnerability_page(scope, &query)).await
}
