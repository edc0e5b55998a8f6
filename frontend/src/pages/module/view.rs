use leptos::prelude::*;
use plimsoll_api::{
    ChangeCounts, FindingCounts, Measures, ModuleChange, ModulePage, Page, SeverityCounts, TrendPoint,
};

use crate::browser;
use crate::charts::reader::Pointer;
use crate::charts::{self, Chart, Ink, Point, Series, Unit};
use crate::components::controls::fixed_choice;
use crate::components::table::{Column, Table, table};
use crate::components::tile::{self, tiles};
use crate::components::time::time;
use crate::format;
use crate::link::{LinkMode, Scope, link};
use crate::pages::project;
use crate::pages::tests::columns as test_columns;
use crate::place::Place;
use crate::route::ProjectRoute;
use crate::state::{Remote, Status};
use crate::text;

const LENGTHS: [(&str, &str); 4] = [("", "60"), ("20", "20"), ("200", "200"), ("1000", "1,000")];

fn scope_of(page: &ModulePage, project: &str) -> Scope {
    let branch = if LinkMode::here().is_live() { Place::here().query("branch") } else { String::new() };
    Scope { project: project.to_owned(), run: page.run, branch }
}

/// The head of the page: what the module is now, and how it got there.
pub fn view(page: &ModulePage, changes: Remote<Page<ModuleChange>>, project: &str) -> AnyView {
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
            {trends(page, changes, &scope)}
        </section>
        {durations(page, &scope)}
        {children(page, &scope)}
    }
    .into_any()
}

/// How long the tests take, and the slowest of them.
fn durations(page: &ModulePage, scope: &Scope) -> Option<AnyView> {
    let durations = page.durations.as_ref()?;
    let said = format!(
        "half take at most {}, 95 % at most {}",
        format::duration(durations.p50_ms),
        format::duration(durations.p95_ms)
    );
    let budget =
        durations.budget_ms.map(|budget| format!("; the budget of all is {}", format::duration(budget)));
    let spec = Table {
        caption: "Slowest tests",
        columns: test_columns::columns_with_message(),
        sort_param: "slowest",
        initial: "",
        filter: None,
        near_end: None,
    };
    Some(
        view! {
            <section aria-labelledby="slowest">
                <h2 id="slowest">"Slowest tests " <small>{said} {budget}</small></h2>
                {table(spec, durations.slowest.clone(), scope)}
            </section>
        }
        .into_any(),
    )
}

#[expect(clippy::cast_precision_loss, reason = "counts and seconds in a picture")]
fn number(value: u64) -> f64 {
    value as f64
}

/// The trends with their choices: over runs or days, all or a range.
fn trends(page: &ModulePage, changes: Remote<Page<ModuleChange>>, scope: &Scope) -> AnyView {
    let place = Place::here();
    let history = page.history.clone();
    let of = scope.clone();
    let open = Callback::new(move |run: u64| place.go(&of.run(run)));
    // A range is an entry of the history: going back shows what was seen before it.
    let zoom = Callback::new(move |(first, last): (u64, u64)| {
        place.go(&place.href_with_all(&[("from", &first.to_string()), ("to", &last.to_string())]));
    });
    let pointer = Pointer::new(open, zoom);
    let window = Memo::new(move |_| (place.query("from").parse().ok(), place.query("to").parse().ok()));
    let by_days = Memo::new(move |_| place.query("axis") == "days");
    let all = move || {
        window.get().0.map(|_: u64| {
            let href = place.href_with_all(&[("from", ""), ("to", "")]);
            view! { <a class="out" href=href>"Show all runs"</a> }
        })
    };
    let drawn = move || {
        let (from, to) = window.get();
        let shown: Vec<TrendPoint> = history
            .iter()
            .filter(|point| from.is_none_or(|from| point.run >= from) && to.is_none_or(|to| point.run <= to))
            .cloned()
            .collect();
        let shown = if by_days.get() { last_of_days(shown) } else { shown };
        pointer.at.set(None);
        drawings(&shown, by_days.get(), Some((pointer, changes)))
    };
    view! {
        <div class="controls">
            {fixed_choice(place, "axis", "Over", &[("", "runs"), ("days", "days")])}
            {all}
            <span class="quiet">"Drag over a chart to zoom, click to open the run; ← → read values, Enter opens."</span>
        </div>
        {drawn}
    }
    .into_any()
}

