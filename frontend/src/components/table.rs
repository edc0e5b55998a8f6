//! The one table: columns are data, the order and the filter live in the address, long bodies are virtual.

use std::any::Any;
use std::cmp::Ordering;
use std::marker::PhantomData;
use std::sync::Arc;

use leptos::prelude::*;

use crate::browser;
use crate::link::{LinkMode, Scope};
use crate::place::Place;
use crate::state::Data;

/// Bodies with more rows than this draw only those that can be seen.
const VIRTUAL_FROM: usize = 120;
/// Rows that are drawn before and after those that can be seen.
const MARGIN: usize = 24;

/// What rows are ordered by. Missing values stand at the end in both directions.
#[derive(Debug, Clone, PartialEq)]
pub enum SortKey {
    /// No value.
    Missing,
    /// A number.
    Number(f64),
    /// Words, compared without regard to case.
    Text(String),
}

impl SortKey {
    /// Of a count that may be missing.
    #[expect(clippy::cast_precision_loss, reason = "an order of counts far below 2^52")]
    pub fn count(value: Option<u64>) -> Self {
        value.map_or(Self::Missing, |value| Self::Number(value as f64))
    }

    /// Of a number that may be missing.
    pub fn number(value: Option<f64>) -> Self {
        value.filter(|value| value.is_finite()).map_or(Self::Missing, Self::Number)
    }

    /// Of a text.
    pub fn text(value: &str) -> Self {
        Self::Text(browser::lower_case(value))
    }
}

/// Compares two keys; `descending` turns the order around, but leaves missing values at the end.
pub fn compare(left: &SortKey, right: &SortKey, descending: bool) -> Ordering {
    let order = match (left, right) {
        (SortKey::Missing, SortKey::Missing) => return Ordering::Equal,
        (SortKey::Missing, _) => return Ordering::Greater,
        (_, SortKey::Missing) => return Ordering::Less,
        (SortKey::Number(left), SortKey::Number(right)) => left.total_cmp(right),
        (SortKey::Text(left), SortKey::Text(right)) => left.cmp(right),
        (SortKey::Number(_), SortKey::Text(_)) => Ordering::Less,
        (SortKey::Text(_), SortKey::Number(_)) => Ordering::Greater,
    };
    if descending { order.reverse() } else { order }
}

/// A row, without its type: a table is compiled once, not once for each sort of row.
type Row = dyn Any + Send + Sync;
type Cells = Box<dyn Fn(&Row, &Scope) -> AnyView + Send + Sync>;
type Text = dyn Fn(&Row) -> String + Send + Sync;
type Keys = Box<dyn Fn(&Row) -> SortKey + Send + Sync>;

enum Sorting {
    None,
    Here(Keys),
    Server(&'static str),
}

struct AnyColumn {
    key: &'static str,
    label: &'static str,
    hint: &'static str,
    is_number: bool,
    is_detail: bool,
    sorting: Sorting,
    group: Option<Grouping>,
    cell: Cells,
}

/// Rows with the same text stand together while `param` has this value in the address.
struct Grouping {
    param: &'static str,
    value: &'static str,
    of: Box<Text>,
}

/// A column.
pub struct Column<T> {
    column: AnyColumn,
    row: PhantomData<fn(T)>,
}

impl<T: 'static> Column<T> {
    /// A column of text.
    pub fn text(key: &'static str, label: &'static str, cell: fn(&T, &Scope) -> AnyView) -> Self {
        let cell: Cells = Box::new(move |row, scope| {
            row.downcast_ref::<T>().map_or_else(|| ().into_any(), |row| cell(row, scope))
        });
        let sorting = Sorting::None;
        let column = AnyColumn {
            key,
            label,
            hint: "",
            is_number: false,
            is_detail: false,
            sorting,
            group: None,
            cell,
        };
        Self { column, row: PhantomData }
    }

    /// A column of numbers: right-aligned, greatest first when it is sorted.
    pub fn number(key: &'static str, label: &'static str, cell: fn(&T, &Scope) -> AnyView) -> Self {
        let mut column = Self::text(key, label, cell);
        column.column.is_number = true;
        column
    }

