use std::path::{Path, PathBuf};
use std::process::ExitCode;

use plimsoll_analysis::settings::Settings;
use plimsoll_api::{Comparison, paths};
use plimsoll_format::Limits;
use plimsoll_store::{NewRun, Options, Store};

use super::client::Client;
use super::diff_text::describe;
use super::report::choose_project;
use super::upload::find_reports;
use super::{UNREADABLE, print};
use crate::ingest::{Ingest, IngestedRun, LocalFile, ingest_run};
use crate::pages::{PageCache, PageError, Scope, compare_runs};

/// Exit status where something got worse, if that was asked for.
const WORSE: u8 = 4;

/// What is compared: two runs by their numbers, or two report files or folders.
///
/// Exit status: 0 compared, 1 could not be compared, 3 a report could not be read, 4 (only with --exit-code) something
/// got worse: tests fail that did not, findings are new, or fewer lines are covered.
#[derive(clap::Args)]
pub struct Arguments {
    /// What was there before: a run's number, or a report file or a folder with reports.
    before: String,
    /// What is there now.
    after: String,
    /// Print the comparison as the API gives it.
    #[arg(long)]
    json: bool,
    /// End with status 4 where something got worse.
    #[arg(long)]
    exit_code: bool,
    /// The data folder that the runs are in.
    #[arg(long, env = "PLIMSOLL_DATA", default_value = "data")]
    data: PathBuf,
    /// The server that the runs are on, instead of a data folder.
    #[arg(long)]
    server: Option<String>,
    /// The token for that server, where it asks for one to read.
    #[arg(long, env = "PLIMSOLL_TOKEN", hide_env_values = true, default_value = "")]
    token: String,
    /// The project; may be left out where the data folder has only one.
    #[arg(long, env = "PLIMSOLL_PROJECT")]
    project: Option<String>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let (comparison, is_unreadable) = match numbers(arguments)? {
        Some((before, after)) => (of_runs(arguments, before, after)?, false),
        None => of_files(&arguments.before, &arguments.after)?,
    };
    if arguments.json {
        let json = serde_json::to_string_pretty(&comparison).map_err(|error| error.to_string())?;
        print(&format!("{json}\n"))?;
    } else {
        print(&describe(&comparison))?;
    }
    Ok(if is_unreadable {
        ExitCode::from(UNREADABLE)
    } else if arguments.exit_code && is_worse(&comparison) {
        ExitCode::from(WORSE)
    } else {
        ExitCode::SUCCESS
    })
}

/// The two runs; `None` where two files or folders are meant. What is there as a file is a file.
fn numbers(arguments: &Arguments) -> Result<Option<(u64, u64)>, String> {
    let (before, after) = (arguments.before.as_str(), arguments.after.as_str());
    if Path::new(before).exists() && Path::new(after).exists() {
        return Ok(None);
    }
    let number = |text: &str| text.trim_start_matches('#').parse::<u64>().ok();
    match (number(before), number(after)) {
        (Some(before), Some(after)) => Ok(Some((before, after))),
        _ => Err(format!(
            "{before} and {after}: give the numbers of two runs, or two files or folders that are there"
        )),
    }
}

fn of_runs(arguments: &Arguments, before: u64, after: u64) -> Result<Comparison, String> {
    if let Some(server) = &arguments.server {
        let project = arguments.project.as_deref().ok_or("--server needs --project")?;
        let path = format!("/projects/{}/compare?from={before}&to={after}", paths::encode(project));
        return Client::new(server, &arguments.token, 2).get(&path).map_err(|error| error.to_string());
    }
    if !arguments.data.is_dir() {
        return Err(format!("there is no data folder {}; give --data or --server", arguments.data.display()));
    }
    let store = Store::open(&arguments.data, &Options::default())
        .map_err(|error| format!("cannot open the data in {}: {error}", arguments.data.display()))?;
    store
        .read(|reader| {
            let project = choose_project(reader, arguments.project.as_deref())?;
            let cache = PageCache::default();
            let scope = Scope::open(reader, &cache, &project.name)?;
            compare_runs(&scope, before, after)
        })
        .map_err(|error: PageError| error.to_string())
}

/// A history of two runs, in a folder that is gone afterwards.
fn of_files(before: &str, after: &str) -> Result<(Comparison, bool), String> {
    const PROJECT: &str = "local";
    let folder =
        tempfile::tempdir().map_err(|error| format!("cannot make a folder for the time being: {error}"))?;
    let options = Options { is_durable: false, ..Options::default() };
    let store = Store::open(folder.path(), &options).map_err(|error| error.to_string())?;
    let ingest = Ingest::new(store.clone(), Limits::default());
    let then = take_in(&ingest, PROJECT, Path::new(before), "before", 0)?;
    let now = take_in(&ingest, PROJECT, Path::new(after), "after", 1)?;
    let mut is_unreadable = false;
    for upload in then.uploads.iter().chain(&now.uploads) {
        if let Some(error) = &upload.error {
            eprintln!("{}: {}", upload.name, error.message);
            is_unreadable = true;
        }
    }
    let comparison = store
        .read(|reader| {
            let cache = PageCache::default();
            let scope = Scope::open(reader, &cache, PROJECT)?;
            compare_runs(&scope, then.number.0, now.number.0)
        })
        .map_err(|error: PageError| error.to_string())?;
    Ok((comparison, is_unreadable))
}

fn take_in(
    ingest: &Ingest,
    project: &str,
    path: &Path,
    commit: &str,
    created_at: i64,
) -> Result<IngestedRun, String> {
    let (reports, ignored) = find_reports(&[path.to_owned()], None, &Settings::default())?;
    if reports.is_empty() {
        return Err(format!(
            "{}: no report among {ignored} files; `plimsoll formats` lists what is understood",
            path.display()
        ));
    }
    let files: Vec<LocalFile> = reports
        .into_iter()
        .map(|found| LocalFile {
            path: found.path.unwrap_or_default(),
            name: found.name,
            ..LocalFile::default()
        })
        .collect();
    let run =
        NewRun { commit: commit.to_owned(), branch: "main".to_owned(), created_at, ..NewRun::default() };
    ingest_run(ingest, project, &run, &[], &files).map_err(|error| error.to_string())
}

/// Tests fail that did not, findings are new, or a smaller part of the lines is covered.
fn is_worse(comparison: &Comparison) -> bool {
    let counts = &comparison.counts;
    let some = |count: Option<u64>| count.is_some_and(|count| count > 0);
    some(counts.newly_failing)
        || some(counts.new_code)
        || some(counts.new_security)
        || counts.coverage_centipoints.is_some_and(|points| points < 0)
}
