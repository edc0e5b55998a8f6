//! A project: what an engineer opens every morning.

pub mod columns;
mod view;

use leptos::prelude::*;
use plimsoll_api::{ProjectPage, RunState};

use crate::place::Place;
use crate::{api, state};

pub use view::{branch_of, modules, view};

/// The page.
pub fn page(project: String) -> AnyView {
    super::title(&[&project]);
    let place = Place::here();
    let url = {
        let project = project.clone();
        move || {
            let query = [("branch", place.query("branch")), ("days", place.query("days"))];
            let query: Vec<_> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
            Some(api::resource(&project, "", &query))
        }
    };
    let remote = api::load::<ProjectPage>(url);
    crate::live::follow(&project, remote.request);
    state::refresh_while(remote, |page| page.runs.iter().any(|run| run.state == RunState::Processing));
    state::draw(
        remote,
        "the project",
        |page| page.run.is_none() && page.runs.is_empty(),
        move || super::set_up::empty_project(&project),
        move |page| view(&page),
    )
}
