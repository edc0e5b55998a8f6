//! Frames that scroll and draw only what is in sight.

use leptos::prelude::*;

/// Left, top, width and height of what is in sight of a frame, in pixels of its content.
pub type Seen = (f64, f64, f64, f64);

/// Which of `len` things of `size` pixels are in sight from `scrolled` on over `extent` pixels: with a margin, in steps, so
/// that scrolling rarely draws anything.
pub fn in_sight(len: usize, size: usize, scrolled: f64, extent: f64) -> (usize, usize) {
    const STEP: usize = 8;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to what fits before"
    )]
    let things = |pixels: f64| pixels.clamp(0.0, 1e9) as usize / size.max(1);
    let first = (things(scrolled) / STEP).saturating_sub(1) * STEP;
    let last = (things(scrolled + extent) / STEP + 2) * STEP;
    (first.min(len), last.min(len))
}

/// Keeps track of what is in sight, from when the frame is there.
#[cfg(target_arch = "wasm32")]
pub fn watch(element: NodeRef<leptos::html::Div>, seen: RwSignal<Seen>) {
    let resize = window_event_listener(leptos::ev::resize, move |_| look(element, seen));
    on_cleanup(move || resize.remove());
    Effect::new(move |_| {
        element.track();
        request_animation_frame(move || look(element, seen));
    });
}

/// Looks what is in sight now.
#[cfg(target_arch = "wasm32")]
pub fn look(element: NodeRef<leptos::html::Div>, seen: RwSignal<Seen>) {
    if let Some(frame) = element.try_get_untracked().flatten() {
        seen.try_set(crate::browser::scrolled(&frame));
    }
}

/// Without a browser nothing scrolls.
#[cfg(not(target_arch = "wasm32"))]
pub fn look(_: NodeRef<leptos::html::Div>, _: RwSignal<Seen>) {}

/// Without a browser nothing scrolls.
#[cfg(not(target_arch = "wasm32"))]
pub fn watch(_: NodeRef<leptos::html::Div>, _: RwSignal<Seen>) {}
