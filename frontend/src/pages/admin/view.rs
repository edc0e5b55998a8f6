use leptos::prelude::*;
use plimsoll_api::{AdminPage, ProjectStorage, RetentionInfo, StoragePage};

use super::columns;
use crate::components::gauge::gauge;
use crate::components::table::{Column, Table, table};
use crate::format;
use crate::link::Scope;
use crate::text;

/// What the room is spent on: the folder, then each project.
pub fn storage(page: &StoragePage) -> AnyView {
    let total = page.database_bytes + page.spool_bytes + page.raw_bytes;
    let parts = [
        ("Database", page.database_bytes, "the history"),
        ("of which free", page.free_bytes, "used for what comes next, or given back"),
        ("Uploads as they came", page.raw_bytes, "kept so that a newer parser can read them again"),
        ("Spool", page.spool_bytes, "acknowledged and not read yet"),
    ];
    let rows = parts
        .into_iter()
        .map(|(name, bytes, what)| bar(name.to_owned(), bytes, total, what.to_owned()))
        .collect_view();
    let projects = page.projects.iter().map(project).collect_view();
    view! {
        <section aria-labelledby="storage">
            <h2 id="storage">"Storage"</h2>
            {bars("The data folder", rows.into_any())}
        </section>
        {projects}
    }
    .into_any()
}

fn project(project: &ProjectStorage) -> AnyView {
    let rows = project
        .parts
        .iter()
        .map(|part| {
            let freed = match part.bytes_to_free {
                0 => String::new(),
                bytes => format!("{} would be freed", format::bytes(bytes)),
            };
            bar(name(&part.name).to_owned(), part.bytes, project.bytes, freed)
        })
        .collect_view();
    let title = text::line(&project.project).into_owned();
    let says = if project.runs_to_drop == 0 {
        format!("{} runs, {}; all of them stay.", format::count(project.runs), format::bytes(project.bytes))
    } else {
        format!(
            "{} runs, {}; retention drops {} runs next and frees {}.",
            format::count(project.runs),
            format::bytes(project.bytes),
            format::count(project.runs_to_drop),
            format::bytes(project.bytes_to_free)
        )
    };
    view! {
        <section>
            <h2>{title.clone()}</h2>
            <p>{says} " " <span class="quiet">{rules(&project.retention)}</span></p>
            {bars("What its history is spent on", rows.into_any())}
            {list("Why its runs stay or go", columns::reasons(), &project.reasons)}
        </section>
    }
    .into_any()
}

/// What is going on: the queue, the tokens, the audit log.
pub fn activity(page: &AdminPage) -> AnyView {
    let queue = if page.queue.is_empty() {
        view! { <p>"Nothing waits."</p> }.into_any()
    } else {
        list("Uploads that wait or are being read", columns::queue(), &page.queue)
    };
    let tokens = if page.tokens.is_empty() {
        view! { <p>"There are no tokens: nobody can upload. " <code>"plimsoll token create"</code> " makes one."</p> }
            .into_any()
    } else {
        list("Tokens, without what they open", columns::tokens(), &page.tokens)
    };
    view! {
        <section>
            <h2>"Queue"</h2>
            <p>{format!("{} uploads wait or are being read.", format::count(page.waiting))}</p>
            {queue}
        </section>
        <section>
            <h2>"Tokens"</h2>
            {tokens}
        </section>
        <section>
            <h2>"What was done"</h2>
            {list("What was done last, never by whom", columns::audit(), &page.audit)}
        </section>
    }
    .into_any()
}

fn list<T: Clone + Send + Sync + 'static>(
    caption: &'static str,
    columns: Vec<Column<T>>,
    rows: &[T],
) -> AnyView {
    let spec = Table { caption, columns, sort_param: "", initial: "", filter: None, near_end: None };
    table(spec, rows.to_vec(), &Scope::default())
}

