//! `/projects/{project}/runs/{run}/tests` and `/projects/{project}/tests`

use actix_web::{HttpResponse, web};
use plimsoll_api::{ErrorBody, Page, TestGrid, TestPage, TestRow};
use serde::Deserialize;

use crate::http::export::{ListFormat, Part, answer_list};
use crate::http::resources::answer;
use crate::http::{ApiError, AppState};
use crate::pages::{self, GridParameters, TestParameters};

/// The routes.
pub fn configure(service: &mut web::ServiceConfig) {
    service
        .route("/projects/{project}/runs/{run}/tests", web::get().to(list_tests))
        .route("/projects/{project}/tests/grid", web::get().to(find_grid))
        .route("/projects/{project}/tests/{test}", web::get().to(find_test));
}

/// List the tests of a run
#[utoipa::path(
    get, path = "/projects/{project}/runs/{run}/tests", tag = "tests",
    params(("project" = String, Path), ("run" = u64, Path), TestParameters, ListFormat),
    responses((status = 200, body = Page<TestRow>), (status = "4XX", body = ErrorBody)),
)]
pub async fn list_tests(
    state: web::Data<AppState>,
    path: web::Path<(String, u64)>,
    query: web::Query<TestParameters>,
    format: web::Query<ListFormat>,
) -> Result<HttpResponse, ApiError> {
    let (project, run) = path.into_inner();
    let (query, format) = (query.into_inner(), format.into_inner());
    let part = Part { limit: query.limit, after: query.after.clone() };
    answer_list(state, project, format, part, move |scope, Part { limit, after }| {
        pages::list_tests(scope, run, &TestParameters { limit, after, ..query.clone() })
    })
    .await
}

/// Find the grid of tests and runs
///
/// Tests down, complete runs of a branch across, the newest first; a letter a cell.
#[utoipa::path(
    get, path = "/projects/{project}/tests/grid", tag = "tests",
    params(("project" = String, Path), GridParameters),
    responses((status = 200, body = TestGrid), (status = "4XX", body = ErrorBody)),
)]
pub async fn find_grid(
    state: web::Data<AppState>,
    project: web::Path<String>,
    query: web::Query<GridParameters>,
) -> Result<HttpResponse, ApiError> {
    answer(state, project.into_inner(), move |scope| pages::find_grid(scope, &query)).await
}

/// Which runs are the history.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HistoryParameters {
    /// Only runs of this branch; those of all branches if absent.
    pub branch: Option<String>,
}

/// Find a test
///
/// Its history, its failures by message, and why it counts as flaky.
#[utoipa::path(
    get, path = "/projects/{project}/tests/{test}", tag = "tests",
    params(("project" = String, Path), ("test" = u64, Path), HistoryParameters),
    responses((status = 200, body = TestPage), (status = 404, body = ErrorBody)),
)]
pub async fn find_test(
    state: web::Data<AppState>,
    path: web::Path<(String, u64)>,
    query: web::Query<HistoryParameters>,
) -> Result<HttpResponse, ApiError> {
    let (project, test) = path.into_inner();
    answer(state, project, move |scope| pages::find_test(scope, test, query.branch.as_deref())).await
}
