//! A diff on its way into the history: places only.

use plimsoll_model::RepoPath;
use plimsoll_store::{DiffColumn, PathId, ProjectId, StoreError, Writer};

use super::collect::Items;

/// Adds what a diff says to the column. Its paths are those of the version control system, which need no resolving.
pub(super) fn add_diff(
    writer: &mut Writer<'_>,
    project: ProjectId,
    items: &Items,
    column: &mut DiffColumn,
) -> Result<(), StoreError> {
    for base in &items.diff_bases {
        column.bases.insert(writer.intern_revision(project, items.strings.get(*base))?);
    }
    for file in &items.diff_files {
        let Some(path) = own_path(writer, project, items.strings.get(file.path))? else { continue };
        let renamed_from = match file.renamed_from {
            Some(from) => own_path(writer, project, items.strings.get(from))?,
            None => None,
        };
        let known = column.files.entry(path).or_default();
        known.renamed_from = known.renamed_from.or(renamed_from);
        known.is_deleted |= file.is_deleted;
        known.hunks.extend(&file.hunks);
    }
    Ok(())
}

/// A path that the version control system itself wrote.
pub(super) fn own_path(
    writer: &mut Writer<'_>,
    project: ProjectId,
    path: &str,
) -> Result<Option<PathId>, StoreError> {
    let Some(path) = RepoPath::normalise(path) else { return Ok(None) };
    Ok(writer.intern_paths(project, &[path.as_str()])?.first().copied())
}
