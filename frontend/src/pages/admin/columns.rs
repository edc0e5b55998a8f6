use leptos::prelude::*;
use plimsoll_api::{AuditInfo, QueuedUpload, ReasonCount, TokenInfo};

use crate::components::table::Column;
use crate::components::time::time;
use crate::format;
use crate::link::{Scope, link};
use crate::route::ProjectRoute;
use crate::text;

pub fn reasons() -> Vec<Column<ReasonCount>> {
    vec![
        Column::text("reason", "Reason", |row: &ReasonCount, _: &Scope| {
            text::line(reason(&row.reason)).into_owned().into_any()
        }),
        Column::text("stays", "They", |row: &ReasonCount, _: &Scope| {
            (if row.is_kept { "stay" } else { "go" }).into_any()
        }),
        Column::number("runs", "Runs", |row: &ReasonCount, _: &Scope| format::count(row.runs).into_any()),
    ]
}

fn reason(word: &str) -> &str {
    match word {
        "protected" => "protected",
        "tagged" => "has a tag",
        "processing" => "still being read",
        "newest" => "among the newest of its branch",
        "recent" => "young",
        "baseline" => "another run is compared with it",
        "daily" => "the last of its day",
        "weekly" => "the last of its week",
        "monthly" => "the last of its month",
        "thinned" => "another run stands for its day, week or month",
        "branch" => "its pull request or branch is over",
        "age" => "older than anything is kept",
        other => other,
    }
}

pub fn queue() -> Vec<Column<QueuedUpload>> {
    vec![
        Column::text("upload", "Upload", |row: &QueuedUpload, _: &Scope| {
            let name = if row.name.is_empty() { format!("upload {}", row.upload) } else { row.name.clone() };
            text::line(&name).into_owned().into_any()
        }),
        Column::text("run", "Run", |row: &QueuedUpload, _: &Scope| {
            let path = ProjectRoute::Run(row.run).path(&row.project);
            link(path, "", format!("{} #{}", text::line(&row.project), row.run))
        }),
        Column::text("state", "State", |row: &QueuedUpload, _: &Scope| {
            let state = if row.is_being_read { "being read" } else { "waits" };
            match row.attempts {
                0 | 1 => state.to_owned(),
                attempts => format!("{state}, attempt {attempts}"),
            }
            .into_any()
        }),
        Column::number("bytes", "Size", |row: &QueuedUpload, _: &Scope| format::bytes(row.bytes).into_any()),
        Column::number("when", "Received", |row: &QueuedUpload, _: &Scope| time(row.received_at)),
    ]
}

pub fn tokens() -> Vec<Column<TokenInfo>> {
    vec![
        Column::number("id", "Token", |row: &TokenInfo, _: &Scope| row.id.to_string().into_any()),
        Column::text("for", "Opens", |row: &TokenInfo, _: &Scope| match &row.project {
            Some(project) => text::line(project).into_owned().into_any(),
            None => "all projects".into_any(),
        }),
        Column::text("label", "Label", |row: &TokenInfo, _: &Scope| {
            text::line(&row.label).into_owned().into_any()
        }),
        Column::number("when", "Made", |row: &TokenInfo, _: &Scope| time(row.created_at)),
    ]
}

pub fn audit() -> Vec<Column<AuditInfo>> {
    vec![
        Column::number("when", "When", |row: &AuditInfo, _: &Scope| time(row.at)),
        Column::text("what", "What", |row: &AuditInfo, _: &Scope| {
            text::line(action(&row.action)).into_owned().into_any()
        }),
        Column::text("subject", "To what", |row: &AuditInfo, _: &Scope| {
            text::line(&row.subject).into_owned().into_any()
        }),
    ]
}

fn action(word: &str) -> &str {
    match word {
        "project_made" => "project made",
        "token_made" => "token made",
        "token_revoked" => "token revoked",
        "run_protected" => "run protected",
        "run_released" => "run released",
        "pruned" => "old runs dropped",
        "reparsed" => "uploads read again",
        "review_changed" => "findings reviewed",
        other => other,
    }
}
