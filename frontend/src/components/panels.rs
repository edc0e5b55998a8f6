//! What stands where data are missing: on their way, failed, or not there at all.

use leptos::prelude::*;

use crate::api::{Session, TOKEN};
use crate::browser::{self, Keep};
use crate::state::Problem;

/// Data are on their way. The space is kept, so that nothing jumps when they arrive.
pub fn loading(what: &'static str) -> AnyView {
    view! { <div class="panel loading" role="status">{format!("Loading {what}…")}</div> }.into_any()
}

/// There is nothing, and what to do about it.
pub fn empty(title: &'static str, hint: impl IntoView + 'static) -> AnyView {
    view! { <div class="panel empty"><p class="title">{title}</p><p>{hint.into_view()}</p></div> }.into_any()
}

/// A request failed and nothing is known.
pub fn failed(what: &'static str, problem: &Problem, retry: Callback<()>) -> AnyView {
    if problem.wants_token() {
        return token(retry);
    }
    let title = if problem.status == 404 {
        "There is no such thing here.".to_owned()
    } else {
        format!("Could not load {what}.")
    };
    let error = &problem.error;
    view! {
        <div class="panel failed" role="alert">
            <h1 class="title"><span aria-hidden="true">"✕ "</span>{title}</h1>
            <p>{error.message.clone()}</p>
            {error.hint.clone().map(|hint| view! { <p>{hint}</p> })}
            <p class="quiet"><code>{error.code.clone()}</code></p>
            <button type="button" on:click=move |_| retry.run(())>"Try again"</button>
        </div>
    }
    .into_any()
}

/// A request failed, and older data are on the screen.
pub fn stale(problem: &Problem, retry: Callback<()>) -> AnyView {
    if problem.wants_token() {
        return token(retry);
    }
    view! {
        <div class="notice warn" role="alert">
            <span><span aria-hidden="true">"◐ "</span>{problem.error.message.clone()} " What you see is what was loaded before."</span>
            <button type="button" on:click=move |_| retry.run(())>"Try again"</button>
        </div>
    }
    .into_any()
}

fn token(retry: Callback<()>) -> AnyView {
    let value = RwSignal::new(String::new());
    let session = use_context::<Session>();
    let enter = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        browser::store(Keep::Session, TOKEN, value.get_untracked().trim());
        if let Some(session) = session {
            session.0.update(|version| *version += 1);
        }
        retry.run(());
    };
    view! {
        <form class="panel token" on:submit=enter>
            <p class="title">"This server asks for a token."</p>
            <p>"Make one on the server with " <code>"plimsoll token create"</code> ". It is kept until this tab is closed."</p>
            <label for="token">"Token"</label>
            <input id="token" type="password" autocomplete="off" spellcheck="false" required
                on:input=move |event| value.set(event_target_value(&event)) />
            <button type="submit">"Continue"</button>
        </form>
    }
    .into_any()
}
