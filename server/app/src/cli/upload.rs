use std::path::{Path, PathBuf};
use std::process::ExitCode;

use plimsoll_analysis::settings::{FILE_NAME, Settings};
use plimsoll_api::{
    NewRun, NewSources, PathMatches, ReportInfo, SourceAnswer, SourceList, UploadInfo, UploadParameters,
    UploadState,
};
use plimsoll_format::{Input, Limits};

use super::ci::{self, Build};
use super::client::{Client, ClientError};
use super::git::Repository;
use super::{FAILED, UNREADABLE, files, print, sources, table};
use crate::ingest::clean_flags;
use crate::mapped::MappedFile;

/// From this size on a body is compressed before it is sent.
const COMPRESS_FROM: usize = 1 << 10;

/// What is sent, whereto, and for which run. What is not given is taken from the CI system's variables, then from git.
#[derive(clap::Args)]
pub struct Arguments {
    /// Folders to look for reports in, and report files.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// The server's address, such as https://plimsoll.example.
    #[arg(long, env = "PLIMSOLL_SERVER")]
    server: String,
    /// The token. Better given as a variable than on the command line, which other users can see.
    #[arg(long, env = "PLIMSOLL_TOKEN", hide_env_values = true)]
    token: String,
    /// The project; made by its first upload.
    #[arg(long, env = "PLIMSOLL_PROJECT")]
    project: String,
    #[command(flatten)]
    run: RunArguments,
    /// Tells reports of the same name apart: the same category, file name and shard replaces.
    #[arg(long)]
    category: Option<String>,
    /// Which part of the whole this is: 2/3. Until all are there the run is partial.
    #[arg(long)]
    shard: Option<String>,
    #[command(flatten)]
    marks: Marks,
    /// Send neither the repository's file list, nor how often its files change, nor which lines changed.
    #[arg(long)]
    no_git: bool,
    /// Send the source text of the files that the reports name, as far as git tracks them: the page of a file then shows
    /// it. Whoever may read the project can read it.
    #[arg(long, conflicts_with = "no_git")]
    with_sources: bool,
    /// How often a request is sent again where there is no answer.
    #[arg(long, default_value_t = 4)]
    retries: u32,
    /// Say what would be sent, and send nothing.
    #[arg(long)]
    dry_run: bool,
}

/// What is said of all reports that are sent together.
#[derive(clap::Args, Clone)]
pub struct Marks {
    /// What the reports are of, such as unit or linux; may be given several times.
    #[arg(long = "flag")]
    pub flags: Vec<String>,
    /// Taken off the front of every path in the reports.
    #[arg(long)]
    pub strip_prefix: Option<String>,
    /// Put before every path in the reports.
    #[arg(long)]
    pub add_prefix: Option<String>,
}

impl Marks {
    /// What was given, completed by what `plimsoll.toml` says.
    pub fn complete(&self, settings: &Settings) -> Result<Self, String> {
        let defaults = &settings.upload;
        Ok(Self {
            flags: clean_flags(self.flags.iter().cloned()).map_err(|message| format!("--flag: {message}"))?,
            strip_prefix: self.strip_prefix.clone().or_else(|| defaults.strip_prefix.clone()),
            add_prefix: self.add_prefix.clone().or_else(|| defaults.add_prefix.clone()),
        })
    }
}

/// Which run the reports belong to.
#[derive(clap::Args)]
pub struct RunArguments {
    /// The commit.
    #[arg(long)]
    pub commit: Option<String>,
    /// The branch.
    #[arg(long)]
    pub branch: Option<String>,
    /// The CI system's build identifier.
    #[arg(long)]
    pub build: Option<String>,
    /// The pull request's number.
    #[arg(long)]
    pub pull_request: Option<u64>,
    /// The branch that the pull request goes to.
    #[arg(long)]
    pub base_branch: Option<String>,
    /// The commit or the branch that changed lines are told against; by default the base branch, else the parent.
    #[arg(long)]
    pub base: Option<String>,
    /// A name such as a release's; a run that has one is kept whatever its age.
    #[arg(long)]
    pub tag: Option<String>,
}

impl RunArguments {
    /// What was given, completed by what the CI system and git say.
    pub fn complete(&self, build: Build, repository: Option<&Repository>) -> Result<NewRun, String> {
        self.complete_or(build, repository, None)
    }

