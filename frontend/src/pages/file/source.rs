//! The lines of a file, however many: what is in sight is drawn, what is near it is asked for. With its source text where
//! that was sent; without, the numbers with what is known of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use leptos::prelude::*;
use plimsoll_api::{FileLine, FileLines, FilePage, FindingRow, LineState};

use super::lines::{Layout, Piece};
use super::view::class_of;
use crate::api;
use crate::components::badge;
use crate::components::scroll::{in_sight, look, watch};
use crate::link::{Scope, link, web};
use crate::pages::findings::columns::remedy;
use crate::place::Place;
use crate::route::{ProjectRoute, append};
use crate::state::{Data, Problem};
use crate::text;

/// Pixels of a row; the style sheet says the same.
const ROW: usize = 20;
/// Lines of one answer.
const PART: u32 = 500;

type Parts = BTreeMap<u32, Arc<FileLines>>;

/// What is known of the lines: answers by the first line of each.
#[derive(Clone, Copy)]
struct Known {
    parts: RwSignal<Parts>,
    asked: StoredValue<BTreeSet<u32>>,
    url: StoredValue<String>,
}

impl Known {
    /// Asks for what covers these lines and was not asked for yet.
    fn cover(self, (first, last): (u32, u32)) {
        for from in (first.saturating_sub(1) / PART * PART + 1..=last).step_by(PART as usize) {
            if self.asked.try_update_value(|asked| asked.insert(from)).unwrap_or(false) {
                self.ask(from);
            }
        }
    }

    fn ask(self, from: u32) {
        let mut url = self.url.get_value();
        append(&mut url, &[("from", &from.to_string()), ("limit", &PART.to_string())]);
        let then = move |answer: Result<Data, Problem>| match answer.map(|data| data.downcast()) {
            Ok(Ok(part)) => {
                self.parts.try_update(|parts| parts.insert(from, part));
            }
            // The next scrolling asks again.
            _ => {
                self.asked.try_update_value(|asked| asked.remove(&from));
            }
        };
        api::ask(&url, api::reading::<FileLines>, Box::new(then));
    }
}

fn line_of(parts: &Parts, number: u32) -> Option<&FileLine> {
    let (first, part) = parts.range(..=number).next_back()?;
    part.lines.get((number - first) as usize)
}

/// The list, with its keys: arrows go from line to line, `n` and `N` from place to place.
pub fn list(page: &Arc<FilePage>, scope: &Scope) -> AnyView {
    let layout = StoredValue::new(Layout::of(page));
    let rows = layout.with_value(Layout::rows);
    let url =
        api::resource(&scope.project, &format!("runs/{}/file/lines", page.run), &[("path", &page.path)]);
    let known = Known {
        parts: RwSignal::new(Parts::new()),
        asked: StoredValue::new(BTreeSet::new()),
        url: StoredValue::new(url),
    };
    let place = Place::here();
    let marked = Memo::new(move |_| place.query("line").parse().unwrap_or(0_u32));
    let element = NodeRef::<leptos::html::Div>::new();
    let seen = RwSignal::new((0.0_f64, 0.0_f64, 1000.0_f64, 700.0_f64));
    let shown = Memo::new(move |_| {
        let (_, top, _, height) = seen.get();
        layout.with_value(|layout| layout.pieces(in_sight(rows, ROW, top, height)))
    });
    Effect::new(move |_| {
        let mut numbers = shown.read().1.iter().filter_map(line_number).collect::<Vec<_>>().into_iter();
        if let Some(first) = numbers.next() {
            known.cover((first, numbers.next_back().unwrap_or(first)));
        }
    });
    watch(element, seen);
    Effect::new(move |_| {
        element.track();
        let line = marked.get();
        if line > 0 {
            bring_into_sight(element, layout.with_value(|layout| layout.row_of(line)), rows);
        }
    });
    let (file, last) = (Arc::clone(page), page.line_count);
    let key = move |event: leptos::ev::KeyboardEvent| {
        let now = marked.get_untracked();
        let next = |forward| layout.with_value(|layout| layout.next(&file, now, forward));
        let line = match event.key().as_str() {
            "ArrowDown" => Some(now + 1),
            "ArrowUp" => Some(now.saturating_sub(1)),
            "n" => next(true),
            "N" => next(false),
            _ => return,
        };
        event.prevent_default();
        if let Some(line) = line.filter(|line| (1..=last).contains(line)) {
            place.set("line", &line.to_string());
        }
    };
    let told = move || {
        let parts = known.parts.read();
        line_of(&parts, marked.get()).map(tell)
    };
    let (file, scope) = (Arc::clone(page), scope.clone());
    let drawn = move || {
        let (parts, line) = (known.parts.read(), marked.get());
        let (first, pieces) = shown.get();
        let after = rows.saturating_sub(first + Layout::height(&pieces));
        let pieces = pieces.into_iter().map(|piece| match piece {
            Piece::Line(number) => {
                draw_line(number, line_of(&parts, number), number == line, &file.path, &scope)
            }
            Piece::Finding(at) => {
                file.findings.get(at).map_or_else(|| ().into_any(), |found| draw_finding(found, &scope))
            }
        });
        view! { {space(first)} {pieces.collect::<Vec<_>>()} {space(after)} }
    };
    let without = (!page.has_source).then(|| {
        view! { <p class="quiet">"Without its text: the upload of this run did not carry it. " <code>"plimsoll upload --with-sources"</code> " does."</p> }
    });
    view! {
        {without}
        <p class="quiet tg-said" role="status">{told}</p>
        <div class="source" tabindex="0" role="group" node_ref=element on:keydown=key
            on:scroll=move |_| look(element, seen)
            aria-label="Lines of the file. Arrow keys go from line to line, n and N to the next and the last place that is not covered or has a finding.">
            <div class="lines">{drawn}</div>
        </div>
    }
    .into_any()
}

