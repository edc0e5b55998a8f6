//! `/projects/{project}/runs/{run}/files` and `…/file`

use actix_web::{HttpResponse, web};
use plimsoll_api::{ErrorBody, FileLines, FilePage, FileRow, Page};
use serde::Deserialize;

use crate::http::export::{ListFormat, Part, answer_list};
use crate::http::resources::answer;
use crate::http::{ApiError, AppState};
use crate::pages::{self, FileParameters, LineParameters};

/// The routes.
pub fn configure(service: &mut web::ServiceConfig) {
    service
        .route("/projects/{project}/runs/{run}/files", web::get().to(list_files))
        .route("/projects/{project}/runs/{run}/file", web::get().to(find_file))
        .route("/projects/{project}/runs/{run}/file/lines", web::get().to(list_lines));
}

/// List the files of a run
///
/// Those of which anything is known: coverage, findings or changes.
#[utoipa::path(
    get, path = "/projects/{project}/runs/{run}/files", tag = "files",
    params(("project" = String, Path), ("run" = u64, Path), FileParameters, ListFormat),
    responses((status = 200, body = Page<FileRow>), (status = "4XX", body = ErrorBody)),
)]
pub async fn list_files(
    state: web::Data<AppState>,
    path: web::Path<(String, u64)>,
    query: web::Query<FileParameters>,
    format: web::Query<ListFormat>,
) -> Result<HttpResponse, ApiError> {
    let (project, run) = path.into_inner();
    let (query, format) = (query.into_inner(), format.into_inner());
    let part = Part { limit: query.limit, after: query.after.clone() };
    answer_list(state, project, format, part, move |scope, Part { limit, after }| {
        pages::list_files(scope, run, &FileParameters { limit, after, ..query.clone() })
    })
    .await
}

/// Which file.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PathParameters {
    /// Inside the repository.
    pub path: String,
}

/// Find a file in a run
///
/// Which lines are covered, and its findings.
#[utoipa::path(
    get, path = "/projects/{project}/runs/{run}/file", tag = "files",
    params(("project" = String, Path), ("run" = u64, Path), PathParameters),
    responses((status = 200, body = FilePage), (status = 404, body = ErrorBody)),
)]
pub async fn find_file(
    state: web::Data<AppState>,
    path: web::Path<(String, u64)>,
    query: web::Query<PathParameters>,
) -> Result<HttpResponse, ApiError> {
    let (project, run) = path.into_inner();
    answer(state, project, move |scope| pages::find_file(scope, run, &query.path)).await
}

/// List the lines of a file
///
/// A window of them, each with its text where the run has it, its coverage and its branches.
#[utoipa::path(
    get, path = "/projects/{project}/runs/{run}/file/lines", tag = "files",
    params(("project" = String, Path), ("run" = u64, Path), LineParameters),
    responses((status = 200, body = FileLines), (status = "4XX", body = ErrorBody)),
)]
pub async fn list_lines(
    state: web::Data<AppState>,
    path: web::Path<(String, u64)>,
    query: web::Query<LineParameters>,
) -> Result<HttpResponse, ApiError> {
    let (project, run) = path.into_inner();
    answer(state, project, move |scope| pages::list_lines(scope, run, &query)).await
}
