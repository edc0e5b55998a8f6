//! Vulnerabilities that several scanners report, against what the simulation knows: which are the same, and which came.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll::ingest::{Ingest, LocalFile, ingest_run};
use plimsoll::pages::{PageCache, PageError, Scope, find_run};
use plimsoll_format::Limits;
use plimsoll_store::{NewRun, Options, Store};
use serde_json::{Value, json};

use crate::random::Random;

const FOLDERS: [&str; 3] = ["web", "api", "admin"];
const RUNS: usize = 60;

/// A vulnerability of one package; `at` says in which folders it is now.
#[derive(Clone)]
struct Vulnerability {
    package: String,
    cve: String,
    ghsa: String,
    at: BTreeSet<usize>,
}

/// Who reported what: the tool, the vulnerability's place in the list, the folder.
type Reports = BTreeSet<(&'static str, usize, Option<usize>)>;

struct World {
    random: Random,
    all: Vec<Vulnerability>,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut random = Random(seed);
        let all = (0..40)
            .map(|at| Vulnerability {
                // Every fifth CVE is one of two packages.
                package: format!("{}-{}", if at % 5 == 4 { "other" } else { "package" }, random.below(12)),
                cve: format!("CVE-2026-{}", 1000 + at - usize::from(at % 5 == 4)),
                ghsa: format!("GHSA-{at:04}-abcd-efgh"),
                at: BTreeSet::new(),
            })
            .collect();
        Self { random, all }
    }

    fn step(&mut self) -> Reports {
        for at in 0..self.all.len() {
            if self.random.percent(12) {
                let folder = self.random.below(FOLDERS.len());
                if !self.all[at].at.remove(&folder) {
                    self.all[at].at.insert(folder);
                }
            }
        }
        let mut reports = Reports::new();
        for tool in ["trivy", "grype", "osv-scanner", "npm-audit"] {
            let is_run = self.random.percent(if tool == "npm-audit" { 30 } else { 70 });
            for (at, vulnerability) in self.all.iter().enumerate().filter(|_| is_run) {
                for folder in &vulnerability.at {
                    // No scanner knows everything.
                    if self.random.percent(85) {
                        reports.insert((tool, at, (tool != "npm-audit").then_some(*folder)));
                    }
                }
            }
        }
        reports
    }

    fn file(&self, tool: &str, reports: &Reports) -> (String, String) {
        let own = reports.iter().filter(|(of, ..)| *of == tool);
        let lock = |folder: &Option<usize>| format!("{}/package-lock.json", FOLDERS[folder.unwrap()]);
        let list: Vec<Value> = own
            .clone()
            .filter(|_| tool != "npm-audit")
            .map(|(_, at, folder)| {
                let Vulnerability { package, cve, ghsa, .. } = &self.all[*at];
                match tool {
                    "trivy" => json!({
                        "Target": lock(folder), "Class": "lang-pkgs", "Type": "npm",
                        "Vulnerabilities": [{"VulnerabilityID": cve, "PkgName": package, "InstalledVersion": "1.0.0",
                                             "Severity": "HIGH", "Title": "from trivy"}],
                    }),
                    "grype" => json!({
                        "vulnerability": {"id": ghsa, "severity": "High"}, "relatedVulnerabilities": [],
                        "artifact": {"name": package, "version": "1.0.0", "type": "npm",
                                     "purl": format!("pkg:npm/{package}@1.0.0"), "locations": [{"path": format!("/{}", lock(folder))}]},
                    }),
                    _ => json!({
                        "source": {"path": lock(folder), "type": "lockfile"},
                        "packages": [{"package": {"name": package, "version": "1.0.0", "ecosystem": "npm"},
                                      "vulnerabilities": [{"id": ghsa.to_lowercase(), "aliases": [cve], "summary": "from osv"}],
                                      "groups": [{"ids": [ghsa.to_lowercase()]}]}],
                    }),
                }
            })
            .collect();
        let report = match tool {
            "trivy" => {
                json!({"SchemaVersion": 2, "ArtifactName": ".", "ArtifactType": "filesystem", "Results": list})
            }
            "grype" => json!({"matches": list, "descriptor": {"name": "grype"}}),
            "osv-scanner" => json!({"results": list, "experimental_config": {}}),
            _ => {
                let mut packages: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
                for (_, at, _) in own {
                    let Vulnerability { package, ghsa, .. } = &self.all[*at];
                    packages.entry(package).or_default().push(json!({
                        "source": at, "name": package, "dependency": package, "title": "from npm",
                        "url": format!("https://github.com/advisories/{ghsa}"), "severity": "high", "range": "*",
                    }));
                }
                let packages: BTreeMap<&str, Value> = packages
                    .into_iter()
                    .map(|(name, via)| {
                        (name, json!({"name": name, "severity": "high", "isDirect": true, "via": via, "effects": [],
                                      "range": "*", "nodes": [], "fixAvailable": false}))
                    })
                    .collect();
                json!({"auditReportVersion": 2, "vulnerabilities": packages, "metadata": {}})
            }
        };
        (format!("{tool}.json"), report.to_string())
    }
}

/// The sides of a vulnerability that nothing connects: all of it where OSV-Scanner knows it, which says both names.
fn sides(reports: &Reports, at: usize, is_known: bool) -> Vec<Reports> {
    let of = |tools: &[&str]| -> Reports {
        reports.iter().filter(|(tool, other, _)| *other == at && tools.contains(tool)).copied().collect()
    };
    match is_known {
        true => vec![of(&["trivy", "grype", "osv-scanner", "npm-audit"])],
        false => vec![of(&["trivy"]), of(&["grype", "npm-audit"])],
    }
}

