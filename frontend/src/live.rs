//! Keeps a page up to date: the server says that something happened, the page asks again for what it shows.

use crate::state::Request;

/// Asks again whenever something happens in a project, but not while somebody types in the page: what is under the
/// hands stays where it is, and is brought up to date right after.
#[cfg(target_arch = "wasm32")]
pub fn follow(project: &str, request: Request) {
    use std::time::Duration;

    use leptos::prelude::*;

    use crate::{api, browser};

    /// Events come in bunches: the uploads of a run.
    const SOON: Duration = Duration::from_millis(300);
    const LATER: Duration = Duration::from_millis(1000);

    fn ask(request: Request, is_waiting: RwSignal<bool>, pause: Duration) {
        if is_waiting.try_get_untracked() != Some(false) {
            return;
        }
        is_waiting.set(true);
        set_timeout(
            move || {
                // A page that is gone has no signal any more, and asks no more.
                if is_waiting.try_set(false).is_some() {
                    return;
                }
                if browser::is_typing() {
                    ask(request, is_waiting, LATER);
                } else {
                    request.again();
                }
            },
            pause,
        );
    }

    let is_waiting = RwSignal::new(false);
    let url = api::resource(project, "events", &[]);
    let events = browser::Events::open(&url, move || ask(request, is_waiting, SOON));
    // Kept as long as the page is there.
    let kept = StoredValue::new_local(events);
    on_cleanup(move || {
        kept.try_update_value(|events| *events = None);
    });
}

/// Without a browser nothing happens.
#[cfg(not(target_arch = "wasm32"))]
pub fn follow(_project: &str, _request: Request) {}
