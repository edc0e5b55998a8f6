use leptos::prelude::*;
use plimsoll_api::{PathMatches, RunPage, RunState, Tone, UploadState};

use super::carried::carried;
use super::gate;
use super::uploads::uploads;
use crate::components::badge;
use crate::components::tile::{TileLinks, tiles};
use crate::format;
use crate::link::{Scope, link};
use crate::pages::{compare, project, run_line};
use crate::route::ProjectRoute;
use crate::text;

/// What changed, modules, uploads.
pub fn view(page: &RunPage, scope: &Scope) -> AnyView {
    let run = &page.run;
    let links = TileLinks {
        tests: scope.page(ProjectRoute::Tests(Some(run.number)), &[]),
        coverage: scope.page(ProjectRoute::Files(run.number), &[]),
        code: scope.page(ProjectRoute::Findings(Some(run.number)), &[("kind", "code")]),
        security: scope.page(ProjectRoute::Findings(Some(run.number)), &[("kind", "security")]),
    };
    let all = view! {
        <ul class="facts all">
            <li>{link(links.tests.clone(), "", "All tests")}</li>
            <li>{link(scope.page(ProjectRoute::Findings(Some(run.number)), &[]), "", "All findings")}</li>
            <li>{link(links.coverage.clone(), "", "All files")}</li>
        </ul>
    };
    let against = page.baseline.as_ref().map_or_else(
        || " without a baseline".to_owned(),
        |baseline| format!(" against #{}", baseline.number),
    );
    view! {
        <div class="title-line"><h1>{format!("Run #{}", run.number)}</h1> {badge::run(run)}</div>
        {run_line(run, page.baseline.as_ref().map(|baseline| baseline.number), false, scope)}
        {notices(page)}
        {tiles(&run.measures, run.changes, Some(&links))}
        {all}
        {gate::section(&page.gate, scope)}
        <section aria-labelledby="changes">
            <h2 id="changes">"What changed " <small>{against}</small></h2>
            {compare::changes(&page.comparison, scope)}
        </section>
        {carried(&page.carried, scope)}
        <section aria-labelledby="modules">
            <h2 id="modules">"Modules"</h2>
            {project::modules(&page.modules, scope)}
        </section>
        <section aria-labelledby="uploads">
            <h2 id="uploads">"Uploads"</h2>
            {uploads(&page.uploads, scope)}
        </section>
    }
    .into_any()
}

/// What a reader must know before trusting the numbers.
pub fn notices(page: &RunPage) -> AnyView {
    let mut notices: Vec<(Tone, String)> = vec![];
    match page.run.state {
        RunState::Processing => {
            notices.push((Tone::Neutral, "Uploads of this run are still being read.".to_owned()));
        }
        RunState::Partial => {
            let missing = text::line(&page.run.missing_shards.join(", ")).into_owned();
            notices.push((
                Tone::Warn,
                format!("Shards are missing: {missing}. The run stays out of trends until they arrive."),
            ));
        }
        RunState::Complete => {}
    }
    let unreadable = page.uploads.iter().filter(|upload| upload.state == UploadState::Failed).count() as u64;
    if unreadable > 0 {
        let uploads = format::counted(unreadable, "upload", "uploads");
        notices.push((Tone::Bad, format!("{uploads} could not be read; the reason stands below.")));
    }
    let unmatched: u64 =
        page.uploads.iter().filter_map(|upload| upload.paths.as_ref()).map(PathMatches::missed).sum();
    if unmatched > 0 {
        let paths = format::counted(unmatched, "path matches", "paths match");
        notices.push((
            Tone::Warn,
            format!("{paths} no file of the repository; which, and why, stands at their upload below."),
        ));
    }
    notices
        .into_iter()
        .map(|(tone, text)| {
            let is_bad = tone == Tone::Bad;
            view! {
                <p class=format!("notice {}", badge::tone_class(tone)) role=is_bad.then_some("alert")>
                    <span><span aria-hidden="true">{badge::tone_mark(tone)} " "</span>{text}</span>
                </p>
            }
        })
        .collect_view()
        .into_any()
}
