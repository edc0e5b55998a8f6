//! What findings call the vulnerabilities that they are about, and which of a run's findings are the same one.

use std::collections::BTreeMap;

use roaring::RoaringBitmap;

use crate::columns::{pack_joined, unpack_joined};
use crate::{ColumnKind, FindingId, ProjectId, Reader, RunNumber, StoreError, Writer};

/// What a finding says of its vulnerability.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Advisory {
    /// The package; empty where it is not known. The first by the alphabet where it had several.
    pub package: String,
    /// All names of the advisory, by the alphabet.
    pub names: Vec<String>,
}

/// A finding's advisory that is to be noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewAdvisory<'a> {
    /// The finding.
    pub finding: FindingId,
    /// The package; empty where it is not known.
    pub package: &'a str,
    /// A name, one of several.
    pub name: &'a str,
}

impl Reader<'_> {
    /// What these findings say of vulnerabilities. Findings that are about something else are left out.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list_advisories(
        &self,
        project: ProjectId,
        findings: &RoaringBitmap,
    ) -> Result<BTreeMap<FindingId, Advisory>, StoreError> {
        let mut found: BTreeMap<FindingId, Advisory> = BTreeMap::new();
        let (Some(first), Some(last)) = (findings.min(), findings.max()) else { return Ok(found) };
        let mut add = |id: u32, name: String, package: String| {
            let advisory = found.entry(FindingId(id)).or_default();
            if advisory.package.is_empty() {
                advisory.package = package;
            }
            if advisory.names.last() != Some(&name) {
                advisory.names.push(name);
            }
        };
        // Close together, a range is read in one go.
        if u64::from(last - first) < findings.len() * 4 {
            let sql = "SELECT finding, name, package FROM advisory \
                       WHERE project = $1 AND finding BETWEEN $2 AND $3 ORDER BY finding, name, package";
            let mut statement = self.prepare(sql)?;
            let mut rows = statement.query((project, first, last))?;
            while let Some(row) = rows.next()? {
                let id = row.get(0)?;
                if findings.contains(id) {
                    add(id, row.get(1)?, row.get(2)?);
                }
            }
            return Ok(found);
        }
        let sql =
            "SELECT name, package FROM advisory WHERE project = $1 AND finding = $2 ORDER BY name, package";
        let mut statement = self.prepare(sql)?;
        for id in findings {
            let mut rows = statement.query((project, id))?;
            while let Some(row) = rows.next()? {
                add(id, row.get(0)?, row.get(1)?);
            }
        }
        Ok(found)
    }

    /// The findings of all runs whose advisory has this name.
    ///
    /// # Errors
    /// Those of the database.
    pub fn findings_of_advisory(&self, project: ProjectId, name: &str) -> Result<RoaringBitmap, StoreError> {
        self.id_set("SELECT finding FROM advisory WHERE project = $1 AND name = $2", (project, name))
    }

    /// Names of advisories that begin so, by the alphabet, at most `most`.
    ///
    /// # Errors
    /// Those of the database.
    pub fn advisory_names(
        &self,
        project: ProjectId,
        beginning: &str,
        most: usize,
    ) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT DISTINCT name FROM advisory WHERE project = $1 AND name >= $2 AND name < $3 \
                   ORDER BY name LIMIT $4";
        // Names are ASCII but for what a tool makes up, and nothing of that begins with this character.
        let end = format!("{beginning}\u{10ffff}");
        self.all(sql, (project, beginning, end, i64::try_from(most).unwrap_or(i64::MAX)), |row| row.get(0))
    }

    /// The findings of all runs that came from a rule.
    ///
    /// # Errors
    /// Those of the database.
    pub fn findings_of_rule(
        &self,
        project: ProjectId,
        rule: crate::RuleId,
    ) -> Result<RoaringBitmap, StoreError> {
        self.id_set("SELECT id FROM finding WHERE project = $1 AND rule = $2", (project, rule))
    }

    /// The findings of all runs that are about vulnerabilities of this package.
    ///
    /// # Errors
    /// Those of the database.
    pub fn findings_of_package(
        &self,
        project: ProjectId,
        package: &str,
    ) -> Result<RoaringBitmap, StoreError> {
        self.id_set("SELECT finding FROM advisory WHERE project = $1 AND package = $2", (project, package))
    }

    /// Findings of a run that others stand for, each with the one that does; empty for most runs.
    ///
    /// # Errors
    /// Those of the database, and a column that is damaged.
    pub fn read_joined(&self, project: ProjectId, run: RunNumber) -> Result<BTreeMap<u32, u32>, StoreError> {
        let bytes = self.read_column(project, run, ColumnKind::FindingsJoined)?;
        bytes.map_or_else(|| Ok(BTreeMap::new()), |bytes| unpack_joined(&bytes))
    }

    /// A tool's rule.
    ///
    /// # Errors
    /// Those of the database.
    pub fn find_rule(
        &self,
        project: ProjectId,
        tool: &str,
        rule: &str,
    ) -> Result<Option<crate::Rule>, StoreError> {
        let sql =
            "SELECT id, tool, rule, name, help_uri FROM rule WHERE project = $1 AND tool = $2 AND rule = $3";
        self.one(sql, (project, tool, rule), crate::dictionaries::rule)
    }
}

