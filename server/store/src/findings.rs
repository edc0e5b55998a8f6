//! The identities of findings.

use std::collections::HashMap;

use plimsoll_model::FindingKind;
use roaring::RoaringBitmap;
use rusqlite::{OptionalExtension, Row};

use crate::cache::{FindingPlace, Findings};
use crate::finding_text::Interned;
use crate::{
    FindingDetail, FindingId, FindingInfo, FindingKey, GroupKey, NewFinding, PathId, ProjectId, Reader,
    RunNumber, StoreError, Writer,
};

// What stands for a kind in the database; never changed.
const KINDS: [(FindingKind, u8); 6] = [
    (FindingKind::Code, 0),
    (FindingKind::Weakness, 1),
    (FindingKind::Vulnerability, 2),
    (FindingKind::Secret, 3),
    (FindingKind::Misconfiguration, 4),
    (FindingKind::Licence, 5),
];

const KEY: &str = "SELECT id, identity, occurrence, content, path, rule, kind FROM finding";
const KEY_AND_DETAIL: &str =
    "SELECT id, identity, occurrence, content, path, rule, kind, detail FROM finding";

impl Reader<'_> {
    /// The identities with these identifiers, in their order: what a comparison needs.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list_finding_keys(
        &self,
        project: ProjectId,
        ids: &RoaringBitmap,
    ) -> Result<Vec<FindingKey>, StoreError> {
        self.by_ids(KEY, project, ids, key)
    }

    /// The findings with these identifiers, in their order, with what is shown of them.
    ///
    /// # Errors
    /// Those of the database, and a detail that is damaged.
    pub fn list_findings(
        &self,
        project: ProjectId,
        ids: &RoaringBitmap,
    ) -> Result<Vec<FindingInfo>, StoreError> {
        let rows =
            self.by_ids(KEY_AND_DETAIL, project, ids, |row| Ok((key(row)?, row.get::<_, String>(7)?)))?;
        let detail = |text: &str| serde_json::from_str::<FindingDetail>(text);
        rows.into_iter()
            .map(|(key, text)| {
                let detail = detail(&text).map_err(|error| StoreError::Damaged(error.to_string()))?;
                Ok(FindingInfo { key, detail })
            })
            .collect()
    }

    /// With which run each of these findings came, where that run is still there.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list_first_runs(
        &self,
        project: ProjectId,
        ids: &RoaringBitmap,
    ) -> Result<HashMap<FindingId, RunNumber>, StoreError> {
        let sql = "SELECT finding.first_run FROM finding JOIN run \
                   ON run.project = finding.project AND run.number = finding.first_run \
                   WHERE finding.project = $1 AND finding.id = $2";
        let mut found = HashMap::new();
        for id in ids {
            if let Some(run) = self.one(sql, (project, id), |row| row.get(0))? {
                found.insert(FindingId(id), run);
            }
        }
        Ok(found)
    }

    /// With which run each of these findings came, in their order, whether or not that run is still there; 0 where it
    /// was not noted.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list_first_run_numbers(
        &self,
        project: ProjectId,
        ids: &RoaringBitmap,
    ) -> Result<Vec<RunNumber>, StoreError> {
        self.by_ids("SELECT id, first_run FROM finding", project, ids, |row| row.get(1))
    }

    /// The findings of a file, of all runs.
    ///
    /// # Errors
    /// Those of the database.
    pub fn findings_of_path(&self, project: ProjectId, path: PathId) -> Result<RoaringBitmap, StoreError> {
        self.id_set("SELECT id FROM finding WHERE project = $1 AND path = $2", (project, path))
    }
}

