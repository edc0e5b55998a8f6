//! What only a browser has: its address bar, its storage, its clock and its network.
//!
//! Elsewhere (the static report, tests) the same functions are there and do nothing: a report has no address bar.

#[cfg(not(target_arch = "wasm32"))]
pub use absent::*;
#[cfg(target_arch = "wasm32")]
pub use present::*;

/// Where a value is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Until the tab is closed: tokens.
    Session,
    /// For this browser: the theme.
    Local,
}

#[cfg(target_arch = "wasm32")]
mod present {
    use leptos::ev;
    use leptos::prelude::{document, window, window_event_listener};
    use wasm_bindgen::prelude::Closure;
    use wasm_bindgen::{JsCast, JsValue};
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{AbortController, Element, EventSource, HtmlElement, RequestInit, Response, Storage};

    use super::Keep;

    /// Path and query of the address bar.
    pub fn address() -> (String, String) {
        let location = window().location();
        (location.pathname().unwrap_or_default(), location.search().unwrap_or_default())
    }

    /// Scheme, host and port that the app came from.
    pub fn origin() -> String {
        window().location().origin().unwrap_or_default()
    }

    /// Seconds since 1970.
    pub fn now() -> Option<i64> {
        #[expect(clippy::cast_possible_truncation, reason = "seconds of this age fit")]
        Some((js_sys::Date::now() / 1000.0) as i64)
    }

    /// Reads a number as JSON writes it. The browser's own reader spares the app a table of ten kilobytes.
    pub fn parse_number(text: &str) -> Option<f64> {
        let number = JsValue::from_str(text).unchecked_into_f64();
        (number.is_finite() && !text.is_empty()).then_some(number)
    }

    /// In lower case, by the browser's own tables.
    pub fn lower_case(text: &str) -> String {
        if text.is_ascii() {
            text.to_ascii_lowercase()
        } else {
            js_sys::JsString::from(text).to_lower_case().into()
        }
    }

    /// Writes the address bar: a new entry in the history, or the present one changed.
    pub fn write_address(href: &str, replace: bool) {
        let Ok(history) = window().history() else { return };
        let written = if replace {
            history.replace_state_with_url(&JsValue::NULL, "", Some(href))
        } else {
            history.push_state_with_url(&JsValue::NULL, "", Some(href))
        };
        if written.is_err() {
            // A browser that refuses (too many changes a second) still goes there, with a reload.
            drop(window().location().set_href(href));
        }
    }

    /// To the top of a page that was just opened, with the reading position at its beginning.
    pub fn arrive() {
        window().scroll_to_with_x_and_y(0.0, 0.0);
        focus(document().get_element_by_id("main"));
    }

    /// The title of the tab.
    pub fn set_title(title: &str) {
        document().set_title(title);
    }

    /// `light`, `dark`, or the system's choice where it is empty.
    pub fn set_theme(theme: &str) {
        if let Some(root) = document().document_element() {
            drop(if theme.is_empty() {
                root.remove_attribute("data-theme")
            } else {
                root.set_attribute("data-theme", theme)
            });
        }
    }

    /// Whether the window is as narrow as a phone.
    pub fn is_narrow() -> bool {
        window().inner_width().ok().and_then(|width| width.as_f64()).is_some_and(|width| width < 700.0)
    }

    fn storage(keep: Keep) -> Option<Storage> {
        match keep {
            Keep::Session => window().session_storage(),
            Keep::Local => window().local_storage(),
        }
        .ok()?
    }

    /// A value that was stored.
    pub fn stored(keep: Keep, name: &str) -> Option<String> {
        storage(keep)?.get_item(name).ok()?
    }

    /// Stores a value; an empty one is forgotten. Browsers may refuse: then it lasts as long as the page.
    pub fn store(keep: Keep, name: &str, value: &str) {
        if let Some(storage) = storage(keep) {
            drop(if value.is_empty() { storage.remove_item(name) } else { storage.set_item(name, value) });
        }
    }

    /// Calls `go` for clicks on links within the app, and `back` when the history moves.
    pub fn listen(go: impl Fn(String) + 'static, back: impl Fn() + 'static) {
        let click = window_event_listener(ev::click, move |event| {
            if event.default_prevented()
                || event.button() != 0
                || event.ctrl_key()
                || event.meta_key()
                || event.shift_key()
                || event.alt_key()
            {
                return;
            }
            let Some(link) = event
                .target()
                .and_then(|target| target.dyn_into::<Element>().ok())
                .and_then(|element| element.closest("a[href]").ok().flatten())
            else {
                return;
            };
            let href = link.get_attribute("href").unwrap_or_default();
            let is_ours = href.starts_with('/') && !href.starts_with("//") && !href.starts_with("/api/");
            if is_ours && !link.has_attribute("target") && !link.has_attribute("download") {
                event.prevent_default();
                go(href);
            }
        });
        let history = window_event_listener(ev::popstate, move |_| back());
        // They last as long as the page: dropping the handles leaves the listeners in place.
        drop((click, history));
    }

