//! `/projects`

use actix_web::{HttpResponse, web};
use plimsoll_api::{ErrorBody, Page, ProjectPage, ProjectSummary};
use serde::Deserialize;

use crate::http::resources::{answer, answer_all};
use crate::http::{ApiError, AppState};
use crate::pages;

/// The routes.
pub fn configure(service: &mut web::ServiceConfig) {
    service
        .route("/projects", web::get().to(list_projects))
        .route("/projects/{project}", web::get().to(find_project));
}

/// List projects
#[utoipa::path(get, path = "/projects", tag = "projects", responses((status = 200, body = Page<ProjectSummary>)))]
pub async fn list_projects(state: web::Data<AppState>) -> Result<HttpResponse, ApiError> {
    answer_all(state, pages::list_projects).await
}

/// Which branch is shown.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BranchParameters {
    /// The branch; the project's default branch if absent.
    pub branch: Option<String>,
    /// Compare with the newest run that is at least so many days older, instead of with the baseline.
    pub days: Option<u32>,
}

/// Find a project
///
/// The state of its default branch, or of another one.
#[utoipa::path(
    get, path = "/projects/{project}", tag = "projects",
    params(("project" = String, Path), BranchParameters),
    responses((status = 200, body = ProjectPage), (status = 404, body = ErrorBody)),
)]
pub async fn find_project(
    state: web::Data<AppState>,
    project: web::Path<String>,
    query: web::Query<BranchParameters>,
) -> Result<HttpResponse, ApiError> {
    answer(state, project.into_inner(), move |scope| {
        pages::find_project_since(scope, query.branch.as_deref(), query.days)
    })
    .await
}
