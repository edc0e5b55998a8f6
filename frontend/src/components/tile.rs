//! Tiles: a name, a number, and what is to be said about it.

use leptos::prelude::*;
use plimsoll_api::{ChangeCounts, FindingCounts, Measures};
use plimsoll_model::Severity;

use crate::components::change;
use crate::format;

/// The addresses that the tiles lead to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TileLinks {
    /// Tests.
    pub tests: String,
    /// Files with their coverage.
    pub coverage: String,
    /// Static analysis.
    pub code: String,
    /// Security.
    pub security: String,
}

/// The four tiles of a project, a module or a run.
pub fn tiles(measures: &Measures, changes: Option<ChangeCounts>, links: Option<&TileLinks>) -> AnyView {
    let changes = changes.unwrap_or_default();
    let to = |pick: fn(&TileLinks) -> &String| links.map(|links| pick(links).clone());
    let tests = measures.tests.map(|tests| {
        let failing = match (tests.failing(), changes.newly_failing) {
            (0, _) => view! { <span class="good">"✓ none fails"</span> }.into_any(),
            (failing, Some(new)) if new > 0 => {
                view! { <span class="bad">"✕ " {format::count(failing)} " failing, " {format::count(new)} " new"</span> }.into_any()
            }
            (failing, _) => view! { <span class="bad">"✕ " {format::count(failing)} " failing"</span> }.into_any(),
        };
        let flaky = measures.flaky.filter(|flaky| *flaky > 0).map(|flaky| {
            view! { " · " <span class="warn">"≈ " {format::count(flaky)} " flaky"</span> }
        });
        let skipped = (tests.skipped > 0)
            .then(|| view! { " · " {format::count(tests.skipped)} " skipped" });
        (format::count(tests.total), view! { {failing}{flaky}{skipped} }.into_any())
    });
    let coverage = measures.coverage.and_then(|coverage| {
        let branches = coverage
            .branch_percent()
            .map(|percent| view! { <span>"branches " {format::percent(percent)}</span> });
        let change = change::coverage(changes.coverage_centipoints);
        let dot = (change.is_some() && branches.is_some()).then_some(" · ");
        Some((format::percent(coverage.line_percent()?), view! { {change}{dot}{branches} }.into_any()))
    });
    let findings = |counts: Option<FindingCounts>, new, fixed| {
        counts.map(|counts| {
            let change = change::findings(new, fixed);
            let worst = worst(&counts);
            let dot = (change.is_some() && !worst.is_empty()).then_some(" · ");
            (format::count(counts.total), view! { {change}{dot}{worst} }.into_any())
        })
    };
    let code = findings(measures.code, changes.new_code, changes.fixed_code);
    let security = findings(measures.security, changes.new_security, changes.fixed_security);
    view! {
        <dl class="tiles">
            {tile("Tests", tests, to(|links| &links.tests))}
            {tile("Line coverage", coverage, to(|links| &links.coverage))}
            {tile("Static analysis", code, to(|links| &links.code))}
            {tile("Security", security, to(|links| &links.security))}
        </dl>
    }
    .into_any()
}

fn tile(label: &'static str, content: Option<(String, AnyView)>, href: Option<String>) -> AnyView {
    let (value, note) = match content {
        Some((value, note)) => {
            let value = match href {
                Some(href) => crate::link::link(href, "", value),
                None => value.into_any(),
            };
            (value, note)
        }
        None => (
            view! { <span class="quiet">"–"</span> }.into_any(),
            view! { <span class="quiet">"no report"</span> }.into_any(),
        ),
    };
    view! {
        <div class="tile">
            <dt>{label}</dt>
            <dd class="value">{value}</dd>
            <dd class="note">{note}</dd>
        </div>
    }
    .into_any()
}

/// The two worst severities there are, in words: `1 critical · 2 high`.
pub fn worst(counts: &FindingCounts) -> String {
    let severities = &counts.by_severity;
    Severity::ALL
        .into_iter()
        .map(|severity| (severities.of(severity), severity.as_str()))
        .filter(|(count, _)| *count > 0)
        .take(2)
        .map(|(count, word)| format!("{} {word}", format::count(count)))
        .collect::<Vec<_>>()
        .join(" · ")
}

#[cfg(test)]
mod tests {
    use plimsoll_api::{FindingCounts, SeverityCounts};

    #[test]
    fn the_worst_come_first() {
        let by_severity = SeverityCounts { critical: 1, medium: 1200, low: 3, ..Default::default() };
        let counts = FindingCounts { total: 1204, by_severity, suppressed: 0 };
        assert_eq!(super::worst(&counts), "1 critical · 1,200 medium");
        assert_eq!(super::worst(&FindingCounts::default()), "");
    }
}
