//! All runs.

mod columns;

use leptos::prelude::*;
use plimsoll_api::RunSummary;

use crate::api;
use crate::components::breadcrumbs::breadcrumbs;
use crate::components::controls;
use crate::components::listing::{PART, listing};
use crate::components::table::{Table, table};
use crate::link::Scope;
use crate::place::Place;

/// The page.
pub fn page(project: String) -> AnyView {
    super::title(&["Runs", &project]);
    let place = Place::here();
    let url = {
        let project = project.clone();
        move || Some(api::resource(&project, "runs", &[("branch", &place.query("branch")), ("limit", PART)]))
    };
    let scope = Scope { project: project.clone(), ..Scope::default() };
    let empty_of = project.clone();
    let empty = move || super::set_up::empty_project(&empty_of);
    view! {
        {breadcrumbs(super::way(&project, None))}
        <h1>"Runs"</h1>
        <div class="controls">{controls::pinned(place, "branch", "Branch")}</div>
        {listing(url, spec, scope, ("run", "runs"), empty)}
    }
    .into_any()
}

fn spec() -> Table<RunSummary> {
    Table {
        caption: "Runs, the newest first",
        columns: columns::columns(),
        sort_param: "",
        initial: "",
        filter: None,
        near_end: None,
    }
}

/// The latest runs in a few columns.
pub fn short(runs: &[RunSummary], scope: &Scope) -> AnyView {
    table(Table { columns: columns::short_columns(), ..spec() }, runs.to_vec(), scope)
}
