//! Running the server until it is told to stop.

use std::net::TcpListener;
use std::path::PathBuf;
use std::time::Duration;

use actix_web::HttpServer;
use plimsoll_analysis::retention::Policy;
use plimsoll_api::Timestamp;
use plimsoll_format::Limits;
use plimsoll_store::{Options, Store};

use crate::data::{FolderLock, sweep_spool};
use crate::http::{AppState, ReadAccess, create_app};
use crate::ingest::Worker;
use crate::keep::{Caretaker, PERIOD};

/// How the server is run.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// Where the database and the spool are.
    pub data: PathBuf,
    /// Where it listens: `127.0.0.1:8080`; port 0 takes any that is free.
    pub listen: String,
    /// Who may read.
    pub read_access: ReadAccess,
    /// How long runs are kept.
    pub retention: Policy,
    /// How long uploads are kept as they came, so that they can be read again.
    pub keep_uploads: Duration,
    /// What is read at most.
    pub limits: Limits,
}

/// The system's clock.
pub fn now() -> Timestamp {
    Timestamp(jiff::Timestamp::now().as_second())
}

/// Serves until SIGTERM or SIGINT. Then no new connection is taken, requests in hand are answered, the report that is
/// being read is finished, and what is queued stays queued for the next start.
///
/// # Errors
/// Where the data folder cannot be opened or the address cannot be listened on.
pub fn serve(options: ServeOptions) -> Result<(), String> {
    // Held until the server has ended.
    let _lock = FolderLock::take(&options.data)?;
    let store = Store::open(&options.data, &Options::default())
        .map_err(|error| format!("cannot open the data in {}: {error}", options.data.display()))?;
    let swept = sweep_spool(&store)?;
    if swept > 0 {
        tracing::info!(files = swept, "removed what the last process left in the spool");
    }
    let worker = Worker::start(store.clone(), options.limits.clone(), options.keep_uploads, now);
    let caretaker = Caretaker::start(store.clone(), options.retention, PERIOD, now);
    let listener = TcpListener::bind(&options.listen)
        .map_err(|error| format!("cannot listen on {}: {error}", options.listen))?;
    let address =
        listener.local_addr().map_err(|error| format!("cannot listen on {}: {error}", options.listen))?;
    let state =
        AppState::new(store, worker.clone(), options.read_access, options.limits, options.retention, now);
    let running = state.clone();
    let result = actix_web::rt::System::new().block_on(async move {
        let stopped = state.clone();
        let server = HttpServer::new(move || create_app(state.clone()))
            .workers(std::thread::available_parallelism().map_or(2, usize::from).clamp(2, 8))
            .worker_max_blocking_threads(16)
            .shutdown_timeout(20)
            .disable_signals()
            .listen(listener)?
            .run();
        let handle = server.handle();
        actix_web::rt::spawn(async move {
            asked_to_end().await;
            // Pages that follow a project are let go first: the rest of the requests are answered.
            stopped.stop();
            handle.stop(true).await;
        });
        println!("listening on http://{address}");
        server.await
    });
    running.stop();
    worker.stop();
    caretaker.stop();
    result.map_err(|error| format!("the server ended: {error}"))
}

/// Waits for SIGTERM or SIGINT.
async fn asked_to_end() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    if let Err(error) = interrupted.await {
        tracing::error!(%error, "cannot wait for signals: end the server by force");
        std::future::pending::<()>().await;
    }
}
