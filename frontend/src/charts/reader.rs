//! Reads a chart for somebody who points at it: a line across, the values of that run, its page on click or Enter, and
//! a range of runs by dragging. Charts beside each other share one [`Pointer`], so that all of them show the same run.

use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::prelude::*;

use super::{Chart, Frame};
use crate::browser;
use crate::format::fixed;
use crate::link::Scope;
use crate::place::Place;

/// What is pointed at in all charts of a page.
#[derive(Clone, Copy)]
pub struct Pointer {
    /// The point that is read.
    pub at: RwSignal<Option<usize>>,
    /// Where a range begins that is being drawn.
    from: RwSignal<Option<usize>>,
    /// Opens a run.
    pub open: Callback<u64>,
    /// Shows the runs from one to another, both included.
    pub zoom: Callback<(u64, u64)>,
}

impl Pointer {
    /// For a chart whose runs can be opened, and which shows all that there is.
    pub fn of_runs(scope: &Scope) -> Self {
        let (place, scope) = (Place::here(), scope.clone());
        let open = Callback::new(move |run: u64| place.go(&scope.run(run)));
        Self::new(open, Callback::new(move |(_, last): (u64, u64)| open.run(last)))
    }

    /// Nothing is pointed at.
    pub fn new(open: Callback<u64>, zoom: Callback<(u64, u64)>) -> Self {
        Self { at: RwSignal::new(None), from: RwSignal::new(None), open, zoom }
    }
}

/// What a key does to the point that is read; `None` for keys that are none of the chart's.
fn moved(key: &str, at: Option<usize>, last: usize) -> Option<usize> {
    let at = at.unwrap_or(last);
    Some(match key {
        "ArrowLeft" | "ArrowDown" => at.saturating_sub(1),
        "ArrowRight" | "ArrowUp" => (at + 1).min(last),
        "PageDown" => at.saturating_sub(10),
        "PageUp" => (at + 10).min(last),
        "Home" => 0,
        "End" => last,
        _ => return None,
    })
}

/// The layer over a picture.
pub fn reader(chart: Chart, frame: Frame, pointer: Pointer) -> AnyView {
    let Pointer { at, from, open, zoom } = pointer;
    let last = chart.points.len().saturating_sub(1);
    let title = chart.title;
    let view_box = format!("0 0 {} {}", fixed(frame.width, 0), fixed(frame.height, 0));
    let stored = StoredValue::new((chart, frame));
    let find = move |event: &PointerEvent| {
        let share = browser::share_across(event)?;
        stored.with_value(|(chart, frame)| frame.nearest(chart, share))
    };
    let run_at = move |at: usize| stored.with_value(|(chart, _)| chart.points.get(at).map(|point| point.run));
    let drop_at = move |end: usize| {
        let Some(start) = from.get_untracked() else { return };
        from.set(None);
        let (Some(first), Some(second)) = (run_at(start.min(end)), run_at(start.max(end))) else { return };
        if start == end {
            open.run(first);
        } else {
            zoom.run((first, second));
        }
    };
    let down = move |event: PointerEvent| {
        if event.button() == 0 {
            from.set(find(&event));
        }
    };
    let moves = move |event: PointerEvent| {
        let found = find(&event);
        if at.get_untracked() != found {
            at.set(found);
        }
    };
    let up = move |event: PointerEvent| {
        if let Some(end) = find(&event) {
            drop_at(end);
        }
    };
    let leave = move |_| {
        at.set(None);
        from.set(None);
    };
    let key = move |event: KeyboardEvent| {
        let name = event.key();
        if name == "Enter" {
            if let Some(run) = at.get_untracked().and_then(run_at) {
                open.run(run);
            }
        } else if let Some(next) = moved(&name, at.get_untracked(), last) {
            event.prevent_default();
            if event.shift_key() && from.get_untracked().is_none() {
                from.set(Some(at.get_untracked().unwrap_or(last)));
            }
            at.set(Some(next));
        } else if name == "Escape" {
            leave(());
        } else if name == "z"
            && let Some(end) = at.get_untracked()
        {
            drop_at(end);
        }
    };
    let said =
        move || at.get().map(|at| stored.with_value(|(chart, _)| chart.reading(at))).unwrap_or_default();
    let cross = move || {
        let at = at.get()?;
        stored.with_value(|(chart, frame)| {
            let x = fixed(frame.x(chart.at(at)), 1);
            Some(format!("M{x} {}V{}", fixed(frame.top, 0), fixed(frame.bottom, 0)))
        })
    };
    let range = move || {
        let (from, to) = (from.get()?, at.get()?);
        let picked = stored
            .with_value(|(chart, frame)| (frame.x(chart.at(from)), frame.x(chart.at(to)), frame.clone()));
        let (one, other, frame) = picked;
        Some(view! {
            <rect class="range" x=fixed(one.min(other), 1) y=fixed(frame.top, 0)
                width=fixed((one - other).abs(), 1) height=fixed(frame.bottom - frame.top, 0) />
        })
    };
    view! {
        <div class="reader" tabindex="0" role="slider" aria-label=format!("{title}: read run by run")
            aria-valuemin="0" aria-valuemax=last.to_string()
            aria-valuenow=move || at.get().unwrap_or(last).to_string() aria-valuetext=said
            on:pointerdown=down on:pointermove=moves on:pointerup=up on:pointerleave=move |_| leave(())
            on:blur=move |_| leave(()) on:keydown=key>
            <svg viewBox=view_box aria-hidden="true">{range}<path class="cross" d=cross /></svg>
            <span class="reading" aria-hidden="true">{said}</span>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::moved;

    #[test]
    fn keys_move_from_run_to_run() {
        assert_eq!(moved("ArrowLeft", None, 9), Some(8));
        assert_eq!(moved("ArrowLeft", Some(0), 9), Some(0));
        assert_eq!(moved("ArrowRight", Some(9), 9), Some(9));
        assert_eq!(moved("Home", Some(5), 9), Some(0));
        assert_eq!(moved("PageUp", Some(5), 9), Some(9));
        assert_eq!(moved("x", Some(5), 9), None);
    }
}