/// The last run of each day.
fn last_of_days(history: Vec<TrendPoint>) -> Vec<TrendPoint> {
    let mut out: Vec<TrendPoint> = vec![];
    for point in history {
        if out.last().is_some_and(|last| format::day(last.created_at) == format::day(point.created_at)) {
            out.pop();
        }
        out.push(point);
    }
    out
}

/// The points of the horizontal axis: evenly by run, or where their times are.
fn points(history: &[TrendPoint], by_days: bool) -> Vec<Point> {
    let first = history.first().map_or(0, |point| point.created_at.0);
    let last = history.last().map_or(0, |point| point.created_at.0);
    let share = |part: u64, whole: u64| if whole == 0 { 0.0 } else { number(part) / number(whole) };
    history
        .iter()
        .enumerate()
        .map(|(index, point)| Point {
            label: if by_days { format::short_day(point.created_at) } else { format!("#{}", point.run) },
            at: if by_days {
                share(point.created_at.0.abs_diff(first), last.abs_diff(first))
            } else {
                share(index as u64, history.len().saturating_sub(1) as u64)
            },
            run: point.run,
            said: format!("#{} · {}", point.run, format::exact(point.created_at)),
        })
        .collect()
}

/// Coverage, tests and findings over runs, for a report.
pub fn charts(history: &[TrendPoint]) -> AnyView {
    drawings(history, false, None)
}