impl Writer<'_> {
    /// Notes the names of advisories; those that are known already cost nothing.
    ///
    /// # Errors
    /// Those of the database.
    pub fn note_advisories(
        &mut self,
        project: ProjectId,
        advisories: &[NewAdvisory<'_>],
    ) -> Result<(), StoreError> {
        if advisories.is_empty() {
            return Ok(());
        }
        self.load_advisories(project)?;
        let mut insert = self.prepare(
            "INSERT INTO advisory (project, finding, name, package) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (project, finding, name, package) DO NOTHING",
        )?;
        let known = self.caches.project(project).advisories.get_or_insert_default();
        for advisory in advisories {
            let digests = known.entry(advisory.finding.0).or_default();
            let digest = digest(advisory.name, advisory.package);
            if !digests.contains(&digest) {
                insert.execute((project, advisory.finding, advisory.name, advisory.package))?;
                digests.push(digest);
            }
        }
        Ok(())
    }

    /// Says which of a run's findings are reported by others already: each with the finding that stands for it. They
    /// count no more, and the run is counted anew.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set_joined(
        &mut self,
        project: ProjectId,
        run: RunNumber,
        joined: &BTreeMap<u32, u32>,
    ) -> Result<(), StoreError> {
        let before = self.find_column(project, run, ColumnKind::FindingsJoined)?;
        let blob = match joined.is_empty() {
            true => None,
            false => Some(self.put_blob(project, &pack_joined(joined))?),
        };
        if before == blob {
            return Ok(());
        }
        self.set_run_column(project, run, ColumnKind::FindingsJoined, blob)?;
        self.recount_findings(project, run)
    }

    fn load_advisories(&mut self, project: ProjectId) -> Result<(), StoreError> {
        if self.caches.project(project).advisories.is_some() {
            return Ok(());
        }
        let mut known: std::collections::HashMap<u32, Vec<u64>> = std::collections::HashMap::new();
        let mut statement = self.prepare("SELECT finding, name, package FROM advisory WHERE project = $1")?;
        let mut rows = statement.query([project])?;
        while let Some(row) = rows.next()? {
            let (name, package): (String, String) = (row.get(1)?, row.get(2)?);
            known.entry(row.get(0)?).or_default().push(digest(&name, &package));
        }
        drop(rows);
        drop(statement);
        self.caches.project(project).advisories = Some(known);
        Ok(())
    }
}

/// The first eight bytes of BLAKE3.
fn digest(name: &str, package: &str) -> u64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(name.as_bytes()).update(&[0xff]).update(package.as_bytes());
    hasher.finalize().as_bytes().first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
}
