//! Removes what no run refers to any more, in small steps, while others read and write.
//!
//! Contents and dictionary rows are shared by runs and never counted: which of them are needed is found out by following
//! the columns of all runs as of one moment. What comes after that moment is safe by two rules. A row that is new has a
//! greater identifier than all that were looked at; names (paths, rules, commits) are looked at later than the columns,
//! so new ones are noted like old ones. And a row that was there already, needed by nobody, comes into use
//! again only when the writer is asked for it by its content; the writer notes this in a [`Watch`] that was set before
//! the moment, and what is noted is left alone.
//!
//! No identifier is given twice, since caches take equal identifiers for equal contents: the row with the greatest one
//! stays, needed or not.

mod marks;
mod sweep;

use std::time::{Duration, Instant};

pub(crate) use marks::Marks;
use roaring::{RoaringBitmap, RoaringTreemap};

use crate::{ProjectId, Store, StoreError, Writer};

/// How fast something is done beside the server's real work.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// How long one transaction takes at most; others who write wait that long.
    pub batch: Duration,
    /// How long there is a rest after each, at least; and at least as long as the transaction took.
    pub pause: Duration,
}

impl Pace {
    /// For a server that others use meanwhile.
    pub const GENTLE: Self = Self { batch: Duration::from_millis(10), pause: Duration::from_millis(10) };
    /// For a folder that nobody else uses.
    pub const FAST: Self = Self { batch: Duration::from_millis(500), pause: Duration::ZERO };
}

/// What a collection removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Removed {
    /// Contents.
    pub blobs: u64,
    /// Their bytes, compressed as they were stored.
    pub blob_bytes: u64,
    /// Rows of the dictionaries: paths, tests, findings, rules, commits and what these changed.
    pub rows: u64,
    /// It came to its end. If not, another process wrote or the work was stopped; what is left is removed another time.
    pub is_complete: bool,
}

/// What the writer was asked for since a collection began.
#[derive(Debug)]
pub(crate) struct Watch {
    project: ProjectId,
    began: Instant,
    pub blobs: RoaringTreemap,
    pub tests: RoaringBitmap,
    pub findings: RoaringBitmap,
    pub paths: RoaringBitmap,
    pub rules: RoaringBitmap,
    pub revisions: RoaringBitmap,
}

impl Watch {
    fn new(project: ProjectId) -> Self {
        Self {
            project,
            began: Instant::now(),
            blobs: RoaringTreemap::new(),
            tests: RoaringBitmap::new(),
            findings: RoaringBitmap::new(),
            paths: RoaringBitmap::new(),
            rules: RoaringBitmap::new(),
            revisions: RoaringBitmap::new(),
        }
    }
}

impl Writer<'_> {
    /// Notes that rows came into use, if a collection is under way in this project.
    pub(crate) fn note_use(&mut self, project: ProjectId, note: impl FnOnce(&mut Watch)) {
        if let Some(watch) = self.caches.watch.as_mut().filter(|watch| watch.project == project) {
            note(watch);
        }
    }
}

impl Store {
    /// Does something to many things in several transactions, each of them short. What was done stays done when the
    /// work ends early. Says whether it came to its end.
    ///
    /// # Errors
    /// Those of the work, whose transaction is then undone, and of the database.
    pub fn write_in_batches<T>(
        &self,
        items: impl IntoIterator<Item = T>,
        pace: Pace,
        should_stop: &dyn Fn() -> bool,
        mut work: impl FnMut(&mut Writer<'_>, T) -> Result<(), StoreError>,
    ) -> Result<bool, StoreError> {
        let mut items = items.into_iter().peekable();
        while items.peek().is_some() {
            if should_stop() {
                return Ok(false);
            }
            let took = self.write_behind(|writer| -> Result<Duration, StoreError> {
                let begun = Instant::now();
                // One at least, however short the time is.
                for item in items.by_ref() {
                    work(writer, item)?;
                    if begun.elapsed() >= pace.batch {
                        break;
                    }
                }
                Ok(begun.elapsed())
            })?;
            if !pace.pause.is_zero() {
                std::thread::sleep(pace.pause.max(took));
            }
        }
        Ok(true)
    }

    /// Gives free pages back to the file system, in small steps; says how many bytes the file has lost.
    ///
    /// # Errors
    /// Those of the database.
    pub fn shrink(&self, pace: Pace, should_stop: &dyn Fn() -> bool) -> Result<u64, StoreError> {
        const PAGES: u32 = 256;
        let mut freed = 0;
        while !should_stop() {
            let begun = Instant::now();
            let (pages, bytes) = self.vacuum_some(PAGES)?;
            if pages == 0 {
                break;
            }
            freed += bytes;
            if !pace.pause.is_zero() {
                std::thread::sleep(pace.pause.max(begun.elapsed()));
            }
        }
        if freed > 0 {
            self.checkpoint()?;
        }
        Ok(freed)
    }
}
