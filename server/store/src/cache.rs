//! What the writer remembers of the dictionaries, so that a key costs a look into memory and not into an index.
//!
//! A dictionary is loaded whole when it is first needed and kept in step by the writer, which is the only one who adds
//! to it. After a rollback, and when another process has written, everything is forgotten.

use std::borrow::Cow;
use std::collections::HashMap;

use plimsoll_model::FindingKind;

use crate::blobs::Encoder;
use crate::collect::Watch;
use crate::origins::Origins;
use crate::{BlobId, ColumnKind, ModuleId, PathId, ProjectId, StoreError};

/// Projects whose dictionaries are kept; with one more, the one that was used longest ago is forgotten.
const PROJECTS: usize = 8;

#[derive(Default)]
pub(crate) struct Caches {
    projects: HashMap<ProjectId, ProjectCache>,
    clock: u64,
    encoder: Encoder,
    /// Set while what nobody needs is removed.
    pub watch: Option<Watch>,
}

#[derive(Default)]
pub(crate) struct ProjectCache {
    used: u64,
    pub next_blob: Option<BlobId>,
    pub paths: Option<Paths>,
    pub modules: Option<HashMap<Box<str>, KnownModule>>,
    pub tests: Option<Tests>,
    pub rules: Option<Rules>,
    pub findings: Option<Findings>,
    /// Digests of the names that are noted, by finding.
    pub advisories: Option<HashMap<u32, Vec<u64>>>,
    pub revisions: Option<Revisions>,
    pub origins: HashMap<ColumnKind, Origins>,
}

/// Its identifier and its name.
type KnownModule = (ModuleId, Box<str>);

/// Its identifier, its name and its link.
type KnownRule = (u32, Option<Box<str>>, Option<Box<str>>);

#[derive(Default)]
pub(crate) struct Paths {
    pub ids: HashMap<Box<str>, PathId>,
    pub modules: Places<Option<ModuleId>>,
}

#[derive(Default)]
pub(crate) struct Tests {
    pub ids: HashMap<u128, u32>,
    pub places: Places<(Option<PathId>, Option<ModuleId>)>,
}

#[derive(Default)]
pub(crate) struct Rules {
    /// By tool and rule.
    pub ids: HashMap<(Box<str>, Box<str>), KnownRule>,
    pub next: u32,
}

#[derive(Default)]
pub(crate) struct Revisions {
    pub ids: HashMap<Box<str>, u32>,
    pub greatest: u32,
}

#[derive(Default)]
pub(crate) struct Findings {
    pub ids: HashMap<(u128, u32), u32>,
    pub places: Places<FindingPlace>,
}

#[derive(Clone, Copy)]
pub(crate) struct FindingPlace {
    pub path: Option<PathId>,
    pub kind: FindingKind,
    /// Of the detail, so that an unchanged one is not written again.
    pub detail: u64,
    /// Whether it is known with which run it came.
    pub has_first_run: bool,
}

/// Values by dense identifiers that begin at 1.
pub(crate) struct Places<T>(Vec<Option<T>>);

impl<T> Default for Places<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Copy> Places<T> {
    pub fn get(&self, id: u32) -> Option<T> {
        self.0.get(id as usize).copied().flatten()
    }

    pub fn set(&mut self, id: u32, value: T) {
        let at = id as usize;
        if at >= self.0.len() {
            self.0.resize(at + 1, None);
        }
        if let Some(place) = self.0.get_mut(at) {
            *place = Some(value);
        }
    }

    pub fn unset(&mut self, id: u32) {
        if let Some(place) = self.0.get_mut(id as usize) {
            *place = None;
        }
    }

    /// The identifier after the greatest that was ever set.
    pub fn next(&self, what: &'static str) -> Result<u32, StoreError> {
        u32::try_from(self.0.len().max(1)).map_err(|_| StoreError::TooMany(what))
    }
}

impl Caches {
    pub fn project(&mut self, id: ProjectId) -> &mut ProjectCache {
        self.clock += 1;
        if self.projects.len() >= PROJECTS && !self.projects.contains_key(&id) {
            let oldest = self.projects.iter().min_by_key(|(_, cache)| cache.used).map(|(id, _)| *id);
            if let Some(oldest) = oldest {
                self.projects.remove(&oldest);
            }
        }
        let cache = self.projects.entry(id).or_default();
        cache.used = self.clock;
        cache
    }

    pub fn encode<'a>(&mut self, content: &'a [u8]) -> Result<(u8, Cow<'a, [u8]>), StoreError> {
        self.encoder.encode(content)
    }
}
