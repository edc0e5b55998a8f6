use leptos::prelude::*;
use plimsoll_api::{PackageInfo, SeenIn, SubjectPage};
use plimsoll_model::FindingKind;

use crate::components::badge;
use crate::components::sparkline::of_counts;
use crate::components::table::{Table, table};
use crate::components::time::time;
use crate::format;
use crate::link::{Scope, link, web};
use crate::pages::findings::columns;
use crate::route::ProjectRoute;
use crate::text;

/// What it is, since when, where, and what each tool says.
pub fn view(page: &SubjectPage, scope: &Scope) -> AnyView {
    let line = |text: &str| text::line(text).into_owned();
    let title = page.title.as_ref().map(|title| view! { <p>{line(title)}</p> });
    let text = page.text.as_ref().filter(|text| page.title.as_ref() != Some(text)).map(|text| {
        view! { <details class="failure"><summary>"What it says"</summary><pre>{text::block(text).into_owned()}</pre></details> }
    });
    let count = match page.run {
        Some(run) if page.last_seen.is_none() => view! {
            <li>{format!("counts {} in ", format::counted(page.total, "time", "times"))} {link(scope.run(run), "", format!("#{run}"))}</li>
        }
        .into_any(),
        _ => ().into_any(),
    };
    let facts = |items: &[String]| items.iter().map(|item| view! { <li>{line(item)}</li> }).collect_view();
    let links = page
        .links
        .iter()
        .map(|found| view! { <li>{web(Some(&found.uri), format!("{} on it", text::line(&found.tool)))}</li> })
        .collect_view();
    let epss = page
        .epss
        .map(|epss| view! { <li>{format!("EPSS {} %", format::fixed(f64::from(epss) * 100.0, 1))}</li> });
    let exploited = page.is_exploited.then(|| badge::badge(plimsoll_api::Tone::Bad, "!", "exploited"));
    let modules = page
        .modules
        .iter()
        .map(|found| {
            let count = format!(" {}", format::count(found.findings));
            view! { <li>{link(scope.module(&found.module), "", line(&found.module))} {count}</li> }
        })
        .collect_view();
    let rows = Table {
        caption: "What each tool reports",
        columns: columns::columns(),
        sort_param: "",
        initial: "",
        filter: None,
        near_end: None,
    };
    // Rows of a run that is not the latest have their files there.
    let of_rows = page.last_seen.as_ref().map_or(scope.run, |seen| seen.run);
    let of_rows = Scope { run: of_rows, ..scope.clone() };
    let values: Vec<Option<u64>> = page.history.iter().map(|point| Some(point.findings)).collect();
    let list = scope.page(ProjectRoute::Findings(None), &[("q", &page.name)]);
    let heading = if page.kind == FindingKind::Vulnerability { "Reports" } else { "Findings" };
    view! {
        <div class="title-line"><h1>{line(&page.name)}</h1> {badge::severity(page.severity)} {exploited}</div>
        {title}
        <ul class="facts">{count} {seen("brought in by", &page.first_seen, scope)} {seen("last in", &page.last_seen, scope)} {epss} {facts(&page.aliases)} {facts(&page.cwe)} {links}</ul>
        {(!page.packages.is_empty()).then(|| packages(&page.packages))}
        {(!page.modules.is_empty()).then(|| view! { <ul class="facts" aria-label="Modules">{modules}</ul> })}
        {text}
        <section aria-labelledby="reports">
            <h2 id="reports">{heading} " " {of_counts(&values, "s3")}</h2>
            <p class="quiet">{link(list, "", "Review in the list of findings")}</p>
            {table(rows, page.findings.clone(), &of_rows)}
        </section>
    }
    .into_any()
}

fn seen(words: &'static str, run: &Option<SeenIn>, scope: &Scope) -> Option<AnyView> {
    let seen = run.as_ref()?;
    let commit = text::line(format::commit(&seen.commit)).into_owned();
    Some(
        view! {
            <li>{words} " " {link(scope.run(seen.run), "", format!("#{}", seen.run))} " " {text::line(&seen.branch).into_owned()} " " <code>{commit}</code> " " {time(seen.created_at)}</li>
        }
        .into_any(),
    )
}

// Each package with what is in use and what mends it.
fn packages(packages: &[PackageInfo]) -> AnyView {
    let items = packages
        .iter()
        .map(|package| {
            let line = |text: &Option<String>| text.as_deref().map(|text| text::line(text).into_owned()).unwrap_or_default();
            let (used, mended) = (line(&package.version), line(&package.fixed_version));
            let mended = if mended.is_empty() { "no fixed version known".to_owned() } else { format!("fixed in {mended}") };
            view! { <li><b>{text::line(&package.name).into_owned()}</b> " " {line(&package.ecosystem)} " " {used} " · " {mended}</li> }
        })
        .collect_view();
    view! { <ul class="evidence">{items}</ul> }.into_any()
}