/// All charts. With somebody to point at them, what changed from run to run is among them as soon as it is known.
fn drawings(
    history: &[TrendPoint],
    by_days: bool,
    live: Option<(Pointer, Remote<Page<ModuleChange>>)>,
) -> AnyView {
    let points = points(history, by_days);
    let pointer = live.map(|(pointer, _)| pointer);
    let chart = |title, unit, series| chart_of(&points, title, unit, series);
    let values = |pick: &dyn Fn(&Measures) -> Option<f64>| -> Vec<Option<f64>> {
        history.iter().map(|point| pick(&point.measures)).collect()
    };
    let series =
        |label, ink, pick: &dyn Fn(&Measures) -> Option<f64>| Series { label, ink, values: values(pick) };
    let severities = |group: fn(&Measures) -> Option<FindingCounts>| -> Vec<Series> {
        let of = |label, ink, pick: fn(&SeverityCounts) -> u64| {
            series(label, ink, &|measures| group(measures).map(|counts| number(pick(&counts.by_severity))))
        };
        vec![
            of("critical", Ink::Critical, |counts| counts.critical),
            of("high", Ink::High, |counts| counts.high),
            of("medium", Ink::Medium, |counts| counts.medium),
            of("lower", Ink::Low, |counts| counts.low + counts.info + counts.unknown),
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
    let moved = live.map(|(pointer, changes)| {
        let points = points.clone();
        // Only these wait for the comparisons: the others stay as they are, and so does the focus on one of them.
        move || match (changes.get(), &*changes.request.status.read()) {
            (Some(page), _) => moves(&points, &page.items, pointer),
            (None, Status::Failed(_)) => without_moves("The runs could not be compared."),
            (None, _) => without_moves("The runs are being compared."),
        }
    });
    view! {
        <div class="charts">
            {charts::figure(coverage, charts::lines, pointer)}
            {charts::figure(failing, charts::lines, pointer)}
            {charts::figure(code, charts::areas, pointer)}
            {charts::figure(security, charts::areas, pointer)}
            {moved}
            {charts::figure(tests, charts::lines, pointer)}
            {charts::figure(duration, charts::lines, pointer)}
        </div>
    }
    .into_any()
}

fn chart_of(points: &[Point], title: &'static str, unit: Unit, series: Vec<Series>) -> Chart {
    Chart { title, unit, points: points.to_vec(), series, is_narrow: browser::is_narrow() }
}

const FINDING_MOVES: &str = "Findings: new above, fixed below";
const TEST_MOVES: &str = "Tests: newly failing above, fixed below";

/// The places of what changed, while that is not known.
fn without_moves(why: &'static str) -> AnyView {
    view! { {charts::without_picture(FINDING_MOVES, why)} {charts::without_picture(TEST_MOVES, why)} }
        .into_any()
}

/// What changed from run to run.
fn moves(points: &[Point], changes: &[ModuleChange], pointer: Pointer) -> AnyView {
    let changed = |label, ink, pick: fn(&ChangeCounts) -> Option<u64>| Series {
        label,
        ink,
        values: points
            .iter()
            .map(|point| {
                let found = changes.iter().find(|change| change.run == point.run)?;
                pick(found.changes.as_ref()?).map(number)
            })
            .collect(),
    };
    let findings = vec![
        changed("new", Ink::Bad, |changes| sum(changes.new_code, changes.new_security)),
        changed("fixed", Ink::Good, |changes| sum(changes.fixed_code, changes.fixed_security)),
    ];
    let tests = vec![
        changed("newly failing", Ink::Bad, |changes| changes.newly_failing),
        changed("fixed", Ink::Good, |changes| changes.fixed_tests),
    ];
    view! {
        {charts::figure(chart_of(points, FINDING_MOVES, Unit::Count, findings), charts::bars, Some(pointer))}
        {charts::figure(chart_of(points, TEST_MOVES, Unit::Count, tests), charts::bars, Some(pointer))}
    }
    .into_any()
}

fn sum(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    match (one, other) {
        (None, None) => None,
        (one, other) => Some(one.unwrap_or(0) + other.unwrap_or(0)),
    }
}

/// The modules in folders below.
fn children(page: &ModulePage, scope: &Scope) -> Option<AnyView> {
    if page.children.is_empty() {
        return None;
    }
    let spec = Table {
        caption: "Modules in folders below this one",
        columns: project::columns::columns(),
        sort_param: "below",
        initial: "",
        filter: None,
        near_end: None,
    };
    Some(
        view! {
            <section aria-labelledby="below">
                <h2 id="below">"Modules below " <small>{format::counted(page.children.len() as u64, "module", "modules")}</small></h2>
                {table(spec, page.children.clone(), scope)}
            </section>
        }
        .into_any(),
    )
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

#[cfg(test)]
mod tests {
    use plimsoll_api::Timestamp;

    use super::*;
    use crate::fixtures;

    fn at(run: u64, seconds: i64) -> TrendPoint {
        TrendPoint {
            run,
            commit: String::new(),
            created_at: Timestamp(seconds),
            measures: fixtures::measures(0),
        }
    }

    #[test]
    fn a_day_is_its_last_run() {
        let days = last_of_days(vec![at(1, 0), at(2, 80_000), at(3, 90_000), at(4, 400_000)]);
        assert_eq!(days.iter().map(|point| point.run).collect::<Vec<_>>(), [2, 3, 4]);
    }

    #[test]
    fn points_stand_evenly_by_run_and_by_time_over_days() {
        let history = [at(1, 0), at(2, 100_000), at(3, 400_000)];
        let places = |by_days| points(&history, by_days).iter().map(|point| point.at).collect::<Vec<_>>();
        assert_eq!(places(false), [0.0, 0.5, 1.0]);
        assert_eq!(places(true), [0.0, 0.25, 1.0]);
        assert_eq!(points(&history[..1], true)[0].at, 0.0);
    }
}
