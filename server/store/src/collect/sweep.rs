//! The removal itself: what nobody needs, table by table.

use std::time::Instant;

use roaring::{RoaringBitmap, RoaringTreemap};

use super::{Marks, Pace, Removed, Watch};
use crate::finding_text::read_detail;
use crate::{ChangeSet, ProjectId, Reader, Store, StoreError, Writer};

/// Rows that were needed by nobody when the collection looked.
struct Unneeded {
    blobs: RoaringTreemap,
    tests: RoaringBitmap,
    findings: RoaringBitmap,
    change_sets: RoaringBitmap,
}

/// The same of the tables that the rows of others refer to.
struct UnneededNames {
    paths: RoaringBitmap,
    rules: RoaringBitmap,
    revisions: RoaringBitmap,
}

impl Store {
    /// Removes the contents and the dictionary rows of a project that no run refers to.
    ///
    /// # Errors
    /// Those of the database, and a column that is damaged: then nothing is removed.
    pub fn collect(
        &self,
        project: ProjectId,
        pace: Pace,
        should_stop: &dyn Fn() -> bool,
    ) -> Result<Removed, StoreError> {
        let watch = Watch::new(project);
        let began = watch.began;
        self.write_behind(|writer| -> Result<(), StoreError> {
            writer.caches.watch = Some(watch);
            Ok(())
        })?;
        let mut removed = Removed::default();
        let done = self.collect_watched(project, began, pace, should_stop, &mut removed);
        self.write_behind(|writer| -> Result<(), StoreError> {
            writer.caches.watch.take_if(|watch| watch.began == began);
            Ok(())
        })?;
        removed.is_complete = done?;
        Ok(removed)
    }

    fn collect_watched(
        &self,
        project: ProjectId,
        began: Instant,
        pace: Pace,
        should_stop: &dyn Fn() -> bool,
        removed: &mut Removed,
    ) -> Result<bool, StoreError> {
        let mut marks = Marks::default();
        let unneeded = self.read(|reader| {
            reader.mark(project, &mut marks, |_| true)?;
            reader.unneeded(project, &marks)
        })?;
        // A watch that is not there any more knows too little: another process wrote, or a transaction was undone.
        let is_lost = std::cell::Cell::new(false);
        let stop = || is_lost.get() || should_stop();
        let mut sweep = |ids: &mut dyn Iterator<Item = u64>,
                         came_into_use: fn(&Watch, u64) -> Result<bool, StoreError>,
                         remove: Remove|
         -> Result<bool, StoreError> {
            self.write_in_batches(ids, pace, &stop, |writer, id| {
                match writer.caches.watch.as_ref().filter(|watch| watch.began == began) {
                    None => is_lost.set(true),
                    Some(watch) if came_into_use(watch, id)? => {}
                    Some(_) => remove(writer, project, id, removed)?,
                }
                Ok(())
            })
        };
        let wide = |ids: RoaringBitmap| ids.into_iter().map(u64::from);
        let mut is_complete =
            sweep(&mut unneeded.blobs.into_iter(), |watch, id| Ok(watch.blobs.contains(id)), remove_blob)?
                && sweep(&mut wide(unneeded.tests), |watch, id| is_in(&watch.tests, id), remove_test)?
                && sweep(
                    &mut wide(unneeded.findings),
                    |watch, id| is_in(&watch.findings, id),
                    remove_finding,
                )?
                && sweep(
                    &mut wide(unneeded.change_sets),
                    |watch, id| is_in(&watch.revisions, id),
                    remove_change_set,
                )?;
        // Names come last: those that the rows above refer to, be they needed or only left alone, are needed.
        if is_complete && !is_lost.get() {
            let names = self.read(|reader| reader.unneeded_names(project, marks))?;
            is_complete = sweep(&mut wide(names.paths), |watch, id| is_in(&watch.paths, id), remove_path)?
                && sweep(&mut wide(names.rules), |watch, id| is_in(&watch.rules, id), remove_rule)?
                && sweep(
                    &mut wide(names.revisions),
                    |watch, id| is_in(&watch.revisions, id),
                    remove_revision,
                )?;
        }
        Ok(is_complete && !is_lost.get())
    }
}

/// All but the greatest: its identifier must not be given again.
fn without_greatest(mut ids: RoaringBitmap) -> RoaringBitmap {
    if let Some(greatest) = ids.max() {
        ids.remove(greatest);
    }
    ids
}