    /// The same; where nobody knows the commit, it is called like this.
    pub fn complete_or(
        &self,
        build: Build,
        repository: Option<&Repository>,
        unknown: Option<&str>,
    ) -> Result<NewRun, String> {
        let commit = self
            .commit
            .clone()
            .or(build.commit)
            .or_else(|| repository.and_then(Repository::commit))
            .or_else(|| unknown.map(str::to_owned))
            .ok_or(
                "the commit is not known: neither the CI system's variables nor git tell it; give --commit",
            )?;
        let branch = self
            .branch
            .clone()
            .or(build.branch)
            .or_else(|| repository.and_then(Repository::branch))
            .unwrap_or_else(|| "main".to_owned());
        Ok(NewRun {
            parents: repository.map(|repository| repository.parents(&commit)).unwrap_or_default(),
            commit,
            branch,
            pull_request: self.pull_request.or(build.pull_request),
            base_branch: self.base_branch.clone().or(build.base_branch),
            build: self.build.clone().or(build.build),
            build_url: build.build_url,
            tag: self.tag.clone(),
            created_at: None,
        })
    }
}

/// A report that was found, or made from git.
pub struct Found {
    /// What it is called on the run's page.
    pub name: String,
    /// Where it lies; nowhere if it was made from git.
    pub path: Option<PathBuf>,
    body: Body,
}

enum Body {
    File(MappedFile),
    Text(String),
}

impl Found {
    /// What is in it.
    pub fn bytes(&self) -> &[u8] {
        match &self.body {
            Body::File(file) => file,
            Body::Text(text) => text.as_bytes(),
        }
    }

    fn made(name: &str, text: String) -> Self {
        Self { name: name.to_owned(), path: None, body: Body::Text(text) }
    }
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let build = ci::detect(&|name| std::env::var(name).ok());
    let repository = if arguments.no_git { None } else { Repository::around(around(&arguments.paths)) };
    if let Some(system) = build.system {
        eprintln!("this is {system}");
    }
    let new_run = arguments.run.complete(build, repository.as_ref())?;
    let (own, settings) = find_settings(repository.as_ref(), &arguments.paths)?;
    let marks = arguments.marks.complete(&settings)?;
    let (reports, ignored) = find_reports(&arguments.paths, repository.as_ref(), &settings)?;
    if reports.is_empty() {
        return Err(format!("no report among {ignored} files; `plimsoll formats` lists what is understood"));
    }
    let made = repository
        .as_ref()
        .map(|repository| made_from_git(repository, &new_run, &arguments.run))
        .unwrap_or_default();
    let all: Vec<Found> = own.into_iter().chain(made).chain(reports).collect();
    if arguments.with_sources && repository.is_none() {
        return Err(WITHOUT_REPOSITORY.to_owned());
    }
    if arguments.dry_run {
        if arguments.with_sources {
            eprintln!("note: the server says which source texts are of use once it has read these");
        }
        let rows: Vec<Vec<String>> =
            all.iter().map(|found| vec![found.name.clone(), found.bytes().len().to_string()]).collect();
        print(&table::render(&["file", "bytes"], &rows))?;
        return Ok(ExitCode::SUCCESS);
    }
    let client = Client::new(&arguments.server, &arguments.token, arguments.retries);
    let run = client.announce_run(&arguments.project, &new_run).map_err(|error| error.to_string())?.number;
    let mut rows = Vec::new();
    let (mut is_unreadable, mut is_failed, mut run_url) = (false, false, None);
    for found in all {
        match send(&client, arguments, &marks, &new_run, &found) {
            Ok(info) => {
                is_unreadable |= info.state == UploadState::Failed;
                rows.push(row(&found.name, &info));
                run_url = Some(info.run_url);
            }
            Err(error @ ClientError::Refused { status: 422, .. }) => {
                is_unreadable = true;
                rows.push(vec![found.name, String::new(), error.to_string()]);
            }
            Err(error) => {
                is_failed = true;
                rows.push(vec![found.name, String::new(), error.to_string()]);
            }
        }
    }
    print(&table::render(&["file", "format", "what the server made of it"], &rows))?;
    if let Some(repository) = repository.as_ref().filter(|_| arguments.with_sources) {
        let receiver = Server { client: &client, project: &arguments.project, run };
        match sources::send(repository, &receiver) {
            Ok(said) => print(&format!("\n{said}\n"))?,
            Err(error) => {
                is_failed = true;
                eprintln!("no source texts were sent: {error}");
            }
        }
    }
    if let Some(url) = run_url {
        print(&format!("\n{url}\n"))?;
    }
    Ok(match (is_failed, is_unreadable) {
        (true, _) => ExitCode::from(FAILED),
        (false, true) => ExitCode::from(UNREADABLE),
        (false, false) => ExitCode::SUCCESS,
    })
}

