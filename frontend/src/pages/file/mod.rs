//! A file: which of its lines are covered, and what was found in it.

mod lines;
mod source;
mod view;

use leptos::prelude::*;
use plimsoll_api::FilePage;

use crate::components::breadcrumbs::breadcrumbs;
use crate::link::Scope;
use crate::place::Place;
use crate::route::ProjectRoute;
use crate::{api, state};

pub use view::view;

/// The page.
pub fn page(project: String, run: u64) -> AnyView {
    let place = Place::here();
    let named = project.clone();
    // Not the whole address: going from line to line loads nothing.
    let path = Memo::new(move |_| place.query("path"));
    Effect::new(move |_| super::title(&[&path.read(), &named]));
    let url = {
        let project = project.clone();
        move || {
            let path = path.get();
            (!path.is_empty())
                .then(|| api::resource(&project, &format!("runs/{run}/file"), &[("path", &path)]))
        }
    };
    let remote = api::load::<FilePage>(url);
    let mut way = super::way(&project, Some(run));
    way.push((ProjectRoute::Files(run).path(&project), "Files".to_owned()));
    let scope = Scope { project, run, branch: String::new() };
    view! {
        {breadcrumbs(way)}
        {state::draw(remote, "the file", |_| false, || ().into_any(), move |page| view(&page, &scope))}
    }
    .into_any()
}
