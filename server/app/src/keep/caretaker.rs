use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use plimsoll_analysis::retention::Policy;
use plimsoll_api::Timestamp;
use plimsoll_store::{Pace, Store};

use super::{plan, prune};
use crate::pages::{PageCache, PageError};

/// How often a server looks for what may go.
pub const PERIOD: Duration = Duration::from_secs(3_600);

/// Keeps the history of a running server small, on a thread of its own that gives way to everything else. Cheap to
/// clone.
#[derive(Clone)]
pub struct Caretaker {
    shared: Arc<Shared>,
}

struct Shared {
    is_stopping: Mutex<bool>,
    changed: Condvar,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Caretaker {
    /// Starts it: the first round is after one period, since a server that has just started has better things to do.
    pub fn start(store: Store, policy: Policy, period: Duration, clock: fn() -> Timestamp) -> Self {
        let shared = Arc::new(Shared {
            is_stopping: Mutex::new(false),
            changed: Condvar::new(),
            thread: Mutex::default(),
        });
        let caretaker = Self { shared: Arc::clone(&shared) };
        let spawned = std::thread::Builder::new().name("caretaker".to_owned()).spawn(move || {
            while shared.sleep(period) {
                round(&store, &policy, clock().0, &|| shared.is_stopping());
            }
        });
        match spawned {
            Ok(thread) => {
                *caretaker.shared.thread.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread);
            }
            Err(error) => tracing::error!(%error, "cannot start the caretaker: nothing old is dropped"),
        }
        caretaker
    }

    /// Ends the step in hand, leaves the rest for another time, and waits for it.
    pub fn stop(&self) {
        *self.shared.is_stopping.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.shared.changed.notify_all();
        let thread = self.shared.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            tracing::error!("the caretaker ended in a panic");
        }
    }
}

impl Shared {
    fn is_stopping(&self) -> bool {
        *self.is_stopping.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sleeps so long; `false` where it is to stop.
    fn sleep(&self, period: Duration) -> bool {
        let stopping = self.is_stopping.lock().unwrap_or_else(PoisonError::into_inner);
        let (stopping, _) = self
            .changed
            .wait_timeout_while(stopping, period, |stopping| !*stopping)
            .unwrap_or_else(PoisonError::into_inner);
        !*stopping
    }
}

fn round(store: &Store, policy: &Policy, now: i64, should_stop: &dyn Fn() -> bool) {
    let done = || -> Result<(), PageError> {
        let pages = PageCache::default();
        for project in store.read(|reader| reader.list_projects())? {
            let dropped = plan(store, &pages, &project.name, policy, now)?.dropped();
            prune(store, &project, dropped, Pace::GENTLE, now, should_stop)?;
            if should_stop() {
                return Ok(());
            }
        }
        store.shrink(Pace::GENTLE, should_stop)?;
        Ok(())
    };
    if let Err(error) = done() {
        tracing::warn!(%error, "cannot drop what is old; it is tried again later");
    }
}
