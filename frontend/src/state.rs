//! The four states of everything that is loaded, and the one component that draws them.

use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

use leptos::prelude::*;
use plimsoll_api::ErrorInfo;

use crate::components::panels;

/// What went wrong with a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// The answer's status; 0 where there was no answer.
    pub status: u16,
    /// What the server said, or what the app says in its place.
    pub error: ErrorInfo,
}

impl Problem {
    /// There was no answer at all.
    pub fn unreachable(reason: &str) -> Self {
        Self {
            status: 0,
            error: ErrorInfo {
                code: "unreachable".to_owned(),
                message: format!("The server does not answer: {reason}."),
                hint: Some("It is tried again by itself.".to_owned()),
            },
        }
    }

    /// There was an answer that this app does not understand.
    pub fn unreadable(status: u16, reason: &str) -> Self {
        Self {
            status,
            error: ErrorInfo {
                code: "unreadable".to_owned(),
                message: format!(
                    "The server answered with status {status} and something unexpected: {reason}."
                ),
                hint: Some("If the server was updated, reload this page.".to_owned()),
            },
        }
    }

    /// Whether the same request may succeed by itself a little later.
    pub fn may_pass(&self) -> bool {
        matches!(self.status, 0 | 429 | 500..=599)
    }

    /// Whether a token is asked for.
    pub fn wants_token(&self) -> bool {
        self.status == 401
    }
}

/// How far a request is.
#[derive(Debug, Clone, PartialEq)]
pub enum Status {
    /// On its way.
    Loading,
    /// The data are there.
    Ready,
    /// It failed. Data that were there before stay.
    Failed(Problem),
}

/// Something that was loaded, without its type. What follows from a type is compiled for each of them, and the app is
/// downloaded: so types are known at the edges only, where answers are read and rows are drawn.
pub type Data = Arc<dyn Any + Send + Sync>;

/// A request for something, again and again.
#[derive(Clone, Copy)]
pub struct Request {
    /// The newest that arrived.
    pub data: RwSignal<Option<Data>>,
    /// How far the present request is.
    pub status: RwSignal<Status>,
    /// Counts requests for the same: a change starts another one.
    pub attempt: RwSignal<u32>,
}

impl Request {
    /// In a given state.
    pub fn new(data: Option<Data>, status: Status) -> Self {
        Self { data: RwSignal::new(data), status: RwSignal::new(status), attempt: RwSignal::new(0) }
    }

    /// Asks once more because somebody wants it: the screen says at once that it is on its way.
    pub fn retry(self) {
        self.status.try_set(Status::Loading);
        self.again();
    }

    /// Asks once more. A page that is gone by now asks no more.
    pub fn again(self) {
        self.attempt.try_update(|attempt| *attempt = attempt.wrapping_add(1));
    }
}

/// A request whose answer has a known type.
pub struct Remote<T> {
    /// The request.
    pub request: Request,
    answer: PhantomData<fn() -> T>,
}

impl<T> Clone for Remote<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Remote<T> {}

impl<T: Send + Sync + 'static> Remote<T> {
    /// Of a request whose answers are `T`s.
    pub fn of(request: Request) -> Self {
        Self { request, answer: PhantomData }
    }

    /// The newest that arrived.
    pub fn get(self) -> Option<Arc<T>> {
        typed(self.request.data.get()?)
    }
}

fn typed<T: Send + Sync + 'static>(data: Data) -> Option<Arc<T>> {
    data.downcast().ok()
}

/// Asks again every few seconds while `is_going_on`.
pub fn refresh_while<T: Send + Sync + 'static>(remote: Remote<T>, is_going_on: fn(&T) -> bool) {
    const PAUSE: std::time::Duration = std::time::Duration::from_secs(3);
    let Request { data, status, .. } = remote.request;
    Effect::new(move |_| {
        let is_ready = matches!(&*status.read(), Status::Ready);
        let data = data.get_untracked().and_then(typed::<T>);
        if is_ready && data.is_some_and(|data| is_going_on(&data)) {
            set_timeout(move || remote.request.again(), PAUSE);
        }
    });
}

