//! Where a question about a run is answered: by a server, from a data folder, or from report files.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use plimsoll_api::{GatePage, Page, RunPage, RunState, RunSummary, paths};
use plimsoll_format::Limits;
use plimsoll_store::{Options, ProjectId, Reader, Run, RunFilter, Store};

use super::ci;
use super::client::Client;
use super::git::Repository;
use super::ingest::{LocalArguments, ingest_paths};
use super::report::choose_project;
use crate::ingest::Ingest;
use crate::pages::{self, PageCache, PageError, Scope};

/// Runs of a server or a data folder among which a commit is looked for.
const LOOKED_AT: usize = 500;

/// Which run, and where it is.
#[derive(clap::Args)]
pub struct Source {
    /// Report files, or folders with them: the run is these, and there is no history. Without any it is a run of a
    /// server or of a data folder.
    paths: Vec<PathBuf>,
    /// The server's address, such as https://plimsoll.example.
    #[arg(long, env = "PLIMSOLL_SERVER")]
    server: Option<String>,
    /// The token, where the server wants one for reading.
    #[arg(long, env = "PLIMSOLL_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// The data folder, instead of a server; `data` if neither is given.
    #[arg(long, env = "PLIMSOLL_DATA")]
    data: Option<PathBuf>,
    /// The project; may be left out where a data folder holds only one.
    #[arg(long, env = "PLIMSOLL_PROJECT")]
    project: Option<String>,
    /// The run's number; else the newest run of the commit that the CI system or git names, and in a data folder the
    /// newest run of all where it has none of that commit.
    #[arg(long = "run", value_name = "NUMBER")]
    number: Option<u64>,
    /// How many seconds to wait until the server has read what was uploaded.
    #[arg(long, default_value_t = 60)]
    wait: u64,
    #[command(flatten)]
    local: LocalArguments,
}

/// A run that can be asked.
pub enum Opened {
    /// Of a server.
    Server {
        /// Who is asked.
        client: Client,
        /// The project.
        project: String,
        /// The run's number.
        run: u64,
        /// How long a run that is still being read is waited for.
        wait: Duration,
    },
    /// Of a store that lies at hand.
    Local {
        /// The store.
        store: Store,
        /// The project.
        project: String,
        /// The run's number.
        run: u64,
        /// The store's folder, where it is made for this question only.
        _folder: Option<tempfile::TempDir>,
    },
}

impl Source {
    /// Finds the run.
    pub fn open(&self) -> Result<Opened, String> {
        match (&self.server, &self.data) {
            _ if !self.paths.is_empty() => self.open_files(),
            (Some(server), None) => self.open_server(server),
            _ => self.open_data(),
        }
    }

    fn commit(&self) -> Option<String> {
        let given = self.local.run.commit.clone();
        given
            .or_else(|| ci::detect(&|name| std::env::var(name).ok()).commit)
            .or_else(|| Repository::around(std::path::Path::new("."))?.commit())
    }

    fn open_server(&self, server: &str) -> Result<Opened, String> {
        let project = self.project.clone().ok_or("which project? Give --project")?;
        let client = Client::new(server, self.token.as_deref().unwrap_or_default(), 4);
        let run = match (self.number, self.commit()) {
            (Some(number), _) => number,
            (None, None) => return Err("which run? Give --run or --commit".to_owned()),
            (None, Some(commit)) => {
                let path = format!("/projects/{}/runs?limit={LOOKED_AT}", paths::encode(&project));
                let runs: Page<RunSummary> = client.get(&path).map_err(|error| error.to_string())?;
                // The newest run comes first.
                let found = runs.items.iter().find(|run| run.commit == commit);
                found.ok_or_else(|| no_run(&project, &commit))?.number
            }
        };
        Ok(Opened::Server { client, project, run, wait: Duration::from_secs(self.wait) })
    }

    fn open_data(&self) -> Result<Opened, String> {
        let data = self.data.clone().unwrap_or_else(|| PathBuf::from("data"));
        if !data.is_dir() {
            let data = data.display();
            return Err(format!("there is no data folder {data}; give --data, --server, or report files"));
        }
        let store = Store::open(&data, &Options::default())
            .map_err(|error| format!("cannot open the data in {}: {error}", data.display()))?;
        let (project, run) = store.read(|reader| self.choose(reader)).map_err(|error| error.to_string())?;
        Ok(Opened::Local { store, project, run, _folder: None })
    }

