//! Requests: addresses of the API, and the loading of what they answer.

use std::sync::Arc;

use leptos::prelude::RwSignal;
use plimsoll_api::paths::{API, encode};
use serde::de::DeserializeOwned;

use crate::json;
use crate::route::append;
#[cfg(not(target_arch = "wasm32"))]
use crate::state::Request;
use crate::state::{Data, Problem, Remote};

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

/// The address of what is for whoever runs the server.
pub fn admin(rest: &str) -> String {
    format!("{API}/admin{rest}")
}

/// Reads an answer.
///
/// # Errors
/// What the server said, or that it cannot be understood.
pub fn read<T: DeserializeOwned>(status: u16, text: &str) -> Result<T, Problem> {
    if (200..300).contains(&status) {
        return json::read(text).map_err(|error| Problem::unreadable(status, &error.to_string()));
    }
    match json::read::<plimsoll_api::ErrorBody>(text) {
        Ok(body) => Err(Problem { status, error: body.error }),
        Err(_) => Err(Problem::unreadable(status, "no description of the error")),
    }
}

/// How long to wait before a request is tried again by itself, in milliseconds.
pub fn pause(failures: u32) -> u64 {
    2000 << failures.min(4)
}

/// How an answer is read, without its type.
pub type Reading = fn(u16, &str) -> Result<Data, Problem>;

/// The reading of a type.
///
/// # Errors
/// What the server said, or that it cannot be understood.
pub fn reading<T: DeserializeOwned + Send + Sync + 'static>(
    status: u16,
    text: &str,
) -> Result<Data, Problem> {
    read::<T>(status, text).map(|value| -> Data { Arc::new(value) })
}

/// Loads what `url` says, and again whenever it says something else; what is on its way then is given up.
pub fn load<T: DeserializeOwned + Send + Sync + 'static>(
    url: impl Fn() -> Option<String> + 'static,
) -> Remote<T> {
    Remote::of(request(Box::new(url), reading::<T>))
}

#[cfg(target_arch = "wasm32")]
pub use online::{ask, request, send};

/// Without a browser nothing is ever loaded.
#[cfg(not(target_arch = "wasm32"))]
pub fn request(_url: Box<dyn Fn() -> Option<String>>, _reading: Reading) -> Request {
    Request::new(None, crate::state::Status::Loading)
}

/// Without a browser nobody answers.
#[cfg(not(target_arch = "wasm32"))]
pub fn ask(_url: &str, _reading: Reading, _then: Box<dyn FnOnce(Result<Data, Problem>)>) {}

/// Without a browser nobody answers.
#[cfg(not(target_arch = "wasm32"))]
pub fn send(
    _method: &str,
    _url: &str,
    _body: &str,
    _reading: Reading,
    _then: Box<dyn FnOnce(Result<Data, Problem>)>,
) {
}

/// Counts changes of the token: all that is on the screen is loaded again with the new one.
#[derive(Clone, Copy)]
pub struct Session(pub RwSignal<u32>);

#[cfg(target_arch = "wasm32")]
mod online {
    use std::cell::{Cell, RefCell};
    use std::collections::VecDeque;
    use std::hash::{DefaultHasher, Hash, Hasher};
    use std::rc::Rc;
    use std::time::Duration;

    use leptos::prelude::*;

    use super::{Reading, Session, TOKEN, pause};
    use crate::browser::{self, Abort, Keep};
    use crate::state::{Data, Problem, Request, Status};

    /// Answers that were shown last: going back shows them at once, and asks again behind them.
    const REMEMBERED: usize = 40;

    /// An answer: its address, the fingerprint of its text, and what was read from it.
    struct Seen {
        url: String,
        fingerprint: u64,
        data: Data,
    }

    thread_local! {
        static SEEN: RefCell<VecDeque<Seen>> = const { RefCell::new(VecDeque::new()) };
    }

    fn remembered(url: &str) -> Option<(u64, Data)> {
        SEEN.with_borrow(|seen| {
            seen.iter().find(|seen| seen.url == url).map(|seen| (seen.fingerprint, Data::clone(&seen.data)))
        })
    }