/// What the screen shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing is known yet.
    Loading,
    /// There is nothing, and that is known.
    Empty,
    /// Nothing is known because the request failed.
    Failed,
    /// There is something.
    Ready,
}

/// The state of a request: failure never looks like emptiness, and what is there stays.
pub fn state_of<T: ?Sized>(data: Option<&T>, status: &Status, is_empty: impl Fn(&T) -> bool) -> State {
    match (data, status) {
        (Some(data), _) if is_empty(data) => State::Empty,
        (Some(_), _) => State::Ready,
        (None, Status::Failed(_)) => State::Failed,
        (None, _) => State::Loading,
    }
}

/// Draws the four states. `what` names the data in a sentence: `the project`.
pub fn draw<T: Send + Sync + 'static>(
    remote: Remote<T>,
    what: &'static str,
    is_empty: fn(&T) -> bool,
    empty: impl Fn() -> AnyView + Send + Sync + 'static,
    ready: impl Fn(Arc<T>) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    draw_any(
        remote.request,
        what,
        Box::new(move |data| data.downcast_ref::<T>().is_some_and(is_empty)),
        Box::new(empty),
        Box::new(move |data| typed(data).map_or_else(|| ().into_any(), &ready)),
    )
}

type IsEmpty = Box<dyn Fn(&(dyn Any + Send + Sync)) -> bool + Send + Sync>;

fn draw_any(
    request: Request,
    what: &'static str,
    is_empty: IsEmpty,
    empty: Box<dyn Fn() -> AnyView + Send + Sync>,
    ready: Box<dyn Fn(Data) -> AnyView + Send + Sync>,
) -> AnyView {
    let retry = Callback::new(move |()| request.retry());
    let state = Memo::new(move |_| {
        let data = request.data.read();
        state_of(data.as_deref(), &request.status.read(), &is_empty)
    });
    let problem = move || match (&*request.status.read(), state.get()) {
        (Status::Failed(problem), State::Ready | State::Empty) => Some(panels::stale(problem, retry)),
        _ => None,
    };
    let content = move || match state.get() {
        State::Loading => panels::loading(what),
        State::Failed => match &*request.status.read() {
            Status::Failed(problem) => panels::failed(what, problem, retry),
            _ => panels::loading(what),
        },
        State::Empty => empty(),
        State::Ready => request.data.get().map_or_else(|| ().into_any(), &ready),
    };
    let is_busy = move || matches!(&*request.status.read(), Status::Loading).to_string();
    view! {
        {problem}
        <div class="content" aria-busy=is_busy>{content}</div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failure_is_not_emptiness() {
        let failed = Status::Failed(Problem::unreachable("connection refused"));
        let is_empty = |rows: &Vec<u8>| rows.is_empty();
        for (data, status, expected) in [
            (None, &Status::Loading, State::Loading),
            (None, &failed, State::Failed),
            (Some(vec![]), &Status::Ready, State::Empty),
            (Some(vec![1]), &Status::Ready, State::Ready),
            (Some(vec![1]), &Status::Loading, State::Ready),
            (Some(vec![1]), &failed, State::Ready),
            (Some(vec![]), &Status::Loading, State::Empty),
        ] {
            assert_eq!(state_of(data.as_ref(), status, is_empty), expected, "{data:?} {status:?}");
        }
    }

    #[test]
    fn only_passing_problems_are_tried_again() {
        assert!(Problem::unreachable("gone").may_pass());
        assert!(Problem::unreadable(503, "busy").may_pass());
        assert!(!Problem::unreadable(404, "no such run").may_pass());
        assert!(!Problem::unreadable(200, "not JSON").may_pass());
        assert!(Problem::unreadable(401, "token").wants_token());
    }
}
