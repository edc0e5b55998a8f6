//! Decisions about findings: those that are chosen, or all that the filters let through.

use std::collections::BTreeSet;

use leptos::prelude::*;
use plimsoll_api::{FindingRow, FindingState, ReviewAnswer, ReviewInfo};
use plimsoll_model::ReviewState;

use crate::api::{self, Session};
use crate::components::panels;
use crate::format;
use crate::json::quote;
use crate::link::LinkMode;
use crate::place::Place;
use crate::state::{Data, Problem};
use crate::text;

/// The findings that are chosen. A context of the list.
#[derive(Clone, Copy)]
pub struct Chosen(pub RwSignal<BTreeSet<u64>>);

/// The filters of the address that a decision about "all that match" is limited by, as the API calls them.
pub const FILTERS: [&str; 11] =
    ["state", "severity", "kind", "tool", "rule", "path", "age", "cwe", "package", "q", "module"];

/// What can be decided, with the words for it; the last takes a decision back.
const DECISIONS: [(&str, &str); 4] = [
    ("accepted", "accept until a day"),
    ("false-positive", "false positive"),
    ("wont-fix", "won't fix"),
    ("", "take the review back"),
];

/// The words for a decision.
pub fn words(state: ReviewState) -> &'static str {
    match state {
        ReviewState::Accepted => "accepted",
        ReviewState::FalsePositive => "false positive",
        ReviewState::WontFix => "won't fix",
    }
}

/// A box to choose a finding with; nothing where nothing can be decided.
pub fn choose(finding: &FindingRow) -> Option<AnyView> {
    let Chosen(chosen) = use_context::<Chosen>()?;
    let is_decided_elsewhere = finding.review.as_ref().is_some_and(|review| review.is_from_settings);
    if !LinkMode::here().is_live() || finding.state == FindingState::Fixed || is_decided_elsewhere {
        return None;
    }
    let id = finding.id;
    let change = move |event: leptos::ev::Event| {
        let is_chosen = event_target_checked(&event);
        chosen.update(|chosen| {
            if is_chosen {
                chosen.insert(id)
            } else {
                chosen.remove(&id)
            };
        });
    };
    let label = format!("Choose: {}", text::shorten(&text::line(&finding.message), 80));
    Some(
        view! {
            <input type="checkbox" class="choose" aria-label=label
                prop:checked=move || chosen.read().contains(&id) on:change=change />
        }
        .into_any(),
    )
}

/// What was decided about a finding, until when and why.
pub fn decision(review: &ReviewInfo) -> AnyView {
    let until = review.until.as_ref().map(|day| format!(" until {}", text::line(day)));
    let place = review.is_from_settings.then_some(" (plimsoll.toml)");
    view! {
        <span class="second"><b>{words(review.state)}</b>{until}{place} ": " {text::line(&review.reason).into_owned()}</span>
    }
    .into_any()
}

/// What is typed into the form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Typed {
    /// One of [`DECISIONS`].
    pub decision: String,
    /// The reason.
    pub reason: String,
    /// The last day, or nothing.
    pub until: String,
}

/// The body of a request: the decision, for the chosen findings or, without any, for all of a run that match.
pub fn body(typed: &Typed, chosen: &BTreeSet<u64>, run: u64, filters: &[(&str, String)]) -> String {
    let mut parts = Vec::new();
    if !typed.decision.is_empty() {
        let mut review =
            format!("{{\"state\":{},\"reason\":{}", quote(&typed.decision), quote(typed.reason.trim()));
        if !typed.until.is_empty() {
            review.push_str(&format!(",\"until\":{}", quote(&typed.until)));
        }
        parts.push(format!("\"review\":{review}}}"));
    }
    if chosen.is_empty() {
        let given: Vec<String> = filters
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{}:{}", quote(name), quote(value)))
            .collect();
        parts.push(format!("\"run\":{run},\"filter\":{{{}}}", given.join(",")));
    } else {
        let ids: Vec<String> = chosen.iter().map(u64::to_string).collect();
        parts.push(format!("\"ids\":[{}]", ids.join(",")));
    }
    format!("{{{}}}", parts.join(","))
}

