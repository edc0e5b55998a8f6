//! `/projects/{project}/flaky`

use actix_web::{HttpResponse, web};
use plimsoll_api::{ErrorBody, FlakyTest, Page};

use crate::http::{ApiError, AppState};
use crate::pages::{self, FlakyList, FlakyParameters, Scope};

/// The routes.
pub fn configure(service: &mut web::ServiceConfig) {
    service.route("/projects/{project}/flaky", web::get().to(list_flaky));
}

/// List flaky tests
///
/// As of the newest complete run of a branch, with the evidence, those that fail most often first; or, with a `format`,
/// one test a line for a test runner to read.
#[utoipa::path(
    get, path = "/projects/{project}/flaky", tag = "tests",
    params(("project" = String, Path), FlakyParameters),
    responses((status = 200, body = Page<FlakyTest>), (status = "4XX", body = ErrorBody)),
)]
pub async fn list_flaky(
    state: web::Data<AppState>,
    project: web::Path<String>,
    query: web::Query<FlakyParameters>,
) -> Result<HttpResponse, ApiError> {
    let (state, now) = (state.clone().into_inner(), (state.clock)().0);
    let list = web::block(move || {
        state
            .store
            .read(|reader| pages::list_flaky(&Scope::open(reader, &state.pages, &project)?.at(now), &query))
    })
    .await??;
    Ok(match list {
        FlakyList::Page(page) => HttpResponse::Ok().json(page),
        FlakyList::Text(text) => HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(text),
    })
}
