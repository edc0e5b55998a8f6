//! The paths of an upload that are no file of the repository, each with the reason, and what to do.

use leptos::prelude::*;
use plimsoll_api::{PathMatches, PathProblem, PathReason, UploadInfo};

use crate::components::breadcrumbs::breadcrumbs;
use crate::components::controls::fixed_choice;
use crate::components::listing::{PART, listing};
use crate::components::panels;
use crate::components::table::{Column, Table};
use crate::link::{Scope, link};
use crate::pages;
use crate::place::Place;
use crate::{api, format, state, text};

/// The page.
pub fn page(project: String, upload: u64) -> AnyView {
    pages::title(&["Paths", &project]);
    let rest = format!("uploads/{upload}");
    let url = api::resource(&project, &rest, &[]);
    let remote = api::load::<UploadInfo>(move || Some(url.clone()));
    state::draw(
        remote,
        "the upload",
        |_| false,
        || ().into_any(),
        move |upload| {
            let scope = Scope { project: project.clone(), run: upload.run, branch: String::new() };
            view(&upload, &scope)
        },
    )
}

/// What matched, what to do, and the list.
pub fn view(upload: &UploadInfo, scope: &Scope) -> AnyView {
    let content = match &upload.paths {
        None => panels::empty("This upload has no paths.", "Nothing in it names a file."),
        Some(paths) if paths.missed() > 0 => {
            view! { {summary(paths)} {problems(upload.id, scope.clone())} }.into_any()
        }
        Some(paths) => panels::empty("No path is left over.", said(paths)),
    };
    view! {
        {breadcrumbs(pages::way(&scope.project, Some(upload.run)))}
        <h1>"Paths of " {text::line(&upload.name).into_owned()}</h1>
        {content}
    }
    .into_any()
}

/// What matched, in a sentence.
pub fn said(paths: &PathMatches) -> String {
    if paths.without_file_list {
        return "No file list was uploaded: paths stand as the report has them.".to_owned();
    }
    let all = format::counted(paths.matched + paths.missed(), "path", "paths");
    let reasons: Vec<String> = [
        (paths.unmatched, PathReason::NotInFileList),
        (paths.ambiguous, PathReason::Ambiguous),
        (paths.outside, PathReason::OutsideRepository),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, reason)| format!("{} {}", format::count(count), word(reason)))
    .collect();
    if reasons.is_empty() {
        format!("✓ {all}, all of the repository.")
    } else {
        format!("{all}, of which {}.", reasons.join(", "))
    }
}

/// The same with the first ones and with what to do.
pub fn summary(paths: &PathMatches) -> AnyView {
    let examples = paths.examples.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
    let hint = paths.hint.as_ref().map(|hint| {
        view! { <p><b>"What to do: "</b> {text::line(&hint.message).into_owned()} "."</p> }
    });
    view! {
        <p><span class="warn" aria-hidden="true">"◐ "</span>{said(paths)} " The first: " <code>{text::line(&examples).into_owned()}</code></p>
        {hint}
    }
    .into_any()
}

fn problems(upload: u64, scope: Scope) -> AnyView {
    let place = Place::here();
    let (project, rest) = (scope.project.clone(), format!("uploads/{upload}/paths"));
    let url =
        move || Some(api::resource(&project, &rest, &[("reason", &place.query("reason")), ("limit", PART)]));
    let reasons = [
        ("", "all"),
        ("not-in-file-list", word(PathReason::NotInFileList)),
        ("ambiguous", word(PathReason::Ambiguous)),
        ("outside-repository", word(PathReason::OutsideRepository)),
    ];
    view! {
        <div class="controls">{fixed_choice(place, "reason", "Why", &reasons)}</div>
        {listing(url, spec, scope, ("path", "paths"), || panels::empty("No path has this reason.", "Choose another one."))}
    }
    .into_any()
}

const fn word(reason: PathReason) -> &'static str {
    match reason {
        PathReason::NotInFileList => "not in the file list",
        PathReason::Ambiguous => "could be several files",
        PathReason::OutsideRepository => "outside the repository",
    }
}

/// The table.
pub fn spec() -> Table<PathProblem> {
    Table {
        caption: "Paths that are no file of the repository, with the reason",
        columns: vec![
            Column::text("path", "Path in the report", |problem: &PathProblem, _: &Scope| {
                view! { <code>{text::line(&problem.path).into_owned()}</code> }.into_any()
            }),
            Column::text("reason", "Why", |problem: &PathProblem, _: &Scope| {
                // No badge: it does not wrap, and on a phone two of them would stand beside each other.
                view! { <span class="warn" aria-hidden="true">"◐ "</span> {word(problem.reason)} }.into_any()
            }),
            Column::text("candidates", "May be meant", |problem: &PathProblem, scope: &Scope| {
                let more = problem.candidate_count.saturating_sub(problem.candidates.len() as u64);
                let more = (more > 0).then(|| format!("and {} more", format::count(more)));
                let file = |path: &String| {
                    let file = link(scope.file(path), "", text::line(path).into_owned());
                    view! { <span class="second">{file}</span> }
                };
                let files = problem.candidates.iter().map(file).collect_view();
                view! { {files} <span class="quiet">{more}</span> }.into_any()
            })
            .detail(),
            Column::text("report", "Report", |problem: &PathProblem, _: &Scope| {
                view! { <span>{text::line(&problem.report).into_owned()}</span> }.into_any()
            })
            .detail(),
        ],
        sort_param: "",
        initial: "",
        filter: None,
        near_end: None,
    }
}
