use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

use plimsoll_api::{ErrorInfo, Timestamp};
use plimsoll_format::Limits;
use plimsoll_store::{Store, StoreError, Upload};

use super::{Announcer, Ingest, IngestError, Progress, raw};
use crate::mapped::MappedFile;
use crate::pages::PageCache;

/// How often the reading of one upload is begun, when each time the process ended before it came to its end. Machines
/// that are switched off in the wrong moment are far more frequent than a report that ends the process, so it is often.
const ATTEMPTS: u32 = 20;

/// How long the worker sleeps where nobody wakes it: another process may have queued something.
const NAP: Duration = Duration::from_secs(5);

/// How long it waits after the store failed (a full disk, say).
const PAUSE: Duration = Duration::from_secs(1);

/// Takes queued uploads into the history, one after the other, on a thread of its own. Cheap to clone.
#[derive(Clone)]
pub struct Worker {
    shared: Arc<Shared>,
}

struct Shared {
    signals: Mutex<Signals>,
    changed: Condvar,
    thread: Mutex<Option<JoinHandle<()>>>,
    announcer: Announcer,
    pages: PageCache,
}

#[derive(Default)]
struct Signals {
    is_woken: bool,
    is_stopping: bool,
}

impl Worker {
    /// Starts the worker. What was being read when the process before this one ended is read again.
    /// Uploads are kept as they came for so long.
    pub fn start(store: Store, limits: Limits, keep_uploads: Duration, clock: fn() -> Timestamp) -> Self {
        let ingest = Ingest::new(store, limits);
        let shared = Arc::new(Shared {
            signals: Mutex::default(),
            changed: Condvar::new(),
            thread: Mutex::default(),
            announcer: Announcer::default(),
            pages: ingest.pages().clone(),
        });
        let worker = Self { shared: Arc::clone(&shared) };
        let spawned = std::thread::Builder::new()
            .name("ingest".to_owned())
            .spawn(move || run(&ingest, &shared, keep_uploads, clock));
        match spawned {
            Ok(thread) => *worker.shared.thread.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread),
            Err(error) => tracing::error!(%error, "cannot start the worker: uploads stay queued"),
        }
        worker
    }

    /// Where this worker tells what happens to uploads.
    pub fn announcer(&self) -> &Announcer {
        &self.shared.announcer
    }

    /// Follows what happens to uploads from now on.
    pub fn follow(&self) -> tokio::sync::watch::Receiver<Progress> {
        self.shared.announcer.follow()
    }

    /// What it computes for pages after each upload.
    pub fn pages(&self) -> &PageCache {
        &self.shared.pages
    }

    /// Says that something was queued.
    pub fn wake(&self) {
        self.shared.signals.lock().unwrap_or_else(PoisonError::into_inner).is_woken = true;
        self.shared.changed.notify_all();
    }

    /// Finishes the upload in hand, leaves the rest in the queue, and waits for both.
    pub fn stop(&self) {
        self.shared.signals.lock().unwrap_or_else(PoisonError::into_inner).is_stopping = true;
        self.shared.changed.notify_all();
        let thread = self.shared.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            tracing::error!("the worker ended in a panic");
        }
    }
}

impl Shared {
    fn is_stopping(&self) -> bool {
        self.signals.lock().unwrap_or_else(PoisonError::into_inner).is_stopping
    }

    /// Waits until it is woken or stopped, at most so long.
    fn sleep(&self, most: Duration) {
        let signals = self.signals.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut signals, _) = self
            .changed
            .wait_timeout_while(signals, most, |signals| !signals.is_woken && !signals.is_stopping)
            .unwrap_or_else(PoisonError::into_inner);
        signals.is_woken = false;
    }
}

