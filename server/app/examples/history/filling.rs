//! Runs go into the store one after the other: what each takes, in time and in room.

use std::collections::{BTreeMap, HashSet};
use std::error::Error;
use std::time::Instant;

use plimsoll::ingest::{Ingest, fill_report};
use plimsoll_store::{Accepted, BlobId, ColumnKind, NewRun, NewUpload, ProjectId, RunNumber, Store};

use crate::figures::{Bar, median, print};
use crate::project::{History, Run, Sizes};
use crate::random::mix;
use crate::reports::{self, REPORTS};

/// The project's name.
pub const PROJECT: &str = "bench";
/// Runs whose median stands for "at the beginning" and "at the end".
const WINDOW: u64 = 9;
/// Repeats of the last run in which nothing but the durations differs.
const REPEATS: u64 = 3;

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

/// Fills an empty store and prints what it took.
///
/// # Errors
/// Where the store fails.
pub fn fill(store: &Store, sizes: &Sizes) -> Result<History, Box<dyn Error>> {
    let ingest = Ingest::new(store.clone(), plimsoll_format::Limits::default());
    let project = store.write(|writer| writer.insert_project(PROJECT, PROJECT, "main", 0))?;
    let mut filling = Filling { ingest, project, sizes: *sizes, known: HashSet::new() };
    let mut history = History::new(*sizes);
    let mut costs = Vec::new();
    let begun = Instant::now();
    for at in 0..sizes.runs {
        costs.push(filling.store(&history.run(at), "1")?);
        if at % 100 == 99 {
            eprintln!("{} runs in {:.0} s", at + 1, begun.elapsed().as_secs_f64());
        }
    }
    let mut repeats = Vec::new();
    // The last run on main once more, as a CI system does that is told to run it again.
    let last = sizes.runs.saturating_sub(1) / 2 * 2;
    let mut run = history.again(last);
    for repeat in 1..=REPEATS {
        run.at = sizes.runs + repeat;
        repeats.push(filling.store(&run, &format!("again-{repeat}"))?);
    }
    report(sizes, &costs, &repeats);
    Ok(history)
}

struct Filling {
    ingest: Ingest,
    project: ProjectId,
    sizes: Sizes,
    known: HashSet<BlobId>,
}

impl Filling {
    fn store(&mut self, run: &Run<'_>, build: &str) -> Result<Cost, Box<dyn Error>> {
        let store = self.ingest.store().clone();
        let mut by_report = vec![self.used()?];
        let commit = run.state.commits.last().ok_or("a run without a commit")?;
        let new = NewRun {
            commit: commit.name(),
            branch: run.branch.clone(),
            pull_request: run.pull_request,
            base_branch: run.pull_request.map(|_| "main".to_owned()),
            build: Some(build.to_owned()),
            build_url: Some(format!("https://ci.example/bench/{}", run.at)),
            created_at: run.time,
            tag: None,
        };
        let parents: Vec<String> =
            run.state.commits.iter().rev().skip(1).take(200).map(crate::project::Commit::name).collect();
        let begun = Instant::now();
        let number = store.write(|writer| {
            let number = writer.ensure_run(self.project, &new)?;
            writer.set_parents(self.project, number, &parents)?;
            Ok::<_, plimsoll_store::StoreError>(number)
        })?;
        let mut seconds = begun.elapsed().as_secs_f64();
        by_report.push(self.used()?);
        for (format, name) in REPORTS {
            seconds += self.upload(run, number, format, name)?;
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
        run: &Run<'_>,
        number: RunNumber,
        format: &str,
        name: &str,
    ) -> Result<f64, Box<dyn Error>> {
        let read = fill_report(name, format, |sink| reports::push(format, &self.sizes, run, sink))?;
        let digest = *blake3::hash(format!("{number} {} {name}", run.at).as_bytes()).as_bytes();
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
            received_at: run.time,
            spool: format!("{:016x}", mix(&[run.at, number.0])),
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
    let again = of(repeats, &|cost| cost.bytes) / KILOBYTE;
    let durations = kind(repeats, ColumnKind::TestsDurations);
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