impl Reader<'_> {
    fn unneeded(&self, project: ProjectId, marks: &Marks) -> Result<Unneeded, StoreError> {
        let mut blobs = RoaringTreemap::new();
        let mut statement = self.prepare("SELECT id FROM blob WHERE project = $1")?;
        let mut rows = statement.query([project])?;
        while let Some(row) = rows.next()? {
            blobs.insert(row.get::<_, crate::BlobId>(0)?.0);
        }
        if let Some(greatest) = blobs.max() {
            blobs.remove(greatest);
        }
        let all = |sql| self.id_set(sql, [project]);
        Ok(Unneeded {
            blobs: blobs - marks.blobs(),
            tests: without_greatest(all("SELECT id FROM test WHERE project = $1")?)
                - &marks.tests
                - all("SELECT newer FROM test_link WHERE project = $1")?
                - all("SELECT older FROM test_link WHERE project = $1")?,
            findings: without_greatest(all("SELECT id FROM finding WHERE project = $1")?) - &marks.findings,
            change_sets: all("SELECT revision FROM change_set WHERE project = $1")? - &marks.change_sets,
        })
    }

    fn unneeded_names(&self, project: ProjectId, marks: Marks) -> Result<UnneededNames, StoreError> {
        let all = |sql| self.id_set(sql, [project]);
        let mut paths = marks.paths;
        paths |= all("SELECT path FROM test WHERE project = $1 AND path IS NOT NULL")?;
        paths |= all("SELECT path FROM finding WHERE project = $1 AND path IS NOT NULL")?;
        paths |= all("SELECT path FROM review WHERE project = $1 AND path IS NOT NULL")?;
        let mut revisions = marks.revisions;
        revisions |= all("SELECT revision FROM run WHERE project = $1")?;
        for ChangeSet { commit, changes, .. } in self.list_change_sets(project)? {
            revisions.insert(commit.0);
            for change in changes {
                paths.insert(change.path.0);
                paths.extend(change.renamed_from.map(|path| path.0));
            }
        }
        let rules = all("SELECT rule FROM finding WHERE project = $1")?;
        Ok(UnneededNames {
            paths: without_greatest(all("SELECT id FROM path WHERE project = $1")?) - paths,
            rules: without_greatest(all("SELECT id FROM rule WHERE project = $1")?) - rules,
            revisions: without_greatest(all("SELECT id FROM revision WHERE project = $1")?) - revisions,
        })
    }
}

fn is_in(ids: &RoaringBitmap, id: u64) -> Result<bool, StoreError> {
    Ok(ids.contains(narrow(id)?))
}

/// Removes one row, and takes it out of the caches.
type Remove = fn(&mut Writer<'_>, ProjectId, u64, &mut Removed) -> Result<(), StoreError>;

fn remove_blob(
    writer: &mut Writer<'_>,
    project: ProjectId,
    id: u64,
    removed: &mut Removed,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM blob WHERE project = $1 AND id = $2 RETURNING length(content)";
    if let Some(bytes) = writer.one(sql, (project, crate::BlobId(id)), |row| row.get::<_, i64>(0))? {
        removed.blobs += 1;
        removed.blob_bytes += u64::try_from(bytes).unwrap_or_default();
    }
    Ok(())
}

fn remove_test(
    writer: &mut Writer<'_>,
    project: ProjectId,
    id: u64,
    removed: &mut Removed,
) -> Result<(), StoreError> {
    let id = narrow(id)?;
    let sql = "DELETE FROM test WHERE project = $1 AND id = $2 RETURNING key";
    if let Some(key) = writer.one(sql, (project, id), |row| row.get(0))? {
        removed.rows += 1;
        if let Some(known) = &mut writer.caches.project(project).tests {
            known.ids.remove(&u128::from_be_bytes(key));
            known.places.unset(id);
        }
    }
    Ok(())
}

fn remove_finding(
    writer: &mut Writer<'_>,
    project: ProjectId,
    id: u64,
    removed: &mut Removed,
) -> Result<(), StoreError> {
    let id = narrow(id)?;
    let sql = "DELETE FROM finding WHERE project = $1 AND id = $2 RETURNING identity, occurrence, detail";
    if let Some((identity, occurrence, detail)) =
        writer.one(sql, (project, id), |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?)))?
    {
        writer.remove_finding_words(project, id, &read_detail(&detail))?;
        removed.rows += 1;
        let sql = "DELETE FROM advisory WHERE project = $1 AND finding = $2";
        removed.rows += writer.execute(sql, (project, id))? as u64;
        if let Some(known) = &mut writer.caches.project(project).advisories {
            known.remove(&id);
        }
        if let Some(known) = &mut writer.caches.project(project).findings {
            known.ids.remove(&(u128::from_be_bytes(identity), occurrence));
            known.places.unset(id);
        }
    }
    Ok(())
}