    fn takes_text(element: &Element) -> bool {
        matches!(element.tag_name().as_str(), "INPUT" | "SELECT" | "TEXTAREA")
    }

    /// Whether somebody types, or chooses something, at this moment.
    pub fn is_typing() -> bool {
        document().active_element().is_some_and(|element| takes_text(&element))
    }

    /// Gives every key that is meant for the app as a whole to `handle`, which says whether it is its own: not those
    /// that are typed into a box, and none with a modifier but Ctrl-K (on some machines ⌘K), which comes as `Ctrl+K`.
    pub fn listen_for_keys(handle: impl Fn(&str) -> bool + 'static) {
        let keys = window_event_listener(ev::keydown, move |event| {
            let key = event.key();
            let is_search = (event.ctrl_key() || event.meta_key()) && key.eq_ignore_ascii_case("k");
            if !is_search && (is_typing() || event.ctrl_key() || event.meta_key() || event.alt_key()) {
                return;
            }
            if handle(if is_search { "Ctrl+K" } else { &key }) {
                event.prevent_default();
            }
        });
        drop(keys);
    }

    /// Moves to the first element that fits a selector; says whether there is one.
    pub fn focus_on(selector: &str) -> bool {
        let found = document().query_selector(selector).ok().flatten();
        let is_there = found.is_some();
        focus(found);
        is_there
    }

    /// Events that a server sends. They end with the value.
    pub struct Events {
        source: EventSource,
        _heard: Closure<dyn FnMut()>,
    }

    impl Events {
        /// Listens; `None` where the browser has no such thing. `then` is called for each event, and when the
        /// connection is there again after it was lost.
        pub fn open(url: &str, then: impl Fn() + 'static) -> Option<Self> {
            let source = EventSource::new(url).ok()?;
            let heard = Closure::<dyn FnMut()>::new(then);
            let listener = heard.as_ref().unchecked_ref();
            source.add_event_listener_with_callback("run", listener).ok()?;
            source.set_onopen(Some(listener));
            Some(Self { source, _heard: heard })
        }
    }

    impl Drop for Events {
        fn drop(&mut self) {
            self.source.set_onopen(None);
            self.source.close();
        }
    }

