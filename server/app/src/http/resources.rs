//! The resources that are read.

use actix_web::{HttpResponse, web};
use plimsoll_store::Reader;
use serde::Serialize;

use crate::http::{ApiError, AppState};
use crate::pages::{PageCache, PageError, Scope};

/// The routes of each resource.
pub fn configure(service: &mut web::ServiceConfig) {
    super::projects::configure(service);
    super::modules::configure(service);
    super::hotspots::configure(service);
    super::coupling::configure(service);
    super::runs::configure(service);
    super::gate::configure(service);
    super::tests::configure(service);
    super::test_links::configure(service);
    super::findings::configure(service);
    super::subjects::configure(service);
    super::flaky::configure(service);
    super::reviews::configure(service);
    super::files::configure(service);
    super::sources::configure(service);
    super::compare::configure(service);
    super::search::configure(service);
    super::events::configure(service);
    super::export::configure(service);
    super::admin::configure(service);
}

// Answers with a page of a project, read in one transaction on a thread that may wait.
pub(super) async fn answer<T: Serialize + Send + 'static>(
    state: web::Data<AppState>,
    project: String,
    page: impl FnOnce(&Scope<'_>) -> Result<T, PageError> + Send + 'static,
) -> Result<HttpResponse, ApiError> {
    let now = (state.clock)().0;
    answer_all(state, move |reader, cache| page(&Scope::open(reader, cache, &project)?.at(now))).await
}

// The same for a page of all projects. The answer's text is made on that thread too: it may be long.
pub(super) async fn answer_all<T: Serialize + Send + 'static>(
    state: web::Data<AppState>,
    page: impl FnOnce(&Reader<'_>, &PageCache) -> Result<T, PageError> + Send + 'static,
) -> Result<HttpResponse, ApiError> {
    let state = state.into_inner();
    let body = web::block(move || -> Result<Vec<u8>, ApiError> {
        let page = state.store.read(|reader| page(reader, &state.pages))?;
        serde_json::to_vec(&page).map_err(|error| ApiError::internal(&error))
    })
    .await??;
    Ok(HttpResponse::Ok().content_type("application/json").body(body))
}
