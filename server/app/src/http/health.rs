//! Whether the process lives, and whether it can do its work.

use actix_web::{HttpResponse, web};
use serde_json::json;

use crate::http::AppState;

/// The routes.
pub fn configure(service: &mut web::ServiceConfig) {
    service.route("/health/live", web::get().to(live)).route("/health/ready", web::get().to(ready));
}

async fn live() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "live" }))
}

/// Ready means that the database answers and that the server is not shutting down.
async fn ready(state: web::Data<AppState>) -> HttpResponse {
    if state.is_stopping() {
        return HttpResponse::ServiceUnavailable().json(json!({ "status": "stopping" }));
    }
    let store = state.store.clone();
    match web::block(move || store.read(|reader| reader.count_waiting())).await {
        Ok(Ok(queued)) => HttpResponse::Ok().json(json!({ "status": "ready", "queued_uploads": queued })),
        Ok(Err(error)) => {
            tracing::error!(%error, "the database does not answer");
            HttpResponse::ServiceUnavailable().json(json!({ "status": "database does not answer" }))
        }
        Err(_) => HttpResponse::ServiceUnavailable().json(json!({ "status": "overloaded" })),
    }
}
