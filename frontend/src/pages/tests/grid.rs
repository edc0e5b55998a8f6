//! Tests down, runs across, virtual in both directions: what is in sight is drawn, what is near it is asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use leptos::prelude::*;
use plimsoll_api::{GridRow, GridRun, TestGrid};

use super::cells::{CELL, OUTCOMES, moved, shape, word};
use crate::api;
use crate::components::controls::{fixed_choice, pinned, search};
use crate::components::panels;
use crate::components::scroll::{in_sight, look, watch};
use crate::format;
use crate::link::Scope;
use crate::place::Place;
use crate::route::append;
use crate::state;
use crate::text;

/// Rows and columns of one answer.
const TILE: (usize, usize) = (100, 200);

const STATES: [(&str, &str); 4] = [
    ("", "all"),
    ("failing", "failing now"),
    ("flaky", "flaky"),
    ("unstable", "failed in the last 200 runs"),
];

/// The grid with its filters.
pub fn grid(project: &str) -> AnyView {
    let place = Place::here();
    let project = project.to_owned();
    let url = {
        let project = project.clone();
        Arc::new(move || {
            let query = [
                ("branch", place.query("branch")),
                ("state", place.query("cells")),
                ("q", place.query("q")),
                ("module", place.query("module")),
                ("sort", place.query("order")),
                ("limit", TILE.0.to_string()),
                ("runs", TILE.1.to_string()),
            ];
            let query: Vec<_> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
            api::resource(&project, "tests/grid", &query)
        })
    };
    let asked = Arc::clone(&url);
    let remote = api::load::<TestGrid>(move || Some(asked()));
    view! {
        <div class="controls">
            {search(place, "q", "Filter tests")}
            {fixed_choice(place, "cells", "State", &STATES)}
            {fixed_choice(place, "order", "Order", &[("", "failing first"), ("name", "name")])}
            {pinned(place, "module", "Module")}
        </div>
        {legend()}
        {state::draw(
            remote,
            "the grid",
            |grid| grid.rows.is_empty(),
            || panels::empty("No test matches.", "Take a filter away, or look at another branch."),
            move |first| {
                let scope = Scope { project: project.clone(), run: 0, branch: place.query("branch") };
                frame(first, untrack(|| url()), scope)
            },
        )}
    }
    .into_any()
}

fn legend() -> AnyView {
    let entries = OUTCOMES
        .iter()
        .map(|(letter, class, word)| {
            let path = shape(&letter.to_string(), 0, *letter);
            view! {
                <li><svg class="tg-cells" width="10" height="20" aria-hidden="true"><path class=*class d=path /></svg> " " {*word}</li>
            }
        })
        .collect_view();
    view! { <ul class="facts tg-legend" aria-label="What the shapes mean">{entries}<li>"≈ flaky"</li></ul> }
        .into_any()
}

/// What is known of the grid: answers by the first row and the first column of each.
#[derive(Clone, Copy)]
struct Tiles {
    known: RwSignal<BTreeMap<(usize, usize), Arc<TestGrid>>>,
    asked: StoredValue<BTreeSet<(usize, usize)>>,
    url: StoredValue<String>,
}

impl Tiles {
    /// Asks for what covers these rows and columns and was not asked for yet.
    fn cover(self, rows: (usize, usize), columns: (usize, usize)) {
        for row in (rows.0 / TILE.0 * TILE.0..rows.1).step_by(TILE.0) {
            for column in (columns.0 / TILE.1 * TILE.1..columns.1).step_by(TILE.1) {
                let is_new =
                    self.asked.try_update_value(|asked| asked.insert((row, column))).unwrap_or(false);
                if is_new {
                    self.ask((row, column));
                }
            }
        }
    }

    fn ask(self, at: (usize, usize)) {
        let mut url = self.url.get_value();
        let (offset, run_offset) = (at.0.to_string(), at.1.to_string());
        append(&mut url, &[("offset", &offset), ("run_offset", &run_offset)]);
        let then = move |answer: Result<state::Data, state::Problem>| {
            match answer.map(|data| data.downcast::<TestGrid>()) {
                Ok(Ok(tile)) => {
                    self.known.try_update(|known| known.insert(at, tile));
                }
                // The next scrolling asks again.
                Ok(Err(_)) | Err(_) => {
                    self.asked.try_update_value(|asked| asked.remove(&at));
                }
            }
        };
        api::ask(&url, api::reading::<TestGrid>, Box::new(then));
    }
}

/// A row as far as it is known: its name, and the letters from each known column on.
struct Known {
    row: GridRow,
    cells: Vec<(usize, String)>,
}