    /// Explains the column.
    #[must_use]
    pub fn hint(mut self, hint: &'static str) -> Self {
        self.column.hint = hint;
        self
    }

    /// On a phone this column is part of the row's detail.
    #[must_use]
    pub fn detail(mut self) -> Self {
        self.column.is_detail = true;
        self
    }

    /// Rows of which it says the same stand together below a heading, while `param` is `value` in the address.
    #[must_use]
    pub fn group(mut self, param: &'static str, value: &'static str, of: fn(&T) -> String) -> Self {
        let of: Box<Text> = Box::new(move |row| row.downcast_ref::<T>().map(of).unwrap_or_default());
        self.column.group = Some(Grouping { param, value, of });
        self
    }

    /// Can be sorted, here.
    #[must_use]
    pub fn sort(mut self, key: fn(&T) -> SortKey) -> Self {
        self.column.sorting =
            Sorting::Here(Box::new(move |row| row.downcast_ref::<T>().map_or(SortKey::Missing, key)));
        self
    }

    /// Can be sorted by the server, which calls it so.
    #[must_use]
    pub fn server_sort(mut self, name: &'static str) -> Self {
        self.column.sorting = Sorting::Server(name);
        self
    }
}

/// A filter that looks at the rows that are there.
pub struct Filter<T> {
    /// Its name in the address.
    pub param: &'static str,
    /// What it says before somebody types.
    pub label: &'static str,
    /// The text of a row that is searched.
    pub text: fn(&T) -> String,
}

/// What a table is.
pub struct Table<T: 'static> {
    /// Its caption, for those who do not see where it stands.
    pub caption: &'static str,
    /// Its columns; the first is the row's name and is always a link.
    pub columns: Vec<Column<T>>,
    /// The name of its order in the address.
    pub sort_param: &'static str,
    /// The order that it has if the address does not say: a column's key, with `-` for descending.
    pub initial: &'static str,
    /// Its filter.
    pub filter: Option<Filter<T>>,
    /// Called when the end comes into sight.
    pub near_end: Option<Callback<()>>,
}

/// The rows that match the filter, in order.
fn arrange(rows: &[Data], key: Option<&Keys>, descending: bool, filter: Option<(&Text, &str)>) -> Vec<usize> {
    let words = filter.map(|(_, words)| browser::lower_case(words)).unwrap_or_default();
    let words: Vec<&str> = words.split_whitespace().collect();
    let matches = |row: &Row| match filter {
        Some((text, _)) if !words.is_empty() => {
            let text = browser::lower_case(&text(row));
            words.iter().all(|word| text.contains(word))
        }
        _ => true,
    };
    let mut kept: Vec<(usize, SortKey)> = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        if matches(&**row) {
            kept.push((at, key.map_or(SortKey::Missing, |key| key(&**row))));
        }
    }
    if key.is_some() {
        sort(&mut kept, descending);
    }
    kept.into_iter().map(|(at, _)| at).collect()
}

/// Marks a line of a body that is the heading of the group of the row that it names.
const HEADING: usize = 1 << (usize::BITS - 1);

/// The same rows, those of a group together below a line for its heading; groups by name.
fn grouped(order: Vec<usize>, name: impl Fn(usize) -> String) -> Vec<usize> {
    let mut groups: Vec<(String, Vec<usize>)> = vec![];
    for at in order {
        let name = name(at);
        match groups.iter_mut().find(|(known, _)| *known == name) {
            Some((_, rows)) => rows.push(at),
            None => groups.push((name, vec![at])),
        }
    }
    let names = groups.iter().enumerate();
    let mut keyed: Vec<(usize, SortKey)> = names.map(|(at, (name, _))| (at, SortKey::text(name))).collect();
    sort(&mut keyed, false);
    let mut out = vec![];
    for (at, _) in keyed {
        let Some((_, rows)) = groups.get(at) else { continue };
        out.extend(rows.first().map(|first| first | HEADING));
        out.extend(rows);
    }
    out
}

/// How many lines of a body are rows.
fn rows_among(order: &[usize]) -> usize {
    order.iter().filter(|at| **at & HEADING == 0).count()
}

fn sort(rows: &mut [(usize, SortKey)], descending: bool) {
    rows.sort_by(|(_, left), (_, right)| compare(left, right, descending));
}