fn is_known(reports: &Reports, at: usize) -> bool {
    reports.iter().any(|(tool, other, _)| *tool == "osv-scanner" && *other == at)
}

/// How often a run counts, from what its tools reported.
fn expected(reports: &Reports, all: usize) -> u64 {
    let mut count = 0;
    for at in 0..all {
        for side in sides(reports, at, is_known(reports, at)) {
            let folders: BTreeSet<usize> = side.iter().filter_map(|(.., folder)| *folder).collect();
            let has_placeless = side.iter().any(|(.., folder)| folder.is_none());
            count += folders.len() + usize::from(has_placeless && folders.len() != 1);
        }
    }
    count as u64
}

/// What is new in a run, where every tool names files: groups of the run without their like in the other.
fn expected_new(then: &Reports, now: &Reports, all: usize) -> u64 {
    let mut count = 0;
    for at in 0..all {
        let connects = is_known(then, at) || is_known(now, at);
        for side in sides(now, at, is_known(now, at)) {
            let folders: BTreeSet<usize> = side.iter().filter_map(|(.., folder)| *folder).collect();
            for folder in folders {
                let group: Vec<_> = side.iter().filter(|(.., other)| *other == Some(folder)).collect();
                let has_like = group.iter().any(|report| {
                    sides(then, at, connects).iter().any(|other| {
                        let is_of_side = connects
                            || other.iter().any(|(tool, ..)| (*tool == "trivy") == (report.0 == "trivy"));
                        is_of_side && other.iter().any(|(.., other)| *other == Some(folder))
                    })
                });
                count += u64::from(!has_like);
            }
        }
    }
    count
}

struct Stored {
    ingest: Ingest,
    store: Store,
    cache: PageCache,
    folder: tempfile::TempDir,
}

impl Stored {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { is_durable: false, ..Options::default() };
        let store = Store::open(&folder.path().join("data"), &options).unwrap();
        Self {
            ingest: Ingest::new(store.clone(), Limits::default()),
            store,
            cache: PageCache::default(),
            folder,
        }
    }

    fn send(&self, project: &str, commit: usize, files: &[(String, String)]) -> u64 {
        let list: String = FOLDERS
            .iter()
            .map(|folder| format!("{folder}/package-lock.json\n{folder}/package.json\n"))
            .collect();
        let list = ("files.txt".to_owned(), format!("# plimsoll file-list\n{list}"));
        let files: Vec<LocalFile> = std::iter::once(&list)
            .chain(files)
            .map(|(name, text)| {
                let path = self.folder.path().join(name);
                std::fs::write(&path, text).unwrap();
                LocalFile { path, name: name.clone(), ..LocalFile::default() }
            })
            .collect();
        let created_at = 1_700_000_000 + i64::try_from(commit).unwrap() * 3_600;
        let run = NewRun {
            commit: format!("c{commit}"),
            branch: "main".to_owned(),
            created_at,
            ..NewRun::default()
        };
        let sent = ingest_run(&self.ingest, project, &run, &[], &files).unwrap();
        for upload in &sent.uploads {
            assert_eq!(upload.error, None, "{}", upload.name);
        }
        sent.number.0
    }

    fn counts(&self, project: &str, run: u64) -> (u64, Option<u64>, Option<u64>) {
        let page = self.store.read(|reader| -> Result<_, PageError> {
            find_run(&Scope::open(reader, &self.cache, project)?, run)
        });
        let page = page.unwrap().run;
        let changes = page.changes.unwrap_or_default();
        (page.measures.security.unwrap().total, changes.new_security, changes.fixed_security)
    }
}

#[test]
fn one_vulnerability_of_several_scanners_counts_once() {
    let mut world = World::new(0x0071_6d73);
    let stored = Stored::new();
    let (mut last, mut compared, mut joined): (Option<Reports>, usize, u64) = (None, 0, 0);
    for step in 0..RUNS {
        let reports = world.step();
        let mut files: Vec<_> = ["trivy", "grype", "osv-scanner", "npm-audit"]
            .iter()
            .filter(|tool| reports.iter().any(|(other, ..)| other == *tool))
            .map(|tool| world.file(tool, &reports))
            .collect();
        if files.is_empty() {
            files.push(world.file("trivy", &reports));
        }
        let run = stored.send("one", step, &files);
        let (total, new, fixed) = stored.counts("one", run);
        assert_eq!(total, expected(&reports, world.all.len()), "run {run}");
        // Never fewer than there are: what is apart is never put together.
        let truth: BTreeSet<_> = reports
            .iter()
            .filter(|(.., folder)| folder.is_some())
            .map(|(_, at, folder)| (at, folder))
            .collect();
        assert!(total >= truth.len() as u64, "run {run}");
        joined += reports.len() as u64 - total;
        let all_name_files = |reports: &Reports| reports.iter().all(|(.., folder)| folder.is_some());
        // What a tool that did not run knew is carried, and says nothing about what is fixed.
        if let Some(then) = &last
            && all_name_files(then)
            && all_name_files(&reports)
        {
            assert_eq!(new, Some(expected_new(then, &reports, world.all.len())), "new in run {run}");
            let tools = |reports: &Reports| reports.iter().map(|(tool, ..)| *tool).collect::<BTreeSet<_>>();
            if tools(then).is_subset(&tools(&reports)) {
                assert_eq!(fixed, Some(expected_new(&reports, then, world.all.len())), "fixed in run {run}");
            }
            compared += 1;
        }
        // The same reports in another order.
        world.random.shuffle(&mut files);
        let other = stored.send("other", step, &files);
        assert_eq!(stored.counts("other", other).0, total, "in another order, run {other}");
        last = Some(reports);
    }
    assert!(compared >= 10 && joined >= 1_000, "{compared} comparisons, {joined} reports joined");
}
