//! Tests that were renamed: which name is the later one of which.

use rusqlite::Row;

use crate::{ProjectId, Reader, StoreError, TestId, Writer};

/// Two names of one test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TestLink {
    /// What it is called now.
    pub newer: TestId,
    /// What it was called before.
    pub older: TestId,
    /// Somebody said that these are two tests: they are not linked, and not again by themselves.
    pub is_undone: bool,
    /// Seconds since 1970.
    pub created_at: i64,
}

const LINK: &str = "SELECT newer, older, is_undone, created_at FROM test_link";

impl Reader<'_> {
    /// All links of a project, those that were undone among them.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list_test_links(&self, project: ProjectId) -> Result<Vec<TestLink>, StoreError> {
        self.all(&format!("{LINK} WHERE project = $1 ORDER BY newer"), [project], link)
    }
}

impl Writer<'_> {
    /// Links two tests, or says that they are two. What was said of either of them before is forgotten: a name has at
    /// most one that it was before, and at most one that it became.
    ///
    /// # Errors
    /// Those of the database.
    pub fn put_test_link(&mut self, project: ProjectId, link: TestLink) -> Result<(), StoreError> {
        self.execute(
            "DELETE FROM test_link WHERE project = $1 AND older = $2 AND newer <> $3",
            (project, link.older, link.newer),
        )?;
        self.execute(
            "INSERT INTO test_link (project, newer, older, is_undone, created_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (project, newer) DO UPDATE SET older = excluded.older, is_undone = excluded.is_undone, \
             created_at = excluded.created_at",
            (project, link.newer, link.older, link.is_undone, link.created_at),
        )?;
        Ok(())
    }
}

fn link(row: &Row<'_>) -> rusqlite::Result<TestLink> {
    Ok(TestLink { newer: row.get(0)?, older: row.get(1)?, is_undone: row.get(2)?, created_at: row.get(3)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, Store};

    #[test]
    fn a_name_has_one_before_it_and_one_after_it() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), &Options::default()).unwrap();
        let link = |newer, older| TestLink {
            newer: TestId(newer),
            older: TestId(older),
            is_undone: false,
            created_at: 0,
        };
        store
            .write(|writer| -> Result<_, StoreError> {
                let project = writer.insert_project("shop", "Shop", "main", 0)?;
                writer.put_test_link(project, link(2, 1))?;
                writer.put_test_link(project, link(3, 2))?;
                writer.put_test_link(project, link(4, 1))?;
                assert_eq!(writer.list_test_links(project)?, [link(3, 2), link(4, 1)]);
                let undone = TestLink { is_undone: true, ..link(3, 2) };
                writer.put_test_link(project, undone)?;
                assert_eq!(writer.list_test_links(project)?, [undone, link(4, 1)]);
                Ok(())
            })
            .unwrap();
    }
}
