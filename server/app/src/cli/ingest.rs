use std::path::PathBuf;
use std::process::ExitCode;

use plimsoll_api::{NewSources, SourceAnswer, SourceList, UploadInfo, UploadState};
use plimsoll_store::{NewRun, Options, Reader, Shard, Store, Writer};

use super::git::Repository;
use super::upload::{
    Marks, RunArguments, WITHOUT_REPOSITORY, around, find_reports, find_settings, made_from_git, row,
};
use super::{UNREADABLE, ci, print, sources, table};
use crate::data::FolderLock;
use crate::ingest::{Ingest, IngestedRun, LocalFile, ingest_folder, ingest_run};
use crate::pages::{self, PageCache, PageError, Scope};

/// What is taken into which history.
#[derive(clap::Args)]
pub struct Arguments {
    /// Folders to look for reports in, and report files. A folder whose folders hold a `run.json` each is a history:
    /// each becomes a run.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// The data folder; made if it is not there.
    #[arg(long, env = "PLIMSOLL_DATA", default_value = "data")]
    data: PathBuf,
    /// The project; made if it is not there.
    #[arg(long, env = "PLIMSOLL_PROJECT")]
    project: String,
    #[command(flatten)]
    local: LocalArguments,
    /// Take the source text of the files that the reports name, as far as git tracks them.
    #[arg(long, conflicts_with = "no_git")]
    with_sources: bool,
    /// Print only what went wrong.
    #[arg(long)]
    quiet: bool,
    /// A JSON file with other limits than the built-in ones.
    #[arg(long, env = "PLIMSOLL_LIMITS")]
    limits: Option<PathBuf>,
}

/// Files that lie at hand, as one run.
#[derive(clap::Args)]
pub struct LocalArguments {
    #[command(flatten)]
    pub run: RunArguments,
    /// Tells reports of the same name apart.
    #[arg(long)]
    category: Option<String>,
    /// Which part of the whole this is: 2/3.
    #[arg(long)]
    shard: Option<String>,
    #[command(flatten)]
    marks: Marks,
    /// Take neither the repository's file list, nor how often its files change, nor which lines changed.
    #[arg(long)]
    no_git: bool,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let _lock = FolderLock::take(&arguments.data)?;
    let store = Store::open(&arguments.data, &Options::default())
        .map_err(|error| format!("cannot open the data in {}: {error}", arguments.data.display()))?;
    let ingest = Ingest::new(store, super::limits(arguments.limits.as_deref())?);
    let described = described_runs(&arguments.paths)?;
    let sources_of = if arguments.with_sources { Some(repository(arguments, &described)?) } else { None };
    let mut runs = Vec::new();
    for folder in &described {
        let run = ingest_folder(&ingest, &arguments.project, folder)
            .map_err(|error| format!("{}: {error}", folder.display()))?;
        runs.push(run);
    }
    if described.is_empty() {
        let run = ingest_paths(&ingest, &arguments.project, &arguments.paths, &arguments.local, None)?;
        if let Some(repository) = &sources_of {
            let (store, project) = (ingest.store(), arguments.project.as_str());
            let said = sources::send(repository, &Local { store, project, run: run.number.0 })?;
            if !arguments.quiet {
                print(&format!("{said}\n\n"))?;
            }
        }
        runs.push(run);
    }
    let is_unreadable =
        runs.iter().flat_map(|run| &run.uploads).any(|upload| upload.state == UploadState::Failed);
    let rows: Vec<Vec<String>> = runs
        .iter()
        .flat_map(|run| run.uploads.iter().map(move |upload| (run, upload)))
        .filter(|(_, upload)| !arguments.quiet || upload.state == UploadState::Failed)
        .map(|(run, upload)| numbered(run, upload))
        .collect();
    if !rows.is_empty() {
        print(&table::render(&["run", "file", "format", "what was made of it"], &rows))?;
    }
    Ok(if is_unreadable { ExitCode::from(UNREADABLE) } else { ExitCode::SUCCESS })
}

/// The working tree that source texts are taken from. That of a described run, which may be old, is not at hand.
fn repository(arguments: &Arguments, described: &[PathBuf]) -> Result<Repository, String> {
    if !described.is_empty() {
        return Err(
            "--with-sources takes the working tree as it is: it does not go with `run.json`".to_owned()
        );
    }
    Repository::around(around(&arguments.paths)).ok_or_else(|| WITHOUT_REPOSITORY.to_owned())
}

