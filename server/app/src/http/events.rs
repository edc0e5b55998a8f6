//! `/projects/{project}/events`: says at once that something changed, so that open pages ask again.
//!
//! An event says *what* to ask for again, never the data themselves: a client that misses one loses nothing.

use std::time::Duration;

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, web};
use futures_util::stream;
use plimsoll_api::ErrorBody;

use crate::http::resources::answer;
use crate::http::{ApiError, AppState};
use crate::ingest::Progress;

/// How often a comment is sent where nothing happens, so that proxies keep the connection.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// The routes.
pub fn configure(service: &mut web::ServiceConfig) {
    service.route("/projects/{project}/events", web::get().to(follow));
}

/// Follow a project
///
/// Server-sent events. `event: run` with `data: {"run":12,"state":"processing","waiting":3}` is sent when an upload of
/// a run was received, is being read or was read: `waiting` counts the project's uploads that are not read yet.
#[utoipa::path(
    get, path = "/projects/{project}/events", tag = "projects",
    params(("project" = String, Path)),
    responses((status = 200, body = String, content_type = "text/event-stream"), (status = 404, body = ErrorBody)),
)]
pub async fn follow(
    state: web::Data<AppState>,
    project: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let project = project.into_inner();
    // A project that is not there is an error like everywhere else, and not a silence.
    answer(state.clone(), project.clone(), |_| Ok(())).await?;
    let follower = Follower { progress: state.worker.follow(), state, project, seen: None };
    let events = stream::unfold(follower, |mut follower| async move {
        let text = follower.next().await?;
        Some((Ok::<_, actix_web::Error>(web::Bytes::from(text)), follower))
    });
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(events))
}

struct Follower {
    progress: tokio::sync::watch::Receiver<Progress>,
    state: web::Data<AppState>,
    project: String,
    seen: Option<u64>,
}

impl Follower {
    /// The next piece of the stream; nothing when the server stops.
    async fn next(&mut self) -> Option<String> {
        if self.seen.is_none() {
            self.seen =
                Some(self.progress.borrow_and_update().of(&self.project).map_or(0, |event| event.count));
            return Some("retry: 2000\n: following\n\n".to_owned());
        }
        let beat = tokio::time::Instant::now() + HEARTBEAT;
        loop {
            if self.state.is_stopping() {
                return None;
            }
            let changed = tokio::time::timeout_at(beat, self.progress.changed()).await;
            match changed {
                Err(_) => return Some(": still here\n\n".to_owned()),
                Ok(Err(_)) => return None,
                Ok(Ok(())) => {}
            }
            let progress = self.progress.borrow_and_update();
            let Some(event) = progress.of(&self.project).filter(|event| Some(event.count) != self.seen)
            else {
                continue;
            };
            self.seen = Some(event.count);
            return Some(format!(
                "event: run\ndata: {{\"run\":{},\"state\":\"{}\",\"waiting\":{}}}\n\n",
                event.run, event.state, event.waiting
            ));
        }
    }
}
