//! A run: what changed, and what it was made of.

mod carried;
pub mod gate;
mod paths;
mod uploads;
mod view;

use leptos::prelude::*;
use plimsoll_api::{RunPage, RunState};

use crate::components::breadcrumbs::breadcrumbs;
use crate::link::Scope;
use crate::{api, state};

pub use paths::{page as paths_page, spec as paths_spec, view as paths_view};
pub use uploads::uploads;
pub use view::{notices, view};

/// The page.
pub fn page(project: String, run: u64) -> AnyView {
    super::title(&[&format!("Run #{run}"), &project]);
    let url = {
        let project = project.clone();
        move || Some(api::resource(&project, &format!("runs/{run}"), &[]))
    };
    let remote = api::load::<RunPage>(url);
    crate::live::follow(&project, remote.request);
    state::refresh_while(remote, |page| page.run.state == RunState::Processing);
    let scope = Scope { project: project.clone(), run, branch: String::new() };
    view! {
        {breadcrumbs(super::way(&project, Some(run)).into_iter().take(2).collect())}
        {state::draw(remote, "the run", |_| false, || ().into_any(), move |page| view(&page, &scope))}
    }
    .into_any()
}
