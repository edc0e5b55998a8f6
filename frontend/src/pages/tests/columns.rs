//! The columns of tests.

use leptos::prelude::*;
use plimsoll_api::TestRow;

use crate::components::badge;
use crate::components::table::Column;
use crate::format;
use crate::link::{LinkMode, Scope, link};
use crate::text;

/// What a test is called: its own name, or what else there is.
pub fn name(test: &TestRow) -> String {
    let name = [&test.name, &test.class, &test.suite].into_iter().find(|name| !name.is_empty());
    text::line(name.map_or("(no name)", String::as_str)).into_owned()
}

/// Where a test belongs, beside its name.
pub fn place(test: &TestRow) -> String {
    let parts = [&test.suite, &test.class];
    let mut shown: Vec<String> = vec![];
    for part in parts {
        let part = text::line(part).into_owned();
        // Many tools repeat the suite in the class's name.
        if !part.is_empty()
            && part != test.name
            && !shown.iter().any(|shown| part.starts_with(shown.as_str()))
        {
            shown.push(part);
        } else if let Some(last) = shown.last_mut().filter(|last| part.starts_with(last.as_str())) {
            *last = part;
        }
    }
    shown.join(" › ")
}

fn lead(test: &TestRow, scope: &Scope) -> AnyView {
    view! { {link(scope.test(test.id), "", name(test))} <span class="second">{place(test)}</span> }.into_any()
}

fn module(test: &TestRow, scope: &Scope) -> AnyView {
    match &test.module {
        Some(module) => link(scope.module(module), "modules", text::line(module).into_owned()),
        None => view! { <span class="quiet">"–"</span> }.into_any(),
    }
}

fn duration(test: &TestRow, _: &Scope) -> AnyView {
    test.duration_ms.map_or_else(
        || view! { <span class="quiet">"–"</span> }.into_any(),
        |duration| format::duration(duration).into_any(),
    )
}

fn state(test: &TestRow, _: &Scope) -> AnyView {
    let flaky = test.is_flaky.then(badge::flaky);
    view! { {badge::test_state(test.state)} " " {flaky} }.into_any()
}

/// All of them, for the page of tests.
pub fn columns() -> Vec<Column<TestRow>> {
    vec![
        Column::text("test", "Test", lead).server_sort("name"),
        Column::text("outcome", "Outcome", |test: &TestRow, _: &Scope| badge::outcome(test.outcome))
            .server_sort("failing"),
        Column::text("state", "Against the baseline", state).detail(),
        Column::text("message", "Message", |test: &TestRow, _: &Scope| {
            let message = test.message.as_deref().map(|message| text::line(message).into_owned());
            view! { <span class="message" title=message.clone()>{message.clone()}</span> }.into_any()
        })
        .detail(),
        Column::text("module", "Module", module).detail(),
        Column::number("duration", "Duration", duration).detail().server_sort("duration"),
    ]
}

/// Tests with what they said, for comparisons.
pub fn columns_with_message() -> Vec<Column<TestRow>> {
    vec![
        Column::text("test", "Test", |test: &TestRow, scope: &Scope| {
            view! { {lead(test, scope)} {failure(test)} }.into_any()
        }),
        Column::text("outcome", "Outcome", |test: &TestRow, _: &Scope| {
            let flaky = test.is_flaky.then(badge::flaky);
            view! { {badge::outcome(test.outcome)} " " {flaky} }.into_any()
        }),
        Column::text("module", "Module", module).detail(),
        Column::number("duration", "Duration", duration).detail(),
    ]
}

/// The message, and the whole text behind it.
pub fn failure(test: &TestRow) -> Option<AnyView> {
    let message = test.message.as_deref().map(str::trim).filter(|message| !message.is_empty());
    let detail = test.detail.as_deref().map(str::trim).filter(|detail| !detail.is_empty());
    if !test.outcome.is_bad() {
        return None;
    }
    let first = message.or(detail)?;
    let summary = text::shorten(&text::line(first), 200).into_owned();
    let whole = detail.or(message).filter(|whole| *whole != summary);
    Some(match whole {
        Some(whole) => {
            let is_open = !LinkMode::here().is_live();
            view! { <details class="failure" open=is_open><summary>{summary}</summary><pre>{text::block(whole).into_owned()}</pre></details> }
                .into_any()
        }
        None => view! { <p class="failure">{summary}</p> }.into_any(),
    })
}

#[cfg(test)]
mod tests {
    use plimsoll_api::{TestRow, TestState};
    use plimsoll_model::Outcome;

    fn test(suite: &str, class: &str, name: &str) -> TestRow {
        TestRow {
            id: 1,
            suite: suite.to_owned(),
            class: class.to_owned(),
            name: name.to_owned(),
            file: None,
            module: None,
            outcome: Outcome::Passed,
            duration_ms: None,
            state: TestState::Unchanged,
            is_flaky: false,
            message: None,
            detail: None,
        }
    }

    #[test]
    fn tests_are_never_without_a_name() {
        assert_eq!(super::name(&test("", "", "adds")), "adds");
        assert_eq!(super::name(&test("", "cart", "")), "cart");
        assert_eq!(super::name(&test("", "", "")), "(no name)");
    }

    #[test]
    fn suites_are_not_said_twice() {
        assert_eq!(super::place(&test("cart", "cart.Totals", "adds")), "cart.Totals");
        assert_eq!(super::place(&test("unit", "cart", "adds")), "unit › cart");
        assert_eq!(super::place(&test("", "", "adds")), "");
    }
}
