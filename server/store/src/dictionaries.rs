//! Paths, modules, rules and commits: texts that are interned once.

use std::collections::HashMap;

use roaring::RoaringBitmap;
use rusqlite::Row;

use crate::cache::{Paths, Places, Revisions, Rules};
use crate::{
    CommitId, Module, ModuleId, NewRule, PathId, PathInfo, ProjectId, Reader, Rule, RuleId, StoreError,
    Writer,
};

const MODULE: &str = "SELECT id, path, name FROM module";
const PATH: &str = "SELECT id, path, module FROM path";

impl Reader<'_> {
    /// All modules that ever were, by path.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list_modules(&self, project: ProjectId) -> Result<Vec<Module>, StoreError> {
        self.all(&format!("{MODULE} WHERE project = $1 ORDER BY path"), [project], module)
    }

    /// The module in this folder; `.` is the root.
    ///
    /// # Errors
    /// Those of the database.
    pub fn find_module(&self, project: ProjectId, path: &str) -> Result<Option<Module>, StoreError> {
        self.one(&format!("{MODULE} WHERE project = $1 AND path = $2"), (project, path), module)
    }

    /// The path, if any report or file list ever named it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn find_path(&self, project: ProjectId, path: &str) -> Result<Option<PathInfo>, StoreError> {
        self.one(&format!("{PATH} WHERE project = $1 AND path = $2"), (project, path), path_info)
    }

    /// The paths with these identifiers, in their order.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list_paths(&self, project: ProjectId, ids: &RoaringBitmap) -> Result<Vec<PathInfo>, StoreError> {
        self.by_ids(PATH, project, ids, path_info)
    }

    /// The paths that belong to a module, as of the newest file list.
    ///
    /// # Errors
    /// Those of the database.
    pub fn paths_of_module(&self, project: ProjectId, module: ModuleId) -> Result<RoaringBitmap, StoreError> {
        self.id_set("SELECT id FROM path WHERE project = $1 AND module = $2", (project, module))
    }

    /// The rules with these identifiers, in their order.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list_rules(&self, project: ProjectId, ids: &RoaringBitmap) -> Result<Vec<Rule>, StoreError> {
        self.by_ids("SELECT id, tool, rule, name, help_uri FROM rule", project, ids, rule)
    }
}