fn run(ingest: &Ingest, shared: &Shared, keep_uploads: Duration, clock: fn() -> Timestamp) {
    while let Err(error) = recover(ingest) {
        tracing::error!(%error, "cannot take up the queue");
        shared.sleep(PAUSE);
        if shared.is_stopping() {
            return;
        }
    }
    let mut pruned_on = None;
    while !shared.is_stopping() {
        match ingest.store().write(|writer| writer.claim_upload()) {
            Ok(Some(upload)) => {
                tell(ingest.store(), &shared.announcer, &upload, "processing");
                process(ingest, &upload);
                tell(ingest.store(), &shared.announcer, &upload, "stored");
            }
            Ok(None) => {
                let today = clock().0.div_euclid(86_400);
                if pruned_on.replace(today) != Some(today) {
                    prune(ingest.store(), keep_uploads);
                }
                shared.sleep(NAP);
            }
            Err(error) => {
                tracing::error!(%error, "cannot take an upload out of the queue");
                shared.sleep(PAUSE);
            }
        }
    }
}

/// Tells open pages of an upload. That nobody is told is no reason to stop reading.
fn tell(store: &Store, announcer: &Announcer, upload: &Upload, state: &'static str) {
    let found = store.read(|reader| {
        let projects = reader.list_projects()?;
        let name = projects.into_iter().find(|project| project.id == upload.project).map(|it| it.name);
        Ok::<_, StoreError>((name, reader.count_waiting()?))
    });
    match found {
        Ok((Some(project), waiting)) => announcer.tell(&project, upload.received.run.0, state, waiting),
        Ok((None, _)) => {}
        Err(error) => tracing::warn!(%error, "cannot tell open pages of an upload"),
    }
}

fn recover(ingest: &Ingest) -> Result<(), IngestError> {
    let error = serde_json::to_string(&ErrorInfo {
        code: "reading_crashed".to_owned(),
        message: format!("the server ended {ATTEMPTS} times while it read this report"),
        hint: Some("the server's log may say why; please report it, with the file".to_owned()),
    })?;
    let failed = ingest.store().write(|writer| writer.recover_uploads(ATTEMPTS, &error))?;
    for upload in failed {
        tracing::error!(
            upload = upload.id.0,
            "given up: the server ended each time while it read this report"
        );
        remove_spooled(ingest.store(), &upload);
    }
    Ok(())
}

/// Reads one upload on a thread of its own: a parser that panics ends this thread and not the worker.
fn process(ingest: &Ingest, upload: &Upload) {
    let done = std::thread::scope(|scope| {
        let reading = std::thread::Builder::new().name("read".to_owned()).spawn_scoped(scope, || {
            let path = ingest.store().folder().join("spool").join(&upload.received.spool);
            let bytes = MappedFile::open(&path).map_err(|source| IngestError::File { path, source })?;
            ingest.process(upload, &bytes)
        });
        reading.map(std::thread::ScopedJoinHandle::join)
    });
    let code = match done {
        Ok(Ok(Ok(()))) => {
            remove_spooled(ingest.store(), upload);
            return;
        }
        Ok(Ok(Err(error))) => {
            tracing::error!(upload = upload.id.0, %error, "cannot take an upload into the history");
            "not_recorded"
        }
        Ok(Err(_)) => {
            tracing::error!(upload = upload.id.0, "reading an upload panicked");
            "reading_crashed"
        }
        Err(error) => {
            tracing::error!(upload = upload.id.0, %error, "cannot start a thread");
            "not_recorded"
        }
    };
    let failure = ErrorInfo {
        code: code.to_owned(),
        message: "the server could not take this report into the history".to_owned(),
        hint: Some("the server's log has the cause".to_owned()),
    };
    // The spool file stays: it is all that there is of the upload.
    if let Err(error) = ingest.fail(upload, &failure) {
        tracing::error!(upload = upload.id.0, %error, "it stays claimed until the next start");
    }
}

fn remove_spooled(store: &Store, upload: &Upload) {
    let path = store.folder().join("spool").join(&upload.received.spool);
    if let Err(error) = std::fs::remove_file(&path) {
        tracing::warn!(%error, "cannot remove a file from the spool");
    }
}

fn prune(store: &Store, keep_uploads: Duration) {
    if let Err(error) = raw::prune(store, keep_uploads, SystemTime::now()) {
        tracing::warn!(%error, "cannot remove old uploads");
    }
}