/// The order of things by their keys, for all that is sorted outside of tables: sorting is compiled once.
pub fn order(keys: impl Iterator<Item = f64>, descending: bool) -> Vec<usize> {
    let mut keyed: Vec<(usize, SortKey)> = keys.map(|key| SortKey::number(Some(key))).enumerate().collect();
    sort(&mut keyed, descending);
    keyed.into_iter().map(|(at, _)| at).collect()
}

/// The body of a table.
struct Body {
    rows: RwSignal<Vec<Data>>,
    columns: Vec<AnyColumn>,
    text: Option<Box<Text>>,
    scope: Scope,
    has_detail: bool,
}

impl Body {
    fn order(&self, sort: &str, words: &str, place: Place) -> Vec<usize> {
        let order = self.arranged(sort, words);
        match self.grouping() {
            Some(group) if place.query(group.param) == group.value => {
                let rows = self.rows.read();
                grouped(order, |at| rows.get(at).map(|row| (group.of)(&**row)).unwrap_or_default())
            }
            _ => order,
        }
    }

    fn grouping(&self) -> Option<&Grouping> {
        self.columns.iter().find_map(|column| column.group.as_ref())
    }

    fn heading(&self, at: usize) -> AnyView {
        let rows = self.rows.read_untracked();
        let (Some(group), Some(row)) = (self.grouping(), rows.get(at)) else { return ().into_any() };
        let (columns, name) = (self.columns.len().to_string(), (group.of)(&**row));
        view! { <tr class="group"><th scope="rowgroup" colspan=columns>{name}</th></tr> }.into_any()
    }

    fn arranged(&self, sort: &str, words: &str) -> Vec<usize> {
        let (name, descending) = direction(sort);
        let key = self.columns.iter().find_map(|column| match &column.sorting {
            Sorting::Here(key) if column.key == name => Some(key),
            _ => None,
        });
        arrange(&self.rows.read(), key, descending, self.text.as_deref().map(|text| (text, words)))
    }

    fn row(&self, at: usize) -> AnyView {
        if at & HEADING != 0 {
            return self.heading(at & !HEADING);
        }
        let rows = self.rows.read_untracked();
        let Some(row) = rows.get(at) else { return ().into_any() };
        let mut cells = Vec::with_capacity(self.columns.len());
        for (index, column) in self.columns.iter().enumerate() {
            cells.push(Cell {
                label: column.label,
                class: class_of(column.is_number, column.is_detail),
                is_lead: index == 0,
                content: (column.cell)(&**row, &self.scope),
            });
        }
        draw_row(cells, self.has_detail)
    }
}

/// A row without its type.
pub fn untyped<T: Send + Sync + 'static>(row: T) -> Data {
    Arc::new(row)
}

/// A table of rows that are there.
pub fn table<T: Send + Sync + 'static>(spec: Table<T>, rows: Vec<T>, scope: &Scope) -> AnyView {
    growing_table(spec, RwSignal::new(rows.into_iter().map(untyped).collect()), scope)
}

/// A table of rows that may become more; each must be of the type of the table.
pub fn growing_table<T: 'static>(spec: Table<T>, rows: RwSignal<Vec<Data>>, scope: &Scope) -> AnyView {
    let Table { caption, columns, sort_param, initial, filter, near_end } = spec;
    let columns: Vec<AnyColumn> = columns.into_iter().map(|column| column.column).collect();
    let text = filter.as_ref().map(|filter| -> Box<Text> {
        let text = filter.text;
        Box::new(move |row| row.downcast_ref::<T>().map(text).unwrap_or_default())
    });
    let filter = filter.map(|filter| (filter.param, filter.label));
    let has_detail = columns.iter().any(|column| column.is_detail);
    let body = Body { rows, columns, text, scope: scope.clone(), has_detail };
    draw(caption, sort_param, initial, filter, near_end, body)
}

fn class_of(is_number: bool, is_detail: bool) -> String {
    format!("{}{}", if is_number { "number" } else { "text" }, if is_detail { " detail" } else { "" })
}

/// `-score` is the key `score`, descending.
fn direction(sort: &str) -> (&str, bool) {
    sort.strip_prefix('-').map_or((sort, false), |name| (name, true))
}