/// Why there are no source texts.
pub const WITHOUT_REPOSITORY: &str =
    "--with-sources needs a git repository around the reports: only files that git tracks are sent";

/// Takes source texts for a run of a server.
struct Server<'a> {
    client: &'a Client,
    project: &'a str,
    run: u64,
}

impl sources::Receiver for Server<'_> {
    fn list(&self) -> Result<SourceList, String> {
        self.client.list_sources(self.project, self.run).map_err(|error| error.to_string())
    }

    fn put(&self, new: &NewSources) -> Result<SourceAnswer, String> {
        self.client.put_sources(self.project, self.run, new).map_err(|error| error.to_string())
    }
}

/// The folder whose repository the reports are about.
pub fn around(paths: &[PathBuf]) -> &Path {
    paths.first().filter(|path| path.is_dir()).map_or(Path::new("."), PathBuf::as_path)
}

/// The repository's `plimsoll.toml`, and what it says. What is wrong in it is told; what is right holds.
pub fn find_settings(
    repository: Option<&Repository>,
    paths: &[PathBuf],
) -> Result<(Option<Found>, Settings), String> {
    let path = root(repository, paths).join(FILE_NAME);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok((None, Settings::default())),
        Err(error) => return Err(format!("cannot read {}: {error}", path.display())),
    };
    let (settings, problems) = Settings::read(&text);
    for problem in problems {
        eprintln!("warning: {FILE_NAME}, {problem}");
    }
    Ok(((!text.trim().is_empty()).then(|| Found::made(FILE_NAME, text)), settings))
}

/// The repository's own folder; without one that of the reports.
fn root<'p>(repository: Option<&'p Repository>, paths: &'p [PathBuf]) -> &'p Path {
    repository.map_or_else(|| around(paths), Repository::root)
}

