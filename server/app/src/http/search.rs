//! `/projects/{project}/search`

use actix_web::{HttpResponse, web};
use plimsoll_api::{ErrorBody, SearchAnswer};

use crate::http::resources::answer;
use crate::http::{ApiError, AppState};
use crate::pages::{self, SearchParameters};

/// The routes.
pub fn configure(service: &mut web::ServiceConfig) {
    service.route("/projects/{project}/search", web::get().to(search));
}

/// Search everything
///
/// Modules, files, tests, findings and runs whose names hold all words.
#[utoipa::path(
    get, path = "/projects/{project}/search", tag = "projects",
    params(("project" = String, Path), SearchParameters),
    responses((status = 200, body = SearchAnswer), (status = "4XX", body = ErrorBody)),
)]
pub async fn search(
    state: web::Data<AppState>,
    project: web::Path<String>,
    query: web::Query<SearchParameters>,
) -> Result<HttpResponse, ApiError> {
    answer(state, project.into_inner(), move |scope| pages::search(scope, &query)).await
}
