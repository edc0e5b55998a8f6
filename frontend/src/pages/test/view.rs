use leptos::prelude::*;
use plimsoll_api::{DurationSummary, FailureGroup, FlakyEvidence, TestPage, TestPoint};
use plimsoll_model::Outcome;

use crate::browser;
use crate::charts::reader::Pointer;
use crate::charts::{self, Chart, Ink, Series, Unit};
use crate::components::badge;
use crate::components::table::{Column, Table, table};
use crate::components::time::time;
use crate::format;
use crate::link::{LinkMode, Scope, in_picture, link};
use crate::pages::tests::columns::{name, place};
use crate::pages::tests::flaky::results;
use crate::text;

/// History, evidence, failures.
pub fn view(page: &TestPage, scope: &Scope) -> AnyView {
    let test = &page.test;
    let newest = page.history.first().map_or(0, |point| point.run);
    let file = test.file.as_ref().map(|path| {
        let scope = Scope { run: newest, ..scope.clone() };
        view! { <li>{link(scope.file(path), "", text::line(path).into_owned())}</li> }
    });
    let module = test
        .module
        .as_ref()
        .map(|module| view! { <li>{link(scope.module(module), "", text::line(module).into_owned())}</li> });
    let belongs = place(test);
    let failed = page.history.iter().filter(|point| point.outcome.is_bad()).count() as u64;
    let said = format!(
        "{} in the last {}: {} failed.",
        name(test),
        format::counted(page.history.len() as u64, "run", "runs"),
        format::count(failed)
    );
    view! {
        <div class="title-line"><h1>{name(test)}</h1> {badge::outcome(test.outcome)} {test.is_flaky.then(badge::flaky)}</div>
        <ul class="facts">
            {(!belongs.is_empty()).then(|| view! { <li>{belongs}</li> })}
            {file}
            {module}
            {test.duration_ms.map(|duration| view! { <li>{format::duration(duration)}</li> })}
        </ul>
        {super::renamed::renamed(page, scope)}
        {evidence(&page.flaky, scope)}
        <section aria-labelledby="history">
            <h2 id="history">"History " <small>"oldest to newest"</small></h2>
            {strip(&page.history, scope, &said)}
            {durations(&page.history, scope)}
            {page.durations.as_ref().map(summary)}
        </section>
        {failures(&page.failures, scope)}
        {page.difference.as_ref().map(|found| super::difference::difference(found, scope))}
        <section aria-labelledby="runs">
            <h2 id="runs">"Runs"</h2>
            {table(spec(), page.history.clone(), scope)}
        </section>
    }
    .into_any()
}

fn evidence(evidence: &[FlakyEvidence], scope: &Scope) -> Option<AnyView> {
    if evidence.is_empty() {
        return None;
    }
    let items = evidence
        .iter()
        .map(|evidence| {
            view! { <li>{text::line(&evidence.text).into_owned()} " " {results(evidence, scope)}</li> }
        })
        .collect_view();
    Some(
        view! {
            <section aria-labelledby="flaky">
                <h2 id="flaky">"Why it counts as flaky"</h2>
                <ul class="evidence">{items}</ul>
            </section>
        }
        .into_any(),
    )
}

fn run_links(runs: &[u64], scope: &Scope) -> AnyView {
    const SHOWN: usize = 12;
    let links = runs
        .iter()
        .take(SHOWN)
        .map(|run| view! { {link(scope.run(*run), "", format!("#{run}"))} " " })
        .collect_view();
    let rest = runs.len().saturating_sub(SHOWN);
    view! { <span class="run-links">{links} {(rest > 0).then(|| format!("and {rest} more"))}</span> }
        .into_any()
}

