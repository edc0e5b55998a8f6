use leptos::prelude::*;

use super::{Cut, ReportData};
use crate::components::badge;
use crate::components::headline::headline;
use crate::components::tile::tiles;
use crate::format;
use crate::link::Scope;
use crate::pages::{compare, hotspots, module, project, run, run_line};
use crate::text;

/// The body of the page.
pub fn view(data: &ReportData, cuts: &[Cut]) -> AnyView {
    let page = &data.page;
    let scope = Scope { project: data.project.clone(), run: page.run.number, branch: String::new() };
    let baseline = page.baseline.as_ref().map(|baseline| baseline.number);
    let against =
        baseline.map_or_else(|| " without a baseline".to_owned(), |number| format!(" against #{number}"));
    let has = |cut| cuts.contains(&cut);
    let trends = (!data.history.is_empty()).then(|| {
        view! {
            <section aria-labelledby="trends">
                <h2 id="trends">"Trends " <small>{format!("the last {} of the branch", format::counted(data.history.len() as u64, "run", "runs"))}</small></h2>
                {module::charts(&data.history)}
            </section>
        }
    });
    let hot = (!data.hotspots.is_empty()).then(|| {
        view! {
            <section aria-labelledby="hotspots">
                <h2 id="hotspots">"Hotspots " <small>"change often, weakly guarded"</small></h2>
                {hotspots::short(&data.hotspots, &scope)}
            </section>
        }
    });
    let uploads = (!has(Cut::Details)).then(|| {
        view! {
            <section aria-labelledby="uploads">
                <h2 id="uploads">"Uploads"</h2>
                {run::uploads(&page.uploads, &scope)}
            </section>
        }
    });
    let said = (!data.headline.is_empty()).then(|| headline(&data.headline, &scope));
    view! {
        <header class="top"><span class="home">{crate::app::mark()} <b>"Plimsoll"</b></span></header>
        <main>
            <div class="title-line">
                <h1>{text::line(&data.project).into_owned()} {format!(" · Run #{}", page.run.number)}</h1>
                {badge::run(&page.run)}
            </div>
            {run_line(&page.run, baseline, false, &scope)}
            {run::notices(page)}
            {said}
            {tiles(&page.run.measures, page.run.changes, None)}
            {page.gate.summary.standing.map(|_| run::gate::section(&page.gate, &scope))}
            <section aria-labelledby="changes">
                <h2 id="changes">"What changed " <small>{against}</small></h2>
                {compare::changes(&page.comparison, &scope)}
            </section>
            <section aria-labelledby="modules">
                <h2 id="modules">"Modules"</h2>
                {project::modules(&page.modules, &scope)}
            </section>
            {trends}
            {hot}
            {uploads}
            <footer>{footer(data, cuts)}</footer>
        </main>
    }
    .into_any()
}

fn footer(data: &ReportData, cuts: &[Cut]) -> AnyView {
    let shortened = data.budget_bytes.filter(|_| !cuts.is_empty()).map(|budget| {
        let words: Vec<&str> = cuts.iter().map(|cut| cut.words()).collect();
        let said = format!(
            "To fit into {} of budget, {}. The numbers above are whole.",
            format::bytes(budget as u64),
            words.join("; ")
        );
        view! { <p class="notice warn"><span><span aria-hidden="true">"◐ "</span>{said}</span></p> }
    });
    view! {
        {shortened}
        <p class="quiet">{format!("Written by Plimsoll {}. No names of people are read, stored or shown.", data.version)}</p>
    }
    .into_any()
}