/// What the address says after a click on a column: the other direction, or the column's own first one.
fn next_sort(head_key: &str, is_number: bool, present: &str) -> String {
    let (name, descending) = direction(present);
    let first_descending = is_number;
    let descending = if name == head_key { !descending } else { first_descending };
    format!("{}{head_key}", if descending { "-" } else { "" })
}

struct Cell {
    label: &'static str,
    class: String,
    is_lead: bool,
    content: AnyView,
}

fn draw_row(cells: Vec<Cell>, has_detail: bool) -> AnyView {
    let is_open = RwSignal::new(false);
    let is_live = LinkMode::here().is_live();
    let cells = cells
        .into_iter()
        .map(|cell| {
            let Cell { label, class, is_lead, content } = cell;
            if !is_lead {
                return view! { <td class=class data-label=label>{content}</td> }.into_any();
            }
            let unfold = (has_detail && is_live).then(|| {
                view! {
                    <button type="button" class="unfold" aria-label="All values of this row"
                        aria-expanded=move || is_open.get().to_string()
                        on:click=move |_| is_open.update(|open| *open = !*open)></button>
                }
            });
            view! { <th scope="row" class=format!("lead {class}")><div class="lead-box"><div class="lead-text">{content}</div>{unfold}</div></th> }.into_any()
        })
        .collect_view();
    if is_live {
        view! { <tr class="row" class:open=move || is_open.get()>{cells}</tr> }.into_any()
    } else {
        view! { <tr class="row open">{cells}</tr> }.into_any()
    }
}

fn draw(
    caption: &'static str,
    sort_param: &'static str,
    initial: &'static str,
    filter: Option<(&'static str, &'static str)>,
    near_end: Option<Callback<()>>,
    body: Body,
) -> AnyView {
    let place = Place::here();
    let is_live = LinkMode::here().is_live();
    let sort = Memo::new(move |_| {
        let asked = if sort_param.is_empty() { String::new() } else { place.query(sort_param) };
        if asked.is_empty() { initial.to_owned() } else { asked }
    });
    let words = Memo::new(move |_| filter.map(|(param, _)| place.query(param)).unwrap_or_default());
    let body = Arc::new(body);
    let order = {
        let body = Arc::clone(&body);
        Memo::new(move |_| Arc::new(body.order(&sort.read(), &words.read(), place)))
    };
    let columns = body.columns.len();
    let head =
        body.columns.iter().map(|column| draw_head(column, place, sort_param, sort, is_live)).collect_view();
    let controls = filter.filter(|_| is_live).map(|(param, label)| {
        let body = Arc::clone(&body);
        let found = move || {
            let (shown, all) = (rows_among(&order.read()), body.rows.read().len());
            (shown != all).then(|| {
                format!("{} of {}", crate::format::count(shown as u64), crate::format::count(all as u64))
            })
        };
        view! {
            <div class="controls">
                {super::controls::search(place, param, label)}
                <span class="quiet" role="status">{found}</span>
            </div>
        }
    });
    let nothing = move || {
        (order.read().is_empty() && !words.read().is_empty()).then(|| {
            view! { <p class="panel empty">"No row matches this filter."</p> }
        })
    };
    view! {
        {controls}
        <div class="table-box">
            <table>
                <caption class="sr">{caption}</caption>
                <thead><tr>{head}</tr></thead>
                {rows(order, body, columns, near_end)}
            </table>
        </div>
        {nothing}
    }
    .into_any()
}