fn known_row(tiles: &BTreeMap<(usize, usize), Arc<TestGrid>>, at: usize) -> Option<Known> {
    let tile_row = at / TILE.0 * TILE.0;
    let mut found: Option<Known> = None;
    for ((_, column), tile) in tiles.range((tile_row, 0)..(tile_row + 1, 0)) {
        let Some(row) = tile.rows.get(at - tile_row) else { continue };
        let cells = (*column, row.cells.clone());
        match &mut found {
            Some(known) => known.cells.push(cells),
            None => found = Some(Known { row: row.clone(), cells: vec![cells] }),
        }
    }
    found
}

fn known_run(tiles: &BTreeMap<(usize, usize), Arc<TestGrid>>, at: usize) -> Option<GridRun> {
    let tile_column = at / TILE.1 * TILE.1;
    let mut tiles = tiles.iter().filter(|((_, column), _)| *column == tile_column);
    tiles.find_map(|(_, tile)| tile.runs.get(at - tile_column).cloned())
}

/// The letters of a row between two columns.
fn letters(known: &Known, (from, to): (usize, usize)) -> Vec<(usize, String)> {
    let parts = known.cells.iter().filter_map(|(first, cells)| {
        let end = (first + cells.len()).min(to);
        let begin = (*first).max(from);
        let part = cells.get(begin.checked_sub(*first)?..end.checked_sub(*first)?)?;
        (!part.is_empty()).then(|| (begin, part.to_owned()))
    });
    parts.collect()
}

fn letter(known: &Known, column: usize) -> char {
    letters(known, (column, column + 1)).first().and_then(|(_, part)| part.chars().next()).unwrap_or('.')
}

fn frame(first: Arc<TestGrid>, url: String, scope: Scope) -> AnyView {
    let count = |count: u64| usize::try_from(count).unwrap_or_default();
    let size = (count(first.total), count(first.total_runs));
    let said = format!(
        "{} in {}",
        format::counted(first.total, "test", "tests"),
        format::counted(first.total_runs, "run", "runs")
    );
    let tiles = Tiles {
        known: RwSignal::new(BTreeMap::from([((0, 0), first)])),
        asked: StoredValue::new(BTreeSet::from([(0, 0)])),
        url: StoredValue::new(url),
    };
    let element = NodeRef::<leptos::html::Div>::new();
    // Left, top, width and height of what is in sight.
    let seen = RwSignal::new((0.0_f64, 0.0_f64, 1000.0_f64, 700.0_f64));
    let cursor = RwSignal::new(None::<(usize, usize)>);
    let rows = Memo::new(move |_| {
        let (_, top, _, height) = seen.get();
        in_sight(size.0, CELL.1, top, height)
    });
    let columns = Memo::new(move |_| {
        let (left, _, width, _) = seen.get();
        in_sight(size.1, CELL.0, left, width)
    });
    Effect::new(move |_| tiles.cover(rows.get(), columns.get()));
    watch(element, seen);
    let place = Place::here();
    let scope = StoredValue::new(scope);
    let open = move |column: usize| {
        if let Some(run) = known_run(&tiles.known.read_untracked(), column) {
            place.go(&scope.with_value(|scope| scope.run(run.run)));
        }
    };
    let key = move |event: leptos::ev::KeyboardEvent| {
        let at = cursor.get_untracked();
        if event.key() == "Enter" {
            if let Some((_, column)) = at.filter(|_| is_on_grid(&event)) {
                event.prevent_default();
                open(column);
            }
        } else if let Some(next) = moved(&event.key(), at.unwrap_or_default(), size) {
            event.prevent_default();
            cursor.set(Some(next));
            bring_into_sight(element, next);
        }
    };
    let told = move || match cursor.get() {
        Some(at) => tell(&tiles.known.read(), at),
        None => said.clone(),
    };
    let names = move || scope.with_value(|scope| names(&tiles.known.read(), rows.get(), size.0, scope));
    let (width, height) = ((size.1 * CELL.0).to_string(), (size.0 * CELL.1).to_string());
    let head_width = width.clone();
    view! {
        <p class="quiet tg-said" role="status">{told}</p>
        <div class="tg" tabindex="0" role="group" node_ref=element on:keydown=key on:scroll=move |_| look(element, seen)
            aria-label="Grid of tests and runs, the newest run first. Arrow keys go from cell to cell, Enter opens the run.">
            <div class="tg-corner"></div>
            <svg class="tg-head" width=head_width height="20" aria-hidden="true">{move || head(&tiles.known.read(), columns.get())}</svg>
            <div class="tg-names">{names}</div>
            <svg class="tg-cells" width=width height=height aria-hidden="true"
                on:mousemove=move |event| cursor.set(cell_at(&event, size))
                on:click=move |event| if let Some((_, column)) = cell_at(&event, size) { open(column) }>
                {move || drawn(&tiles.known.read(), rows.get(), columns.get())}
                {move || cursor.get().map(marked)}
            </svg>
        </div>
    }
    .into_any()
}

