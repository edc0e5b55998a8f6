//! What findings are about: a rule, or a vulnerability.

mod view;

use leptos::prelude::*;
use plimsoll_api::SubjectPage;

use crate::components::breadcrumbs::breadcrumbs;
use crate::link::Scope;
use crate::place::Place;
use crate::route::ProjectRoute;
use crate::{api, state};

pub use view::view;

/// The page; `what` is its resource: `rule` or `vulnerability`.
pub fn page(project: String, what: &'static str) -> AnyView {
    let place = Place::here();
    let query = move || ["id", "tool", "rule"].map(|name| (name, place.query(name)));
    let url = {
        let project = project.clone();
        move || {
            let query = query();
            Some(api::resource(
                &project,
                what,
                &query.each_ref().map(|(name, value)| (*name, value.as_str())),
            ))
        }
    };
    let remote = api::load::<SubjectPage>(url);
    super::title(&[what, &project]);
    let named = project.clone();
    Effect::new(move |_| {
        if let Some(page) = remote.get() {
            super::title(&[&page.name, &named]);
        }
    });
    let mut way = super::way(&project, None);
    way.push((ProjectRoute::Findings(None).path(&project), "Findings".to_owned()));
    let scope = Scope { project, run: 0, branch: String::new() };
    view! {
        {breadcrumbs(way)}
        {state::draw(remote, "it", |_| false, || ().into_any(), move |page| {
            let scope = Scope { run: page.run.unwrap_or(0), ..scope.clone() };
            view(&page, &scope)
        })}
    }
    .into_any()
}
