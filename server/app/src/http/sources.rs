//! `/projects/{project}/runs/{run}/sources`

use actix_web::{FromRequest, HttpRequest, HttpResponse, guard, web};
use plimsoll_api::{ErrorBody, NewSources, SourceAnswer, SourceList};

use crate::http::auth::require_token;
use crate::http::resources::answer;
use crate::http::{ApiError, AppState};
use crate::pages;

/// The largest body that is taken: many texts, as JSON writes them.
const MOST_BYTES: usize = 16 << 20;

/// The routes.
pub fn configure(service: &mut web::ServiceConfig) {
    const PATH: &str = "/projects/{project}/runs/{run}/sources";
    let json =
        web::JsonConfig::default().limit(MOST_BYTES).error_handler(|error, _| ApiError::from(error).into());
    service
        .route(PATH, web::get().to(list_sources))
        .service(web::resource(PATH).guard(guard::Post()).app_data(json).route(web::post().to(put_sources)));
}

/// List the files whose source text is of use
///
/// Those that reports of the run name. `plimsoll upload --with-sources` asks here what to send.
#[utoipa::path(
    get, path = "/projects/{project}/runs/{run}/sources", tag = "files",
    params(("project" = String, Path), ("run" = u64, Path)),
    responses((status = 200, body = SourceList), (status = 404, body = ErrorBody)),
)]
pub async fn list_sources(
    state: web::Data<AppState>,
    path: web::Path<(String, u64)>,
) -> Result<HttpResponse, ApiError> {
    let (project, run) = path.into_inner();
    answer(state, project, move |scope| pages::list_sources(scope, run)).await
}

/// Send source texts
///
/// Without texts it says which of them are wanted: what the server has already is not sent again.
#[utoipa::path(
    post, path = "/projects/{project}/runs/{run}/sources", tag = "files",
    params(("project" = String, Path), ("run" = u64, Path)),
    request_body = NewSources,
    responses((status = 200, body = SourceAnswer), (status = "4XX", body = ErrorBody)),
)]
pub async fn put_sources(
    state: web::Data<AppState>,
    http: HttpRequest,
    path: web::Path<(String, u64)>,
    body: web::Payload,
) -> Result<HttpResponse, actix_web::Error> {
    let (project, run) = path.into_inner();
    // The token comes first: nobody else makes the server hold a body of this size.
    require_token(&state, &http, Some(&project)).await?;
    let sources = web::Json::<NewSources>::from_request(&http, &mut body.into_inner()).await?;
    let state = state.into_inner();
    let answer =
        web::block(move || state.store.write(|writer| pages::put_sources(writer, &project, run, &sources)))
            .await
            .map_err(ApiError::from)?
            .map_err(ApiError::from)?;
    Ok(HttpResponse::Ok().json(answer))
}
