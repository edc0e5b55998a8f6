//! The HTTP server: the API under `/api/v1`, the browser app everywhere else.
//!
//! [`create_app`] makes the same app for `plimsoll serve` and for the tests.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::{App, web};
use plimsoll_analysis::retention::Policy;
use plimsoll_api::{Timestamp, paths};
use plimsoll_format::Limits;
use plimsoll_store::Store;

use crate::ingest::Worker;
use crate::pages::PageCache;

mod admin;
mod auth;
mod compare;
mod coupling;
mod error;
mod events;
mod export;
mod files;
mod findings;
mod flaky;
mod gate;
mod headers;
mod health;
mod hotspots;
mod modules;
mod openapi;
mod projects;
mod resources;
mod reviews;
mod runs;
mod search;
mod serve;
mod site;
mod sources;
mod subjects;
mod test_links;
mod tests;
mod uploads;

pub use auth::{NewToken, ReadAccess};
pub use error::{ApiError, ErrorCode};
pub use headers::CONTENT_SECURITY_POLICY;
pub use openapi::document as openapi_document;
pub use resources::configure as configure_resources;
pub use serve::{ServeOptions, serve};

/// What every handler may use. Cheap to clone: all clones are the same server.
#[derive(Clone)]
pub struct AppState {
    /// The history.
    pub store: Store,
    /// Takes queued uploads into the history.
    pub worker: Worker,
    /// Who may read.
    pub read_access: ReadAccess,
    /// What is read at most.
    pub limits: Limits,
    /// The time; injected so that tests have their own.
    pub clock: fn() -> Timestamp,
    /// Answers that were computed before.
    pub pages: PageCache,
    /// How long runs are kept.
    pub retention: Policy,
    storage: Arc<admin::StorageAccount>,
    stopping: Arc<AtomicBool>,
}

impl AppState {
    /// A server's state.
    pub fn new(
        store: Store,
        worker: Worker,
        read_access: ReadAccess,
        limits: Limits,
        retention: Policy,
        clock: fn() -> Timestamp,
    ) -> Self {
        let stopping = Arc::new(AtomicBool::new(false));
        let pages = worker.pages().clone();
        Self {
            store,
            worker,
            read_access,
            limits,
            clock,
            pages,
            retention,
            storage: Arc::default(),
            stopping,
        }
    }

    /// From now on the server takes no more uploads and says that it is not ready.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        // Those who follow a project hold a connection each: they are let go, or the server would wait for them.
        self.worker.announcer().wake();
    }

    /// Whether the server is shutting down.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }
}

/// The whole app.
pub fn create_app(
    state: AppState,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    App::new()
        .app_data(web::Data::new(state))
        .app_data(web::QueryConfig::default().error_handler(|error, _| ApiError::from(error).into()))
        .app_data(web::PathConfig::default().error_handler(|error, _| ApiError::from(error).into()))
        .app_data(
            web::JsonConfig::default()
                .limit(256 << 10)
                .error_handler(|error, _| ApiError::from(error).into()),
        )
        .wrap(headers::security())
        .configure(health::configure)
        .service(
            web::scope(paths::API)
                .wrap(from_fn(auth::guard_reading))
                .configure(openapi::configure)
                .configure(uploads::configure)
                .configure(resources::configure),
        )
        .configure(site::configure)
}
