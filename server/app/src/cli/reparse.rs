use std::path::PathBuf;
use std::process::ExitCode;

use plimsoll_store::{Action, Options, Store};

use super::{print, table};
use crate::data::FolderLock;
use crate::ingest::Ingest;

/// Which history.
#[derive(clap::Args)]
pub struct Arguments {
    /// The data folder; no server may be running on it.
    #[arg(long, env = "PLIMSOLL_DATA", default_value = "data")]
    data: PathBuf,
    /// Only this project; all if absent.
    #[arg(long, env = "PLIMSOLL_PROJECT")]
    project: Option<String>,
    /// Say what would be read again, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// A JSON file with other limits than the built-in ones.
    #[arg(long, env = "PLIMSOLL_LIMITS")]
    limits: Option<PathBuf>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    if !arguments.data.is_dir() {
        return Err(format!("there is no data folder {}; give --data", arguments.data.display()));
    }
    let _lock = if arguments.dry_run { None } else { Some(FolderLock::take(&arguments.data)?) };
    let store = Store::open(&arguments.data, &Options::default())
        .map_err(|error| format!("cannot open the data in {}: {error}", arguments.data.display()))?;
    let ingest = Ingest::new(store.clone(), super::limits(arguments.limits.as_deref())?);
    let mut projects = store.read(|reader| reader.list_projects()).map_err(|error| error.to_string())?;
    if let Some(name) = &arguments.project {
        projects.retain(|project| project.name == *name);
        if projects.is_empty() {
            return Err(format!("there is no project `{name}`"));
        }
    }
    let version_of = |format: &str| plimsoll_registry::find(format).map(|format| format.descriptor().version);
    let mut rows = Vec::new();
    for project in &projects {
        let done = ingest
            .reparse(project.id, &version_of, arguments.dry_run)
            .map_err(|error| format!("{}: {error}", project.name))?;
        if done.uploads > 0 && !arguments.dry_run {
            let subject = format!("{}: {} uploads", project.name, done.uploads);
            let now = jiff::Timestamp::now().as_second();
            store
                .write(|writer| writer.note_action(Some(project.id), now, Action::Reparsed, &subject))
                .map_err(|error| error.to_string())?;
        }
        rows.push(vec![
            project.name.clone(),
            done.uploads.to_string(),
            done.gone.to_string(),
            done.unreadable.to_string(),
        ]);
    }
    let read = if arguments.dry_run { "would be read again" } else { "read again" };
    print(&table::render(&["project", read, "not kept any more", "not readable now"], &rows))?;
    Ok(ExitCode::SUCCESS)
}