/// A square for each run, oldest first. Height tells outcomes apart as well as colour does.
fn strip(history: &[TestPoint], scope: &Scope, said: &str) -> AnyView {
    const SHOWN: usize = 200;
    let shown: Vec<&TestPoint> = history.iter().take(SHOWN).rev().collect();
    let width = shown.len() * 10;
    let squares = shown
        .into_iter()
        .enumerate()
        .map(|(at, point)| {
            let (class, top) = match point.outcome {
                Outcome::Passed => ("passed", 14),
                Outcome::Skipped => ("skipped", 18),
                Outcome::Failed => ("failed", 2),
                Outcome::Errored => ("errored", 2),
            };
            let title = format!("#{} · {} · {}", point.run, point.outcome.as_str(), format::exact(point.created_at));
            let x = at * 10;
            let square = view! {
                <g>
                    <title>{title}</title>
                    <rect class="hit" x=x.to_string() y="0" width="10" height="22" />
                    <rect class=class x=(x + 1).to_string() y=top.to_string() width="8" height=(22 - top).to_string() />
                </g>
            };
            in_picture(scope.run(point.run), square)
        })
        .collect_view();
    view! {
        <div class="strip-box">
            <svg class="strip" width=width.to_string() height="22" viewBox=format!("0 0 {width} 22") aria-hidden="true">{squares}</svg>
            <p class="sr">{said.to_owned()}</p>
        </div>
    }
    .into_any()
}

fn summary(durations: &DurationSummary) -> AnyView {
    let (half, most) = (format::duration(durations.p50_ms), format::duration(durations.p95_ms));
    view! { <p class="quiet">{format!("Half of {} take up to {half}, 95 in 100 up to {most}.", format::counted(durations.runs, "run", "runs"))}</p> }
        .into_any()
}

fn durations(history: &[TestPoint], scope: &Scope) -> Option<AnyView> {
    if history.iter().filter(|point| point.duration_ms.is_some()).count() < 2 {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "milliseconds in a picture")]
    let values =
        history.iter().rev().map(|point| point.duration_ms.map(|duration| duration as f64)).collect();
    let chart = Chart {
        title: "Duration",
        unit: Unit::Duration,
        points: charts::points_by_run(&history.iter().rev().map(|point| point.run).collect::<Vec<_>>()),
        series: vec![Series { label: "", ink: Ink::First, values }],
        is_narrow: browser::is_narrow(),
    };
    let pointer = LinkMode::here().is_live().then(|| Pointer::of_runs(scope));
    Some(view! { <div class="charts">{charts::figure(chart, charts::lines, pointer)}</div> }.into_any())
}

fn failures(groups: &[FailureGroup], scope: &Scope) -> Option<AnyView> {
    if groups.is_empty() {
        return None;
    }
    let items = groups
        .iter()
        .map(|group| {
            let times = format::counted(group.runs.len() as u64, "run", "runs");
            let message = if group.message.trim().is_empty() { "(no message)" } else { &group.message };
            let message = text::shorten(&text::line(message), 300).into_owned();
            let detail = group.detail.as_deref().unwrap_or(&group.message);
            view! {
                <li>
                    <details class="failure">
                        <summary><b>{times}</b> " · " {message}</summary>
                        <pre>{text::block(detail).into_owned()}</pre>
                    </details>
                    {run_links(&group.runs, scope)}
                </li>
            }
        })
        .collect_view();
    Some(
        view! {
            <section aria-labelledby="failures">
                <h2 id="failures">"Failures by message"</h2>
                <ul class="groups">{items}</ul>
            </section>
        }
        .into_any(),
    )
}

fn spec() -> Table<TestPoint> {
    let columns = vec![
        Column::text("run", "Run", |point: &TestPoint, scope: &Scope| {
            link(scope.run(point.run), "", format!("#{}", point.run))
        }),
        Column::text("outcome", "Outcome", |point: &TestPoint, _: &Scope| badge::outcome(point.outcome)),
        Column::text("branch", "Branch", |point: &TestPoint, _: &Scope| {
            text::line(&point.branch).into_owned().into_any()
        })
        .detail(),
        Column::text("commit", "Commit", |point: &TestPoint, _: &Scope| {
            view! { <code>{text::line(format::commit(&point.commit)).into_owned()}</code> }.into_any()
        })
        .detail(),
        Column::number("duration", "Duration", |point: &TestPoint, _: &Scope| {
            point.duration_ms.map_or_else(|| "–".to_owned(), format::duration).into_any()
        })
        .detail(),
        Column::number("when", "When", |point: &TestPoint, _: &Scope| time(point.created_at)),
    ];
    Table {
        caption: "Runs that have this test",
        columns,
        sort_param: "",
        initial: "",
        filter: None,
        near_end: None,
    }
}
