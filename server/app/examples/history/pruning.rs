//! Half of the runs are dropped while uploads go on: what an upload waits for it, and what it gives back.

use std::error::Error;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use plimsoll::keep::prune;
use plimsoll_store::{FILE, Pace, Project, RunNumber, Store};

use crate::figures::{Bar, median, percentile, print};
use crate::filling::{Filling, PROJECT};
use crate::project::{History, Sizes};

/// Runs that are uploaded before, to compare with.
const ALONE: u64 = 5;
/// After the pruning has ended, at most so many runs are still uploaded.
const LEAST: usize = 5;
/// Between two runs.
const REST: Duration = Duration::from_millis(20);

/// What uploading one run took.
#[derive(Debug, Clone, Copy)]
struct Uploaded {
    /// Seconds that its transactions waited until the writer was theirs.
    waited: f64,
    /// Seconds in all.
    took: f64,
}

/// Drops two runs of every four.
///
/// An upload is delayed by pruning while a batch has the writer. Of uploads there is one at a time here, so whatever a
/// transaction of an upload waits for the writer is the doing of a batch; it is summed up over all transactions of
/// a run's five uploads, so it is more than any single upload waited.
///
/// # Errors
/// Where the store fails.
pub fn measure(store: &Store, data: &Path, history: &mut History) -> Result<(), Box<dyn Error>> {
    let sizes = history.sizes;
    let project = store.read(|reader| reader.find_project(PROJECT))?.ok_or("there is no project")?;
    let mut uploading = Uploading { store, filling: Filling::new(store, project.id), sizes, next: 0 };
    // Caches are filled first, as they are in a server that runs.
    uploading.one(history)?;
    let alone = (0..ALONE).map(|_| uploading.one(history)).collect::<Result<Vec<_>, _>>()?;
    let before = file_bytes(store, data)?;
    let runs: Vec<RunNumber> = (1..=sizes.runs).filter(|number| number % 4 > 1).map(RunNumber).collect();
    let wanted = runs.len();
    let is_done = AtomicBool::new(false);
    let begun = Instant::now();
    let (beside, pruned) = std::thread::scope(|scope| -> Result<_, Box<dyn Error>> {
        let pruning = scope.spawn(|| {
            let pruned = drop_and_shrink(store, &project, runs);
            is_done.store(true, Ordering::SeqCst);
            pruned
        });
        let mut beside = Vec::new();
        while !is_done.load(Ordering::SeqCst) || beside.len() < LEAST {
            beside.push(uploading.one(history)?);
        }
        Ok((beside, pruning.join().map_err(|_| "pruning panicked")??))
    })?;
    let seconds = begun.elapsed().as_secs_f64();
    let after = file_bytes(store, data)?;
    report(&alone, &beside);
    print("dropped runs", pruned as f64, "", Bar::None, (wanted as f64, "wanted"));
    print(
        "dropping them and giving back their room",
        seconds,
        "s",
        Bar::None,
        (beside.len() as f64, "runs uploaded meanwhile"),
    );
    print(
        "file after it, beside the file before",
        after / before,
        "×",
        Bar::AtMost(0.95),
        (before / 1e6, "MB before"),
    );
    Ok(())
}

fn report(alone: &[Uploaded], beside: &[Uploaded]) {
    const MILLISECONDS: f64 = 1000.0;
    let of = |uploaded: &[Uploaded], what: fn(&Uploaded) -> f64| -> Vec<f64> {
        uploaded.iter().map(|one| what(one) * MILLISECONDS).collect()
    };
    let (waited, waited_alone) = (of(beside, |one| one.waited), of(alone, |one| one.waited));
    let (took, took_alone) = (of(beside, |one| one.took), of(alone, |one| one.took));
    let reference = (percentile(&waited_alone, 100), "without pruning");
    print(
        "greatest delay of a run's five uploads by pruning",
        percentile(&waited, 100),
        "ms",
        Bar::AtMost(50.0),
        reference,
    );
    print(
        "median delay of them",
        median(&waited),
        "ms",
        Bar::None,
        (median(&waited_alone), "without pruning"),
    );
    let reference = (median(&took_alone), "without pruning");
    print("storing a run beside pruning, median", median(&took), "ms", Bar::None, reference);
}

/// As the server does it, in the same small steps.
fn drop_and_shrink(store: &Store, project: &Project, runs: Vec<RunNumber>) -> Result<u64, String> {
    let pruned =
        prune(store, project, runs, Pace::GENTLE, 0, &|| false).map_err(|error| error.to_string())?;
    store.shrink(Pace::GENTLE, &|| false).map_err(|error| error.to_string())?;
    Ok(pruned.runs)
}

struct Uploading<'a> {
    store: &'a Store,
    filling: Filling,
    sizes: Sizes,
    next: u64,
}

impl Uploading<'_> {
    /// The next run of the main branch.
    fn one(&mut self, history: &mut History) -> Result<Uploaded, Box<dyn Error>> {
        // After those that the server was sent.
        const SENT: u64 = 1_000;
        let at = self.sizes.runs.next_multiple_of(2) + SENT + 2 * self.next;
        self.next += 1;
        let run = history.run(at);
        let before = self.store.time_waited();
        let took = self.filling.add(&self.sizes, &run, "while pruning")?;
        let waited = self.store.time_waited().saturating_sub(before).as_secs_f64();
        std::thread::sleep(REST);
        Ok(Uploaded { waited, took })
    }
}

/// The size of the database's file once the log is in it.
fn file_bytes(store: &Store, data: &Path) -> Result<f64, Box<dyn Error>> {
    store.checkpoint()?;
    Ok(std::fs::metadata(data.join(FILE))?.len() as f64)
}