/// Takes source texts for a run of a store that lies at hand.
struct Local<'a> {
    store: &'a Store,
    project: &'a str,
    run: u64,
}

impl sources::Receiver for Local<'_> {
    fn list(&self) -> Result<SourceList, String> {
        let cache = PageCache::default();
        let list =
            |reader: &Reader<'_>| pages::list_sources(&Scope::open(reader, &cache, self.project)?, self.run);
        self.store.read(list).map_err(|error: PageError| error.to_string())
    }

    fn put(&self, new: &NewSources) -> Result<SourceAnswer, String> {
        let put = |writer: &mut Writer<'_>| pages::put_sources(writer, self.project, self.run, new);
        self.store.write(put).map_err(|error: PageError| error.to_string())
    }
}

fn numbered(run: &IngestedRun, upload: &UploadInfo) -> Vec<String> {
    let mut cells = vec![format!("#{}", run.number)];
    cells.extend(row(&upload.name, upload));
    cells
}

/// The folders with a `run.json`, the given ones and those right inside them, in the order of their names.
fn described_runs(paths: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut runs = Vec::new();
    for path in paths {
        if path.join("run.json").is_file() {
            runs.push(path.clone());
        } else if path.is_dir() {
            let entries = std::fs::read_dir(path)
                .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
            let mut inside: Vec<PathBuf> = entries
                .filter_map(|entry| Some(entry.ok()?.path()))
                .filter(|folder| folder.join("run.json").is_file())
                .collect();
            inside.sort();
            runs.extend(inside);
        }
    }
    Ok(runs)
}

/// Takes the reports among some files into the history as one run. Where nobody knows its commit, it has the given name.
pub fn ingest_paths(
    ingest: &Ingest,
    project: &str,
    paths: &[PathBuf],
    arguments: &LocalArguments,
    unknown_commit: Option<&str>,
) -> Result<IngestedRun, String> {
    let repository = if arguments.no_git { None } else { Repository::around(around(paths)) };
    let build = ci::detect(&|name| std::env::var(name).ok());
    let run = arguments.run.complete_or(build, repository.as_ref(), unknown_commit)?;
    let shard = match arguments.shard.as_deref() {
        Some(text) => Some(
            Shard::parse(text).ok_or_else(|| format!("--shard {text}: write 2/3 for the second of three"))?,
        ),
        None => None,
    };
    let (own, settings) = find_settings(repository.as_ref(), paths)?;
    let marks = arguments.marks.complete(&settings)?;
    let (reports, ignored) = find_reports(paths, repository.as_ref(), &settings)?;
    if reports.is_empty() {
        return Err(format!("no report among {ignored} files; `plimsoll formats` lists what is understood"));
    }
    // What git says is not a file yet; it becomes one beside the spool, for as long as it is read.
    let made = repository
        .as_ref()
        .map(|repository| made_from_git(repository, &run, &arguments.run))
        .unwrap_or_default();
    let folder = ingest.store().folder().join("spool").join(format!("local-{}", std::process::id()));
    let mut files = Vec::new();
    for (index, found) in own.into_iter().chain(made).enumerate() {
        let path = folder.join(index.to_string());
        std::fs::create_dir_all(&folder)
            .and_then(|()| std::fs::write(&path, found.bytes()))
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
        files.push(LocalFile { path, name: found.name, ..LocalFile::default() });
    }
    files.extend(reports.into_iter().map(|found| LocalFile {
        path: found.path.unwrap_or_default(),
        name: found.name,
        category: arguments.category.clone(),
        shard,
        format: None,
        flags: marks.flags.clone(),
        strip_prefix: marks.strip_prefix.clone(),
        add_prefix: marks.add_prefix.clone(),
    }));
    let now = jiff::Timestamp::now().as_second();
    let new = NewRun {
        commit: run.commit,
        branch: run.branch,
        pull_request: run.pull_request,
        build: run.build,
        base_branch: run.base_branch,
        build_url: run.build_url,
        tag: run.tag,
        created_at: now,
    };
    let ingested = ingest_run(ingest, project, &new, &run.parents, &files).map_err(|error| error.to_string());
    if folder.exists() {
        std::fs::remove_dir_all(&folder)
            .map_err(|error| format!("cannot remove {}: {error}", folder.display()))?;
    }
    ingested
}
