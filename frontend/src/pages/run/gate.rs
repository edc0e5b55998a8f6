//! The gate: each rule with both sides, what fails first.

use leptos::prelude::*;
use plimsoll_api::{GatePage, GateRule, GateStanding, GateSummary, Tone};

use crate::components::table::{Column, SortKey, Table, table};
use crate::components::{badge, panels};
use crate::format;
use crate::link::{Scope, link};
use crate::text;

/// The gate in a word, with how many rules stand how.
pub fn chip(summary: &GateSummary) -> AnyView {
    match summary.standing {
        Some(standing) => badge_of(standing, said(summary)),
        None => badge::badge(Tone::Neutral, "·", "no gate set"),
    }
}

fn said(summary: &GateSummary) -> String {
    let mut parts = vec![];
    if summary.failed > 0 {
        parts.push(format!(
            "gate fails: {} of {}",
            format::count(summary.failed),
            format::count(all(summary))
        ));
    } else if summary.passed > 0 {
        parts.push(format!("gate passes: {}", format::count(summary.passed)));
    } else {
        parts.push("gate".to_owned());
    }
    if summary.not_enough_data > 0 {
        parts.push(format!("{} without enough data", format::count(summary.not_enough_data)));
    }
    parts.join(", ")
}

fn all(summary: &GateSummary) -> u64 {
    summary.passed + summary.failed + summary.not_enough_data
}

fn badge_of(standing: GateStanding, text: String) -> AnyView {
    match standing {
        GateStanding::Pass => badge::badge(Tone::Good, "✓", text),
        GateStanding::Fail => badge::badge(Tone::Bad, "✕", text),
        GateStanding::NotEnoughData => badge::badge(Tone::Warn, "◐", text),
    }
}

fn word(standing: GateStanding) -> &'static str {
    match standing {
        GateStanding::Pass => "pass",
        GateStanding::Fail => "fail",
        GateStanding::NotEnoughData => "not enough data",
    }
}

/// The section of a run's page.
pub fn section(gate: &GatePage, scope: &Scope) -> AnyView {
    let content = match gate.summary.standing {
        None => {
            let hint = gate.hint.clone().unwrap_or_default();
            panels::empty(
                "No gate is set.",
                hint.strip_prefix("No gate is set. ").unwrap_or(&hint).to_owned(),
            )
        }
        Some(_) => {
            let hidden = all(&gate.summary).saturating_sub(gate.rules.len() as u64);
            let more = (hidden > 0).then(|| {
                let answers = format::counted(hidden, "more answer", "more answers");
                view! { <p class="more">{format!("and {answers}; the API and `plimsoll gate` have them all")}</p> }
            });
            view! { {table(spec(), gate.rules.clone(), scope)} {more} }.into_any()
        }
    };
    view! {
        <section aria-labelledby="gate">
            <h2 id="gate">"Gate " {chip(&gate.summary)}</h2>
            {content}
        </section>
    }
    .into_any()
}

fn spec() -> Table<GateRule> {
    Table {
        caption: "The rules of the gate with what was measured and what is demanded",
        columns: columns(),
        sort_param: "",
        initial: "",
        filter: None,
        near_end: None,
    }
}

fn side(text: Option<&String>) -> AnyView {
    match text {
        Some(text) => view! { <span>{text::line(text).into_owned()}</span> }.into_any(),
        None => view! { <span class="quiet">"–"</span> }.into_any(),
    }
}

fn columns() -> Vec<Column<GateRule>> {
    vec![
        Column::text("rule", "Rule", |rule: &GateRule, scope: &Scope| {
            let module = rule.module.as_ref().map(|module| {
                let module = link(scope.module(module), "", text::line(module).into_owned());
                view! { <span class="second">{module}</span> }
            });
            view! { <code>{text::line(&rule.rule).into_owned()}</code> {module} }.into_any()
        })
        .sort(|rule| SortKey::text(&rule.rule)),
        Column::text("standing", "Standing", |rule: &GateRule, _: &Scope| {
            badge_of(rule.standing, word(rule.standing).to_owned())
        }),
        Column::text("found", "Is", |rule: &GateRule, _: &Scope| side(rule.found.as_ref())).detail(),
        Column::text("wanted", "Wanted", |rule: &GateRule, _: &Scope| match (&rule.wanted, rule.standing) {
            // Without two sides, the reason is what there is to say.
            (Some(wanted), _) => side(Some(wanted)),
            (None, _) => side(Some(&rule.reason)),
        })
        .detail(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gate_is_said_in_a_few_words() {
        let summary =
            |passed, failed, not_enough_data| GateSummary { standing: None, passed, failed, not_enough_data };
        assert_eq!(said(&summary(3, 0, 0)), "gate passes: 3");
        assert_eq!(said(&summary(3, 1, 0)), "gate fails: 1 of 4");
        assert_eq!(said(&summary(3, 0, 2)), "gate passes: 3, 2 without enough data");
        assert_eq!(said(&summary(0, 0, 2)), "gate, 2 without enough data");
    }
}
