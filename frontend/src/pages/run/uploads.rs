//! The uploads of a run: what was in each, how its paths matched, and every warning.

use leptos::prelude::*;
use plimsoll_api::{Counted, PathMatches, ReportInfo, UploadInfo, UploadState};

use crate::components::badge;
use crate::components::panels;
use crate::components::time::time;
use crate::format;
use crate::link::{LinkMode, Scope, link};
use crate::route::ProjectRoute;
use crate::text;

/// The uploads.
pub fn uploads(uploads: &[UploadInfo], scope: &Scope) -> AnyView {
    if uploads.is_empty() {
        return panels::empty(
            "Nothing was uploaded yet.",
            "The run was announced; its reports are on their way.",
        );
    }
    let items = uploads.iter().map(|it| upload(it, scope)).collect_view();
    view! { <ul class="uploads">{items}</ul> }.into_any()
}

fn upload(upload: &UploadInfo, scope: &Scope) -> AnyView {
    let mut marks = vec![];
    if let Some(category) = &upload.category {
        marks.push(text::line(category).into_owned());
    }
    marks.extend(upload.flags.iter().map(|flag| format!("flag {}", text::line(flag))));
    if let Some(shard) = &upload.shard {
        marks.push(format!("shard {}", text::line(shard)));
    }
    marks.push(format::bytes(upload.bytes));
    let error = upload.error.as_ref().map(|error| {
        view! {
            <p class="bad"><span aria-hidden="true">"✕ "</span>{text::line(&error.message).into_owned()} " " <code>{text::line(&error.code).into_owned()}</code></p>
            {error.hint.as_ref().map(|hint| view! { <p>{text::line(hint).into_owned()}</p> })}
        }
    });
    let state = (upload.state != UploadState::Stored).then(|| badge::upload_state(upload.state));
    let duplicate = upload.is_duplicate.then(|| view! { <span class="quiet">"the same bytes again"</span> });
    view! {
        <li>
            <p class="upload-line">
                <b>{text::line(&upload.name).into_owned()}</b> " "
                <span class="quiet">{marks.join(" · ")} " · " {time(upload.received_at)}</span> " "
                {state} " " {duplicate}
            </p>
            {error}
            {upload.reports.iter().map(|it| report(it, upload)).collect_view()}
            {upload.paths.as_ref().and_then(|paths| matches(paths, upload.id, scope))}
        </li>
    }
    .into_any()
}

fn report(report: &ReportInfo, upload: &UploadInfo) -> AnyView {
    let name = (report.name != upload.name)
        .then(|| view! { <span>{text::line(&report.name).into_owned()} " "</span> });
    let warnings = report
        .warnings
        .iter()
        .map(|warning| {
            view! {
                <li>
                    <span class="warn" aria-hidden="true">"◐ "</span>
                    <code>{text::line(&warning.code).into_owned()}</code> " " {format::count(warning.count)} "×: "
                    {text::line(&warning.message).into_owned()}
                </li>
            }
        })
        .collect_view();
    let has_warnings = !report.warnings.is_empty();
    view! {
        <p>{name}<code>{text::line(&report.format).into_owned()}</code> " " {said(&report.counted)}</p>
        {has_warnings.then(|| view! { <ul class="warnings" aria-label="Warnings">{warnings}</ul> })}
    }
    .into_any()
}

/// What was counted, in words.
pub fn said(counted: &Counted) -> String {
    let mut said = vec![];
    if let Some(tests) = counted.tests {
        let mut words = format::counted(tests.total, "test", "tests");
        if tests.failing() > 0 {
            words.push_str(&format!(", {} failing", format::count(tests.failing())));
        }
        if tests.skipped > 0 {
            words.push_str(&format!(", {} skipped", format::count(tests.skipped)));
        }
        said.push(format!("{words}, {}", format::duration(tests.duration_ms)));
    }
    if let Some(coverage) = counted.coverage {
        let files = format::counted(coverage.files, "file", "files");
        let percent =
            coverage.line_percent().map(|percent| format!(", {} of lines", format::percent(percent)));
        said.push(format!("{files}{}", percent.unwrap_or_default()));
    }
    if let Some(findings) = counted.findings {
        let mut words = format::counted(findings.total, "finding", "findings");
        if findings.suppressed > 0 {
            words.push_str(&format!(", {} suppressed", format::count(findings.suppressed)));
        }
        said.push(words);
    }
    if let Some(churn) = counted.churn {
        said.push(format!(
            "{} in {}",
            format::counted(churn.changes, "change", "changes"),
            format::counted(churn.commits, "commit", "commits")
        ));
    }
    if let Some(diff) = counted.diff {
        said.push(format!(
            "{} in {}",
            format::counted(diff.changed_lines, "changed line", "changed lines"),
            format::counted(diff.files, "file", "files")
        ));
    }
    if let Some(files) = counted.listed_files {
        said.push(format!("a list of {}", format::counted(files, "file", "files")));
    }
    if said.is_empty() { "nothing was counted".to_owned() } else { said.join("; ") }
}

fn matches(paths: &PathMatches, upload: u64, scope: &Scope) -> Option<AnyView> {
    if paths.matched + paths.missed() == 0 && !paths.without_file_list {
        return None;
    }
    if paths.missed() == 0 {
        return Some(view! { <p class="quiet">{super::paths::said(paths)}</p> }.into_any());
    }
    let page = scope.page(ProjectRoute::Upload(upload), &[]);
    let which = LinkMode::here().is_live().then(|| link(page, "", "Which, and why"));
    Some(view! { {super::paths::summary(paths)} <p>{which}</p> }.into_any())
}

#[cfg(test)]
mod tests {
    use plimsoll_api::{ChurnCounts, Counted, CoverageCounts, TestCounts};

    use super::said;
    use crate::format::NARROW;

    #[test]
    fn counts_are_said_in_words() {
        let tests =
            TestCounts { total: 1200, passed: 1197, failed: 2, errored: 0, skipped: 1, duration_ms: 12_345 };
        let coverage =
            CoverageCounts { files: 1, lines: 10, lines_covered: 5, branches: 0, branches_covered: 0 };
        let churn = ChurnCounts { commits: 1, changes: 7 };
        let counted = Counted {
            tests: Some(tests),
            coverage: Some(coverage),
            churn: Some(churn),
            ..Counted::default()
        };
        assert_eq!(
            said(&counted).replace(NARROW, " "),
            "1,200 tests, 2 failing, 1 skipped, 12.3 s; 1 file, 50.0 % of lines; 7 changes in 1 commit"
        );
        assert_eq!(said(&Counted::default()), "nothing was counted");
    }
}
