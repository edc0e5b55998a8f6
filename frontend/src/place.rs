//! Where the app is: its address is the state of its filters, sorting and tabs.

use leptos::prelude::*;

use crate::browser;
use crate::route::{Query, Route};

/// The address, as a signal. A context of the whole app; a report has none, and every value is empty there.
#[derive(Clone, Copy)]
pub struct Place {
    path: RwSignal<String>,
    query: RwSignal<Query>,
}

impl Place {
    /// From the address bar.
    pub fn of_browser() -> Self {
        let (path, query) = browser::address();
        Self::of(&path, &query)
    }

    /// From a path and a query.
    pub fn of(path: &str, query: &str) -> Self {
        Self { path: RwSignal::new(path.to_owned()), query: RwSignal::new(Query::parse(query)) }
    }

    /// The place of the component that asks.
    pub fn here() -> Self {
        use_context::<Self>().unwrap_or_else(|| Self::of("/", ""))
    }

    /// Follows links and the history from now on.
    pub fn follow(self) {
        browser::listen(
            move |href| self.go(&href),
            move || {
                let (path, query) = browser::address();
                self.show(&path, &query);
            },
        );
    }

    /// The page, without its query: filters that change do not make it anew.
    pub fn route(self) -> Memo<Route> {
        Memo::new(move |_| Route::parse(&self.path.read()))
    }

    /// The page, once and for all.
    pub fn route_now(self) -> Route {
        self.path.with_untracked(|path| Route::parse(path))
    }

    /// A value of the query; empty where the address does not say.
    pub fn query(self, name: &str) -> String {
        self.query.read().get(name).to_owned()
    }

    /// The address with one value of the query changed.
    pub fn href_with(self, name: &str, value: &str) -> String {
        self.query.read().with(name, value).after(&self.path.read())
    }

    /// The address with several values of the query changed.
    pub fn href_with_all(self, values: &[(&str, &str)]) -> String {
        let mut query = self.query.get_untracked();
        for (name, value) in values {
            query = query.with(name, value);
        }
        self.path.with_untracked(|path| query.after(path))
    }

    /// Goes to an address of the app, as if its link had been clicked.
    pub fn go(self, href: &str) {
        browser::write_address(href, false);
        let same_page = self.path.with_untracked(|path| href.split(['?', '#']).next() == Some(path));
        let (path, query) = href.split_once('?').unwrap_or((href, ""));
        self.show(path, query);
        if !same_page {
            browser::arrive();
        }
    }

    /// Changes one value of the query and stays on the page, in the history entry that is there.
    pub fn set(self, name: &str, value: &str) {
        if self.query.with_untracked(|query| query.get(name) == value) {
            return;
        }
        let query = self.query.with_untracked(|query| query.with(name, value));
        browser::write_address(&self.path.with_untracked(|path| query.after(path)), true);
        self.query.set(query);
    }

    fn show(self, path: &str, query: &str) {
        let path = path.split('#').next().unwrap_or_default();
        let query = Query::parse(query.split('#').next().unwrap_or_default());
        // The path goes first: the page that leaves is gone before it could read the next one's filters.
        if self.path.with_untracked(|now| now != path) {
            self.path.set(path.to_owned());
        }
        if self.query.with_untracked(|now| *now != query) {
            self.query.set(query);
        }
    }
}
