//! `/projects/{project}/module`

use actix_web::{HttpResponse, web};
use plimsoll_api::{ErrorBody, ModuleChange, ModulePage, Page};

use crate::http::resources::answer;
use crate::http::{ApiError, AppState};
use crate::pages::{self, ModuleParameters};

/// The routes.
pub fn configure(service: &mut web::ServiceConfig) {
    service
        .route("/projects/{project}/module", web::get().to(find_module))
        .route("/projects/{project}/module/changes", web::get().to(list_module_changes));
}

/// Find a module
///
/// As of the newest complete run of a branch, with its history.
#[utoipa::path(
    get, path = "/projects/{project}/module", tag = "projects",
    params(("project" = String, Path), ModuleParameters),
    responses((status = 200, body = ModulePage), (status = 404, body = ErrorBody)),
)]
pub async fn find_module(
    state: web::Data<AppState>,
    project: web::Path<String>,
    query: web::Query<ModuleParameters>,
) -> Result<HttpResponse, ApiError> {
    answer(state, project.into_inner(), move |scope| pages::find_module(scope, &query)).await
}

/// List what changed in a module
///
/// In each of the latest complete runs of a branch against that run's baseline, oldest first; 30 runs if no limit is
/// given, at most 200.
#[utoipa::path(
    get, path = "/projects/{project}/module/changes", tag = "projects",
    params(("project" = String, Path), ModuleParameters),
    responses((status = 200, body = Page<ModuleChange>), (status = 404, body = ErrorBody)),
)]
pub async fn list_module_changes(
    state: web::Data<AppState>,
    project: web::Path<String>,
    query: web::Query<ModuleParameters>,
) -> Result<HttpResponse, ApiError> {
    answer(state, project.into_inner(), move |scope| pages::list_module_changes(scope, &query)).await
}
