use leptos::prelude::*;
use plimsoll_api::{ModuleRow, ProjectPage, RunState};

use super::columns::{columns, is_beyond, is_changed};
use crate::components::headline::headline;
use crate::components::table::{Filter, Table, table};
use crate::components::tile::{TileLinks, tiles};
use crate::components::{controls, panels};
use crate::link::{LinkMode, Scope, link};
use crate::pages::{hotspots, run, run_line, runs};
use crate::place::Place;
use crate::route::ProjectRoute;
use crate::text;

/// The branch as it stands in addresses: not at all where it is the default one.
pub fn branch_of(page: &ProjectPage) -> String {
    if page.branch == page.project.default_branch { String::new() } else { page.branch.clone() }
}

/// State in words, four tiles, modules, hotspots, runs.
pub fn view(page: &ProjectPage) -> AnyView {
    let scope = Scope {
        project: page.project.project.clone(),
        run: page.run.as_ref().map_or(0, |run| run.number),
        branch: branch_of(page),
    };
    let content = match &page.run {
        Some(run) => {
            let gate = page.gate.as_ref().map(|gate| {
                let chip = link(scope.run(run.number), "", run::gate::chip(gate));
                view! { <p class="facts">{chip}</p> }
            });
            let links = TileLinks {
                tests: scope.page(ProjectRoute::Tests(Some(run.number)), &[]),
                coverage: scope.page(ProjectRoute::Files(run.number), &[]),
                code: scope.page(ProjectRoute::Findings(Some(run.number)), &[("kind", "code")]),
                security: scope.page(ProjectRoute::Findings(Some(run.number)), &[("kind", "security")]),
            };
            view! {
                {run_line(run, page.baseline.as_ref().map(|baseline| baseline.number), true, &scope)}
                {gate}
                {headline(&page.headline, &scope)}
                {tiles(&run.measures, run.changes, Some(&links))}
                <section aria-labelledby="modules">
                    <h2 id="modules">"Modules"</h2>
                    {board(page.modules.clone(), scope.clone())}
                </section>
            }
            .into_any()
        }
        None => panels::empty(
            "This branch has no complete run yet.",
            "The numbers appear when all that a run announced has arrived. Its uploads are on the run's page.",
        ),
    };
    let all_hotspots =
        link(scope.page(ProjectRoute::Hotspots, &[("branch", &scope.branch)]), "", "All hotspots");
    let all_runs = link(scope.page(ProjectRoute::Runs, &[]), "", "All runs");
    view! {
        <div class="title-line">
            <h1>{text::line(&page.project.name).into_owned()}</h1>
            <div class="choices">{since()}{branches(page)}</div>
        </div>
        {waiting(page, &scope)}
        {content}
        <div class="columns">
            <section aria-labelledby="hotspots">
                <h2 id="hotspots">"Hotspots " <small>"change often, weakly guarded"</small></h2>
                {hotspots::short(&page.hotspots, &scope)}
                <p class="more">{all_hotspots}</p>
            </section>
            <section aria-labelledby="runs">
                <h2 id="runs">"Latest runs " <small>"of any branch"</small></h2>
                {runs::short(&page.runs, &scope)}
                <p class="more">{all_runs}</p>
            </section>
        </div>
    }
    .into_any()
}

/// What a run is compared with: a run ago, a week ago, a month ago.
fn since() -> Option<AnyView> {
    let choices = [("", "the baseline"), ("7", "7 days ago"), ("30", "30 days ago"), ("90", "90 days ago")];
    LinkMode::here()
        .is_live()
        .then(|| controls::fixed_choice(Place::here(), "days", "Compared with", &choices))
}

/// The load line board: every module a row, those that matter first if asked.
fn board(rows: Vec<ModuleRow>, scope: Scope) -> AnyView {
    if rows.is_empty() || !LinkMode::here().is_live() {
        return modules(&rows, &scope);
    }
    let place = Place::here();
    let beyond = rows.iter().filter(|row| is_beyond(row)).count();
    let changed = rows.iter().filter(|row| is_changed(row)).count();
    let choices = vec![
        (String::new(), format!("all {}", rows.len())),
        ("beyond".to_owned(), format!("beyond a line ({beyond})")),
        ("changed".to_owned(), format!("changed ({changed})")),
    ];
    let show = Memo::new(move |_| place.query("show"));
    let shown = move || {
        let wanted: fn(&ModuleRow) -> bool = match show.get().as_str() {
            "beyond" => is_beyond,
            "changed" => is_changed,
            _ => |_| true,
        };
        let kept: Vec<ModuleRow> = rows.iter().filter(|row| wanted(row)).cloned().collect();
        if kept.is_empty() {
            return panels::empty("No module is among these.", "Choose “all” to see every module.");
        }
        modules(&kept, &scope)
    };
    view! {
        <div class="controls">
            {controls::choice(place, "show", "Show", choices)}
            {controls::fixed_choice(place, "group", "Group by", &[("", "nothing"), ("folder", "folder")])}
        </div>
        {shown}
    }
    .into_any()
}

fn branches(page: &ProjectPage) -> Option<AnyView> {
    if page.branches.len() < 2 || !LinkMode::here().is_live() {
        return None;
    }
    let option = |branch: &String| {
        let value = if *branch == page.project.default_branch { String::new() } else { branch.clone() };
        (value, text::line(branch).into_owned())
    };
    let options = page.branches.iter().map(option).collect();
    Some(controls::choice(Place::here(), "branch", "Branch", options))
}

/// A newer run of the branch whose numbers cannot be shown yet, and why.
fn waiting(page: &ProjectPage, scope: &Scope) -> Option<AnyView> {
    let shown = page.run.as_ref().map_or(0, |run| run.number);
    let newer = page
        .runs
        .iter()
        .find(|run| run.branch == page.branch && run.number > shown && run.state != RunState::Complete)?;
    let why = match newer.state {
        RunState::Processing => " is being read.".to_owned(),
        _ => {
            let shards = text::line(&newer.missing_shards.join(", ")).into_owned();
            format!(
                " is partial: {} {shards} {} missing.",
                if newer.missing_shards.len() == 1 { "shard" } else { "shards" },
                if newer.missing_shards.len() == 1 { "is" } else { "are" },
            )
        }
    };
    let run = link(scope.run(newer.number), "", format!("Run #{}", newer.number));
    let instead = (shown > 0).then(|| format!(" What you see is #{shown}."));
    Some(view! { <p class="notice warn"><span><span aria-hidden="true">"◐ "</span>{run}{why}{instead}</span></p> }.into_any())
}

/// The modules, each with its sparklines.
pub fn modules(rows: &[ModuleRow], scope: &Scope) -> AnyView {
    if rows.is_empty() {
        return panels::empty(
            "No modules yet.",
            "Modules follow from the file list that `plimsoll upload` sends, or from plimsoll.toml.",
        );
    }
    let spec = Table {
        caption: "Modules with their coverage, tests and findings, and the change against the baseline",
        columns: columns(),
        sort_param: "sort",
        initial: "",
        filter: (rows.len() > 6).then_some(Filter {
            param: "q",
            label: "Filter modules",
            text: |row: &ModuleRow| format!("{} {}", row.name, row.path),
        }),
        near_end: None,
    };
    table(spec, rows.to_vec(), scope)
}