    fn focus(element: Option<Element>) {
        if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
            drop(element.focus());
        }
    }

    /// Arrow keys move between the rows of a table, from link to link.
    pub fn move_row(event: &ev::KeyboardEvent) {
        let down = match event.key().as_str() {
            "ArrowDown" => true,
            "ArrowUp" => false,
            _ => return,
        };
        let row = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok())
            .and_then(|element| element.closest("tr").ok().flatten());
        let mut next = row;
        while let Some(row) = next {
            next = if down { row.next_element_sibling() } else { row.previous_element_sibling() };
            let target = next.as_ref().and_then(|row| row.query_selector("a[href],button").ok().flatten());
            if target.is_some() {
                event.prevent_default();
                focus(target);
                return;
            }
        }
    }

    /// Where a virtual body stands: its top against the window's, the window's height, and the height of a row.
    pub fn measure(body: &Element) -> (f64, f64, Option<f64>) {
        let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(800.0);
        let row =
            body.query_selector("tr.row").ok().flatten().map(|row| row.get_bounding_client_rect().height());
        (body.get_bounding_client_rect().top(), height, row.filter(|height| *height > 1.0))
    }

    /// Where a pointer is within the element that listens to it: 0 at its left edge, 1 at its right one.
    pub fn share_across(event: &ev::PointerEvent) -> Option<f64> {
        let element: Element = event.current_target()?.dyn_into().ok()?;
        let place = element.get_bounding_client_rect();
        (place.width() > 0.0).then(|| (f64::from(event.client_x()) - place.left()) / place.width())
    }

    /// Puts text on the clipboard.
    pub fn copy(text: &str) {
        let promise = window().navigator().clipboard().write_text(text);
        leptos::task::spawn_local(async move {
            drop(JsFuture::from(promise).await);
        });
    }

    /// A request that ends when this is dropped.
    pub struct Abort(AbortController);

    impl Abort {
        /// For a new request; `None` where the browser has no such thing.
        pub fn new() -> Option<Self> {
            AbortController::new().ok().map(Self)
        }
    }

    impl Drop for Abort {
        fn drop(&mut self) {
            self.0.abort();
        }
    }

    /// Fetches an address of the API: the status and the text of the answer, or why there is none.
    pub fn fetch(
        url: &str,
        token: Option<&str>,
        abort: Option<&Abort>,
    ) -> impl Future<Output = Result<(u16, String), String>> + use<> {
        let init = RequestInit::new();
        init.set_signal(abort.map(|abort| abort.0.signal()).as_ref());
        if let (Some(token), Ok(headers)) = (token, web_sys::Headers::new()) {
            drop(headers.set("authorization", &format!("Bearer {token}")));
            init.set_headers(&headers);
        }
        answer(window().fetch_with_str_and_init(url, &init))
    }

    /// What is in sight of an element that scrolls: left, top, width, height.
    pub fn scrolled(element: &Element) -> (f64, f64, f64, f64) {
        let pixels = f64::from;
        (
            pixels(element.scroll_left()),
            pixels(element.scroll_top()),
            pixels(element.client_width()),
            pixels(element.client_height()),
        )
    }

    /// Scrolls an element so that a rectangle of its content is in sight. `head` and names that stay in place cover some.
    pub fn scroll_to_cell(element: &Element, (left, top): (i32, i32), (width, height): (i32, i32)) {
        const NAMES: i32 = 300;
        const HEAD: i32 = 24;
        let (seen_left, seen_top) = (element.scroll_left(), element.scroll_top());
        let (seen_width, seen_height) = (element.client_width() - NAMES, element.client_height() - HEAD);
        if left < seen_left {
            element.set_scroll_left(left);
        } else if left + width > seen_left + seen_width {
            element.set_scroll_left(left + width - seen_width);
        }
        if top < seen_top {
            element.set_scroll_top(top);
        } else if top + height > seen_top + seen_height {
            element.set_scroll_top(top + height - seen_height);
        }
    }

    /// Where a pointer is in the picture that listens to it.
    pub fn offset_in_picture(event: &ev::MouseEvent) -> Option<(f64, f64)> {
        let picture = event.current_target()?.dyn_into::<Element>().ok()?;
        let place = picture.get_bounding_client_rect();
        Some((f64::from(event.client_x()) - place.left(), f64::from(event.client_y()) - place.top()))
    }

    /// Sends something to an address of the API: the status and the text of the answer, or why there is none.
    pub fn send(
        method: &str,
        url: &str,
        token: Option<&str>,
        body: &str,
    ) -> impl Future<Output = Result<(u16, String), String>> + use<> {
        let init = RequestInit::new();
        init.set_method(method);
        init.set_body(&JsValue::from_str(body));
        if let Ok(headers) = web_sys::Headers::new() {
            drop(headers.set("content-type", "application/json"));
            if let Some(token) = token {
                drop(headers.set("authorization", &format!("Bearer {token}")));
            }
            init.set_headers(&headers);
        }
        answer(window().fetch_with_str_and_init(url, &init))
    }

    async fn answer(promise: js_sys::Promise) -> Result<(u16, String), String> {
        let failed = |error: JsValue| {
            error
                .dyn_ref::<js_sys::Error>()
                .map_or_else(|| "the request failed".to_owned(), |error| String::from(error.message()))
        };
        let response: Response = JsFuture::from(promise).await.map_err(failed)?.unchecked_into();
        let text = JsFuture::from(response.text().map_err(failed)?).await.map_err(failed)?;
        Ok((response.status(), text.as_string().unwrap_or_default()))
    }
}

#[cfg(not(target_arch = "wasm32"))]
#[expect(missing_docs, reason = "each is what the browser's function of the same name is without a browser")]
mod absent {
    use super::Keep;

    pub fn address() -> (String, String) {
        ("/".to_owned(), String::new())
    }

    pub fn origin() -> String {
        "https://plimsoll.example".to_owned()
    }

    pub fn now() -> Option<i64> {
        None
    }

    pub fn parse_number(text: &str) -> Option<f64> {
        text.parse().ok().filter(|number: &f64| number.is_finite())
    }

    pub fn lower_case(text: &str) -> String {
        text.to_lowercase()
    }

    pub fn write_address(_href: &str, _replace: bool) {}

    pub fn arrive() {}

    pub fn set_title(_title: &str) {}

    pub fn set_theme(_theme: &str) {}

    pub fn is_narrow() -> bool {
        false
    }

    pub fn stored(_keep: Keep, _name: &str) -> Option<String> {
        None
    }

    pub fn store(_keep: Keep, _name: &str, _value: &str) {}

    pub fn listen(_go: impl Fn(String) + 'static, _back: impl Fn() + 'static) {}

    pub fn listen_for_keys(_handle: impl Fn(&str) -> bool + 'static) {}

    pub fn focus_on(_selector: &str) -> bool {
        false
    }

    pub fn copy(_text: &str) {}

    pub fn share_across(_event: &leptos::ev::PointerEvent) -> Option<f64> {
        None
    }
}
