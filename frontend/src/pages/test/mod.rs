//! One test through time.

mod difference;
mod renamed;
mod view;

use leptos::prelude::*;
use plimsoll_api::TestPage;

use crate::components::breadcrumbs::breadcrumbs;
use crate::link::Scope;
use crate::place::Place;
use crate::route::ProjectRoute;
use crate::{api, state};

pub use view::view;

/// The page.
pub fn page(project: String, test: u64) -> AnyView {
    super::title(&["Test", &project]);
    let place = Place::here();
    let url = {
        let project = project.clone();
        move || Some(api::resource(&project, &format!("tests/{test}"), &[("branch", &place.query("branch"))]))
    };
    let remote = api::load::<TestPage>(url);
    let named = project.clone();
    Effect::new(move |_| {
        if let Some(page) = remote.get() {
            super::title(&[&super::tests::columns::name(&page.test), &named]);
        }
    });
    let mut way = super::way(&project, None);
    way.push((ProjectRoute::Tests(None).path(&project), "Tests".to_owned()));
    let scope = Scope { project, run: 0, branch: String::new() };
    view! {
        {breadcrumbs(way)}
        {state::draw(remote, "the test", |_| false, || ().into_any(), move |page| {
            let scope = Scope { branch: place.query("branch"), ..scope.clone() };
            view(&page, &scope)
        })}
    }
    .into_any()
}
