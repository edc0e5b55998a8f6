//! Files that change often and are weakly guarded.

mod columns;
mod coupling;
mod view;

use leptos::prelude::*;
use plimsoll_api::{Hotspot, Page};

use crate::components::breadcrumbs::breadcrumbs;
use crate::components::panels;
use crate::place::Place;
use crate::{api, state};

pub use coupling::view as coupling_view;
pub use view::{short, view};

/// The page.
pub fn page(project: String) -> AnyView {
    super::title(&["Hotspots", &project]);
    let place = Place::here();
    let url = {
        let project = project.clone();
        move || {
            Some(api::resource(&project, "hotspots", &[("branch", &place.query("branch")), ("limit", "500")]))
        }
    };
    let remote = api::load::<Page<Hotspot>>(url);
    let of = project.clone();
    let content = state::draw(
        remote,
        "the hotspots",
        |page| page.items.is_empty(),
        || {
            panels::empty(
                "No hotspots yet.",
                "They need to know which files change: `plimsoll upload` sends the output of `git log --numstat` without names.",
            )
        },
        move |page| view(&page.items, &of),
    );
    view! {
        {breadcrumbs(super::way(&project, None))}
        <h1>"Hotspots"</h1>
        <p class="lead-in">"Files that change often and are weakly guarded: many commits in 90 days, few covered lines, many findings, unstable tests. Work spent here pays back first."</p>
        {content}
        {coupling::section(&project)}
    }
    .into_any()
}