impl Writer<'_> {
    /// The identifiers of findings, in the same order. What is shown of a finding becomes what is given.
    ///
    /// # Errors
    /// Those of the database.
    pub fn intern_findings(
        &mut self,
        project: ProjectId,
        findings: &[NewFinding<'_>],
    ) -> Result<Vec<FindingId>, StoreError> {
        self.load_findings(project)?;
        let mut insert = self.prepare(
            "INSERT INTO finding (project, id, identity, occurrence, content, path, rule, kind, detail) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )?;
        let mut update = self.prepare("UPDATE finding SET detail = $3 WHERE project = $1 AND id = $2")?;
        let mut shown = self.prepare("SELECT detail FROM finding WHERE project = $1 AND id = $2")?;
        let mut interned = Vec::new();
        let known = self.caches.project(project).findings.get_or_insert_default();
        let mut ids = Vec::with_capacity(findings.len());
        for finding in findings {
            let identity = (u128::from_be_bytes(finding.group.0), finding.occurrence);
            let digest = detail_digest(finding.detail);
            let (path, kind) = (finding.path, finding.kind);
            let known_place = known.ids.get(&identity).and_then(|id| known.places.get(*id));
            let has_first_run = known_place.is_some_and(|place| place.has_first_run);
            let place = FindingPlace { path, kind, detail: digest, has_first_run };
            let id = match known.ids.get(&identity) {
                Some(&id) => {
                    if known.places.get(id).is_none_or(|place| place.detail != digest) {
                        let before = shown.query_row((project, id), |row| row.get(0)).optional()?;
                        interned.push(Interned { id, finding: *finding, before });
                        update.execute((project, id, finding.detail))?;
                        known.places.set(id, place);
                    }
                    id
                }
                None => {
                    let id = known.places.next("findings")?;
                    let kind = KINDS.iter().find(|(known, _)| *known == kind).map_or(0, |(_, code)| *code);
                    insert.execute((
                        project,
                        id,
                        finding.group.0,
                        finding.occurrence,
                        finding.content.0,
                        path,
                        finding.rule,
                        kind,
                        finding.detail,
                    ))?;
                    interned.push(Interned { id, finding: *finding, before: None });
                    known.ids.insert(identity, id);
                    known.places.set(id, place);
                    id
                }
            };
            ids.push(FindingId(id));
        }
        self.put_finding_words(project, interned)?;
        self.note_use(project, |watch| watch.findings.extend(ids.iter().map(|id| id.0)));
        Ok(ids)
    }

    /// Notes with which run findings came that nobody had seen before.
    pub(crate) fn note_first_run(
        &mut self,
        project: ProjectId,
        run: RunNumber,
        findings: &RoaringBitmap,
    ) -> Result<(), StoreError> {
        self.load_findings(project)?;
        let mut update = self.prepare("UPDATE finding SET first_run = $3 WHERE project = $1 AND id = $2")?;
        let known = self.caches.project(project).findings.get_or_insert_default();
        for id in findings {
            if let Some(mut place) = known.places.get(id).filter(|place| !place.has_first_run) {
                update.execute((project, id, run))?;
                place.has_first_run = true;
                known.places.set(id, place);
            }
        }
        Ok(())
    }

    pub(crate) fn load_findings(&mut self, project: ProjectId) -> Result<(), StoreError> {
        if self.caches.project(project).findings.is_some() {
            return Ok(());
        }
        let mut findings = Findings::default();
        let sql = "SELECT id, identity, occurrence, content, path, rule, kind, detail, first_run FROM finding \
                   WHERE project = $1";
        let mut statement = self.prepare(sql)?;
        let mut rows = statement.query([project])?;
        while let Some(row) = rows.next()? {
            let key = key(row)?;
            let detail = row.get_ref(7)?.as_str().map_err(rusqlite::Error::from)?;
            let place = FindingPlace {
                path: key.path,
                kind: key.kind,
                detail: detail_digest(detail),
                has_first_run: row.get::<_, i64>(8)? != 0,
            };
            findings.ids.insert((u128::from_be_bytes(key.group.0), key.occurrence), key.id.0);
            findings.places.set(key.id.0, place);
        }
        drop(rows);
        drop(statement);
        self.caches.project(project).findings = Some(findings);
        Ok(())
    }
}

/// The first eight bytes of BLAKE3.
fn detail_digest(detail: &str) -> u64 {
    let hash = blake3::hash(detail.as_bytes());
    hash.as_bytes().first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

pub(crate) fn key(row: &Row<'_>) -> rusqlite::Result<FindingKey> {
    let kind: u8 = row.get(6)?;
    Ok(FindingKey {
        id: row.get(0)?,
        group: GroupKey(row.get(1)?),
        occurrence: row.get(2)?,
        content: GroupKey(row.get(3)?),
        path: row.get(4)?,
        rule: row.get(5)?,
        kind: KINDS.iter().find(|(_, code)| *code == kind).map_or(FindingKind::Code, |(kind, _)| *kind),
    })
}
