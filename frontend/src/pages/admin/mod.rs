//! For whoever runs the server: storage, retention, queue, tokens, what was done.

mod columns;
mod view;

use leptos::prelude::*;
use plimsoll_api::{AdminPage, StoragePage};

use crate::{api, state};

pub use view::{activity, storage};

/// The page.
pub fn page() -> AnyView {
    super::title(&["Admin"]);
    let room = api::load::<StoragePage>(|| Some(api::admin("/storage")));
    let doing = api::load::<AdminPage>(|| Some(api::admin("")));
    let never = || ().into_any();
    // A token is asked for once: what the server is doing stands below what it holds, and comes with it.
    let ready = move |page: std::sync::Arc<StoragePage>| {
        view! {
            {storage(&page)}
            {state::draw(doing, "the queue", |_| false, never, |page| activity(&page))}
        }
        .into_any()
    };
    view! {
        <h1>"Admin"</h1>
        <p class="lead-in">"What this server's room is spent on, what it is doing, and who may send it reports. Nobody's name is kept anywhere."</p>
        {state::draw(room, "the storage", |_| false, never, ready)}
    }
    .into_any()
}
