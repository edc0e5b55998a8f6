//! The identities of tests.

use roaring::RoaringBitmap;

use crate::cache::Tests;
use crate::{ModuleId, NewTest, PathId, ProjectId, Reader, StoreError, TestId, TestInfo, Writer};

const TEST: &str = "SELECT id, suite, class, name, path, module FROM test";

impl NewTest<'_> {
    /// BLAKE3-128 over suite, class and name. Each is followed by a byte that no UTF-8 text holds, so that no two
    /// different triples are the same bytes.
    fn key(&self) -> u128 {
        let mut hasher = blake3::Hasher::new();
        for part in [self.suite, self.class, self.name] {
            hasher.update(part.as_bytes());
            hasher.update(&[0xff]);
        }
        let mut key = [0; 16];
        hasher.finalize_xof().fill(&mut key);
        u128::from_be_bytes(key)
    }
}

impl Reader<'_> {
    /// The tests with these identifiers, in their order.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list_tests(&self, project: ProjectId, ids: &RoaringBitmap) -> Result<Vec<TestInfo>, StoreError> {
        self.by_ids(TEST, project, ids, |row| {
            Ok(TestInfo {
                id: row.get(0)?,
                suite: row.get(1)?,
                class: row.get(2)?,
                name: row.get(3)?,
                path: row.get(4)?,
                module: row.get(5)?,
            })
        })
    }

    /// The tests of a module, of all runs.
    ///
    /// # Errors
    /// Those of the database.
    pub fn tests_of_module(&self, project: ProjectId, module: ModuleId) -> Result<RoaringBitmap, StoreError> {
        self.id_set("SELECT id FROM test WHERE project = $1 AND module = $2", (project, module))
    }

    /// The tests of a file, of all runs.
    ///
    /// # Errors
    /// Those of the database.
    pub fn tests_of_path(&self, project: ProjectId, path: PathId) -> Result<RoaringBitmap, StoreError> {
        self.id_set("SELECT id FROM test WHERE project = $1 AND path = $2", (project, path))
    }
}

impl Writer<'_> {
    /// The identifiers of tests, in the same order. A test whose file is given belongs to that file from now on, and
    /// to the file's module; one without keeps what was known.
    ///
    /// # Errors
    /// Those of the database.
    pub fn intern_tests(
        &mut self,
        project: ProjectId,
        tests: &[NewTest<'_>],
    ) -> Result<Vec<TestId>, StoreError> {
        self.load_paths(project)?;
        self.load_tests(project)?;
        let mut insert = self.prepare(
            "INSERT INTO test (project, id, key, suite, class, name, path, module) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )?;
        let mut update =
            self.prepare("UPDATE test SET path = $3, module = $4 WHERE project = $1 AND id = $2")?;
        let cache = self.caches.project(project);
        let paths = cache.paths.get_or_insert_default();
        let known = cache.tests.get_or_insert_default();
        let mut ids = Vec::with_capacity(tests.len());
        for test in tests {
            let key = test.key();
            let place = test.path.map(|path| (Some(path), paths.modules.get(path.0).flatten()));
            match known.ids.get(&key) {
                Some(&id) => {
                    if let Some((path, module)) = place
                        && known.places.get(id) != place
                    {
                        update.execute((project, id, path, module))?;
                        known.places.set(id, (path, module));
                    }
                    ids.push(TestId(id));
                }
                None => {
                    let id = known.places.next("tests")?;
                    let (path, module) = place.unwrap_or_default();
                    insert.execute((
                        project,
                        id,
                        key.to_be_bytes(),
                        test.suite,
                        test.class,
                        test.name,
                        path,
                        module,
                    ))?;
                    known.ids.insert(key, id);
                    known.places.set(id, (path, module));
                    ids.push(TestId(id));
                }
            }
        }
        self.note_use(project, |watch| watch.tests.extend(ids.iter().map(|id| id.0)));
        Ok(ids)
    }

    pub(crate) fn load_tests(&mut self, project: ProjectId) -> Result<(), StoreError> {
        if self.caches.project(project).tests.is_some() {
            return Ok(());
        }
        let mut tests = Tests::default();
        let mut statement = self.prepare("SELECT id, key, path, module FROM test WHERE project = $1")?;
        let mut rows = statement.query([project])?;
        while let Some(row) = rows.next()? {
            let id = row.get(0)?;
            tests.ids.insert(u128::from_be_bytes(row.get(1)?), id);
            tests.places.set(id, (row.get(2)?, row.get(3)?));
        }
        drop(rows);
        drop(statement);
        self.caches.project(project).tests = Some(tests);
        Ok(())
    }
}
