//! Requests: addresses of the API, and the loading of what they answer.

use leptos::prelude::RwSignal;
use plimsoll_api::paths::{API, encode};
use serde::de::DeserializeOwned;

use crate::route::append;
use crate::state::Problem;
#[cfg(not(target_arch = "wasm32"))]
use crate::state::{Remote, Status};

/// Where the API token is kept.
pub const TOKEN: &str = "plimsoll-token";

/// The address of a resource of a project: `resource("p", "runs/12", &[("q", "x")])`.
pub fn resource(project: &str, rest: &str, query: &[(&str, &str)]) -> String {
    let mut url = format!("{API}/projects/{}", encode(project));
    if !rest.is_empty() {
        url.push('/');
        url.push_str(rest);
    }
    append(&mut url, query);
    url
}

/// The address of the list of projects.
pub fn projects() -> String {
    format!("{API}/projects")
}

/// Reads an answer.
///
/// # Errors
/// What the server said, or that it cannot be understood.
pub fn read<T: DeserializeOwned>(status: u16, text: &str) -> Result<T, Problem> {
    if (200..300).contains(&status) {
        return serde_json::from_str(text).map_err(|error| Problem::unreadable(status, &error.to_string()));
    }
    match serde_json::from_str::<plimsoll_api::ErrorBody>(text) {
        Ok(body) => Err(Problem { status, error: body.error }),
        Err(_) => Err(Problem::unreadable(status, "no description of the error")),
    }
}

/// How long to wait before a request is tried again by itself, in milliseconds.
pub fn pause(failures: u32) -> u64 {
    2000 << failures.min(4)
}

/// Loads what `url` says, and again whenever it says something else; what is on its way then is given up.
#[cfg(not(target_arch = "wasm32"))]
pub fn load<T: DeserializeOwned + Send + Sync + 'static>(
    _url: impl Fn() -> Option<String> + 'static,
) -> Remote<T> {
    Remote::new(None, Status::Loading)
}

/// Asks once, for the next part of a list.
#[cfg(not(target_arch = "wasm32"))]
pub fn ask<T: DeserializeOwned + 'static>(_url: String, _then: impl FnOnce(Result<T, Problem>) + 'static) {}

#[cfg(target_arch = "wasm32")]
pub use online::{ask, load};

/// Counts changes of the token: all that is on the screen is loaded again with the new one.
#[derive(Clone, Copy)]
pub struct Session(pub RwSignal<u32>);

#[cfg(target_arch = "wasm32")]
mod online {
    use std::any::Any;
    use std::cell::RefCell;
    use std::collections::VecDeque;
    use std::sync::Arc;
    use std::time::Duration;

    use leptos::prelude::*;
    use serde::de::DeserializeOwned;

    use super::{Session, TOKEN, pause, read};
    use crate::browser::{self, Abort, Keep};
    use crate::state::{Problem, Remote, Status};

    /// Answers that were shown last: going back shows them at once, and asks again behind them.
    const REMEMBERED: usize = 40;

    thread_local! {
        static SEEN: RefCell<VecDeque<(String, Arc<dyn Any + Send + Sync>)>> = const { RefCell::new(VecDeque::new()) };
    }