/// The form. `module` is the module whose page the list stands on.
pub fn form(project: &str, run: u64, module: Option<Signal<String>>) -> AnyView {
    let Some(Chosen(chosen)) = use_context::<Chosen>() else { return ().into_any() };
    let place = Place::here();
    let session = use_context::<Session>();
    let url = api::resource(project, "findings/review", &[]);
    let typed = RwSignal::new(Typed { decision: "accepted".to_owned(), ..Typed::default() });
    let said = RwSignal::new(None::<Result<String, Problem>>);
    let is_sending = RwSignal::new(false);
    let send = Callback::new(move |only_chosen: bool| {
        let filters: Vec<(&str, String)> = FILTERS
            .into_iter()
            .filter(|name| module.is_none() || *name != "path")
            .map(|name| match (name, module) {
                ("module", Some(module)) => (name, module.get_untracked()),
                _ => (name, untrack(|| place.query(name))),
            })
            .collect();
        let ids = if only_chosen { chosen.get_untracked() } else { BTreeSet::new() };
        is_sending.set(true);
        let then = move |answer: Result<Data, Problem>| {
            is_sending.try_set(false);
            match answer.map(|data| data.downcast::<ReviewAnswer>()) {
                Ok(Ok(answer)) => {
                    chosen.try_update(BTreeSet::clear);
                    let count = format::counted(answer.reviews, "review", "reviews");
                    said.try_set(Some(Ok(format!("Saved: {count}."))));
                    // Everything on the screen counts anew.
                    if let Some(session) = session {
                        session.0.update(|version| *version += 1);
                    }
                }
                Ok(Err(_)) => {}
                Err(problem) => {
                    said.try_set(Some(Err(problem)));
                }
            }
        };
        let body = body(&typed.read_untracked(), &ids, run, &filters);
        api::send("POST", &url, &body, api::reading::<ReviewAnswer>, Box::new(then));
    });
    let options = DECISIONS.map(|(value, text)| view! { <option value=value>{text}</option> }).collect_view();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !chosen.read_untracked().is_empty() {
            send.run(true);
        }
    };
    let takes_back = move || typed.read().decision.is_empty();
    let none_chosen = move || chosen.read().is_empty() || is_sending.get();
    let is_ready = move || {
        let typed = typed.read();
        typed.decision.is_empty() || !typed.reason.trim().is_empty()
    };
    let answer = move || match said.get() {
        Some(Ok(text)) => view! { <p class="good" role="status">"✓ " {text}</p> }.into_any(),
        Some(Err(problem)) if problem.wants_token() => {
            panels::stale(&problem, Callback::new(move |()| said.set(None)))
        }
        Some(Err(problem)) => {
            view! { <p class="bad" role="alert">"✕ " {problem.error.message}</p> }.into_any()
        }
        None => ().into_any(),
    };
    view! {
        <details class="review">
            <summary>"Review findings"</summary>
            <p class="quiet">"Choose findings in the list, or review all that match the filters. A review holds for every run until its last day; no name is kept."</p>
            <form class="controls" on:submit=submit>
                <label class="choice"><span>"Decision"</span>
                    <select on:change=move |event| typed.update(|typed| typed.decision = event_target_value(&event))>{options}</select>
                </label>
                <label class="choice"><span>"Reason"</span>
                    <input type="text" maxlength="2000" disabled=takes_back
                        on:input=move |event| typed.update(|typed| typed.reason = event_target_value(&event)) />
                </label>
                <label class="choice"><span>"Until"</span>
                    <input type="date" disabled=takes_back
                        on:input=move |event| typed.update(|typed| typed.until = event_target_value(&event)) />
                </label>
                <button type="submit" disabled=move || none_chosen() || !is_ready()>
                    {move || format!("Review {} chosen", chosen.read().len())}
                </button>
                <button type="button" disabled=move || is_sending.get() || !is_ready() on:click=move |_| send.run(false)>
                    "Review all that match"
                </button>
                <button type="button" disabled=none_chosen on:click=move |_| chosen.update(BTreeSet::clear)>"Choose none"</button>
            </form>
            {answer}
        </details>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use plimsoll_api::ReviewRequest;

    use super::*;

    fn read(text: &str) -> ReviewRequest {
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    #[test]
    fn what_is_sent_is_what_the_server_reads() {
        let typed = Typed {
            decision: "accepted".to_owned(),
            reason: " \"waits\"\n\\ for\u{1} ü ".to_owned(),
            until: "2026-12-31".to_owned(),
        };
        let request = read(&body(&typed, &BTreeSet::from([3, 9]), 7, &[("tool", "ruff".to_owned())]));
        let review = request.review.unwrap();
        assert_eq!((review.state, review.until.as_deref()), (ReviewState::Accepted, Some("2026-12-31")));
        assert_eq!(review.reason, "\"waits\"\n\\ for\u{1} ü");
        assert_eq!((request.ids, request.run), (vec![3, 9], None));

        let filters = [("tool", "ruff \"x\"".to_owned()), ("q", String::new())];
        let request = read(&body(&Typed::default(), &BTreeSet::new(), 7, &filters));
        assert_eq!((request.review, request.run), (None, Some(7)));
        let filter = request.filter.unwrap();
        assert_eq!((filter.tool.as_deref(), filter.q), (Some("ruff \"x\""), None));
    }

    #[test]
    fn every_decision_is_one_of_the_contract() {
        for (word, _) in DECISIONS.iter().filter(|(word, _)| !word.is_empty()) {
            assert!(ReviewState::from_word(word).is_some(), "{word}");
        }
        for name in FILTERS {
            read(&body(&Typed::default(), &BTreeSet::new(), 1, &[(name, "x".to_owned())]));
        }
    }
}
