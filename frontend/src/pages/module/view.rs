use leptos::prelude::*;
use plimsoll_api::{FindingCounts, Measures, ModulePage, TrendPoint};
use plimsoll_model::Severity;

use crate::browser;
use crate::charts::{self, Chart, Ink, Point, Series, Unit};
use crate::components::controls::fixed_choice;
use crate::components::table::{Column, Table, table};
use crate::components::tile::{self, tiles};
use crate::components::time::time;
use crate::format;
use crate::link::{LinkMode, Scope, link};
use crate::place::Place;
use crate::route::ProjectRoute;
use crate::text;

const LENGTHS: [(&str, &str); 4] = [("", "60"), ("20", "20"), ("200", "200"), ("1000", "1,000")];

fn scope_of(page: &ModulePage, project: &str) -> Scope {
    let branch = if LinkMode::here().is_live() { Place::here().query("branch") } else { String::new() };
    Scope { project: project.to_owned(), run: page.run, branch }
}

/// The head of the page: what the module is now, and how it got there.
pub fn view(page: &ModulePage, project: &str) -> AnyView {
    let scope = scope_of(page, project);
    let module = &page.module;
    let name = if module.name.is_empty() { &module.path } else { &module.name };
    let commits = module
        .commits
        .map(|commits| view! { <li>{format::counted(commits, "commit", "commits")} " in 90 days"</li> });
    let tests = scope.page(ProjectRoute::Tests(Some(page.run)), &[("module", &module.path)]);
    let code =
        scope.page(ProjectRoute::Findings(Some(page.run)), &[("module", &module.path), ("kind", "code")]);
    let security =
        scope.page(ProjectRoute::Findings(Some(page.run)), &[("module", &module.path), ("kind", "security")]);
    let coverage =
        scope.page(ProjectRoute::Files(page.run), &[("module", &module.path), ("sort", "coverage")]);
    let links = tile::TileLinks { tests, coverage, code, security };
    view! {
        <div class="title-line">
            <h1>{text::line(name).into_owned()}</h1>
            {fixed_choice(Place::here(), "runs", "Runs", &LENGTHS)}
        </div>
        <ul class="facts">
            <li>{text::line(&module.path).into_owned()}</li>
            <li>{text::line(&page.branch).into_owned()}</li>
            <li>"run " {link(scope.run(page.run), "", format!("#{}", page.run))}</li>
            {commits}
        </ul>
        {tiles(&module.measures, module.changes, Some(&links))}
        <section aria-labelledby="trends">
            <h2 id="trends">"Trends " <small>{format!("the last {} of the branch", format::counted(page.history.len() as u64, "run", "runs"))}</small></h2>
            {charts(&page.history, &scope)}
        </section>
    }
    .into_any()
}

#[expect(clippy::cast_precision_loss, reason = "counts in a picture")]
fn number(value: u64) -> f64 {
    value as f64
}

