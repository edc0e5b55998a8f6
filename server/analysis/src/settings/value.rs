//! Typed access to the values of a TOML document; what does not fit becomes a problem with its place.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::date::Date;
use super::glob::Glob;
use super::problem::{Problem, line_of, unknown};

pub(super) type Value<'d> = Spanned<DeValue<'d>>;

/// Collects what is wrong.
pub(super) struct Problems<'t> {
    text: &'t str,
    found: Vec<Problem>,
}

/// A table and where it is.
pub(super) struct Table<'v, 'd> {
    pub entries: &'v DeTable<'d>,
    /// `module[2]`
    pub key: String,
    /// The first line of the table, from 1.
    pub line: u32,
}

impl<'t> Problems<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, found: Vec::new() }
    }

    pub(super) fn add(&mut self, line: u32, key: impl Into<String>, message: impl Into<String>) {
        self.found.push(Problem { line, key: key.into(), message: message.into() });
    }

    pub(super) fn line(&self, span: &Range<usize>) -> u32 {
        line_of(self.text, span.start)
    }

    /// Whether the value begins as a text of several lines whose first line is empty and does not count.
    pub(super) fn begins_on_next_line(&self, span: &Range<usize>) -> bool {
        let quoted = self.text.get(span.start..).unwrap_or_default();
        ["\"\"\"", "'''"].iter().any(|quote| {
            quoted.strip_prefix(quote).is_some_and(|rest| rest.starts_with('\n') || rest.starts_with("\r\n"))
        })
    }

    /// In the order of the lines.
    pub(super) fn finish(mut self) -> Vec<Problem> {
        self.found.sort_by_key(|problem| problem.line);
        self.found
    }

    fn wants(&mut self, value: &Value<'_>, key: String, wanted: &str) {
        let line = self.line(&value.span());
        let found = value.get_ref().type_str();
        self.add(line, key, format!("is a TOML {found}, but must be {wanted}"));
    }

    /// The value as a table.
    pub(super) fn table<'v, 'd>(&mut self, value: &'v Value<'d>, key: &str) -> Option<Table<'v, 'd>> {
        match value.get_ref() {
            DeValue::Table(entries) => {
                Some(Table { entries, key: key.to_owned(), line: self.line(&value.span()) })
            }
            _ => {
                self.wants(value, key.to_owned(), &format!("a table: `[{key}]`"));
                None
            }
        }
    }

    /// The value as a list of tables.
    pub(super) fn tables<'v, 'd>(&mut self, value: &'v Value<'d>, key: &str) -> Vec<Table<'v, 'd>> {
        let DeValue::Array(items) = value.get_ref() else {
            self.wants(value, key.to_owned(), &format!("a list of tables, each headed by `[[{key}]]`"));
            return Vec::new();
        };
        let named = items.iter().enumerate().map(|(at, item)| (format!("{key}[{}]", at + 1), item));
        named.filter_map(|(key, item)| self.table(item, &key)).collect()
    }

    /// Says of each key that is not allowed in a table.
    pub(super) fn only_keys(&mut self, table: &Table<'_, '_>, allowed: &[&str]) {
        for key in table.entries.keys() {
            let name: &str = key.get_ref();
            if !allowed.contains(&name) {
                let line = self.line(&key.span());
                self.add(line, table.path(name), unknown("key", name, allowed));
            }
        }
    }

    /// A text that is not empty.
    pub(super) fn text(&mut self, table: &Table<'_, '_>, key: &str) -> Option<String> {
        let value = table.entries.get(key)?;
        match value.get_ref().as_str() {
            Some(text) if !text.trim().is_empty() => Some(text.to_owned()),
            Some(_) => {
                let line = self.line(&value.span());
                self.add(line, table.path(key), "is empty");
                None
            }
            None => {
                self.wants(value, table.path(key), "a text in quotes");
                None
            }
        }
    }

    /// A text that must be there.
    pub(super) fn needed_text(&mut self, table: &Table<'_, '_>, key: &str) -> Option<String> {
        if !table.has(key) {
            self.add(table.line, table.path(key), "is missing");
            return None;
        }
        self.text(table, key)
    }

    /// A whole number from 1 on.
    pub(super) fn count(&mut self, table: &Table<'_, '_>, key: &str) -> Option<u32> {
        let value = table.entries.get(key)?;
        let count = value
            .get_ref()
            .as_integer()
            .and_then(|number| u32::from_str_radix(number.as_str(), number.radix()).ok())
            .filter(|count| *count > 0);
        if count.is_none() {
            self.wants(value, table.path(key), "a whole number from 1 on");
        }
        count
    }

    /// A day: `2026-12-31`, with or without quotes.
    pub(super) fn date(&mut self, table: &Table<'_, '_>, key: &str) -> Option<Date> {
        let value = table.entries.get(key)?;
        let date = match value.get_ref() {
            DeValue::String(text) => Date::parse(text),
            DeValue::Datetime(moment) if moment.time.is_none() => {
                moment.date.and_then(|date| Date::new(date.year, date.month, date.day))
            }
            _ => None,
        };
        if date.is_none() {
            let line = self.line(&value.span());
            self.add(line, table.path(key), "must be a day such as 2026-12-31");
        }
        date
    }

    /// A list of texts, each with its line; one text alone counts as a list of one.
    pub(super) fn texts(&mut self, table: &Table<'_, '_>, key: &str) -> Vec<(String, u32)> {
        let Some(value) = table.entries.get(key) else { return Vec::new() };
        let items: Vec<&Value<'_>> = match value.get_ref() {
            DeValue::String(_) => vec![value],
            DeValue::Array(items) => items.iter().collect(),
            _ => {
                self.wants(value, table.path(key), "a list of texts: `[\"…\", \"…\"]`");
                return Vec::new();
            }
        };
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            match item.get_ref().as_str() {
                Some(text) => texts.push((text.to_owned(), self.line(&item.span()))),
                None => self.wants(item, table.path(key), "a text in quotes"),
            }
        }
        texts
    }

    /// A list of patterns of paths. Those that cannot be read are left out.
    pub(super) fn globs(&mut self, table: &Table<'_, '_>, key: &str) -> Vec<Glob> {
        let texts = self.texts(table, key);
        let mut globs = Vec::with_capacity(texts.len());
        for (text, line) in texts {
            match Glob::new(&text) {
                Ok(glob) => globs.push(glob),
                Err(error) => self.add(line, table.path(key), error.to_string()),
            }
        }
        globs
    }
}

impl Table<'_, '_> {
    pub(super) fn path(&self, key: &str) -> String {
        if self.key.is_empty() { key.to_owned() } else { format!("{}.{key}", self.key) }
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }
}
