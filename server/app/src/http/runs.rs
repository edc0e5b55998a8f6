//! `/projects/{project}/runs`

use actix_web::{HttpRequest, HttpResponse, web};
use plimsoll_api::{ErrorBody, Page, RunPage, RunSummary};
use plimsoll_store::{Action, RunNumber, Writer};

use crate::http::auth::require_token;
use crate::http::export::{ListFormat, Part, answer_list};
use crate::http::resources::answer;
use crate::http::{ApiError, AppState};
use crate::pages::{self, PageError, RunParameters};

/// The routes.
pub fn configure(service: &mut web::ServiceConfig) {
    service
        .route("/projects/{project}/runs", web::get().to(list_runs))
        .route("/projects/{project}/runs/{run}", web::get().to(find_run))
        .route("/projects/{project}/runs/{run}/protect", web::put().to(protect_run))
        .route("/projects/{project}/runs/{run}/protect", web::delete().to(release_run));
}

/// List runs
///
/// The newest first.
#[utoipa::path(
    get, path = "/projects/{project}/runs", tag = "runs",
    params(("project" = String, Path), RunParameters, ListFormat),
    responses((status = 200, body = Page<RunSummary>), (status = "4XX", body = ErrorBody)),
)]
pub async fn list_runs(
    state: web::Data<AppState>,
    project: web::Path<String>,
    query: web::Query<RunParameters>,
    format: web::Query<ListFormat>,
) -> Result<HttpResponse, ApiError> {
    let (query, format) = (query.into_inner(), format.into_inner());
    let part = Part { limit: query.limit, after: query.after.clone() };
    answer_list(state, project.into_inner(), format, part, move |scope, Part { limit, after }| {
        pages::list_runs(scope, &RunParameters { limit, after, ..query.clone() })
    })
    .await
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

/// Keep a run
///
/// It stays in the history whatever its age, until it is released.
#[utoipa::path(
    put, path = "/projects/{project}/runs/{run}/protect", tag = "runs",
    params(("project" = String, Path), ("run" = u64, Path)),
    responses((status = 204, description = "it stays"), (status = "4XX", body = ErrorBody)),
)]
pub async fn protect_run(
    state: web::Data<AppState>,
    request: HttpRequest,
    path: web::Path<(String, u64)>,
) -> Result<HttpResponse, ApiError> {
    set_protected(state, request, path.into_inner(), true).await
}

/// Release a run
///
/// It may be dropped again when it is old.
#[utoipa::path(
    delete, path = "/projects/{project}/runs/{run}/protect", tag = "runs",
    params(("project" = String, Path), ("run" = u64, Path)),
    responses((status = 204, description = "it may go"), (status = "4XX", body = ErrorBody)),
)]
pub async fn release_run(
    state: web::Data<AppState>,
    request: HttpRequest,
    path: web::Path<(String, u64)>,
) -> Result<HttpResponse, ApiError> {
    set_protected(state, request, path.into_inner(), false).await
}

async fn set_protected(
    state: web::Data<AppState>,
    request: HttpRequest,
    (project, run): (String, u64),
    is_protected: bool,
) -> Result<HttpResponse, ApiError> {
    require_token(&state, &request, Some(&project)).await?;
    let (store, now) = (state.store.clone(), (state.clock)().0);
    web::block(move || store.write(|writer| protect(writer, &project, run, is_protected, now))).await??;
    Ok(HttpResponse::NoContent().finish())
}

fn protect(
    writer: &mut Writer<'_>,
    project: &str,
    run: u64,
    is_protected: bool,
    now: i64,
) -> Result<(), PageError> {
    let found =
        writer.find_project(project)?.ok_or_else(|| PageError::ProjectNotFound(project.to_owned()))?;
    if !writer.protect_run(found.id, RunNumber(run), is_protected)? {
        return Err(PageError::RunNotFound { project: project.to_owned(), run });
    }
    let action = if is_protected { Action::RunProtected } else { Action::RunReleased };
    writer.note_action(Some(found.id), now, action, &format!("{project}: run {run}"))?;
    Ok(())
}
