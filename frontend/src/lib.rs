//! The browser app and the static report of Plimsoll: one set of components, drawn into the DOM or into text.
//!
//! - [`route`] and [`place`]: addresses; filters, sorting and tabs live in them.
//! - [`api`] and [`state`]: requests, and the four states of what they load.
//! - [`pages`]: a folder per page; [`components`] and [`charts`]: what pages are made of.
//! - [`palette`] and [`live`]: search everything; pages that fill in by themselves.
//! - [`report`]: the same pages' parts as one HTML file (feature `ssr`).
//!
//! Report text only ever becomes a text node ([`text`] makes what cannot be seen visible); the one place where markup
//! is set as markup is [`charts`], whose SVG is made of numbers and escaped labels.

pub mod api;
pub mod app;
pub mod browser;
pub mod charts;
pub mod components;
#[cfg(test)]
mod fixtures;
pub mod format;
pub mod json;
pub mod link;
pub mod live;
pub mod pages;
pub mod palette;
pub mod place;
#[cfg(feature = "ssr")]
pub mod report;
pub mod route;
pub mod state;
pub mod text;

/// Puts the app into the page. Called by the generated JavaScript.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen(start)]
pub fn start() {
    if let Some(waiting) = leptos::prelude::document().get_element_by_id("waiting") {
        waiting.remove();
    }
    leptos::mount::mount_to_body(app::app);
    pages::later::fetch_soon();
}
