use std::sync::{Arc, Mutex, PoisonError};

use plimsoll_analysis::modules::ModuleMap;
use plimsoll_analysis::paths::FileIndex;
use plimsoll_store::{BlobId, ColumnKind, PathId, ProjectId, Reader, RunNumber, StoreError};

/// The files of the repository as of a run.
#[derive(Debug, Default)]
pub(super) struct RunFiles {
    pub index: FileIndex,
    pub modules: ModuleMap,
    ids: Vec<PathId>,
}

impl RunFiles {
    pub(super) fn id(&self, at: u32) -> Option<PathId> {
        self.ids.get(at as usize).copied()
    }

    /// Whether a path is a file of the list.
    pub(super) fn ids_contain(&self, path: PathId) -> bool {
        self.ids.binary_search(&path).is_ok()
    }
}

/// Keeps the files of the run that was asked for last: the uploads of a run come one after the other, and the next
/// run's list is most often the same content.
#[derive(Debug, Default)]
pub(super) struct FilesCache(Mutex<Option<Known>>);

#[derive(Debug)]
struct Known {
    project: ProjectId,
    list: BlobId,
    files: Arc<RunFiles>,
}

impl FilesCache {
    /// The files of a run; `None` where it has no file list.
    pub(super) fn read(
        &self,
        reader: &Reader<'_>,
        project: ProjectId,
        run: RunNumber,
    ) -> Result<Option<Arc<RunFiles>>, StoreError> {
        let columns = reader.list_columns(project, run)?;
        let Some(&(_, list)) = columns.iter().find(|(kind, _)| *kind == ColumnKind::Files) else {
            return Ok(None);
        };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.as_ref().filter(|known| (known.project, known.list) == (project, list)) {
            return Ok(Some(Arc::clone(&known.files)));
        }
        let Some(ids) = reader.read_files(project, run)? else { return Ok(None) };
        let paths = reader.list_paths(project, &ids)?;
        let texts = || paths.iter().map(|info| info.path.as_str());
        let files = Arc::new(RunFiles {
            index: FileIndex::new(texts()),
            modules: ModuleMap::from_files(texts()),
            ids: paths.iter().map(|info| info.id).collect(),
        });
        *known = Some(Known { project, list, files: Arc::clone(&files) });
        Ok(Some(files))
    }

    /// After a rollback, identifiers may come to stand for something else.
    pub(super) fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
