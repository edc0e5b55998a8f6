use leptos::prelude::*;
use plimsoll_api::RunSummary;

use crate::components::change;
use crate::components::table::Column;
use crate::components::time::time;
use crate::format;
use crate::link::{Scope, link};
use crate::pages::project::columns::kind;
use crate::pages::run_link;
use crate::route::ProjectRoute;
use crate::text;

fn dash() -> AnyView {
    view! { <span class="quiet">"–"</span> }.into_any()
}

fn run() -> Column<RunSummary> {
    Column::text("run", "Run", run_link)
}

fn branch() -> Column<RunSummary> {
    Column::text("branch", "Branch", |run: &RunSummary, scope: &Scope| {
        let name = text::line(&run.branch).into_owned();
        let branch = link(scope.page(ProjectRoute::Runs, &[("branch", &run.branch)]), "", name);
        let number =
            run.pull_request.map(|number| view! { " " <span class="quiet">{format!("PR {number}")}</span> });
        view! { {branch}{number} }.into_any()
    })
}

fn when() -> Column<RunSummary> {
    Column::number("when", "When", |run: &RunSummary, _: &Scope| time(run.created_at))
}

pub fn columns() -> Vec<Column<RunSummary>> {
    vec![
        run(),
        branch().detail(),
        Column::text("commit", "Commit", |run: &RunSummary, _: &Scope| {
            let whole = text::line(&run.commit).into_owned();
            view! { <code title=whole>{text::line(format::commit(&run.commit)).into_owned()}</code> }
                .into_any()
        })
        .detail(),
        Column::number("tests", "Tests", |run: &RunSummary, _: &Scope| {
            run.measures.tests.map_or_else(dash, |tests| format::count(tests.total).into_any())
        })
        .detail(),
        Column::number("coverage", "Coverage", |run: &RunSummary, _: &Scope| {
            let percent = run.measures.coverage.and_then(|coverage| coverage.line_percent());
            let change = change::coverage(run.changes.and_then(|changes| changes.coverage_centipoints));
            percent.map_or_else(dash, |percent| kind(None, format::percent(percent).into_any(), change))
        }),
        Column::number("code", "Static analysis", |run: &RunSummary, _: &Scope| {
            let changes = run.changes.unwrap_or_default();
            let change = change::findings(changes.new_code, changes.fixed_code);
            run.measures
                .code
                .map_or_else(dash, |counts| kind(None, format::count(counts.total).into_any(), change))
        })
        .detail(),
        Column::number("security", "Security", |run: &RunSummary, _: &Scope| {
            let changes = run.changes.unwrap_or_default();
            let change = change::findings(changes.new_security, changes.fixed_security);
            run.measures
                .security
                .map_or_else(dash, |counts| kind(None, format::count(counts.total).into_any(), change))
        })
        .detail(),
        Column::text("baseline", "Against", |run: &RunSummary, scope: &Scope| {
            let Some(baseline) = run.baseline else { return dash() };
            let (from, to) = (baseline.to_string(), run.number.to_string());
            let href = scope.page(ProjectRoute::Compare, &[("from", &from), ("to", &to)]);
            link(href, "", format!("#{baseline}"))
        })
        .detail(),
        when(),
    ]
}

pub fn short_columns() -> Vec<Column<RunSummary>> {
    vec![run(), branch().detail(), when()]
}