fn bars(caption: &'static str, rows: AnyView) -> AnyView {
    view! {
        <table class="list">
            <caption class="sr">{caption}</caption>
            <thead>
                <tr>
                    <th scope="col">"What"</th>
                    <th scope="col" class="number">"Size"</th>
                    <th scope="col">"Share"</th>
                    <th scope="col"></th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

#[expect(clippy::cast_precision_loss, reason = "a share of bytes for a bar of a hundred pixels")]
fn bar(name: String, bytes: u64, all: u64, note: String) -> AnyView {
    let share = if all == 0 { 0.0 } else { bytes as f64 * 100.0 / all as f64 };
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td class="number">{format::bytes(bytes)}</td>
            <td>{gauge(share, None)}</td>
            <td class="quiet">{note}</td>
        </tr>
    }
    .into_any()
}

/// A part in words.
fn name(part: &str) -> &str {
    match part {
        "durations" => "Durations of tests",
        "tests" => "Outcomes of tests",
        "texts" => "Texts of failures",
        "coverage" => "Coverage",
        "sources" => "Source texts",
        "findings" => "Findings",
        "lists" => "File lists and commits",
        "dictionaries" => "Names and messages",
        "unneeded" => "Needed by no run",
        other => other,
    }
}

/// The rules of retention in a sentence.
pub fn rules(retention: &RetentionInfo) -> String {
    let last = match retention.monthly_days {
        Some(days) => format!("one a month for {days} days"),
        None => "one a month for ever".to_owned(),
    };
    format!(
        "All runs are kept for {} days, one a day for {}, one a week for {}, {last}; those of pull requests and of \
         branches that nobody works on for {}. Protected and tagged runs stay.",
        retention.all_days, retention.daily_days, retention.weekly_days, retention.branch_days
    )
}

#[cfg(test)]
mod tests {
    use plimsoll_api::{ReasonCount, StoragePart, TokenInfo};

    use super::*;
    use crate::components::time::Now;
    use crate::place::Place;

    fn render(view: impl FnOnce() -> AnyView) -> String {
        Owner::new().with(|| {
            provide_context(Now(Some(plimsoll_api::Timestamp(1_772_352_900))));
            provide_context(Place::of("/admin", ""));
            view().to_html().replace("<!>", "")
        })
    }

    fn page() -> StoragePage {
        StoragePage {
            database_bytes: 5_000_000,
            free_bytes: 0,
            spool_bytes: 0,
            raw_bytes: 1_000,
            projects: vec![ProjectStorage {
                project: "<shop>".to_owned(),
                runs: 2_000,
                runs_to_drop: 12,
                bytes: 4_000_000,
                bytes_to_free: 1_000,
                parts: vec![StoragePart {
                    name: "durations".to_owned(),
                    bytes: 3_000_000,
                    bytes_to_free: 1_000,
                }],
                reasons: vec![ReasonCount { reason: "recent".to_owned(), is_kept: true, runs: 1_988 }],
                retention: RetentionInfo {
                    all_days: 30,
                    daily_days: 91,
                    weekly_days: 365,
                    monthly_days: None,
                    branch_days: 30,
                },
            }],
        }
    }

    #[test]
    fn the_storage_says_what_would_go() {
        let html = render(|| storage(&page()));
        assert!(
            html.contains("retention drops 12 runs next") && html.contains("Durations of tests"),
            "{html}"
        );
        assert!(html.contains("&lt;shop&gt;") && !html.contains("<shop>"), "{html}");
        assert!(html.contains("one a month for ever") && !html.contains(" style="), "{html}");
    }

    #[test]
    fn a_server_without_tokens_says_what_to_do() {
        let html = render(|| activity(&AdminPage::default()));
        assert!(html.contains("plimsoll token create") && html.contains("Nothing waits."), "{html}");
        let token = TokenInfo { id: 3, label: "ci".to_owned(), ..TokenInfo::default() };
        let page = AdminPage { tokens: vec![token], ..AdminPage::default() };
        let html = render(|| activity(&page));
        assert!(html.contains("all projects"), "{html}");
    }
}