/// The reports among the files, in the order of their paths, and how many other files there were.
pub fn find_reports(
    paths: &[PathBuf],
    repository: Option<&Repository>,
    settings: &Settings,
) -> Result<(Vec<Found>, usize), String> {
    let limits = Limits::default();
    let found = files::find(paths, root(repository, paths), &settings.upload.exclude);
    for problem in &found.problems {
        eprintln!("warning: {problem}");
    }
    let total = found.files.len();
    let mut reports = Vec::new();
    for path in found.files {
        let file =
            MappedFile::open(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        let name = path.strip_prefix("./").unwrap_or(&path).to_string_lossy().into_owned();
        // A file that was named is sent even if it is not understood here: the server's answer says why.
        if paths.contains(&path) || is_report(&name, &file, &limits) {
            reports.push(Found { name, path: Some(path), body: Body::File(file) });
        }
    }
    let ignored = total - reports.len();
    Ok((reports, ignored))
}

fn is_report(name: &str, bytes: &[u8], limits: &Limits) -> bool {
    let mut is_report = false;
    plimsoll_registry::open(name, bytes, limits, &mut |entry| {
        if let Ok(document) = entry {
            let input = Input::new(document.input_name(), &document.text, limits);
            is_report |= plimsoll_registry::detect(&input).is_ok();
        }
    });
    is_report
}

/// The file list goes first, so that the paths of all that follow can be matched.
pub fn made_from_git(repository: &Repository, run: &NewRun, arguments: &RunArguments) -> Vec<Found> {
    let commit = run.commit.as_str();
    let list = repository.file_list().map(|text| Found::made("git ls-files", text));
    let churn = repository.churn(commit).filter(|text| !text.trim().is_empty());
    let churn = churn.map(|text| Found::made("git log --numstat", text));
    let base = arguments.base.as_deref().or(run.base_branch.as_deref());
    let diff = repository.base(commit, base).and_then(|base| repository.diff(&base, commit));
    if diff.is_none() && base.is_some() {
        eprintln!(
            "note: no changed lines are sent: the history at hand does not reach the base; fetch more of it"
        );
    }
    let diff = diff.map(|text| Found::made("git diff", text));
    list.into_iter().chain(churn).chain(diff).collect()
}

fn send(
    client: &Client,
    arguments: &Arguments,
    marks: &Marks,
    run: &NewRun,
    found: &Found,
) -> Result<UploadInfo, ClientError> {
    let parameters = UploadParameters {
        commit: run.commit.clone(),
        branch: Some(run.branch.clone()),
        build: run.build.clone(),
        build_url: run.build_url.clone(),
        pull_request: run.pull_request,
        base_branch: run.base_branch.clone(),
        tag: run.tag.clone(),
        category: arguments.category.clone(),
        flag: if found.path.is_some() { marks.flags.clone() } else { Vec::new() },
        shard: arguments.shard.clone().filter(|_| found.path.is_some()),
        name: Some(found.name.clone()),
        format: None,
        strip_prefix: marks.strip_prefix.clone(),
        add_prefix: marks.add_prefix.clone(),
        created_at: None,
        wait: Some(60),
    };
    let bytes = found.bytes();
    if bytes.len() < COMPRESS_FROM {
        return client.upload(&arguments.project, &parameters, bytes);
    }
    match zstd::bulk::compress(bytes, 3) {
        Ok(compressed) => client.upload(&arguments.project, &parameters, &compressed),
        Err(_) => client.upload(&arguments.project, &parameters, bytes),
    }
}

/// A line of the table: the file, its formats, and what was made of it.
pub fn row(name: &str, info: &UploadInfo) -> Vec<String> {
    let formats: Vec<&str> = info.reports.iter().map(|report| report.format.as_str()).collect();
    let mut made: Vec<String> = info.reports.iter().flat_map(describe).collect();
    made.extend(info.paths.as_ref().and_then(unmatched));
    if info.is_duplicate {
        made.push("was there already".to_owned());
    }
    if let Some(error) = &info.error {
        made.push(error.message.clone());
    }
    if matches!(info.state, UploadState::Queued | UploadState::Processing) {
        made.push("not read yet".to_owned());
    }
    vec![name.to_owned(), formats.join(", "), made.join("; ")]
}

/// How many paths are no file of the repository and why, one of them, and what to do; `None` where all matched.
fn unmatched(paths: &PathMatches) -> Option<String> {
    let missed = paths.missed();
    if missed == 0 || paths.without_file_list {
        return None;
    }
    let reasons: Vec<String> = [
        (paths.unmatched, "not in the file list"),
        (paths.ambiguous, "could be several files"),
        (paths.outside, "outside the repository"),
    ]
    .iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, reason)| format!("{count} {reason}"))
    .collect();
    let first = paths.examples.first().map(|path| format!(", the first `{path}`")).unwrap_or_default();
    let hint = paths.hint.as_ref().map(|hint| format!(": {}", hint.message)).unwrap_or_default();
    Some(format!(
        "{} of {} paths matched ({}{first}){hint}",
        paths.matched,
        paths.matched + missed,
        reasons.join(", ")
    ))
}

/// What was counted, and each warning.
pub fn describe(report: &ReportInfo) -> Vec<String> {
    let counted = &report.counted;
    let mut parts = Vec::new();
    if let Some(tests) = &counted.tests {
        parts.push(format!("{} tests, {} failing", tests.total, tests.failing()));
    }
    if let Some(coverage) = &counted.coverage {
        let percent = coverage.line_percent().map(|percent| format!(" ({percent:.1} %)")).unwrap_or_default();
        parts.push(format!("{} of {} lines covered{percent}", coverage.lines_covered, coverage.lines));
    }
    if let Some(findings) = &counted.findings {
        parts.push(format!("{} findings", findings.total));
    }
    if let Some(churn) = &counted.churn {
        parts.push(format!("{} commits", churn.commits));
    }
    if let Some(diff) = counted.diff {
        parts.push(format!("{} changed lines in {} files", diff.changed_lines, diff.files));
    }
    if let Some(files) = counted.listed_files {
        parts.push(format!("{files} files"));
    }
    parts.extend(
        report
            .warnings
            .iter()
            .map(|warning| format!("warning {} ×{}: {}", warning.code, warning.count, warning.message)),
    );
    parts
}
