use leptos::prelude::*;
use plimsoll_api::{NewTestLink, TestName, TestPage};

use crate::api::{self, Session};
use crate::components::panels;
use crate::link::{LinkMode, Scope, link};
use crate::state::{Data, Problem};
use crate::text;

/// What the test was called before, with a way to say that they are two; and what it is called now.
pub fn renamed(page: &TestPage, scope: &Scope) -> AnyView {
    let since = |name: &TestName| match name.run {
        Some(run) => view! { " with run " {link(scope.run(run), "", format!("#{run}"))} }.into_any(),
        None => view! { ", as somebody said" }.into_any(),
    };
    let name = |name: &TestName| {
        let shown = if name.name.is_empty() { &name.class } else { &name.name };
        link(scope.test(name.id), "", text::line(shown).into_owned())
    };
    let from = page.renamed_from.as_ref().map(|older| {
        view! {
            <p class="notice">"Renamed from " {name(older)} {since(older)} ". Its history goes on here. " {undo(page.test.id, scope)}</p>
        }
    });
    let to = page.renamed_to.as_ref().map(|newer| {
        view! { <p class="notice">"Renamed to " {name(newer)} {since(newer)} "."</p> }
    });
    view! { {from} {to} }.into_any()
}

fn undo(test: u64, scope: &Scope) -> Option<AnyView> {
    if !LinkMode::here().is_live() {
        return None;
    }
    let url = api::resource(&scope.project, &format!("tests/{test}/link"), &[]);
    let session = use_context::<Session>();
    let problem = RwSignal::new(None::<Problem>);
    let click = move |_| {
        let then = move |answer: Result<Data, Problem>| match answer {
            Ok(_) => {
                if let Some(session) = session {
                    session.0.update(|version| *version += 1);
                }
            }
            Err(failed) => {
                problem.try_set(Some(failed));
            }
        };
        api::send("DELETE", &url, "", api::reading::<NewTestLink>, Box::new(then));
    };
    let said = move || {
        problem.get().map(|failed| panels::stale(&failed, Callback::new(move |()| problem.set(None))))
    };
    Some(view! { <button type="button" on:click=click>"They are two tests"</button> {said} }.into_any())
}