fn line_number(piece: &Piece) -> Option<u32> {
    match piece {
        Piece::Line(number) => Some(*number),
        Piece::Finding(_) => None,
    }
}

/// An SVG's height is an attribute, which a strict content security policy allows where a style is not.
fn space(rows: usize) -> AnyView {
    view! { <svg class="tg-space" width="1" height=(rows * ROW).to_string() aria-hidden="true"></svg> }
        .into_any()
}

/// The mark of a state, and the word for it.
fn mark(state: LineState) -> (&'static str, &'static str) {
    match state {
        LineState::Covered => ("✓", "covered"),
        LineState::Partial => ("◐", "partly covered"),
        LineState::Uncovered => ("✕", "not covered"),
    }
}

/// What is known of a line, in words.
fn tell(line: &FileLine) -> String {
    let state = line.state.map_or("not executable", |state| mark(state).1);
    let mut said = format!("Line {}: {state}", line.number);
    if line.branches > 0 {
        said.push_str(&format!(", {} of {} branches taken", line.branches_covered, line.branches));
    }
    said
}

fn draw_line(number: u32, line: Option<&FileLine>, is_marked: bool, path: &str, scope: &Scope) -> AnyView {
    let state = line.and_then(|line| line.state);
    let mut class = format!("line {}", state.map_or("", class_of));
    if is_marked {
        class.push_str(" marked");
    }
    let sign = state.map(|state| mark(state).0);
    let title = line.filter(|line| line.state.is_some()).map(tell);
    let branches = line.filter(|line| line.branches > 0);
    let branches = branches.map(|line| format!("{}/{}", line.branches_covered, line.branches));
    let shown = line.and_then(|line| line.text.as_deref()).map(|text| text::block(text).into_owned());
    view! {
        <div class=class>
            {link(scope.line(path, Some(number)), "", number.to_string())}
            <i title=title>{sign}</i>
            <small>{branches}</small>
            <code>{shown}</code>
        </div>
    }
    .into_any()
}

fn draw_finding(finding: &FindingRow, scope: &Scope) -> AnyView {
    let message = text::line(&finding.message).into_owned();
    let rule = web(finding.help_uri.as_deref(), text::line(&finding.rule).into_owned());
    let remedy = remedy(finding).map(|remedy| format!(" · {remedy}"));
    let path = finding.path.clone().unwrap_or_default();
    let list =
        scope.page(ProjectRoute::Findings(Some(scope.run)), &[("path", &path), ("rule", &finding.rule)]);
    view! {
        <div class="finding">
            <div title=message.clone()>{badge::severity(finding.severity)} " " {message.clone()}</div>
            <div>{badge::finding_state(finding.state)} " " {rule} " · " {text::line(&finding.tool).into_owned()}{remedy} " · " {link(list, "", "in the list")}</div>
        </div>
    }
    .into_any()
}

/// Scrolls only where the line or what is around it is out of sight.
#[cfg(target_arch = "wasm32")]
fn bring_into_sight(element: NodeRef<leptos::html::Div>, row: usize, rows: usize) {
    const AROUND: usize = 4;
    request_animation_frame(move || {
        if let Some(frame) = element.try_get_untracked().flatten() {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_possible_wrap,
                reason = "pixels of a page"
            )]
            let pixels = |rows: usize| (rows * ROW) as i32;
            let (top, end) = (row.saturating_sub(AROUND), (row + AROUND).min(rows));
            crate::browser::scroll_to_cell(&frame, (0, pixels(top)), (1, pixels(end - top)));
        }
    });
}

#[cfg(not(target_arch = "wasm32"))]
fn bring_into_sight(_: NodeRef<leptos::html::Div>, _: usize, _: usize) {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;
    use crate::link::LinkMode;

    fn html(view: impl FnOnce() -> AnyView) -> String {
        let html = Owner::new().with(|| {
            provide_context(LinkMode::App);
            view().to_html().replace("<!>", "")
        });
        for bad in [" style=\"", "<script", "\u{202e}"] {
            assert!(!html.contains(bad), "{bad} in {html}");
        }
        html
    }

    #[test]
    fn a_line_says_what_is_known_of_it() {
        let parts = Parts::from([(1, Arc::new(fixtures::file_lines()))]);
        let scope = Scope { project: "bookstore".to_owned(), run: 412, ..Scope::default() };
        let line = |number, is_marked| {
            html(|| draw_line(number, line_of(&parts, number), is_marked, "a/b.py", &scope))
        };
        let second = line(2, true);
        for wanted in [
            "class=\"line partial marked\"",
            "href=\"/p/bookstore/runs/412/file?path=a/b.py&amp;line=2\"",
            "Line 2: partly covered, 1 of 2 branches taken",
            "1/2",
            "◐",
            "\tif pages &lt; 3 &amp;&amp; ‹U+202E›x:",
        ] {
            assert!(second.contains(wanted), "{wanted} is missing in {second}");
        }
        assert!(line(3, false).contains("class=\"line\""), "{}", line(3, false));
        assert!(line(900, false).contains(">900</a>"), "a line that is not known yet has its number");
    }

    #[test]
    fn a_finding_stands_in_place_with_its_links() {
        let scope = Scope { project: "bookstore".to_owned(), run: 412, ..Scope::default() };
        let found = html(|| draw_finding(&fixtures::finding(), &scope));
        for wanted in [
            "Possible SQL injection",
            "href=\"https://bandit.example/b608\"",
            "/runs/412/findings?path=",
            "critical",
        ] {
            assert!(found.contains(wanted), "{wanted} is missing in {found}");
        }
    }
}
