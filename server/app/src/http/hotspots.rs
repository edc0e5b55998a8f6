//! `/projects/{project}/hotspots`

use actix_web::{HttpResponse, web};
use plimsoll_api::{ErrorBody, Hotspot, Page};

use crate::http::resources::answer;
use crate::http::{ApiError, AppState};
use crate::pages::{self, HotspotParameters};

/// The routes.
pub fn configure(service: &mut web::ServiceConfig) {
    service.route("/projects/{project}/hotspots", web::get().to(list_hotspots));
}

/// List hotspots
///
/// Files or modules that change often and are weakly guarded, the hottest first.
#[utoipa::path(
    get, path = "/projects/{project}/hotspots", tag = "projects",
    params(("project" = String, Path), HotspotParameters),
    responses((status = 200, body = Page<Hotspot>), (status = "4XX", body = ErrorBody)),
)]
pub async fn list_hotspots(
    state: web::Data<AppState>,
    project: web::Path<String>,
    query: web::Query<HotspotParameters>,
) -> Result<HttpResponse, ApiError> {
    answer(state, project.into_inner(), move |scope| pages::list_hotspots(scope, &query)).await
}
