//! What stands as it was, because nobody uploaded it this time.

use leptos::prelude::*;
use plimsoll_api::CarriedPart;

use crate::format;
use crate::link::{Scope, link};
use crate::text;

/// The parts; nothing where all were uploaded.
pub fn carried(parts: &[CarriedPart], scope: &Scope) -> Option<AnyView> {
    if parts.is_empty() {
        return None;
    }
    let items = parts
        .iter()
        .map(|part| {
            view! {
                <li>
                    <b>{text::line(&part.name).into_owned()}</b> " as of "
                    {link(scope.run(part.run), "", format!("#{}", part.run))} ", " {age(part)} ": " {holds(part)}
                </li>
            }
        })
        .collect_view();
    Some(
        view! {
            <section aria-labelledby="carried">
                <h2 id="carried">"Carried forward"</h2>
                <p>"These parts were not uploaded this time. They stand as they were; nothing in them counts as fixed, removed or lost."</p>
                <ul class="uploads">{items}</ul>
            </section>
        }
        .into_any(),
    )
}

fn age(part: &CarriedPart) -> String {
    let runs = format::counted(u64::from(part.runs_ago), "run", "runs");
    match part.days_ago {
        0 => format!("{runs} ago, on the same day"),
        days => format!("{runs} and {} ago", format::counted(u64::from(days), "day", "days")),
    }
}

fn holds(part: &CarriedPart) -> String {
    let mut said = vec![];
    if part.tests > 0 {
        let failing = if part.failing > 0 {
            format!(", {} failing", format::count(part.failing))
        } else {
            String::new()
        };
        said.push(format!("{}{failing}", format::counted(part.tests, "test", "tests")));
    }
    if part.covered_files > 0 {
        said.push(format!("coverage of {}", format::counted(part.covered_files, "file", "files")));
    }
    if part.findings > 0 {
        said.push(format::counted(part.findings, "finding", "findings"));
    }
    if said.is_empty() { "nothing that this run has not".to_owned() } else { said.join("; ") }
}

#[cfg(test)]
mod tests {
    use plimsoll_api::CarriedPart;

    use super::{age, holds};

    #[test]
    fn age_and_content_are_said_in_words() {
        let part = CarriedPart {
            name: "e2e".to_owned(),
            run: 7,
            runs_ago: 1,
            days_ago: 0,
            tests: 12,
            failing: 1,
            covered_files: 0,
            findings: 1,
            rows: vec![],
        };
        assert_eq!(age(&part), "1 run ago, on the same day");
        assert_eq!(holds(&part), "12 tests, 1 failing; 1 finding");
        let old = CarriedPart { runs_ago: 3, days_ago: 2, tests: 0, findings: 0, ..part };
        assert_eq!(age(&old), "3 runs and 2 days ago");
        assert_eq!(holds(&old), "nothing that this run has not");
    }
}
