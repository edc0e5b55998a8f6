//! The findings of a run.

pub mod columns;
pub mod facets;
pub mod review;

use leptos::prelude::*;
use plimsoll_api::{FindingFacets, FindingRow};

use crate::api;
use crate::components::breadcrumbs::breadcrumbs;
use crate::components::controls::{pinned, search};
use crate::components::listing::{PART, listing};
use crate::components::panels;
use crate::components::table::Table;
use crate::link::Scope;
use crate::place::Place;
use crate::state;

/// The page.
pub fn page(project: String, run: u64) -> AnyView {
    super::title(&[&format!("Findings of #{run}"), &project]);
    view! {
        {breadcrumbs(super::way(&project, Some(run)))}
        <h1>{format!("Findings of run #{run}")}</h1>
        {list(&project, run, None)}
    }
    .into_any()
}

/// The list with its filters; of one module where one is named.
pub fn list(project: &str, run: u64, module: Option<Signal<String>>) -> AnyView {
    let place = Place::here();
    let project = project.to_owned();
    let (listed, counted) = (project.clone(), project.clone());
    let url = move || Some(address(&listed, run, "", place, module));
    let facets = api::load::<FindingFacets>(move || Some(address(&counted, run, "/facets", place, module)));
    provide_context(review::Chosen(RwSignal::default()));
    let review = review::form(&project, run, module);
    let scope = Scope { project, run, branch: String::new() };
    let is_whole = module.is_none();
    view! {
        <div class="controls">
            {search(place, "q", "Search findings: words, \"a phrase\"")}
            {is_whole.then(|| pinned(place, "path", "File"))}
            {facets::NAMES.into_iter().filter(|(name, _)| is_whole || *name != "module")
                .map(|(name, title)| pinned(place, name, title)).collect::<Vec<_>>()}
        </div>
        <div class="with-facets">
            {state::draw(facets, "the facets", |_| false, || ().into_any(), move |facets| facets::view(&facets, place, is_whole))}
            <div>
                {review}
                {listing(url, spec, scope, ("finding", "findings"), || panels::empty("No finding matches.", "Take a filter away, or look at another run."))}
            </div>
        </div>
    }
    .into_any()
}

/// The address of the list, or of what is said about it, with the filters of the present address.
fn address(project: &str, run: u64, rest: &str, place: Place, module: Option<Signal<String>>) -> String {
    let query: Vec<(&str, String)> = review::FILTERS
        .into_iter()
        // A module's page has its own `path`, which is the module.
        .filter(|name| *name != "path" || !is_module_page(place))
        .map(|name| match (name, module) {
            ("module", Some(module)) => (name, module.get()),
            _ => (name, place.query(name)),
        })
        .chain([("limit", PART.to_owned())])
        .collect();
    let query: Vec<_> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
    api::resource(project, &format!("runs/{run}/findings{rest}"), &query)
}

fn is_module_page(place: Place) -> bool {
    use crate::route::{ProjectRoute, Route};
    matches!(place.route_now(), Route::In { page: ProjectRoute::Module, .. })
}

/// The table.
pub fn spec() -> Table<FindingRow> {
    Table {
        caption: "Findings, the worst first",
        columns: columns::columns(),
        sort_param: "",
        initial: "",
        filter: None,
        near_end: None,
    }
}