    fn choose(&self, reader: &Reader<'_>) -> Result<(String, u64), PageError> {
        let project = choose_project(reader, self.project.as_deref())?;
        if let Some(number) = self.number {
            return Ok((project.name, number));
        }
        let newest = match (&self.local.run.commit, self.commit()) {
            (Some(given), _) => of_commit(reader, project.id, given)?,
            (None, Some(commit)) => match of_commit(reader, project.id, &commit)? {
                Some(run) => Some(run),
                None => reader.list_runs(project.id, RunFilter::default(), 1)?.into_iter().next(),
            },
            (None, None) => reader.list_runs(project.id, RunFilter::default(), 1)?.into_iter().next(),
        };
        match newest {
            Some(run) => Ok((project.name, run.number.0)),
            None => {
                let message = no_run(&project.name, self.local.run.commit.as_deref().unwrap_or("any commit"));
                Err(PageError::BadParameter { name: "commit", message })
            }
        }
    }

    fn open_files(&self) -> Result<Opened, String> {
        let folder = tempfile::tempdir()
            .map_err(|error| format!("cannot make a folder for the time being: {error}"))?;
        let options = Options { is_durable: false, ..Options::default() };
        let store = Store::open(folder.path(), &options).map_err(|error| error.to_string())?;
        let ingest = Ingest::new(store.clone(), Limits::default());
        let project = self.project.clone().unwrap_or_else(|| "local".to_owned());
        let run = ingest_paths(&ingest, &project, &self.paths, &self.local, Some("local"))?;
        Ok(Opened::Local { store, project, run: run.number.0, _folder: Some(folder) })
    }
}

fn of_commit(reader: &Reader<'_>, project: ProjectId, commit: &str) -> Result<Option<Run>, PageError> {
    let runs = reader.list_runs_of_commit(project, commit)?;
    Ok(runs.into_iter().max_by_key(|run| run.number))
}

fn no_run(project: &str, commit: &str) -> String {
    format!("project `{project}` has no run of {commit}; give --run, or --commit with the whole identifier")
}

impl Opened {
    /// The run's gate. A run that the server is still reading is waited for.
    pub fn gate(&self) -> Result<GatePage, String> {
        match self {
            Self::Server { client, project, run, wait } => {
                let path = format!("/projects/{}/runs/{run}/gate", paths::encode(project));
                let begun = Instant::now();
                loop {
                    let page: GatePage = client.get(&path).map_err(|error| error.to_string())?;
                    if page.state != RunState::Processing || begun.elapsed() >= *wait {
                        return Ok(page);
                    }
                    std::thread::sleep(Duration::from_millis(500));
                }
            }
            Self::Local { run, .. } => self.read(|scope| pages::find_gate(scope, *run)),
        }
    }

    /// The run's page.
    pub fn page(&self) -> Result<RunPage, String> {
        match self {
            Self::Server { client, project, run, .. } => {
                let path = format!("/projects/{}/runs/{run}", paths::encode(project));
                client.get(&path).map_err(|error| error.to_string())
            }
            Self::Local { run, .. } => self.read(|scope| pages::find_run(scope, *run)),
        }
    }

    /// The run's address in the app, where there is one.
    pub fn url(&self) -> Option<String> {
        match self {
            Self::Server { client, project, run, .. } => {
                Some(format!("{}{}", client.server(), paths::run(project, *run)))
            }
            Self::Local { .. } => None,
        }
    }

    fn read<T>(&self, page: impl FnOnce(&Scope<'_>) -> Result<T, PageError>) -> Result<T, String> {
        let Self::Local { store, project, .. } = self else {
            return Err("the run is on a server".to_owned());
        };
        let cache = PageCache::default();
        store
            .read(|reader| page(&Scope::open(reader, &cache, project)?))
            .map_err(|error: PageError| error.to_string())
    }
}
