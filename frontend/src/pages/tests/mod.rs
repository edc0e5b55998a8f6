//! The tests of a run.

mod cells;
pub mod columns;
pub mod flaky;
mod grid;

use leptos::prelude::*;
use plimsoll_api::TestRow;

use crate::api;
use crate::components::breadcrumbs::breadcrumbs;
use crate::components::controls::{fixed_choice, pinned, search, tabs};
use crate::components::listing::{PART, listing};
use crate::components::panels;
use crate::components::table::Table;
use crate::link::Scope;
use crate::place::Place;

/// States that can be filtered for, as the address and the API call them.
const STATES: [(&str, &str); 7] = [
    ("", "all"),
    ("failing", "failing"),
    ("newly-failing", "newly failing"),
    ("still-failing", "still failing"),
    ("fixed", "fixed"),
    ("flaky", "flaky"),
    ("new", "new"),
];

const OUTCOMES: [(&str, &str); 5] =
    [("", "all"), ("passed", "passed"), ("failed", "failed"), ("errored", "errored"), ("skipped", "skipped")];

/// The page.
pub fn page(project: String, run: u64) -> AnyView {
    super::title(&[&format!("Tests of #{run}"), &project]);
    let place = Place::here();
    let shown = Memo::new(move |_| place.query("view"));
    let of = project.clone();
    view! {
        {breadcrumbs(super::way(&project, Some(run)))}
        <h1>{format!("Tests of run #{run}")}</h1>
        {tabs(place, "view", &[("", "List"), ("grid", "Grid of runs"), ("flaky", "Flaky")])}
        {move || match shown.get().as_str() {
            "grid" => grid::grid(&of),
            "flaky" => flaky::list(&of),
            _ => list(&of, run, None),
        }}
    }
    .into_any()
}

/// The list with its filters; of one module where one is named.
pub fn list(project: &str, run: u64, module: Option<Signal<String>>) -> AnyView {
    let place = Place::here();
    let project = project.to_owned();
    let url = {
        let project = project.clone();
        move || {
            let module = module.map_or_else(|| place.query("module"), |module| module.get());
            let query = [
                ("state", place.query("state")),
                ("outcome", place.query("outcome")),
                ("q", place.query("q")),
                ("sort", place.query("sort")),
                ("module", module),
                ("limit", PART.to_owned()),
            ];
            let query: Vec<_> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
            Some(api::resource(&project, &format!("runs/{run}/tests"), &query))
        }
    };
    let scope = Scope { project, run, branch: String::new() };
    view! {
        <div class="controls">
            {search(place, "q", "Filter tests")}
            {fixed_choice(place, "state", "State", &STATES)}
            {fixed_choice(place, "outcome", "Outcome", &OUTCOMES)}
            {module.is_none().then(|| pinned(place, "module", "Module"))}
        </div>
        {listing(url, spec, scope, ("test", "tests"), || panels::empty("No test matches.", "Take a filter away, or look at another run."))}
    }
    .into_any()
}

/// The table.
pub fn spec() -> Table<TestRow> {
    Table {
        caption: "Tests",
        columns: columns::columns(),
        sort_param: "sort",
        initial: "failing",
        filter: None,
        near_end: None,
    }
}
