//! Carries a simulated history through the real ingest.

use std::path::PathBuf;

use plimsoll::ingest::{Ingest, LocalFile, ingest_run};
use plimsoll::pages::{PageCache, PageError, Scope};
use plimsoll_format::Limits;
use plimsoll_store::{BlobId, ColumnKind, NewRun, Options, RunNumber, Shard, Store};

use crate::random::Random;
use crate::reports::{self, Outcome, Raw};
use crate::repository::{Ids, Repository};

pub const PROJECT: &str = "simulated";

/// A run that was sent, and the truth about it.
pub struct Sent {
    pub number: u64,
    pub raw: Raw,
    /// The run that it has to be compared with, by its place in the list; as far as the simulation tells.
    pub base: Option<usize>,
    /// All its shards were sent.
    pub is_complete: bool,
    /// Nothing worked in it.
    pub is_infrastructure: bool,
    pub new: NewRun,
    pub parents: Vec<String>,
    pub files: Vec<(String, String, Option<Shard>)>,
}

pub struct Simulation {
    pub runs: Vec<Sent>,
    pub random: Random,
    ingest: Ingest,
    store: Store,
    cache: PageCache,
    folder: tempfile::TempDir,
    time: i64,
    builds: u64,
}

/// The shards of the test reports.
const SHARDS: usize = 2;

impl Simulation {
    pub fn new(seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { is_durable: false, ..Options::default() };
        let store = Store::open(&folder.path().join("data"), &options).unwrap();
        Self {
            runs: Vec::new(),
            random: Random(seed),
            ingest: Ingest::new(store.clone(), Limits::default()),
            store,
            cache: PageCache::default(),
            folder,
            time: 1_700_000_000,
            builds: 0,
        }
    }

    /// A history of a main branch with pull requests, re-runs, late shards and builds in which nothing worked.
    pub fn grow(&mut self, count: usize) {
        let (mut main, mut ids) = Repository::new(&mut self.random);
        let (mut last_on_main, mut late) = (None, None);
        while self.runs.len() < count {
            let step = self.runs.len();
            let parent = main.clone();
            self.commit(&mut main, &mut ids);
            let this = self.observe(&main, "main", None, last_on_main);
            if !parent.commits.is_empty() {
                self.add_diff(this, &parent, &main);
            }
            if step % 17 == 16 {
                self.break_infrastructure(this);
            }
            if step % 13 == 12 {
                self.send(this, 0..1);
                late = Some(this);
            } else {
                self.send(this, 0..SHARDS);
                last_on_main = Some(this);
                if let Some(late) = late.take() {
                    // It arrives after the next run did; from then on it is complete.
                    self.send(late, 1..SHARDS);
                }
            }
            if step % 11 == 10 && last_on_main == Some(this) {
                self.run_again(this, &main);
            }
            if step % 7 == 6 && last_on_main == Some(this) {
                self.pull_request(&main, &mut ids, this);
            }
        }
        if let Some(late) = late {
            self.send(late, 1..SHARDS);
        }
    }

    pub fn time_passes(&mut self) {
        self.time += 3_600;
    }

    pub fn commit(&mut self, repository: &mut Repository, ids: &mut Ids) {
        self.time += 3_600;
        repository.change(&mut self.random, ids, self.time);
    }

    fn pull_request(&mut self, main: &Repository, ids: &mut Ids, base: usize) {
        let mut branch = main.clone();
        let name = format!("topic-{}", self.runs.len());
        for _ in 0..=self.random.below(3) {
            self.commit(&mut branch, ids);
            let this = self.observe(&branch, &name, Some(self.runs.len() as u64 + 1), Some(base));
            self.add_diff(this, main, &branch);
            self.send(this, 0..SHARDS);
        }
    }

    /// The same commit is built again.
    fn run_again(&mut self, which: usize, repository: &Repository) {
        let base = self.runs[which].base;
        let this = self.observe(repository, "main", None, base);
        self.send(this, 0..SHARDS);
    }

    /// Builds a commit; nothing is sent yet. Returns its place in the list.
    pub fn observe(
        &mut self,
        repository: &Repository,
        branch: &str,
        pull_request: Option<u64>,
        base: Option<usize>,
    ) -> usize {
        self.time += 60;
        self.builds += 1;
        let raw = reports::observe(repository, &mut self.random);
        let mut parents: Vec<String> =
            repository.commits.iter().rev().take(50).map(|commit| commit.id.clone()).collect();
        let commit = parents.remove(0);
        let files = vec![
            ("files.txt".to_owned(), reports::file_list(repository), None),
            ("git log".to_owned(), reports::numstat(repository), None),
            ("lcov.info".to_owned(), reports::lcov(&raw), None),
            ("quoter.sarif".to_owned(), reports::sarif(&raw, repository, &mut self.random), None),
            ("checkstyle.xml".to_owned(), reports::checkstyle(&raw), None),
        ];
        self.runs.push(Sent {
            number: 0,
            raw,
            base,
            is_complete: false,
            is_infrastructure: false,
            new: NewRun {
                commit,
                branch: branch.to_owned(),
                pull_request,
                build: Some(self.builds.to_string()),
                base_branch: pull_request.map(|_| "main".to_owned()),
                created_at: self.time,
                ..NewRun::default()
            },
            parents,
            files,
        });
        self.runs.len() - 1
    }