/// Coverage, tests and findings over runs.
pub fn charts(history: &[TrendPoint], scope: &Scope) -> AnyView {
    let is_live = LinkMode::here().is_live();
    let points: Vec<Point> = history
        .iter()
        .map(|point| Point {
            label: format!("#{}", point.run),
            href: if is_live { scope.run(point.run) } else { String::new() },
        })
        .collect();
    let chart = |title, unit, series| Chart {
        title,
        unit,
        points: points.clone(),
        series,
        is_narrow: browser::is_narrow(),
    };
    let values = |pick: &dyn Fn(&Measures) -> Option<f64>| -> Vec<Option<f64>> {
        history.iter().map(|point| pick(&point.measures)).collect()
    };
    let series =
        |label, ink, pick: &dyn Fn(&Measures) -> Option<f64>| Series { label, ink, values: values(pick) };
    let severities = |group: fn(&Measures) -> Option<FindingCounts>| -> Vec<Series> {
        let of = |pick: fn(&FindingCounts) -> u64| -> Vec<Option<f64>> {
            history.iter().map(|point| group(&point.measures).map(|counts| number(pick(&counts)))).collect()
        };
        vec![
            Series {
                label: "critical",
                ink: Ink::Critical,
                values: of(|counts| tile::of(&counts.by_severity, Severity::Critical)),
            },
            Series {
                label: "high",
                ink: Ink::High,
                values: of(|counts| tile::of(&counts.by_severity, Severity::High)),
            },
            Series {
                label: "medium",
                ink: Ink::Medium,
                values: of(|counts| tile::of(&counts.by_severity, Severity::Medium)),
            },
            Series {
                label: "lower",
                ink: Ink::Low,
                values: of(|counts| {
                    let severities = &counts.by_severity;
                    severities.low + severities.info + severities.unknown
                }),
            },
        ]
    };
    let coverage = chart(
        "Coverage, in percent of lines and branches",
        Unit::Percent,
        vec![
            series("lines", Ink::First, &|measures| measures.coverage?.line_percent()),
            series("branches", Ink::Second, &|measures| measures.coverage?.branch_percent()),
        ],
    );
    let failing = chart(
        "Failing and flaky tests",
        Unit::Count,
        vec![
            series("failing", Ink::Bad, &|measures| Some(number(measures.tests?.failing()))),
            series("flaky", Ink::Third, &|measures| measures.flaky.map(number)),
        ],
    );
    let tests = chart(
        "Tests",
        Unit::Count,
        vec![series("all", Ink::First, &|measures| Some(number(measures.tests?.total)))],
    );
    let duration = chart(
        "Duration of the tests",
        Unit::Duration,
        vec![series("", Ink::First, &|measures| Some(number(measures.tests?.duration_ms)))],
    );
    let code = chart("Static analysis, by severity", Unit::Count, severities(|measures| measures.code));
    let security = chart("Security, by severity", Unit::Count, severities(|measures| measures.security));
    view! {
        <div class="charts">
            {charts::figure(&coverage, charts::lines)}
            {charts::figure(&failing, charts::lines)}
            {charts::figure(&code, charts::areas)}
            {charts::figure(&security, charts::areas)}
            {charts::figure(&tests, charts::lines)}
            {charts::figure(&duration, charts::lines)}
        </div>
    }
    .into_any()
}

/// The values of the charts, in a table.
pub fn history(page: &ModulePage, project: &str) -> AnyView {
    let mut rows = page.history.clone();
    rows.reverse();
    let columns = vec![
        Column::text("run", "Run", |point: &TrendPoint, scope: &Scope| {
            link(scope.run(point.run), "", format!("#{}", point.run))
        }),
        Column::number("coverage", "Coverage", |point: &TrendPoint, _: &Scope| {
            let percent = point.measures.coverage.and_then(|coverage| coverage.line_percent());
            percent.map_or_else(|| "–".to_owned(), format::percent).into_any()
        }),
        Column::number("tests", "Tests", |point: &TrendPoint, _: &Scope| {
            count(point.measures.tests.map(|tests| tests.total))
        })
        .detail(),
        Column::number("failing", "Failing", |point: &TrendPoint, _: &Scope| {
            count(point.measures.tests.map(|tests| tests.failing()))
        })
        .detail(),
        Column::number("flaky", "Flaky", |point: &TrendPoint, _: &Scope| count(point.measures.flaky))
            .detail(),
        Column::number("code", "Static analysis", |point: &TrendPoint, _: &Scope| {
            count(point.measures.code.map(|counts| counts.total))
        })
        .detail(),
        Column::number("security", "Security", |point: &TrendPoint, _: &Scope| {
            count(point.measures.security.map(|counts| counts.total))
        })
        .detail(),
        Column::text("commit", "Commit", |point: &TrendPoint, _: &Scope| {
            view! { <code>{text::line(format::commit(&point.commit)).into_owned()}</code> }.into_any()
        })
        .detail(),
        Column::number("when", "When", |point: &TrendPoint, _: &Scope| time(point.created_at)).detail(),
    ];
    let spec = Table {
        caption: "The module in each run, the newest first",
        columns,
        sort_param: "",
        initial: "",
        filter: None,
        near_end: None,
    };
    table(spec, rows, &scope_of(page, project))
}

fn count(value: Option<u64>) -> AnyView {
    value.map_or_else(|| "–".to_owned(), format::count).into_any()
}
