//! All projects.

mod columns;
mod view;

use leptos::prelude::*;
use plimsoll_api::{Page, ProjectSummary};

use crate::{api, state};

pub use view::view;

/// The page.
pub fn page() -> AnyView {
    super::title(&["Projects"]);
    let remote = api::load::<Page<ProjectSummary>>(|| Some(api::projects()));
    view! {
        <h1>"Projects"</h1>
        {state::draw(remote, "the projects", |page| page.items.is_empty(), super::set_up::empty_server, |page| view(&page.items))}
        <p class="quiet"><a href="/admin">"Storage, queue and tokens of this server"</a></p>
    }
    .into_any()
}