    /// What changed since the base goes with the run.
    pub fn add_diff(&mut self, which: usize, base: &Repository, repository: &Repository) {
        let diff = reports::changes_since(base, repository);
        let run = &mut self.runs[which];
        run.files.push(("git diff".to_owned(), reports::places(&diff), None));
        run.raw.diff = Some(diff);
    }

    /// The database that all tests need is away.
    pub fn break_infrastructure(&mut self, which: usize) {
        let run = &mut self.runs[which];
        run.is_infrastructure = true;
        for (outcome, _) in run.raw.tests.values_mut() {
            *outcome = Outcome::Errored;
        }
    }

    /// Sends a run's reports, and of its test reports these shards.
    pub fn send(&mut self, which: usize, shards: std::ops::Range<usize>) {
        let run = &self.runs[which];
        let is_last = shards.end == SHARDS;
        let mut files = if shards.start == 0 { run.files.clone() } else { Vec::new() };
        for shard in shards {
            let text = reports::junit(&run.raw, shard, SHARDS);
            files.push((format!("junit-{}.xml", shard + 1), text, Some(shard_of(shard))));
        }
        let number = self.ingest(&run.new, &run.parents, &files);
        let run = &mut self.runs[which];
        run.number = number;
        run.is_complete = is_last;
    }

    /// Sends all of a run once more as another build, in another order.
    pub fn send_again(&mut self, which: usize, build: &str) -> u64 {
        let run = &self.runs[which];
        let mut files = run.files.clone();
        for shard in 0..SHARDS {
            let text = reports::junit(&run.raw, shard, SHARDS);
            files.push((format!("junit-{}.xml", shard + 1), text, Some(shard_of(shard))));
        }
        let new = NewRun { build: Some(build.to_owned()), ..run.new.clone() };
        let parents = run.parents.clone();
        self.random.shuffle(&mut files);
        self.ingest(&new, &parents, &files)
    }

    /// Sends all of a run to another project.
    pub fn send_to(&self, project: &str, which: usize) -> u64 {
        let run = &self.runs[which];
        let mut files = run.files.clone();
        for shard in 0..SHARDS {
            let text = reports::junit(&run.raw, shard, SHARDS);
            files.push((format!("junit-{}.xml", shard + 1), text, Some(shard_of(shard))));
        }
        self.ingest_into(project, &run.new, &run.parents, &files)
    }

    fn ingest(&self, new: &NewRun, parents: &[String], files: &[(String, String, Option<Shard>)]) -> u64 {
        self.ingest_into(PROJECT, new, parents, files)
    }

    fn ingest_into(
        &self,
        project: &str,
        new: &NewRun,
        parents: &[String],
        files: &[(String, String, Option<Shard>)],
    ) -> u64 {
        let files: Vec<LocalFile> = files
            .iter()
            .enumerate()
            .map(|(at, (name, text, shard))| {
                let path: PathBuf = self.folder.path().join(at.to_string());
                std::fs::write(&path, text).unwrap();
                LocalFile { path, name: name.clone(), shard: *shard, ..LocalFile::default() }
            })
            .collect();
        let run = ingest_run(&self.ingest, project, new, parents, &files).unwrap();
        for upload in &run.uploads {
            assert_eq!(upload.error, None, "{}", upload.name);
        }
        run.number.0
    }

    pub fn read<T>(&self, page: impl FnOnce(&Scope<'_>) -> Result<T, PageError>) -> T {
        self.store.read(|reader| page(&Scope::open(reader, &self.cache, PROJECT)?)).unwrap()
    }

    /// Which content each column of a run has; equal contents are the same bytes.
    pub fn columns(&self, number: u64) -> Vec<(ColumnKind, BlobId)> {
        self.store
            .read(|reader| {
                let project = reader.find_project(PROJECT)?.unwrap().id;
                reader.list_columns(project, RunNumber(number))
            })
            .unwrap()
    }
}

fn shard_of(at: usize) -> Shard {
    Shard { index: at as u32 + 1, count: SHARDS as u32 }
}
