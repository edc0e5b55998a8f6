use std::collections::{BTreeMap, HashMap};

use plimsoll_analysis::vulnerabilities::Report;
use plimsoll_store::{Advisory, FindingId, FindingKey, PathId, ProjectId, Reader, Rule, RuleId, StoreError};
use roaring::RoaringBitmap;

/// What the store knows of some findings that are about vulnerabilities.
pub struct Reported {
    pub advisories: BTreeMap<FindingId, Advisory>,
    pub keys: HashMap<FindingId, FindingKey>,
    pub rules: HashMap<RuleId, Rule>,
    pub paths: HashMap<PathId, String>,
}

impl Reported {
    /// Of those of these findings that are about a vulnerability.
    pub fn read(
        reader: &Reader<'_>,
        project: ProjectId,
        findings: &RoaringBitmap,
    ) -> Result<Self, StoreError> {
        let advisories = reader.list_advisories(project, findings)?;
        let ids: RoaringBitmap = advisories.keys().map(|finding| finding.0).collect();
        let keys = reader.list_finding_keys(project, &ids)?;
        let rules = reader.list_rules(project, &keys.iter().map(|key| key.rule.0).collect())?;
        let paths = keys.iter().filter_map(|key| key.path).map(|path| path.0).collect();
        let paths = reader.list_paths(project, &paths)?;
        Ok(Self {
            advisories,
            keys: keys.into_iter().map(|key| (key.id, key)).collect(),
            rules: rules.into_iter().map(|rule| (rule.id, rule)).collect(),
            paths: paths.into_iter().map(|info| (info.id, info.path)).collect(),
        })
    }

    /// The same of all findings of these packages, or of those that are wanted; of the unknown package, none.
    pub fn of_packages<'p>(
        reader: &Reader<'_>,
        project: ProjectId,
        packages: impl IntoIterator<Item = &'p str>,
        wanted: Option<&RoaringBitmap>,
    ) -> Result<Self, StoreError> {
        let mut findings = RoaringBitmap::new();
        for package in packages.into_iter().filter(|package| !package.is_empty()) {
            findings |= reader.findings_of_package(project, package)?;
        }
        if let Some(wanted) = wanted {
            findings &= wanted;
        }
        Self::read(reader, project, &findings)
    }

    /// As the analysis takes it; `counts` says which of the findings are not suppressed.
    pub fn reports(&self, counts: impl Fn(u32) -> bool) -> Vec<Report<'_>> {
        self.advisories
            .iter()
            .filter_map(|(id, advisory)| {
                let key = self.keys.get(id)?;
                let rule = self.rules.get(&key.rule)?;
                Some(Report {
                    id: id.0,
                    tool: &rule.tool,
                    rule: &rule.rule,
                    package: &advisory.package,
                    names: advisory.names.iter().map(String::as_str).collect(),
                    path: key.path.and_then(|path| self.paths.get(&path)).map(String::as_str),
                    counts: counts(id.0),
                })
            })
            .collect()
    }
}
