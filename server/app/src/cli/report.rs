use std::path::{Path, PathBuf};
use std::process::ExitCode;

use plimsoll_api::UploadState;
use plimsoll_format::Limits;
use plimsoll_store::{Options, Project, Reader, RunFilter, Store};

use super::ingest::{LocalArguments, ingest_paths};
use super::upload::row;
use super::{UNREADABLE, print, table};
use crate::export::export_run;
use crate::ingest::Ingest;
use crate::pages::PageError;

/// Which run, or which files; and where the report goes.
#[derive(clap::Args)]
pub struct Arguments {
    /// Report files, or folders with them: the report is of these. Without any it is of a run in the data folder.
    paths: Vec<PathBuf>,
    /// The file to write; `-` is standard output.
    #[arg(short, long)]
    output: PathBuf,
    /// The run; the newest if absent.
    #[arg(long = "run", conflicts_with = "paths", value_name = "NUMBER")]
    number: Option<u64>,
    /// The data folder.
    #[arg(long, env = "PLIMSOLL_DATA", default_value = "data")]
    data: PathBuf,
    /// The project; may be left out where there is only one.
    #[arg(long, env = "PLIMSOLL_PROJECT")]
    project: Option<String>,
    /// How many bytes the file may have; what does not fit is shortened, and the report says what.
    #[arg(long)]
    budget: Option<usize>,
    #[command(flatten)]
    local: LocalArguments,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    if arguments.paths.is_empty() { of_run(arguments) } else { of_files(arguments) }
}

/// Of a run in the data folder.
fn of_run(arguments: &Arguments) -> Result<ExitCode, String> {
    if !arguments.data.is_dir() {
        return Err(format!(
            "there is no data folder {}; give --data, or report files",
            arguments.data.display()
        ));
    }
    let store = Store::open(&arguments.data, &Options::default())
        .map_err(|error| format!("cannot open the data in {}: {error}", arguments.data.display()))?;
    let page = store
        .read(|reader| {
            let (project, number) = find_run(reader, arguments.project.as_deref(), arguments.number)?;
            export_run(reader, &project, number, arguments.budget)
        })
        .map_err(|error: PageError| error.to_string())?;
    write(&arguments.output, &page)?;
    Ok(ExitCode::SUCCESS)
}

/// The project that is meant: the only one where none is named.
pub fn choose_project(reader: &Reader<'_>, name: Option<&str>) -> Result<Project, PageError> {
    match name {
        Some(name) => reader.find_project(name)?.ok_or_else(|| PageError::ProjectNotFound(name.to_owned())),
        None => match reader.list_projects()?.as_slice() {
            [only] => Ok(only.clone()),
            projects => {
                let names: Vec<&str> = projects.iter().map(|project| project.name.as_str()).collect();
                let message = format!("name one of: {}", names.join(", "));
                Err(PageError::BadParameter { name: "project", message })
            }
        },
    }
}

/// The project and the run that are meant: the only project where none is named, and its newest run.
pub fn find_run(
    reader: &Reader<'_>,
    project: Option<&str>,
    number: Option<u64>,
) -> Result<(String, u64), PageError> {
    let project = choose_project(reader, project)?;
    let number = match number {
        Some(number) => number,
        None => match reader.list_runs(project.id, RunFilter::default(), 1)?.first() {
            Some(run) => run.number.0,
            None => return Err(PageError::RunNotFound { project: project.name, run: 1 }),
        },
    };
    Ok((project.name, number))
}

/// Of files: a history of one run, in a folder that is gone afterwards.
fn of_files(arguments: &Arguments) -> Result<ExitCode, String> {
    let folder =
        tempfile::tempdir().map_err(|error| format!("cannot make a folder for the time being: {error}"))?;
    let options = Options { is_durable: false, ..Options::default() };
    let store = Store::open(folder.path(), &options).map_err(|error| error.to_string())?;
    let ingest = Ingest::new(store.clone(), Limits::default());
    let project = arguments.project.as_deref().unwrap_or("local");
    let run = ingest_paths(&ingest, project, &arguments.paths, &arguments.local, Some("local"))?;
    let page = store
        .read(|reader| export_run(reader, project, run.number.0, arguments.budget))
        .map_err(|error| error.to_string())?;
    write(&arguments.output, &page)?;
    let unreadable: Vec<Vec<String>> = run
        .uploads
        .iter()
        .filter(|upload| upload.state == UploadState::Failed)
        .map(|upload| row(&upload.name, upload))
        .collect();
    if unreadable.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    eprint!("{}", table::render(&["file", "format", "why it is not in the report"], &unreadable));
    Ok(ExitCode::from(UNREADABLE))
}

fn write(output: &Path, page: &str) -> Result<(), String> {
    if output == Path::new("-") {
        return print(page);
    }
    std::fs::write(output, page).map_err(|error| format!("cannot write {}: {error}", output.display()))
}
