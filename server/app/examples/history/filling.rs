//! Runs go into the store one after the other: what each takes, in time and in room.

use std::collections::{BTreeMap, HashSet};
use std::error::Error;
use std::time::Instant;

use plimsoll::ingest::{Ingest, ReadReports, fill_report};
use plimsoll::pages::{
    FindingParameters, GridParameters, HotspotParameters, ModuleParameters, PageCache, PageError, Scope,
    TestParameters, compare_runs, find_grid, find_module, find_project, list_findings, list_hotspots,
    list_tests,
};
use plimsoll_store::{Accepted, BlobId, ColumnKind, NewRun, NewUpload, ProjectId, RunNumber, Store, Work};

use crate::figures::{Bar, median, print};
use crate::project::{Commit, History, Run, Sizes};
use crate::random::mix;
use crate::reports::{self, REPORTS};

/// The project's name.
pub const PROJECT: &str = "bench";
/// Runs whose median stands for "at the beginning" and "at the end".
const WINDOW: u64 = 9;
/// Generated runs that wait while one is stored.
const AHEAD: usize = 1;

/// What one run took.
#[derive(Debug)]
struct Cost {
    seconds: f64,
    /// By which the used part of the database file grew.
    bytes: f64,
    /// New contents by the kind of column.
    columns: BTreeMap<ColumnKind, f64>,
    /// By which it grew in each of the reports.
    by_report: Vec<f64>,
}

