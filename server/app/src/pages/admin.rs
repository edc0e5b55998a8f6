//! What a server is doing, and what its room is spent on.

use std::path::Path;

use plimsoll_analysis::retention::Policy;
use plimsoll_api::{
    AdminPage, AuditInfo, ProjectStorage, QueuedUpload, ReasonCount, RetentionInfo, StoragePage, StoragePart,
    Timestamp, TokenInfo,
};
use plimsoll_store::{Holding, ProjectId, Reader, UploadState};

use super::{PageCache, PageError, Scope, own_policy, plan_retention};

/// Rows of the queue and of the audit log, at most.
const ROWS: usize = 100;

/// What a server is doing, and who may send it reports.
///
/// # Errors
/// Where the store fails.
pub fn find_admin(reader: &Reader<'_>) -> Result<AdminPage, PageError> {
    let projects = reader.list_projects()?;
    let name = |id: ProjectId| {
        projects
            .iter()
            .find(|project| project.id == id)
            .map(|project| project.name.clone())
            .unwrap_or_default()
    };
    let queue = reader.list_waiting(ROWS)?.into_iter().map(|upload| QueuedUpload {
        project: name(upload.project),
        run: upload.received.run.0,
        upload: upload.id.0,
        name: upload.received.name,
        bytes: upload.received.bytes,
        received_at: Timestamp(upload.received.received_at),
        is_being_read: upload.state == UploadState::Processing,
        attempts: upload.attempts,
    });
    let tokens = reader.list_tokens()?.into_iter().map(|token| TokenInfo {
        id: u64::from(token.id.0),
        project: token.project.map(name),
        label: token.label,
        created_at: Timestamp(token.created_at),
    });
    let audit = reader.list_audit(ROWS)?.into_iter().map(|entry| AuditInfo {
        at: Timestamp(entry.at),
        action: entry.action,
        subject: entry.subject,
    });
    Ok(AdminPage {
        waiting: reader.count_waiting()?,
        queue: queue.collect(),
        tokens: tokens.collect(),
        audit: audit.collect(),
    })
}

/// What the data folder is spent on. Reads every column that differs from another: not for every page.
///
/// # Errors
/// Where the store fails.
pub fn find_storage(
    reader: &Reader<'_>,
    cache: &PageCache,
    folder: &Path,
    policy: &Policy,
    now: i64,
) -> Result<StoragePage, PageError> {
    let file = reader.file_use()?;
    let mut projects = Vec::new();
    for project in reader.list_projects()? {
        let scope = Scope::open(reader, cache, &project.name)?.at(now);
        projects.push(project_storage(&scope, policy, now)?);
    }
    Ok(StoragePage {
        database_bytes: file.bytes,
        free_bytes: file.free_bytes,
        spool_bytes: folder_bytes(&folder.join("spool")),
        raw_bytes: folder_bytes(&folder.join("raw")),
        projects,
    })
}

fn project_storage(scope: &Scope<'_>, policy: &Policy, now: i64) -> Result<ProjectStorage, PageError> {
    let plan = plan_retention(scope, policy, now)?;
    let dropped = plan.dropped();
    let storage = scope.reader.storage_use(scope.project.id, &dropped)?;
    let mut parts: Vec<StoragePart> = storage
        .by_holding
        .iter()
        .map(|(holding, kept)| StoragePart {
            name: word(*holding).to_owned(),
            bytes: kept.bytes,
            bytes_to_free: kept.freed,
        })
        .collect();
    parts.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.name.cmp(&b.name)));
    let reasons = plan.by_reason().into_iter().map(|(reason, runs)| ReasonCount {
        reason: reason.as_str().to_owned(),
        is_kept: reason.is_kept(),
        runs: runs as u64,
    });
    let policy = own_policy(scope, policy)?;
    Ok(ProjectStorage {
        project: scope.project.name.clone(),
        runs: storage.runs,
        runs_to_drop: dropped.len() as u64,
        bytes: parts.iter().map(|part| part.bytes).sum(),
        bytes_to_free: parts.iter().map(|part| part.bytes_to_free).sum(),
        parts,
        reasons: reasons.collect(),
        retention: RetentionInfo {
            all_days: policy.all_days,
            daily_days: policy.daily_days,
            weekly_days: policy.weekly_days,
            monthly_days: policy.monthly_days,
            branch_days: policy.branch_days,
        },
    })
}

fn word(holding: Holding) -> &'static str {
    match holding {
        Holding::Durations => "durations",
        Holding::Tests => "tests",
        Holding::Texts => "texts",
        Holding::Coverage => "coverage",
        Holding::Sources => "sources",
        Holding::Findings => "findings",
        Holding::Lists => "lists",
        Holding::Dictionaries => "dictionaries",
        Holding::Unneeded => "unneeded",
    }
}

/// The bytes of the files in a folder, two levels deep; what goes while it is counted does not count.
fn folder_bytes(folder: &Path) -> u64 {
    let files = walkdir::WalkDir::new(folder).max_depth(2).into_iter().flatten();
    files.filter_map(|entry| entry.metadata().ok()).filter(|data| data.is_file()).map(|data| data.len()).sum()
}