fn draw_head(
    column: &AnyColumn,
    place: Place,
    param: &'static str,
    sort: Memo<String>,
    is_live: bool,
) -> AnyView {
    let AnyColumn { key, label, hint, is_number, is_detail, ref sorting, .. } = *column;
    let class = class_of(is_number, is_detail);
    let server_name = match sorting {
        Sorting::Server(name) => Some(*name),
        _ => None,
    };
    let is_sortable = !matches!(sorting, Sorting::None);
    let title = (!hint.is_empty()).then_some(hint);
    if !(is_sortable && is_live) || param.is_empty() {
        return view! { <th scope="col" class=class title=title>{label}</th> }.into_any();
    }
    let name = server_name.unwrap_or(key);
    let state = move || {
        let sort = sort.read();
        let (sorted, descending) = direction(&sort);
        (sorted == name).then_some(if server_name.is_some() { is_number } else { descending })
    };
    let aria =
        move || state().map_or("none", |descending| if descending { "descending" } else { "ascending" });
    let mark = move || state().map_or("", |descending| if descending { "▾" } else { "▴" });
    let click = move |_| match server_name {
        Some(name) => place.set(param, name),
        None => place.set(param, &next_sort(key, is_number, &sort.get_untracked())),
    };
    view! {
        <th scope="col" class=class aria-sort=aria title=title>
            <button type="button" class="sort" on:click=click>{label}<span class="sort-mark" aria-hidden="true">{mark}</span></button>
        </th>
    }
    .into_any()
}

/// Which rows are drawn: those in the window with a margin, in steps, so that scrolling rarely draws anything.
pub fn visible(len: usize, top: f64, height: f64, row_height: f64) -> (usize, usize) {
    if len <= VIRTUAL_FROM {
        return (0, len);
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to what fits before"
    )]
    let rows = |pixels: f64| (pixels / row_height.max(1.0)).clamp(0.0, 1e9) as usize;
    let first = rows(-top).saturating_sub(MARGIN) / MARGIN * MARGIN;
    let last = (rows(height - top) + MARGIN).div_ceil(MARGIN) * MARGIN;
    let first = first.min(len.saturating_sub(MARGIN));
    (first, last.clamp(first, len))
}

fn rows(
    order: Memo<Arc<Vec<usize>>>,
    body: Arc<Body>,
    columns: usize,
    near_end: Option<Callback<()>>,
) -> AnyView {
    if !LinkMode::here().is_live() {
        let rows = order.read().iter().map(|at| body.row(*at)).collect_view();
        return view! { <tbody>{rows}</tbody> }.into_any();
    }
    let element = NodeRef::<leptos::html::Tbody>::new();
    let seen = RwSignal::new((0.0_f64, 900.0_f64));
    let row_height = RwSignal::new(33.0_f64);
    let window = Memo::new(move |_| {
        let (top, height) = seen.get();
        visible(order.read().len(), top, height, row_height.get())
    });
    watch_scrolling(element, seen, row_height);
    if let Some(near_end) = near_end {
        Effect::new(move |_| {
            let (_, last) = window.get();
            if last > 0 && last == order.read_untracked().len() {
                near_end.run(());
            }
        });
    }
    let space = move |before: bool| {
        let (first, last) = window.get();
        let hidden = if before { first } else { order.read().len().saturating_sub(last) };
        #[expect(clippy::cast_precision_loss, reason = "pixels")]
        let height = hidden as f64 * row_height.get();
        // An SVG's height is an attribute, which a strict content security policy allows where a style is not.
        (hidden > 0).then(|| {
            view! { <tr class="space" aria-hidden="true"><td colspan=columns.to_string()><svg width="1" height=crate::format::fixed(height, 0)></svg></td></tr> }
        })
    };
    let shown = move || {
        // The order is asked first: asked through the window alone, a new order of as many rows goes unnoticed.
        let order = order.get();
        let (first, last) = window.get();
        order.get(first..last).unwrap_or_default().to_vec()
    };
    let drawn = move || shown().into_iter().map(|at| body.row(at)).collect::<Vec<_>>();
    view! {
        <tbody node_ref=element on:keydown=move |event| move_row(&event)>
            {move || space(true)}
            {drawn}
            {move || space(false)}
        </tbody>
    }
    .into_any()
}

#[cfg(target_arch = "wasm32")]
fn move_row(event: &leptos::ev::KeyboardEvent) {
    crate::browser::move_row(event);
}

#[cfg(not(target_arch = "wasm32"))]
fn move_row(_event: &leptos::ev::KeyboardEvent) {}