/// What a cell says, in words.
fn tell(tiles: &BTreeMap<(usize, usize), Arc<TestGrid>>, (row, column): (usize, usize)) -> String {
    match (known_row(tiles, row), known_run(tiles, column)) {
        (Some(known), Some(run)) => {
            let commit = text::line(format::commit(&run.commit)).into_owned();
            let letter = letter(&known, column);
            format!("{}: {} in #{} ({commit})", text::line(&known.row.name), word(letter), run.run)
        }
        _ => "Loading…".to_owned(),
    }
}

/// Every tenth run's number, above the columns.
fn head(tiles: &BTreeMap<(usize, usize), Arc<TestGrid>>, (from, to): (usize, usize)) -> AnyView {
    let numbers = (from..to).filter(|column| column % 10 == 0).filter_map(|column| {
        let run = known_run(tiles, column)?;
        let x = column * CELL.0;
        Some(view! { <g><path class="tick" d=format!("M{x} 14v6") /><text x=(x + 3).to_string() y="13">{format!("#{}", run.run)}</text></g> })
    });
    numbers.collect_view().into_any()
}

fn names(
    tiles: &BTreeMap<(usize, usize), Arc<TestGrid>>,
    (from, to): (usize, usize),
    count: usize,
    scope: &Scope,
) -> AnyView {
    // An SVG's height is an attribute, which a strict content security policy allows where a style is not.
    let space = |rows: usize| view! { <svg class="tg-space" width="1" height=(rows * CELL.1).to_string() aria-hidden="true"></svg> };
    let rows = (from..to)
        .map(|at| match known_row(tiles, at) {
            Some(Known { row, .. }) => {
                let name = text::line(if row.name.is_empty() { &row.class } else { &row.name }).into_owned();
                let title = format!("{} › {name}", text::line(&row.class));
                let flaky = row.is_flaky.then(
                    || view! { <span class="warn" title="flaky">"≈ "<span class="sr">"flaky "</span></span> },
                );
                view! { <a href=scope.test(row.id) title=title>{flaky}{name}</a> }.into_any()
            }
            None => view! { <span class="quiet">"…"</span> }.into_any(),
        })
        .collect_view();
    view! { {space(from)} {rows} {space(count.saturating_sub(to))} }.into_any()
}

fn drawn(
    tiles: &BTreeMap<(usize, usize), Arc<TestGrid>>,
    (from, to): (usize, usize),
    columns: (usize, usize),
) -> AnyView {
    let rows = (from..to).filter_map(|at| {
        let known = known_row(tiles, at)?;
        let parts = letters(&known, columns);
        let paths = OUTCOMES
            .iter()
            .filter_map(|(letter, class, _)| {
                let path: String = parts.iter().map(|(first, cells)| shape(cells, *first, *letter)).collect();
                (!path.is_empty()).then(|| view! { <path class=*class d=path /> })
            })
            .collect_view();
        Some(view! { <g transform=format!("translate(0 {})", at * CELL.1)>{paths}</g> })
    });
    rows.collect_view().into_any()
}

fn marked((row, column): (usize, usize)) -> AnyView {
    let (x, y) = ((column * CELL.0).to_string(), (row * CELL.1).to_string());
    view! { <rect class="tg-cursor" x=x y=y width=CELL.0.to_string() height=CELL.1.to_string() /> }.into_any()
}

/// The cell under the pointer.
fn cell_at(event: &leptos::ev::MouseEvent, (rows, columns): (usize, usize)) -> Option<(usize, usize)> {
    let (x, y) = offset(event)?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to what fits before"
    )]
    let cell = |pixels: f64, size: usize| pixels.clamp(0.0, 1e9) as usize / size;
    let (row, column) = (cell(y, CELL.1), cell(x, CELL.0));
    (row < rows && column < columns).then_some((row, column))
}

#[cfg(target_arch = "wasm32")]
fn offset(event: &leptos::ev::MouseEvent) -> Option<(f64, f64)> {
    crate::browser::offset_in_picture(event)
}