    fn remember(url: String, fingerprint: u64, data: Data) {
        SEEN.with_borrow_mut(|seen| {
            seen.retain(|seen| seen.url != url);
            seen.push_front(Seen { url, fingerprint, data });
            seen.truncate(REMEMBERED);
        });
    }

    fn fingerprint(url: &str, text: &str) -> u64 {
        let mut hasher = DefaultHasher::new();
        (url, text).hash(&mut hasher);
        hasher.finish()
    }

    /// Asks once, for the next part of a list.
    pub fn ask(url: &str, reading: Reading, then: Box<dyn FnOnce(Result<Data, Problem>)>) {
        let token = browser::stored(Keep::Session, TOKEN);
        let answer = browser::fetch(url, token.as_deref(), None);
        leptos::task::spawn_local(async move {
            then(match answer.await {
                Ok((status, text)) => reading(status, &text),
                Err(reason) => Err(Problem::unreachable(&reason)),
            });
        });
    }

    /// Sends a JSON text, and says what came of it.
    pub fn send(
        method: &str,
        url: &str,
        body: &str,
        reading: Reading,
        then: Box<dyn FnOnce(Result<Data, Problem>)>,
    ) {
        let token = browser::stored(Keep::Session, TOKEN);
        let answer = browser::send(method, url, token.as_deref(), body);
        leptos::task::spawn_local(async move {
            then(match answer.await {
                Ok((status, text)) => reading(status, &text),
                Err(reason) => Err(Problem::unreachable(&reason)),
            });
        });
    }

    /// Loads what `url` says, and again whenever it says something else; what is on its way then is given up.
    pub fn request(url: Box<dyn Fn() -> Option<String>>, reading: Reading) -> Request {
        let request = Request::new(None, Status::Loading);
        let session = use_context::<Session>();
        let failures = Rc::new(Cell::new(0_u32));
        // What is on the screen, so that the same answer again changes nothing there.
        let shown = Rc::new(Cell::new(0_u64));
        Effect::new(move |_: Option<Option<Abort>>| {
            request.attempt.track();
            if let Some(session) = session {
                session.0.track();
            }
            let url = url()?;
            if let Some((fingerprint, data)) = remembered(&url)
                && shown.get() != fingerprint
            {
                shown.set(fingerprint);
                request.data.set(Some(data));
            }
            // A request that is tried again by itself leaves the reason on the screen until it succeeds.
            if !matches!(*request.status.read_untracked(), Status::Failed(_)) {
                request.status.set(Status::Loading);
            }
            let abort = Abort::new();
            let token = browser::stored(Keep::Session, TOKEN);
            let answer = browser::fetch(&url, token.as_deref(), abort.as_ref());
            // A request that was given up ends with an error that belongs to nobody any more.
            let generation = request.attempt.get_untracked();
            let (failures, shown) = (Rc::clone(&failures), Rc::clone(&shown));
            leptos::task::spawn_local(async move {
                let (fingerprint, result) = match answer.await {
                    Ok((status, text)) => (fingerprint(&url, &text), reading(status, &text)),
                    Err(reason) if reason.contains("abort") => return,
                    Err(reason) => (0, Err(Problem::unreachable(&reason))),
                };
                if request.attempt.try_get_untracked() != Some(generation) {
                    return;
                }
                match result {
                    Ok(data) => {
                        failures.set(0);
                        if shown.get() != fingerprint {
                            shown.set(fingerprint);
                            remember(url, fingerprint, Data::clone(&data));
                            request.data.try_set(Some(data));
                        }
                        request.status.try_set(Status::Ready);
                    }
                    Err(problem) => {
                        if problem.may_pass() {
                            let before = failures.get();
                            failures.set(before.saturating_add(1));
                            set_timeout(move || request.again(), Duration::from_millis(pause(before)));
                        }
                        request.status.try_set(Status::Failed(problem));
                    }
                }
            });
            abort
        });
        request
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