    fn remembered<T: Send + Sync + 'static>(url: &str) -> Option<Arc<T>> {
        SEEN.with_borrow(|seen| {
            let (_, data) = seen.iter().find(|(key, _)| key == url)?;
            Arc::clone(data).downcast().ok()
        })
    }

    fn remember<T: Send + Sync + 'static>(url: String, data: Arc<T>) {
        SEEN.with_borrow_mut(|seen| {
            seen.retain(|(key, _)| *key != url);
            seen.push_front((url, data));
            seen.truncate(REMEMBERED);
        });
    }

    /// Asks once, for the next part of a list.
    pub fn ask<T: DeserializeOwned + 'static>(url: String, then: impl FnOnce(Result<T, Problem>) + 'static) {
        let token = browser::stored(Keep::Session, TOKEN);
        let answer = browser::fetch(&url, token.as_deref(), None);
        leptos::task::spawn_local(async move {
            then(match answer.await {
                Ok((status, text)) => read(status, &text),
                Err(reason) => Err(Problem::unreachable(&reason)),
            });
        });
    }

    /// Loads what `url` says, and again whenever it says something else; what is on its way then is given up.
    pub fn load<T: DeserializeOwned + PartialEq + Send + Sync + 'static>(
        url: impl Fn() -> Option<String> + 'static,
    ) -> Remote<T> {
        let remote: Remote<T> = Remote::new(None, Status::Loading);
        let session = use_context::<Session>();
        let failures = StoredValue::new(0_u32);
        Effect::new(move |_: Option<Option<Abort>>| {
            remote.attempt.track();
            if let Some(session) = session {
                session.0.track();
            }
            let url = url()?;
            if let Some(known) = remembered(&url) {
                remote.data.set(Some(known));
            }
            // A request that is tried again by itself leaves the reason on the screen until it succeeds.
            if !matches!(*remote.status.read_untracked(), Status::Failed(_)) {
                remote.status.set(Status::Loading);
            }
            let abort = Abort::new();
            let token = browser::stored(Keep::Session, TOKEN);
            let answer = browser::fetch(&url, token.as_deref(), abort.as_ref());
            // A request that was given up ends with an error that belongs to nobody any more.
            let generation = remote.attempt.get_untracked();
            leptos::task::spawn_local(async move {
                let result = match answer.await {
                    Ok((status, text)) => read::<T>(status, &text),
                    Err(reason) if reason.contains("abort") => return,
                    Err(reason) => Err(Problem::unreachable(&reason)),
                };
                if remote.attempt.try_get_untracked() != Some(generation) {
                    return;
                }
                match result {
                    Ok(data) => {
                        failures.try_set_value(0);
                        let is_same = remote
                            .data
                            .try_with_untracked(|now| now.as_deref() == Some(&data))
                            .unwrap_or_default();
                        if !is_same {
                            let data = Arc::new(data);
                            remember(url, Arc::clone(&data));
                            remote.data.try_set(Some(data));
                        }
                        remote.status.try_set(Status::Ready);
                    }
                    Err(problem) => {
                        if problem.may_pass() {
                            let before = failures.try_get_value().unwrap_or_default();
                            failures.try_set_value(before + 1);
                            set_timeout(move || remote.again(), Duration::from_millis(pause(before)));
                        }
                        remote.status.try_set(Status::Failed(problem));
                    }
                }
            });
            abort
        });
        remote
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_encoded() {
        assert_eq!(projects(), "/api/v1/projects");
        assert_eq!(resource("bookstore", "", &[]), "/api/v1/projects/bookstore");
        assert_eq!(
            resource("a b", "runs/3/tests", &[("q", "x&y"), ("state", ""), ("module", "a/b")]),
            "/api/v1/projects/a%20b/runs/3/tests?q=x%26y&module=a/b"
        );
    }

    #[test]
    fn answers_are_read_or_explained() {
        assert_eq!(read::<Vec<u8>>(200, "[1,2]"), Ok(vec![1, 2]));
        assert_eq!(read::<Vec<u8>>(200, "oops").unwrap_err().error.code, "unreadable");
        let body = r#"{"error":{"code":"run_not_found","message":"There is no run 9.","hint":null}}"#;
        let problem = read::<Vec<u8>>(404, body).unwrap_err();
        assert_eq!((problem.status, problem.error.code.as_str()), (404, "run_not_found"));
        assert_eq!(read::<Vec<u8>>(502, "<html>").unwrap_err().status, 502);
    }

    #[test]
    fn pauses_grow_and_stop_growing() {
        assert_eq!(pause(0), 2000);
        assert_eq!(pause(3), 16_000);
        assert_eq!(pause(400), pause(4));
    }
}