/// A run as parsers hand it over, to be stored.
struct Ready {
    new: NewRun,
    parents: Vec<String>,
    at: u64,
    reports: Vec<(&'static str, ReadReports)>,
}

impl Ready {
    fn new(sizes: &Sizes, run: &Run<'_>, build: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let commit = run.state.commits.last().ok_or("a run without a commit")?;
        let mut reports = Vec::with_capacity(REPORTS.len());
        for (format, name) in REPORTS {
            let read = fill_report(name, format, |sink| reports::push(format, sizes, run, sink));
            reports.push((name, read.map_err(|error| format!("{name}: {error}"))?));
        }
        Ok(Self {
            new: NewRun {
                commit: commit.name(),
                branch: run.branch.clone(),
                pull_request: run.pull_request,
                base_branch: run.pull_request.map(|_| "main".to_owned()),
                build: Some(build.to_owned()),
                build_url: Some(format!("https://ci.example/bench/{}", run.at)),
                created_at: run.time,
                tag: None,
            },
            parents: run.state.commits.iter().rev().skip(1).take(200).map(Commit::name).collect(),
            at: run.at,
            reports,
        })
    }
}

/// Fills an empty store and prints what it took. While a run is stored the next one is generated on a thread of its own.
///
/// # Errors
/// Where the store fails.
pub fn fill(store: &Store, sizes: &Sizes) -> Result<History, Box<dyn Error>> {
    let project = store.write(|writer| writer.insert_project(PROJECT, PROJECT, "main", 0))?;
    let mut filling = Filling::new(store, project);
    let mut costs = Vec::new();
    let mut repeats = Vec::new();
    let mut half = None;
    let begun = Instant::now();
    let (send, receive) = std::sync::mpsc::sync_channel(AHEAD);
    let history = std::thread::scope(|scope| -> Result<History, Box<dyn Error>> {
        let generating = scope.spawn(move || {
            let mut history = History::new(*sizes);
            for at in 0..sizes.runs + sizes.repeats {
                let ready = if at < sizes.runs {
                    Ready::new(sizes, &history.run(at), "1")
                } else {
                    // The last run on main once more, as a CI system does that is told to run it again.
                    Ready::new(sizes, &history.again(at + 1), &format!("again-{at}"))
                };
                if send.send(ready).is_err() {
                    break;
                }
            }
            history
        });
        for (at, ready) in (0..).zip(receive) {
            let cost = filling.store(ready.map_err(|error| error.to_string())?)?;
            if at < sizes.runs {
                costs.push(cost)
            } else {
                repeats.push(cost)
            }
            if at + 1 == sizes.runs / 2 {
                half = Some(work(store, at + 1)?);
            }
            if at % 100 == 99 {
                eprintln!("{} runs in {:.0} s", at + 1, begun.elapsed().as_secs_f64());
            }
        }
        generating.join().map_err(|_| "generating panicked".into())
    })?;
    report(sizes, &costs, &repeats);
    if let Some(half) = half {
        report_work(sizes, &half, &work(store, sizes.runs)?);
    }
    Ok(history)
}

/// What each page costs whoever asks first, as of now.
fn work(store: &Store, runs: u64) -> Result<Vec<(&'static str, Work)>, Box<dyn Error>> {
    type Page<'a> = &'a dyn Fn(&Scope<'_>) -> Result<(), PageError>;
    let newest_of_main = runs.div_ceil(2) * 2 - 1;
    let module = ModuleParameters { path: "services/m000".to_owned(), branch: None, limit: Some(200) };
    let pages: [(&'static str, Page<'_>); 7] = [
        ("project page", &|scope| find_project(scope, None).map(drop)),
        ("module trend over 200 runs", &|scope| find_module(scope, &module).map(drop)),
        ("hotspots", &|scope| list_hotspots(scope, &HotspotParameters::default()).map(drop)),
        ("findings", &|scope| list_findings(scope, newest_of_main, &FindingParameters::default()).map(drop)),
        ("tests", &|scope| list_tests(scope, newest_of_main, &TestParameters::default()).map(drop)),
        ("tests grid 50 × 200", &|scope| find_grid(scope, &GridParameters::default()).map(drop)),
        ("comparison", &|scope| compare_runs(scope, 1, newest_of_main).map(drop)),
    ];
    let mut works = Vec::with_capacity(pages.len());
    for (name, page) in pages {
        let cache = PageCache::default();
        let work = store.read(|reader| {
            page(&Scope::open(reader, &cache, PROJECT)?)?;
            Ok::<_, PageError>(reader.work())
        });
        works.push((name, work.map_err(|error| format!("{name}: {error}"))?));
    }
    Ok(works)
}

/// Statements, rows and bytes of a page whose answer nobody asked for before: when the history was half as long, and now.
/// Pages look back over some hundred runs, so a history must be longer than that for them to be the same.
fn report_work(sizes: &Sizes, half: &[(&'static str, Work)], whole: &[(&'static str, Work)]) {
    /// What changes in the project from run to run makes some more rows and bytes.
    const MORE: f64 = 1.25;
    let is_long = sizes.runs / 2 >= 800;
    for ((name, half), (_, whole)) in half.iter().zip(whole) {
        for (what, before, now) in [
            ("statements", half.statements, whole.statements),
            ("rows", half.rows, whole.rows),
            ("unpacked kilobytes", half.bytes / 1000, whole.bytes / 1000),
        ] {
            let bar = if is_long { Bar::AtMost(before as f64 * MORE) } else { Bar::None };
            let name = format!("{name}, asked for the first time: {what}");
            print(&name, now as f64, "", bar, (before as f64, "after half of the runs"));
        }
    }
}

/// Puts runs into a store.
pub struct Filling {
    ingest: Ingest,
    project: ProjectId,
    known: HashSet<BlobId>,
}

impl Filling {
    /// Into this project.
    pub fn new(store: &Store, project: ProjectId) -> Self {
        let ingest = Ingest::new(store.clone(), plimsoll_format::Limits::default());
        Self { ingest, project, known: HashSet::new() }
    }

    /// Stores a run as a CI system would send it; how many seconds it took.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn add(&mut self, sizes: &Sizes, run: &Run<'_>, build: &str) -> Result<f64, Box<dyn Error>> {
        let ready = Ready::new(sizes, run, build).map_err(|error| error.to_string())?;
        Ok(self.store(ready)?.seconds)
    }

    fn store(&mut self, ready: Ready) -> Result<Cost, Box<dyn Error>> {
        let store = self.ingest.store().clone();
        let mut by_report = vec![self.used()?];
        let Ready { new, parents, at, reports } = ready;
        let begun = Instant::now();
        let number = store.write(|writer| {
            let number = writer.ensure_run(self.project, &new)?;
            writer.set_parents(self.project, number, &parents)?;
            Ok::<_, plimsoll_store::StoreError>(number)
        })?;
        let mut seconds = begun.elapsed().as_secs_f64();
        by_report.push(self.used()?);
        for (name, read) in reports {
            seconds += self.upload(&new, at, number, name, read)?;
            by_report.push(self.used()?);
        }
        let mut columns = BTreeMap::new();
        for column in store.read(|reader| reader.list_column_sizes(self.project, number))? {
            if self.known.insert(column.blob) {
                *columns.entry(column.kind).or_default() += column.bytes as f64;
            }
        }
        let bytes = by_report.last().copied().unwrap_or(0.0) - by_report.first().copied().unwrap_or(0.0);
        let by_report = by_report.iter().zip(by_report.iter().skip(1)).map(|(a, b)| b - a).collect();
        Ok(Cost { seconds, bytes, columns, by_report })
    }

    /// Takes one report in; what comes before, as parsing does, is not measured.
    fn upload(
        &self,
        run: &NewRun,
        at: u64,
        number: RunNumber,
        name: &str,
        read: ReadReports,
    ) -> Result<f64, Box<dyn Error>> {
        let digest = *blake3::hash(format!("{number} {at} {name}").as_bytes()).as_bytes();
        let new = NewUpload {
            run: number,
            name: name.to_owned(),
            category: None,
            shard: None,
            format: None,
            flags: Vec::new(),
            strip_prefix: None,
            add_prefix: None,
            digest,
            bytes: 1_000_000,
            received_at: run.created_at,
            spool: format!("{:016x}", mix(&[at, number.0])),
        };
        let begun = Instant::now();
        let store = self.ingest.store();
        let upload = store.write(|writer| match writer.accept_upload(self.project, &new)? {
            Accepted::Queued(id) => writer.claim_upload_by_id(self.project, id),
            Accepted::Duplicate(_) => Ok(None),
        })?;
        let upload = upload.ok_or("the store has this upload already")?;
        self.ingest.process_read(&upload, read)?;
        Ok(begun.elapsed().as_secs_f64())
    }

    fn used(&self) -> Result<f64, Box<dyn Error>> {
        Ok(self.ingest.store().read(|reader| reader.used_bytes())? as f64)
    }
}

fn report(sizes: &Sizes, costs: &[Cost], repeats: &[Cost]) {
    const KILOBYTE: f64 = 1000.0;
    let of =
        |costs: &[Cost], what: &dyn Fn(&Cost) -> f64| median(&costs.iter().map(what).collect::<Vec<_>>());
    let kind = |costs: &[Cost], kind: ColumnKind| {
        of(costs, &|cost| cost.columns.get(&kind).copied().unwrap_or(0.0)) / KILOBYTE
    };
    // The first run brings the whole project; it is no run like the others.
    let costs = costs.get(1..).unwrap_or_default();
    let bytes = of(costs, &|cost| cost.bytes) / KILOBYTE;
    let durations = kind(costs, ColumnKind::TestsDurations);
    print("database size per run, median", bytes, "KB", Bar::AtMost(150.0), (durations, "durations"));
    let mut rest = bytes;
    let kinds: std::collections::BTreeSet<ColumnKind> =
        costs.iter().flat_map(|cost| cost.columns.keys().copied()).collect();
    for each in kinds {
        let size = kind(costs, each);
        rest -= size;
        print(&format!("of it the column {each:?}"), size, "KB", Bar::None, (bytes, "all"));
    }
    print("of it rows, indexes, dictionaries, texts, lines of files", rest, "KB", Bar::None, (bytes, "all"));
    let names = std::iter::once("run").chain(REPORTS.iter().map(|(format, _)| *format));
    for (at, name) in names.enumerate() {
        let size = of(costs, &|cost| cost.by_report.get(at).copied().unwrap_or(0.0)) / KILOBYTE;
        print(&format!("of it with the report {name}"), size, "KB", Bar::None, (bytes, "all"));
    }
    // Tables grow by whole pages, now this one and now that one, and the rows of modules grow for 64 runs and then begin
    // anew: what a run takes in the long term is the mean over as many.
    let mean = |what: &dyn Fn(&Cost) -> f64| {
        repeats.iter().map(what).sum::<f64>() / repeats.len().max(1) as f64 / KILOBYTE
    };
    let again = mean(&|cost| cost.bytes);
    let durations = mean(&|cost| cost.columns.get(&ColumnKind::TestsDurations).copied().unwrap_or(0.0));
    print(
        "size of a run in which only durations change, beyond their column",
        again - durations,
        "KB",
        Bar::AtMost(4.0),
        (durations, "durations"),
    );
    let window = |from: u64| {
        let from = usize::try_from(from).unwrap_or_default();
        let part: Vec<f64> = costs.iter().skip(from).take(WINDOW as usize).map(|cost| cost.seconds).collect();
        median(&part)
    };
    let (first, last) = (window(5), window(sizes.runs.saturating_sub(WINDOW + 1)));
    print(
        "storing a run from parsed reports, about run 10",
        first,
        "s",
        Bar::AtMost(1.5),
        (last, "the last"),
    );
    print(
        "storing a run from parsed reports, the last",
        last,
        "s",
        Bar::AtMost(1.5),
        (first, "about run 10"),
    );
    print("the last beside run 10", last / first, "×", Bar::AtMost(1.2), (1.0, "the same"));
}