impl Writer<'_> {
    /// The identifiers of paths, in the same order; new ones belong to no module yet.
    ///
    /// # Errors
    /// Those of the database.
    pub fn intern_paths(&mut self, project: ProjectId, paths: &[&str]) -> Result<Vec<PathId>, StoreError> {
        self.load_paths(project)?;
        let mut insert =
            self.prepare("INSERT INTO path (project, id, path, module) VALUES ($1, $2, $3, NULL)")?;
        let cache = self.caches.project(project).paths.get_or_insert_default();
        let mut ids = Vec::with_capacity(paths.len());
        for path in paths {
            if let Some(id) = cache.ids.get(*path) {
                ids.push(*id);
                continue;
            }
            let id = PathId(cache.modules.next("paths")?);
            insert.execute((project, id, path))?;
            cache.ids.insert((*path).into(), id);
            cache.modules.set(id.0, None);
            ids.push(id);
        }
        self.note_use(project, |watch| watch.paths.extend(ids.iter().map(|id| id.0)));
        Ok(ids)
    }

    /// Where a path belongs.
    ///
    /// # Errors
    /// Those of the database.
    pub fn module_of_path(
        &mut self,
        project: ProjectId,
        path: PathId,
    ) -> Result<Option<ModuleId>, StoreError> {
        self.load_paths(project)?;
        Ok(self.caches.project(project).paths.get_or_insert_default().modules.get(path.0).flatten())
    }

    /// Says where paths belong. Tests in a file follow it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set_path_modules(
        &mut self,
        project: ProjectId,
        places: &[(PathId, Option<ModuleId>)],
    ) -> Result<(), StoreError> {
        self.load_paths(project)?;
        let cache = self.caches.project(project);
        let modules = &mut cache.paths.get_or_insert_default().modules;
        let mut changed = Vec::new();
        for &(path, module) in places {
            if modules.get(path.0).flatten() != module {
                changed.push((path, module));
                modules.set(path.0, module);
            }
        }
        if changed.is_empty() {
            return Ok(());
        }
        let mut tests_moved = 0;
        for (path, module) in changed {
            self.execute(
                "UPDATE path SET module = $3 WHERE project = $1 AND id = $2",
                (project, path, module),
            )?;
            let sql = "UPDATE test SET module = $3 WHERE project = $1 AND id IN \
                       (SELECT id FROM test WHERE project = $1 AND path = $2)";
            tests_moved += self.execute(sql, (project, path, module))?;
        }
        if tests_moved > 0 {
            self.caches.project(project).tests = None;
        }
        Ok(())
    }

    /// The identifier of the module in this folder; its name becomes this one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn intern_module(
        &mut self,
        project: ProjectId,
        path: &str,
        name: &str,
    ) -> Result<ModuleId, StoreError> {
        if self.caches.project(project).modules.is_none() {
            let known = self.list_modules(project)?.into_iter();
            let modules = known.map(|module| (module.path.into(), (module.id, module.name.into()))).collect();
            self.caches.project(project).modules = Some(modules);
        }
        let modules = self.caches.project(project).modules.get_or_insert_default();
        let (id, is_new) = match modules.get(path) {
            Some((id, known)) if **known == *name => return Ok(*id),
            Some((id, _)) => (*id, false),
            None => {
                let next = modules.values().map(|(id, _)| id.0).max().unwrap_or(ModuleId::WHOLE.0) + 1;
                (ModuleId(next), true)
            }
        };
        modules.insert(path.into(), (id, name.into()));
        if is_new {
            let sql = "INSERT INTO module (project, id, path, name) VALUES ($1, $2, $3, $4)";
            self.execute(sql, (project, id, path, name))?;
        } else {
            let sql = "UPDATE module SET name = $3 WHERE project = $1 AND id = $2";
            self.execute(sql, (project, id, name))?;
        }
        Ok(id)
    }

    /// The identifiers of rules, in the same order; names and links become those given, where any are.
    ///
    /// # Errors
    /// Those of the database.
    pub fn intern_rules(
        &mut self,
        project: ProjectId,
        rules: &[NewRule<'_>],
    ) -> Result<Vec<RuleId>, StoreError> {
        self.load_rules(project)?;
        let mut upsert = self.prepare(
            "INSERT INTO rule (project, id, tool, rule, name, help_uri) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (project, tool, rule) DO UPDATE SET name = excluded.name, help_uri = excluded.help_uri",
        )?;
        let cache = self.caches.project(project).rules.get_or_insert_default();
        let mut ids = Vec::with_capacity(rules.len());
        for rule in rules {
            let key = (Box::from(rule.tool), Box::from(rule.rule));
            let known = cache.ids.get(&key);
            let name = rule.name.map(Box::from).or_else(|| known.and_then(|known| known.1.clone()));
            let help_uri = rule.help_uri.map(Box::from).or_else(|| known.and_then(|known| known.2.clone()));
            let id = match known {
                Some((id, old_name, old_uri)) if *old_name == name && *old_uri == help_uri => {
                    ids.push(RuleId(*id));
                    continue;
                }
                Some((id, ..)) => *id,
                None => {
                    cache.next += 1;
                    cache.next
                }
            };
            upsert.execute((project, id, rule.tool, rule.rule, name.as_deref(), help_uri.as_deref()))?;
            cache.ids.insert(key, (id, name, help_uri));
            ids.push(RuleId(id));
        }
        self.note_use(project, |watch| watch.rules.extend(ids.iter().map(|id| id.0)));
        Ok(ids)
    }

    /// The identifier of a commit.
    ///
    /// # Errors
    /// Those of the database.
    pub fn intern_revision(&mut self, project: ProjectId, name: &str) -> Result<CommitId, StoreError> {
        if self.caches.project(project).revisions.is_none() {
            let known = self.all("SELECT name, id FROM revision WHERE project = $1", [project], |row| {
                Ok((row.get::<_, Box<str>>(0)?, row.get(1)?))
            })?;
            let greatest = known.iter().map(|(_, id)| *id).max().unwrap_or(0);
            self.caches.project(project).revisions =
                Some(Revisions { ids: known.into_iter().collect(), greatest });
        }
        let revisions = self.caches.project(project).revisions.get_or_insert_default();
        let known = revisions.ids.get(name).copied();
        let id = match known {
            Some(id) => id,
            None => revisions.greatest.checked_add(1).ok_or(StoreError::TooMany("commits"))?,
        };
        if known.is_none() {
            revisions.greatest = id;
            revisions.ids.insert(name.into(), id);
        }
        self.note_use(project, |watch| {
            watch.revisions.insert(id);
        });
        if known.is_some() {
            return Ok(CommitId(id));
        }
        self.execute("INSERT INTO revision (project, id, name) VALUES ($1, $2, $3)", (project, id, name))?;
        Ok(CommitId(id))
    }

    pub(crate) fn load_paths(&mut self, project: ProjectId) -> Result<(), StoreError> {
        if self.caches.project(project).paths.is_some() {
            return Ok(());
        }
        let mut paths = Paths { ids: HashMap::new(), modules: Places::default() };
        let mut statement = self.prepare("SELECT id, path, module FROM path WHERE project = $1")?;
        let mut rows = statement.query([project])?;
        while let Some(row) = rows.next()? {
            let info = path_info(row)?;
            paths.modules.set(info.id.0, info.module);
            paths.ids.insert(info.path.into(), info.id);
        }
        self.caches.project(project).paths = Some(paths);
        Ok(())
    }

    fn load_rules(&mut self, project: ProjectId) -> Result<(), StoreError> {
        if self.caches.project(project).rules.is_some() {
            return Ok(());
        }
        let sql = "SELECT tool, rule, id, name, help_uri FROM rule WHERE project = $1";
        let known = self.all(sql, [project], |row| {
            Ok(((row.get(0)?, row.get(1)?), (row.get::<_, u32>(2)?, row.get(3)?, row.get(4)?)))
        })?;
        let next = known.iter().map(|(_, (id, ..))| *id).max().unwrap_or(0);
        self.caches.project(project).rules = Some(Rules { ids: known.into_iter().collect(), next });
        Ok(())
    }
}

pub(crate) fn rule(row: &Row<'_>) -> rusqlite::Result<Rule> {
    Ok(Rule {
        id: row.get(0)?,
        tool: row.get(1)?,
        rule: row.get(2)?,
        name: row.get(3)?,
        help_uri: row.get(4)?,
    })
}

fn module(row: &Row<'_>) -> rusqlite::Result<Module> {
    Ok(Module { id: row.get(0)?, path: row.get(1)?, name: row.get(2)? })
}

fn path_info(row: &Row<'_>) -> rusqlite::Result<PathInfo> {
    Ok(PathInfo { id: row.get(0)?, path: row.get(1)?, module: row.get(2)? })
}
