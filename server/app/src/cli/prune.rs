use std::path::PathBuf;
use std::process::ExitCode;

use plimsoll_analysis::retention::{Policy, months_as_days};
use plimsoll_store::{Options, Pace, Project, Store};

use super::{print, table};
use crate::data::FolderLock;
use crate::keep;
use crate::pages::PageCache;

/// What may go, of which history.
#[derive(clap::Args)]
pub struct Arguments {
    /// The data folder.
    #[arg(long, env = "PLIMSOLL_DATA", default_value = "data")]
    data: PathBuf,
    /// Only this project; all if absent.
    #[arg(long, env = "PLIMSOLL_PROJECT")]
    project: Option<String>,
    #[command(flatten)]
    retention: RetentionArguments,
    /// Say what would go and what it would free, and change nothing. This works beside a running server.
    #[arg(long)]
    dry_run: bool,
}

/// How long runs are kept.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct RetentionArguments {
    /// Every run is kept until it is so many days old.
    #[arg(long, env = "PLIMSOLL_KEEP_DAYS", default_value_t = 30, value_name = "DAYS")]
    keep_days: u32,
    /// Then one run a day, until it is so many weeks old.
    #[arg(long, env = "PLIMSOLL_KEEP_WEEKS", default_value_t = 13, value_name = "WEEKS")]
    keep_weeks: u32,
    /// Then one run a week, until it is so many months old; then one a month.
    #[arg(long, env = "PLIMSOLL_KEEP_MONTHS", default_value_t = 12, value_name = "MONTHS")]
    keep_months: u32,
    /// Nothing is kept that is older than so many months, but for protected runs, tags and each branch's newest.
    #[arg(long, env = "PLIMSOLL_KEEP_NOTHING_AFTER", value_name = "MONTHS")]
    keep_nothing_after: Option<u32>,
    /// Runs of pull requests, and of branches that nobody works on, are kept for so many days.
    #[arg(long, env = "PLIMSOLL_KEEP_BRANCH_DAYS", default_value_t = 30, value_name = "DAYS")]
    keep_branch_days: u32,
}

impl RetentionArguments {
    /// The rules that they stand for.
    pub fn policy(&self) -> Policy {
        Policy {
            all_days: self.keep_days,
            daily_days: self.keep_weeks.saturating_mul(7),
            weekly_days: months_as_days(self.keep_months),
            monthly_days: self.keep_nothing_after.map(months_as_days),
            branch_days: self.keep_branch_days,
        }
    }
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    if !arguments.data.is_dir() {
        return Err(format!("there is no data folder {}; give --data", arguments.data.display()));
    }
    let _lock = if arguments.dry_run { None } else { Some(FolderLock::take(&arguments.data)?) };
    let store = Store::open(&arguments.data, &Options::default())
        .map_err(|error| format!("cannot open the data in {}: {error}", arguments.data.display()))?;
    let mut projects = store.read(|reader| reader.list_projects()).map_err(|error| error.to_string())?;
    if let Some(name) = &arguments.project {
        projects.retain(|project| project.name == *name);
        if projects.is_empty() {
            return Err(format!("there is no project `{name}`"));
        }
    }
    let policy = arguments.retention.policy();
    let now = jiff::Timestamp::now().as_second();
    let mut rows = Vec::new();
    for project in &projects {
        rows.push(if arguments.dry_run {
            survey(&store, project, &policy, now)?
        } else {
            prune(&store, project, &policy, now)?
        });
    }
    let went = if arguments.dry_run { "would go" } else { "went" };
    let freed = if arguments.dry_run { "would free" } else { "freed" };
    print(&table::render(&["project", "runs", went, freed, "why the others stay"], &rows))?;
    if !arguments.dry_run {
        let shrunk = store.shrink(Pace::FAST, &|| false).map_err(|error| error.to_string())?;
        print(&format!("\nthe database's file is {} smaller\n", size(shrunk)))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn survey(store: &Store, project: &Project, policy: &Policy, now: i64) -> Result<Vec<String>, String> {
    let plan = keep::plan(store, &PageCache::default(), &project.name, policy, now)
        .map_err(|error| error.to_string())?;
    let dropped = plan.dropped();
    let storage =
        store.read(|reader| reader.storage_use(project.id, &dropped)).map_err(|error| error.to_string())?;
    let freed = storage.by_holding.values().map(|kept| kept.freed).sum();
    Ok(row(project, &plan, dropped.len() as u64, freed))
}

fn prune(store: &Store, project: &Project, policy: &Policy, now: i64) -> Result<Vec<String>, String> {
    let plan = keep::plan(store, &PageCache::default(), &project.name, policy, now)
        .map_err(|error| error.to_string())?;
    let pruned = keep::prune(store, project, plan.dropped(), Pace::FAST, now, &|| false)
        .map_err(|error| error.to_string())?;
    Ok(row(project, &plan, pruned.runs, pruned.removed.blob_bytes))
}

fn row(project: &Project, plan: &crate::pages::RetentionPlan, gone: u64, freed: u64) -> Vec<String> {
    let why: Vec<String> = plan
        .by_reason()
        .into_iter()
        .filter(|(reason, _)| reason.is_kept())
        .map(|(reason, count)| format!("{count} {}", reason.as_str()))
        .collect();
    vec![project.name.clone(), plan.runs.len().to_string(), gone.to_string(), size(freed), why.join(", ")]
}

/// Bytes for people.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} KB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}
