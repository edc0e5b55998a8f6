//! The pages that are not opened first. In the browser they are a file of their own (feature `split`), which is fetched
//! as soon as the first page is drawn: nobody waits for pages that are not looked at, and no click waits for a file.

use std::sync::Arc;

use leptos::prelude::*;
use plimsoll_api::ErrorInfo;

use crate::api;
use crate::route::Route;
use crate::state::{self, Problem, Remote, Request, Status};

/// How long after the start the file is fetched where no page asked for it, in milliseconds.
#[cfg(target_arch = "wasm32")]
const AFTER_START: u64 = 400;

/// The page of a route: at once where the file is there.
pub fn page(route: Route) -> AnyView {
    if file::is_here() {
        return file::draw(route);
    }
    let remote = Remote::<()>::of(arriving());
    state::draw(remote, "the page", |()| false, || ().into_any(), move |_| file::draw(route.clone()))
}

/// Fetches the file before it is asked for. A failure is left to the page that needs it.
#[cfg(target_arch = "wasm32")]
pub fn fetch_soon() {
    set_timeout(|| file::fetch(Box::new(|_| {})), std::time::Duration::from_millis(AFTER_START));
}

fn arriving() -> Request {
    let request = Request::new(None, Status::Loading);
    let failures = StoredValue::new(0_u32);
    Effect::new(move |_| {
        request.attempt.track();
        file::fetch(Box::new(move |is_here| {
            if is_here {
                request.data.try_set(Some(Arc::new(())));
                request.status.try_set(Status::Ready);
                return;
            }
            let before = failures.try_get_value().unwrap_or_default();
            failures.try_set_value(before.saturating_add(1));
            set_timeout(move || request.again(), std::time::Duration::from_millis(api::pause(before)));
            request.status.try_set(Status::Failed(missing()));
        }));
    });
    request
}

fn missing() -> Problem {
    let message = "A part of the app could not be loaded.".to_owned();
    let hint = Some("It is tried again by itself. If the server was updated, reload this page.".to_owned());
    Problem { status: 0, error: ErrorInfo { code: "unreachable".to_owned(), message, hint } }
}

#[cfg(all(target_arch = "wasm32", feature = "split"))]
mod file {
    use std::cell::Cell;
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use leptos::prelude::{AnyView, IntoAny as _};
    use leptos::wasm_split::SplitLoaderError;

    use crate::route::Route;

    thread_local! {
        static IS_HERE: Cell<bool> = const { Cell::new(false) };
    }

    /// Where the second file begins.
    #[leptos::wasm_split::wasm_split(pages, wasm_split_path = leptos::wasm_split, preload(load), fallible)]
    fn page(route: Route) -> Result<AnyView, SplitLoaderError> {
        Ok(super::super::other_page(route))
    }

    pub fn is_here() -> bool {
        IS_HERE.get()
    }

    /// Draws a page whose code is there: nothing is waited for then.
    pub fn draw(route: Route) -> AnyView {
        match pin!(page(route)).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(view)) => view,
            Poll::Ready(Err(_)) | Poll::Pending => ().into_any(),
        }
    }

    /// Fetches the code, if it is not there, and says whether it is.
    pub fn fetch(then: Box<dyn FnOnce(bool)>) {
        leptos::task::spawn_local(async move {
            let is_here = load().await.is_ok();
            IS_HERE.set(is_here);
            then(is_here);
        });
    }
}

/// Without the feature there is one file, which is there.
#[cfg(not(all(target_arch = "wasm32", feature = "split")))]
mod file {
    use leptos::prelude::AnyView;

    use crate::route::Route;

    pub fn is_here() -> bool {
        true
    }

    pub fn draw(route: Route) -> AnyView {
        super::super::other_page(route)
    }

    pub fn fetch(then: Box<dyn FnOnce(bool)>) {
        then(true);
    }
}