#[cfg(target_arch = "wasm32")]
fn watch_scrolling(
    element: NodeRef<leptos::html::Tbody>,
    seen: RwSignal<(f64, f64)>,
    row_height: RwSignal<f64>,
) {
    let look = move || {
        if let Some(body) = element.try_get_untracked().flatten() {
            let (top, height, row) = crate::browser::measure(&body);
            if let Some(row) = row
                && seen.try_get_untracked() == Some((0.0, 900.0))
            {
                row_height.try_set(row);
            }
            seen.try_set((top, height));
        }
    };
    let scroll = window_event_listener(leptos::ev::scroll, move |_| look());
    let resize = window_event_listener(leptos::ev::resize, move |_| look());
    on_cleanup(move || {
        scroll.remove();
        resize.remove();
    });
    Effect::new(move |_| {
        element.track();
        request_animation_frame(look);
    });
}

#[cfg(not(target_arch = "wasm32"))]
fn watch_scrolling(_: NodeRef<leptos::html::Tbody>, _: RwSignal<(f64, f64)>, _: RwSignal<f64>) {}

#[cfg(test)]
mod tests {
    use super::*;

    type Module = (&'static str, Option<f64>);

    const ROWS: [Module; 4] =
        [("Search", Some(2.0)), ("checkout", None), ("web", Some(10.0)), ("catalog", Some(2.0))];

    fn names(
        key: Option<fn(&Module) -> SortKey>,
        descending: bool,
        words: Option<&str>,
    ) -> Vec<&'static str> {
        let rows: Vec<Data> = ROWS.into_iter().map(untyped).collect();
        let typed = |row: &Row| *row.downcast_ref::<Module>().unwrap();
        let key = key.map(|key| -> Keys { Box::new(move |row| key(&typed(row))) });
        let text = move |row: &Row| typed(row).0.to_owned();
        let filter = words.map(|words| -> (&Text, &str) { (&text, words) });
        arrange(&rows, key.as_ref(), descending, filter).into_iter().map(|at| ROWS[at].0).collect()
    }

    #[test]
    fn missing_values_stand_at_the_end_in_both_directions() {
        let key: fn(&Module) -> SortKey = |row| SortKey::number(row.1);
        assert_eq!(names(Some(key), false, None), ["Search", "catalog", "web", "checkout"]);
        assert_eq!(names(Some(key), true, None), ["web", "Search", "catalog", "checkout"]);
    }

    #[test]
    fn words_are_compared_without_case() {
        let key: fn(&Module) -> SortKey = |row| SortKey::text(row.0);
        assert_eq!(names(Some(key), false, None), ["catalog", "checkout", "Search", "web"]);
    }

    #[test]
    fn a_filter_wants_every_word() {
        assert_eq!(names(None, false, Some("C H")), ["Search", "checkout"]);
        assert_eq!(names(None, false, Some(" ")).len(), 4);
        assert!(names(None, false, Some("zzz")).is_empty());
    }

    #[test]
    fn rows_stand_below_the_heading_of_their_group() {
        let names = ["services", "apps", "services", "apps"];
        let lines = grouped(vec![2, 1, 0, 3], |at| names[at].to_owned());
        assert_eq!(lines, [1 | HEADING, 1, 3, 2 | HEADING, 2, 0]);
        assert_eq!(rows_among(&lines), 4);
        assert!(grouped(vec![], |_| String::new()).is_empty());
    }

    #[test]
    fn a_click_turns_the_order_around() {
        assert_eq!(next_sort("score", true, "path"), "-score");
        assert_eq!(next_sort("score", true, "-score"), "score");
        assert_eq!(next_sort("path", false, "-score"), "path");
        assert_eq!(next_sort("path", false, "path"), "-path");
    }

    #[test]
    fn long_bodies_draw_what_can_be_seen() {
        assert_eq!(visible(0, 0.0, 900.0, 33.0), (0, 0));
        assert_eq!(visible(100, -5000.0, 900.0, 33.0), (0, 100));
        let (first, last) = visible(20_000, -330_000.0, 900.0, 33.0);
        assert!(first <= 10_000 && last >= 10_028 && last - first <= 120, "{first}..{last}");
        let (first, last) = visible(20_000, -1e9, 900.0, 33.0);
        assert_eq!((first, last), (19_976, 20_000));
        assert_eq!(visible(20_000, 5000.0, 900.0, 33.0), (0, 24));
        let (first, last) = visible(20_000, f64::NAN, 900.0, 0.0);
        assert!(first <= last && last <= 20_000);
    }
}