#[cfg(not(target_arch = "wasm32"))]
fn offset(_event: &leptos::ev::MouseEvent) -> Option<(f64, f64)> {
    None
}

/// Whether a key was pressed on the grid itself and not on a link in it.
#[cfg(target_arch = "wasm32")]
fn is_on_grid(event: &leptos::ev::KeyboardEvent) -> bool {
    event.target() == event.current_target()
}

#[cfg(not(target_arch = "wasm32"))]
fn is_on_grid(_event: &leptos::ev::KeyboardEvent) -> bool {
    false
}

#[cfg(target_arch = "wasm32")]
fn bring_into_sight(element: NodeRef<leptos::html::Div>, (row, column): (usize, usize)) {
    #[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "pixels of a page")]
    let pixels = |at: usize, size: usize| (at * size) as i32;
    if let Some(frame) = element.try_get_untracked().flatten() {
        crate::browser::scroll_to_cell(
            &frame,
            (pixels(column, CELL.0), pixels(row, CELL.1)),
            (pixels(1, CELL.0), pixels(1, CELL.1)),
        );
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn bring_into_sight(_: NodeRef<leptos::html::Div>, _: (usize, usize)) {}

#[cfg(test)]
mod tests {
    use super::*;

    fn tile(offset: u64, run_offset: u64, rows: &[(&str, &str)], runs: usize) -> Arc<TestGrid> {
        let row = |(at, (name, cells)): (u64, &(&str, &str))| GridRow {
            id: offset + at + 1,
            class: "cart".to_owned(),
            name: (*name).to_owned(),
            is_flaky: name.starts_with('~'),
            cells: (*cells).to_owned(),
        };
        let run = |at: u64| GridRun {
            run: 1000 - run_offset - at,
            commit: "3f1c0d1c2b7d4b1e".to_owned(),
            created_at: plimsoll_api::Timestamp(1_772_352_900),
        };
        Arc::new(TestGrid {
            total: 150,
            total_runs: 260,
            offset,
            run_offset,
            runs: (0..runs as u64).map(run).collect(),
            rows: (0..).zip(rows).map(row).collect(),
        })
    }

    fn tiles() -> BTreeMap<(usize, usize), Arc<TestGrid>> {
        BTreeMap::from([
            ((0, 0), tile(0, 0, &[("adds <b>", "pf.pp"), ("~odd", "prpes")], 5)),
            ((0, 200), tile(0, 200, &[("adds <b>", "ff"), ("~odd", "pp")], 2)),
        ])
    }

    fn html(view: impl FnOnce() -> AnyView) -> String {
        let html = Owner::new().with(|| view().to_html().replace("<!>", ""));
        for bad in [" style=\"", "<script", "<b>"] {
            assert!(!html.contains(bad), "{bad} in {html}");
        }
        html
    }

    #[test]
    fn cells_are_told_in_words() {
        assert_eq!(tell(&tiles(), (0, 1)), "adds <b>: failed in #999 (3f1c0d1c)");
        assert_eq!(tell(&tiles(), (1, 200)), "~odd: passed in #800 (3f1c0d1c)");
        assert_eq!(tell(&tiles(), (0, 2)), "adds <b>: not there in #998 (3f1c0d1c)");
        assert_eq!(tell(&tiles(), (120, 0)), "Loading…");
    }

    #[test]
    fn rows_are_shapes_at_their_places() {
        let drawn = html(|| drawn(&tiles(), (0, 8), (0, 208)));
        assert!(drawn.contains("<g transform=\"translate(0 20)\">"), "{drawn}");
        // Of both answers that cover the row: columns 1, 200 and 201.
        assert!(drawn.contains("d=\"M11 2h8v16h-8zM2001 2h8v16h-8zM2011 2h8v16h-8z\""), "{drawn}");
        assert_eq!(drawn.matches("<g ").count(), 2, "rows that are not known are not drawn");
        let part = letters(&known_row(&tiles(), 0).unwrap(), (1, 3));
        assert_eq!(part, [(1, "f.".to_owned())]);
    }

    #[test]
    fn names_are_links_and_say_what_is_flaky() {
        let scope = Scope { project: "bookstore".to_owned(), ..Scope::default() };
        let names = html(|| names(&tiles(), (0, 3), 150, &scope));
        for wanted in ["href=\"/p/bookstore/tests/1\"", "adds &lt;b&gt;", "flaky ", "height=\"2940\"", "…"]
        {
            assert!(names.contains(wanted), "{wanted} is missing in {names}");
        }
        let head = html(|| head(&tiles(), (0, 10)));
        assert!(head.contains("#1000"), "{head}");
    }
}
