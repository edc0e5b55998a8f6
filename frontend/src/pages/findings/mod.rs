//! The findings of a run.

pub mod columns;
pub mod review;

use leptos::prelude::*;
use plimsoll_api::FindingRow;
use plimsoll_model::Severity;

use crate::api;
use crate::components::breadcrumbs::breadcrumbs;
use crate::components::controls::{choice, fixed_choice, pinned, search};
use crate::components::listing::{PART, listing};
use crate::components::panels;
use crate::components::table::Table;
use crate::link::Scope;
use crate::place::Place;

const STATES: [(&str, &str); 9] = [
    ("", "all that count"),
    ("new", "new"),
    ("existing", "existing"),
    ("fixed", "fixed"),
    ("suppressed", "suppressed"),
    ("reviewed", "reviewed"),
    ("accepted", "reviewed: accepted"),
    ("false-positive", "reviewed: false positive"),
    ("wont-fix", "reviewed: won't fix"),
];

const GROUPS: [(&str, &str); 3] = [("", "all"), ("code", "static analysis"), ("security", "security")];

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
    let url = {
        let project = project.clone();
        move || {
            let module = module.map_or_else(|| place.query("module"), |module| module.get());
            let query = [
                ("state", place.query("state")),
                ("severity", place.query("severity")),
                ("kind", place.query("kind")),
                ("tool", place.query("tool")),
                ("rule", place.query("rule")),
                ("path", place.query("path")),
                ("q", place.query("q")),
                ("module", module),
                ("limit", PART.to_owned()),
            ];
            // A module's page has its own `path`, which is the module.
            let query: Vec<_> = query
                .iter()
                .filter(|(name, _)| *name != "path" || !is_module_page(place))
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            Some(api::resource(&project, &format!("runs/{run}/findings"), &query))
        }
    };
    let severities = std::iter::once((String::new(), "all".to_owned()))
        .chain(
            Severity::ALL
                .into_iter()
                .map(|severity| (severity.as_str().to_owned(), severity.as_str().to_owned())),
        )
        .collect();
    provide_context(review::Chosen(RwSignal::default()));
    let review = review::form(&project, run, module);
    let scope = Scope { project, run, branch: String::new() };
    let is_whole = module.is_none();
    view! {
        <div class="controls">
            {search(place, "q", "Filter findings")}
            {fixed_choice(place, "kind", "Kind", &GROUPS)}
            {choice(place, "severity", "Severity", severities)}
            {fixed_choice(place, "state", "State", &STATES)}
            {is_whole.then(|| view! { {pinned(place, "module", "Module")} {pinned(place, "path", "File")} })}
            {pinned(place, "tool", "Tool")}
            {pinned(place, "rule", "Rule")}
        </div>
        {review}
        {listing(url, spec, scope, ("finding", "findings"), || panels::empty("No finding matches.", "Take a filter away, or look at another run."))}
    }
    .into_any()
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
