//! `/admin`: for whoever runs the server. Needs a token for all projects.

use std::sync::{Mutex, PoisonError};

use actix_web::{HttpRequest, HttpResponse, web};
use plimsoll_api::{AdminPage, ErrorBody, StoragePage};

use crate::http::auth::require_token;
use crate::http::resources::answer_all;
use crate::http::{ApiError, AppState};
use crate::pages;

/// How many seconds an account of the storage is good for: making one reads every column.
const GOOD_FOR: i64 = 60;

/// The account that was made last, and when.
#[derive(Debug, Default)]
pub struct StorageAccount(Mutex<Option<(i64, StoragePage)>>);

/// The routes.
pub fn configure(service: &mut web::ServiceConfig) {
    service.route("/admin", web::get().to(find_admin)).route("/admin/storage", web::get().to(find_storage));
}

/// What the server is doing
///
/// The queue, the tokens without what they open, and what was done last, never by whom.
#[utoipa::path(
    get, path = "/admin", tag = "admin",
    responses((status = 200, body = AdminPage), (status = "4XX", body = ErrorBody)),
)]
pub async fn find_admin(state: web::Data<AppState>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    require_token(&state, &request, None).await?;
    answer_all(state, |reader, _| pages::find_admin(reader)).await
}

/// What the room is spent on
///
/// By project and kind, and what retention would free. The account is at most a minute old.
#[utoipa::path(
    get, path = "/admin/storage", tag = "admin",
    responses((status = 200, body = StoragePage), (status = "4XX", body = ErrorBody)),
)]
pub async fn find_storage(
    state: web::Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    require_token(&state, &request, None).await?;
    let (known, now) = (state.storage.clone(), (state.clock)().0);
    let (folder, policy) = (state.store.folder().to_owned(), state.retention);
    answer_all(state, move |reader, cache| {
        // Held while it is made: who asks meanwhile gets the same account.
        let mut known = known.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((made_at, page)) = known.as_ref()
            && (0..GOOD_FOR).contains(&(now - made_at))
        {
            return Ok(page.clone());
        }
        let page = pages::find_storage(reader, cache, &folder, &policy, now)?;
        *known = Some((now, page.clone()));
        Ok(page)
    })
    .await
}
