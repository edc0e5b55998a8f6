//! `/projects/{project}/findings/review` and `/projects/{project}/findings/{finding}/review`

use actix_web::{HttpRequest, HttpResponse, web};
use plimsoll_api::{ErrorBody, NewReview, ReviewAnswer, ReviewRequest};

use crate::http::auth::require_token;
use crate::http::{ApiError, AppState};
use crate::pages;

/// The routes.
pub fn configure(service: &mut web::ServiceConfig) {
    service
        .route("/projects/{project}/findings/review", web::post().to(review_findings))
        .route("/projects/{project}/findings/{finding}/review", web::put().to(put_review))
        .route("/projects/{project}/findings/{finding}/review", web::delete().to(delete_review));
}

/// Review many findings
///
/// Findings named by `ids`, or all of a run that a filter lets through. Without `review`, decisions are taken back.
#[utoipa::path(
    post, path = "/projects/{project}/findings/review", tag = "findings",
    params(("project" = String, Path)),
    request_body = ReviewRequest,
    responses((status = 200, body = ReviewAnswer), (status = "4XX", body = ErrorBody)),
)]
pub async fn review_findings(
    state: web::Data<AppState>,
    http: HttpRequest,
    project: web::Path<String>,
    request: web::Json<ReviewRequest>,
) -> Result<HttpResponse, ApiError> {
    record(state, http, project.into_inner(), request.into_inner()).await
}

/// Review a finding
///
/// Accepted until a day, false positive, or won't fix, with a reason. It holds for all findings that differ from it only
/// in their line, in all runs, from now on until it is taken back or its last day is over.
#[utoipa::path(
    put, path = "/projects/{project}/findings/{finding}/review", tag = "findings",
    params(("project" = String, Path), ("finding" = u64, Path)),
    request_body = NewReview,
    responses((status = 200, body = ReviewAnswer), (status = "4XX", body = ErrorBody)),
)]
pub async fn put_review(
    state: web::Data<AppState>,
    http: HttpRequest,
    path: web::Path<(String, u64)>,
    review: web::Json<NewReview>,
) -> Result<HttpResponse, ApiError> {
    let (project, finding) = path.into_inner();
    let request =
        ReviewRequest { review: Some(review.into_inner()), ids: vec![finding], ..Default::default() };
    record(state, http, project, request).await
}

/// Take back the review of a finding
#[utoipa::path(
    delete, path = "/projects/{project}/findings/{finding}/review", tag = "findings",
    params(("project" = String, Path), ("finding" = u64, Path)),
    responses((status = 200, body = ReviewAnswer), (status = "4XX", body = ErrorBody)),
)]
pub async fn delete_review(
    state: web::Data<AppState>,
    http: HttpRequest,
    path: web::Path<(String, u64)>,
) -> Result<HttpResponse, ApiError> {
    let (project, finding) = path.into_inner();
    record(state, http, project, ReviewRequest { ids: vec![finding], ..Default::default() }).await
}

async fn record(
    state: web::Data<AppState>,
    http: HttpRequest,
    project: String,
    request: ReviewRequest,
) -> Result<HttpResponse, ApiError> {
    require_token(&state, &http, Some(&project)).await?;
    let state = state.into_inner();
    let answer = web::block(move || {
        let now = (state.clock)().0;
        state.store.write(|writer| pages::review_findings(writer, &state.pages, &project, &request, now))
    })
    .await??;
    Ok(HttpResponse::Ok().json(answer))
}
