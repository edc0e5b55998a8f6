//! `/projects/{project}/tests/{test}/link`

use actix_web::{HttpRequest, HttpResponse, web};
use plimsoll_api::{ErrorBody, NewTestLink};

use crate::http::auth::require_token;
use crate::http::{ApiError, AppState};
use crate::pages;

/// The routes.
pub fn configure(service: &mut web::ServiceConfig) {
    service
        .route("/projects/{project}/tests/{test}/link", web::put().to(put_link))
        .route("/projects/{project}/tests/{test}/link", web::delete().to(delete_link));
}

/// Link a test with its earlier name
///
/// From then on its page shows the history of both.
#[utoipa::path(
    put, path = "/projects/{project}/tests/{test}/link", tag = "tests",
    params(("project" = String, Path), ("test" = u64, Path)),
    request_body = NewTestLink,
    responses((status = 200, body = NewTestLink), (status = "4XX", body = ErrorBody)),
)]
pub async fn put_link(
    state: web::Data<AppState>,
    http: HttpRequest,
    path: web::Path<(String, u64)>,
    link: web::Json<NewTestLink>,
) -> Result<HttpResponse, ApiError> {
    record(state, http, path.into_inner(), Some(link.older)).await
}

/// Undo the link of a test with its earlier name
///
/// They are two tests, and are not linked again by themselves.
#[utoipa::path(
    delete, path = "/projects/{project}/tests/{test}/link", tag = "tests",
    params(("project" = String, Path), ("test" = u64, Path)),
    responses((status = 200, body = NewTestLink), (status = "4XX", body = ErrorBody)),
)]
pub async fn delete_link(
    state: web::Data<AppState>,
    http: HttpRequest,
    path: web::Path<(String, u64)>,
) -> Result<HttpResponse, ApiError> {
    record(state, http, path.into_inner(), None).await
}

async fn record(
    state: web::Data<AppState>,
    http: HttpRequest,
    (project, test): (String, u64),
    older: Option<u64>,
) -> Result<HttpResponse, ApiError> {
    require_token(&state, &http, Some(&project)).await?;
    let state = state.into_inner();
    let link = web::block(move || {
        let now = (state.clock)().0;
        state.store.write(|writer| pages::link_tests(writer, &state.pages, &project, test, older, now))
    })
    .await??;
    Ok(HttpResponse::Ok().json(link))
}
