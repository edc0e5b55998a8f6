//! The files of a run.

mod columns;
mod picture;

use leptos::prelude::*;
use plimsoll_api::FileRow;

use crate::api;
use crate::components::breadcrumbs::breadcrumbs;
use crate::components::controls::{pinned, search};
use crate::components::listing::{PART, listing};
use crate::components::panels;
use crate::components::table::Table;
use crate::link::Scope;
use crate::place::Place;

pub use picture::picture;

/// The page.
pub fn page(project: String, run: u64) -> AnyView {
    super::title(&[&format!("Files of #{run}"), &project]);
    view! {
        {breadcrumbs(super::way(&project, Some(run)))}
        <h1>{format!("Files of run #{run}")}</h1>
        {list(&project, run, None)}
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
                ("q", place.query("q")),
                ("sort", place.query("sort")),
                ("module", module),
                ("limit", PART.to_owned()),
            ];
            let query: Vec<_> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
            Some(api::resource(&project, &format!("runs/{run}/files"), &query))
        }
    };
    let scope = Scope { project, run, branch: String::new() };
    view! {
        <div class="controls">
            {search(place, "q", "Filter files")}
            {module.is_none().then(|| pinned(place, "module", "Module"))}
        </div>
        {listing(url, spec, scope, ("file", "files"), || panels::empty("No file matches.", "Take the filter away, or look at another run."))}
    }
    .into_any()
}

/// The table.
pub fn spec() -> Table<FileRow> {
    Table {
        caption: "Files with their coverage and findings",
        columns: columns::columns(),
        sort_param: "sort",
        initial: "path",
        filter: None,
        near_end: None,
    }
}
