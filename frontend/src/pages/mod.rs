//! The pages: a folder each, with what is loaded (`mod`), what is drawn (`view`) and what its tables are (`columns`).

pub mod admin;
pub mod compare;
pub mod file;
pub mod files;
pub mod findings;
pub mod hotspots;
pub mod later;
pub mod module;
pub mod project;
pub mod projects;
#[cfg(test)]
mod render_tests;
pub mod run;
pub mod runs;
pub mod set_up;
pub mod subject;
pub mod test;
pub mod tests;

use leptos::prelude::*;
use plimsoll_api::{ProjectPage, RunSummary};

use crate::api;
use crate::browser;
use crate::components::{badge, panels, time::time};
use crate::format;
use crate::link::{Scope, link, web};
use crate::place::Place;
use crate::route::{ProjectRoute, Route};
use crate::state;
use crate::text;

/// The page of a route. What opens first is there at once, the others may still be on their way.
pub fn page(route: Route) -> AnyView {
    match route {
        Route::Projects => projects::page(),
        Route::In { project, page: ProjectRoute::Overview } => project::page(project),
        other => later::page(other),
    }
}

/// The page of a route that is not opened first.
fn other_page(route: Route) -> AnyView {
    match route {
        Route::Projects | Route::In { page: ProjectRoute::Overview, .. } => page(route),
        Route::Admin => admin::page(),
        Route::Unknown => {
            title(&["Not found"]);
            view! {
                <h1>"Not found"</h1>
                {panels::empty("No page has this address.", link("/".to_owned(), "", "To the projects"))}
            }
            .into_any()
        }
        Route::In { project, page: asked } => match asked {
            ProjectRoute::Overview => project::page(project),
            ProjectRoute::Module => module::page(project),
            ProjectRoute::Hotspots => hotspots::page(project),
            ProjectRoute::Runs => runs::page(project),
            ProjectRoute::Run(run) => run::page(project, run),
            ProjectRoute::Tests(Some(run)) => tests::page(project, run),
            ProjectRoute::Tests(None) => of_latest_run(project, "Tests", tests::page),
            ProjectRoute::Findings(Some(run)) => findings::page(project, run),
            ProjectRoute::Findings(None) => of_latest_run(project, "Findings", findings::page),
            ProjectRoute::Files(run) => files::page(project, run),
            ProjectRoute::File(Some(run)) => file::page(project, run),
            ProjectRoute::File(None) => of_latest_run(project, "File", file::page),
            ProjectRoute::Test(test) => test::page(project, test),
            ProjectRoute::Upload(upload) => run::paths_page(project, upload),
            ProjectRoute::Rule => subject::page(project, "rule"),
            ProjectRoute::Vulnerability => subject::page(project, "vulnerability"),
            ProjectRoute::Compare => compare::page(project),
            ProjectRoute::SetUp => set_up::page(project),
        },
    }
}

/// Names the tab: the page first, because tabs are narrow.
pub fn title(parts: &[&str]) {
    let mut title = parts.join(" · ");
    if !title.is_empty() {
        title.push_str(" · ");
    }
    title.push_str("Plimsoll");
    browser::set_title(&title);
}

/// A list of the branch's latest run.
fn of_latest_run(project: String, name: &'static str, page: fn(String, u64) -> AnyView) -> AnyView {
    title(&[name, &project]);
    let place = Place::here();
    let url = {
        let project = project.clone();
        move || Some(api::resource(&project, "", &[("branch", &place.query("branch"))]))
    };
    let remote = api::load::<ProjectPage>(url);
    let run = Memo::new(move |_| Some(remote.get()?.run.as_ref()?.number));
    let for_empty = project.clone();
    // Only another run makes the list anew: filters, what was typed and what was said stay.
    let drawn = move || match run.get() {
        Some(run) => page(project.clone(), run),
        None => {
            let of = for_empty.clone();
            let empty = move || set_up::empty_project(&of);
            state::draw(remote, "the latest run", |page| page.run.is_none(), empty, |_| ().into_any())
        }
    };
    view! { {drawn} }.into_any()
}

/// What a run is, in a line below the title.
pub fn run_line(run: &RunSummary, baseline: Option<u64>, names_run: bool, scope: &Scope) -> AnyView {
    let build = run.build.as_ref().map(|build| {
        let text = format!("build {}", text::line(build));
        view! { <li>{web(run.build_url.as_deref(), text)}</li> }
    });
    let pull_request = run.pull_request.map(|number| view! { <li>{format!("pull request {number}")}</li> });
    let compared = baseline.map(|number| {
        let (from, to) = (number.to_string(), run.number.to_string());
        let compare = scope.page(ProjectRoute::Compare, &[("from", &from), ("to", &to)]);
        view! { <li>"compared with " {link(scope.run(number), "", format!("#{number}"))} " (" {link(compare, "", "differences")} ")"</li> }
    });
    let name = names_run
        .then(|| view! { <li>"run " {link(scope.run(run.number), "", format!("#{}", run.number))}</li> });
    view! {
        <ul class="facts">
            <li>{text::line(&run.branch).into_owned()}</li>
            {pull_request}
            {name}
            <li><code title=text::line(&run.commit).into_owned()>{text::line(format::commit(&run.commit)).into_owned()}</code></li>
            <li>{time(run.created_at)}</li>
            {build}
            {compared}
        </ul>
    }
    .into_any()
}

/// A run in a word, as a link.
pub fn run_link(run: &RunSummary, scope: &Scope) -> AnyView {
    view! { {link(scope.run(run.number), "", format!("#{}", run.number))} " " {badge::run(run)} }.into_any()
}

/// Breadcrumbs of a page of a project, and of a run where there is one.
pub fn way(project: &str, run: Option<u64>) -> Vec<(String, String)> {
    let mut way = vec![(ProjectRoute::Overview.path(project), project.to_owned())];
    if let Some(run) = run {
        way.push((ProjectRoute::Runs.path(project), "Runs".to_owned()));
        way.push((ProjectRoute::Run(run).path(project), format!("#{run}")));
    }
    way
}