fn remove_change_set(
    writer: &mut Writer<'_>,
    project: ProjectId,
    id: u64,
    removed: &mut Removed,
) -> Result<(), StoreError> {
    let id = narrow(id)?;
    let sql = "DELETE FROM change_set WHERE project = $1 AND revision = $2";
    removed.rows += writer.execute(sql, (project, id))? as u64;
    Ok(())
}

fn remove_path(
    writer: &mut Writer<'_>,
    project: ProjectId,
    id: u64,
    removed: &mut Removed,
) -> Result<(), StoreError> {
    let id = narrow(id)?;
    let sql = "DELETE FROM path WHERE project = $1 AND id = $2 RETURNING path";
    if let Some(path) = writer.one(sql, (project, id), |row| row.get::<_, Box<str>>(0))? {
        removed.rows += 1;
        if let Some(known) = &mut writer.caches.project(project).paths {
            known.ids.remove(&path);
            known.modules.unset(id);
        }
    }
    Ok(())
}

fn remove_rule(
    writer: &mut Writer<'_>,
    project: ProjectId,
    id: u64,
    removed: &mut Removed,
) -> Result<(), StoreError> {
    let id = narrow(id)?;
    let sql = "DELETE FROM rule WHERE project = $1 AND id = $2 RETURNING tool, rule";
    if let Some(key) = writer.one(sql, (project, id), |row| Ok((row.get(0)?, row.get(1)?)))? {
        removed.rows += 1;
        if let Some(known) = &mut writer.caches.project(project).rules {
            known.ids.remove(&key);
        }
    }
    Ok(())
}

fn remove_revision(
    writer: &mut Writer<'_>,
    project: ProjectId,
    id: u64,
    removed: &mut Removed,
) -> Result<(), StoreError> {
    let id = narrow(id)?;
    let sql = "DELETE FROM revision WHERE project = $1 AND id = $2 RETURNING name";
    if let Some(name) = writer.one(sql, (project, id), |row| row.get::<_, Box<str>>(0))? {
        removed.rows += 1;
        if let Some(known) = &mut writer.caches.project(project).revisions {
            known.ids.remove(&name);
        }
    }
    Ok(())
}

fn narrow(id: u64) -> Result<u32, StoreError> {
    u32::try_from(id).map_err(|_| StoreError::TooMany("rows in a dictionary"))
}

#[cfg(test)]
mod tests {
    use crate::{Options, Store};

    /// A table that refers to a content or to a row of a dictionary must be looked at above, or what it refers to is
    /// removed from under it. Whoever adds a table adds it here, and there.
    #[test]
    fn every_table_was_thought_of() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), &Options::default()).unwrap();
        let tables = store
            .read(|reader| {
                let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
                reader.all(sql, [], |row| row.get::<_, String>(0))
            })
            .unwrap();
        let known = [
            // Refer to contents or rows of dictionaries, and are looked at.
            "run",
            "upload_column",
            "run_column",
            "test",
            "finding",
            "change_set",
            "review",
            "test_link",
            // Refer to modules at most, which are never removed; or to nothing.
            "project",
            "token",
            "module",
            "path",
            "rule",
            "revision",
            "branch",
            "upload",
            "module_stat",
            "blob",
            "audit",
            "module_measures",
            // By identifiers, which are never given twice.
            "origin",
            "exact_durations",
            "advisory",
            // Go with their finding, as does the one above; the others are FTS5's own tables behind the first.
            "finding_tag",
            "finding_text",
            "finding_text_config",
            "finding_text_data",
            "finding_text_docsize",
            "finding_text_idx",
        ];
        for table in tables {
            assert!(known.contains(&table.as_str()), "does table `{table}` refer to what is collected?");
        }
    }
}
