//! A small history for tests, told in lines: what a run's reports say.

use std::collections::BTreeMap;

use plimsoll_model::{FindingKind, LineCoverage, Outcome, Severity};
use plimsoll_store::{
    Accepted, Change, ChangeSet, FailureText, FileLines, FindingColumns, FindingDetail, FindingPackage,
    FindingResult, FinishedUpload, GroupKey, ModuleId, NewAdvisory, NewFinding, NewRule, NewRun, NewTest,
    NewUpload, Options, PathId, ProjectId, RunNumber, Scopes, Shard, Store, TestColumns, TestResult,
    UploadId, Writer,
};
use roaring::RoaringBitmap;

use super::{PageCache, PageError, Scope};

/// Seconds of a day; runs are a day apart, the first on day 100.
pub(super) const DAY: i64 = 86_400;

pub(super) struct Story {
    store: Store,
    cache: PageCache,
    project: ProjectId,
    uploads: u64,
    runs: i64,
    _folder: tempfile::TempDir,
}

impl Story {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { is_durable: false, ..Options::default() };
        let store = Store::open(folder.path(), &options).unwrap();
        let project = store.write(|writer| writer.insert_project("shop", "Shop", "main", 0)).unwrap();
        Self { store, cache: PageCache::default(), project, uploads: 0, runs: 0, _folder: folder }
    }

    /// `head` is `BRANCH COMMIT`, then any of `pr=7`, `base=main`, `build=2`, `parents=b,a`. The body has one thing a
    /// line:
    ///
    /// - `test FILE NAME OUTCOME [MILLISECONDS] [flaky] [: MESSAGE]`
    /// - `cover FILE 1+ 2- 3+1/2`: executed, not executed, executed with one of two branches
    /// - `find TOOL RULE FILE:LINE SEVERITY [CONTEXT] [suppressed]`, security if the tool is `trivy`
    /// - `vuln TOOL NAME[,NAME] PACKAGE FILE SEVERITY [suppressed]`: a vulnerability of a package, `-` for no file
    /// - `scanned code` or `scanned security`: a scan, whether it found something or not
    /// - `change COMMIT DAY FILE LINES [from OLD]`
    /// - `missing 2/3`: only the first of these shards arrives
    ///
    /// Every file named in `files` is in the file list; modules are the first folders of paths.
    pub(super) fn run(&mut self, head: &str, body: &str) -> u64 {
        self.run_with(head, body, "")
    }

    /// The same with a `plimsoll.toml`.
    pub(super) fn run_with(&mut self, head: &str, body: &str, settings: &str) -> u64 {
        let mut words = head.split_whitespace();
        let (branch, commit) = (words.next().unwrap(), words.next().unwrap());
        let mut parents = Vec::new();
        let created_at = (100 + self.runs) * DAY;
        self.runs += 1;
        let mut run =
            NewRun { commit: commit.into(), branch: branch.into(), created_at, ..NewRun::default() };
        for word in words {
            match word.split_once('=').unwrap() {
                ("pr", number) => run.pull_request = number.parse().ok(),
                ("base", base) => run.base_branch = Some(base.into()),
                ("build", build) => run.build = Some(build.into()),
                ("parents", list) => parents = list.split(',').map(str::to_owned).collect(),
                other => panic!("{other:?}"),
            }
        }
        self.uploads += 1;
        let (project, upload) = (self.project, self.uploads);
        let number = self
            .store
            .write(|writer| -> Result<RunNumber, PageError> {
                let number = writer.ensure_run(project, &run)?;
                writer.set_parents(project, number, &parents)?;
                write_upload(writer, project, number, upload, body, settings);
                Ok(number)
            })
            .unwrap();
        let flaky = self.read(|scope| super::count_flaky(scope, number.0));
        self.store.write(|writer| writer.set_flaky(project, number, &flaky)).unwrap();
        number.0
    }

    pub(super) fn read<T>(&self, page: impl FnOnce(&Scope<'_>) -> Result<T, PageError>) -> T {
        self.try_read(page).unwrap()
    }

    pub(super) fn try_read<T>(
        &self,
        page: impl FnOnce(&Scope<'_>) -> Result<T, PageError>,
    ) -> Result<T, PageError> {
        self.store.read(|reader| page(&Scope::open(reader, &self.cache, "shop")?))
    }

    /// The pages as of a time in seconds since 1970.
    pub(super) fn read_at<T>(&self, now: i64, page: impl FnOnce(&Scope<'_>) -> Result<T, PageError>) -> T {
        self.store
            .read(|reader| page(&Scope::open(reader, &self.cache, "shop")?.at(now)))
            .unwrap_or_else(|error: PageError| panic!("{error}"))
    }

    /// What a page costs whoever asks for it first.
    pub(super) fn work(
        &self,
        page: impl FnOnce(&Scope<'_>) -> Result<(), PageError>,
    ) -> plimsoll_store::Work {
        let cache = PageCache::default();
        let work = self.store.read(|reader| {
            page(&Scope::open(reader, &cache, "shop")?)?;
            Ok::<_, PageError>(reader.work())
        });
        work.unwrap()
    }

    /// Decides about findings, as of a time in seconds since 1970.
    pub(super) fn review(
        &self,
        now: i64,
        request: &plimsoll_api::ReviewRequest,
    ) -> Result<plimsoll_api::ReviewAnswer, PageError> {
        self.store.write(|writer| super::review_findings(writer, &self.cache, "shop", request, now))
    }

    /// Links two names of a test, or undoes the link.
    pub(super) fn link(&self, newer: u64, older: Option<u64>) -> Result<u64, PageError> {
        let link = |writer: &mut Writer<'_>| super::link_tests(writer, &self.cache, "shop", newer, older, 0);
        Ok(self.store.write(link)?.older)
    }

    pub(super) fn projects(&self) -> Vec<plimsoll_api::ProjectSummary> {
        self.store.read(|reader| super::list_projects(reader, &self.cache)).unwrap().items
    }
}

fn write_upload(
    writer: &mut Writer<'_>,
    project: ProjectId,
    run: RunNumber,
    number: u64,
    body: &str,
    settings: &str,
) {
    let lines: Vec<Vec<&str>> = body
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .filter(|words| !words.is_empty())
        .collect();
    let of = |verb: &str| -> Vec<&[&str]> {
        lines.iter().filter(|words| words[0] == verb).map(|words| &words[1..]).collect()
    };
    let shard = of("missing").first().map(|words| {
        let (index, count) = words[0].split_once('/').unwrap();
        let missing: u32 = index.parse().unwrap();
        Shard { index: if missing == 1 { 2 } else { 1 }, count: count.parse().unwrap() }
    });
    let upload = accept(writer, project, run, number, shard);
    let has = |verb: &str| !of(verb).is_empty();
    if has("test") {
        let columns = tests(writer, project, &of("test"), body);
        writer.set_upload_tests(project, upload, &columns).unwrap();
    }
    if has("cover") {
        let files = coverage(writer, project, &of("cover"));
        writer.set_upload_coverage(project, upload, &files).unwrap();
    }
    let mut scopes = Scopes::default();
    for words in of("scanned") {
        if words[0] == "code" { scopes.code = true } else { scopes.security = true }
    }
    if has("find") || has("vuln") || has("scanned") {
        let columns = findings(writer, project, &of("find"), &mut scopes);
        scopes.security |= has("vuln");
        let columns = columns.merge(&vulnerabilities(writer, project, &of("vuln")));
        writer.set_upload_findings(project, upload, &columns).unwrap();
    }
    if has("change") {
        let sets = changes(writer, project, &of("change"));
        writer.set_upload_churn(project, upload, &sets).unwrap();
    }
    if has("files") {
        let files: RoaringBitmap =
            of("files").into_iter().flatten().map(|file| path(writer, project, file).0).collect();
        writer.set_upload_files(project, upload, &files).unwrap();
    }
    if !settings.is_empty() {
        writer.set_upload_settings(project, upload, settings).unwrap();
    }
    let finished =
        FinishedUpload { formats: "junit".into(), scopes, result: "{}".into(), ..FinishedUpload::default() };
    writer.finish_upload(project, upload, &finished).unwrap();
    let columns = writer.read_findings(project, run).unwrap().unwrap_or_default();
    let joined = super::joined_findings(writer, project, &columns).unwrap();
    writer.set_joined(project, run, &joined).unwrap();
}

fn vulnerabilities(writer: &mut Writer<'_>, project: ProjectId, rows: &[&[&str]]) -> FindingColumns {
    let mut results = Vec::new();
    for words in rows {
        let (tool, names, package, file) = (words[0], words[1], words[2], words[3]);
        let own = names.split(',').next().unwrap();
        let rule = NewRule { tool, rule: own, name: None, help_uri: None };
        let shown = FindingPackage { name: package.into(), ..FindingPackage::default() };
        let detail = FindingDetail {
            message: format!("{own} of {package}"),
            package: Some(shown),
            ..FindingDetail::default()
        };
        let new = NewFinding {
            group: key(&[tool, own, package, file]),
            occurrence: 0,
            content: key(&[tool, own, package]),
            path: (file != "-").then(|| path(writer, project, file)),
            rule: writer.intern_rules(project, &[rule]).unwrap()[0],
            kind: FindingKind::Vulnerability,
            detail: &serde_json::to_string(&detail).unwrap(),
        };
        let finding = writer.intern_findings(project, &[new]).unwrap()[0];
        let named: Vec<NewAdvisory<'_>> =
            names.split(',').map(|name| NewAdvisory { finding, package, name }).collect();
        writer.note_advisories(project, &named).unwrap();
        let severity = Severity::from_word(words[4]).unwrap();
        let is_suppressed = words.contains(&"suppressed");
        results.push(FindingResult { id: finding, line: None, severity, is_suppressed });
    }
    FindingColumns::from_results(results)
}

fn accept(
    writer: &mut Writer<'_>,
    project: ProjectId,
    run: RunNumber,
    number: u64,
    shard: Option<Shard>,
) -> UploadId {
    let mut digest = [0; 32];
    digest[..8].copy_from_slice(&number.to_le_bytes());
    let new = NewUpload {
        run,
        name: format!("reports-{number}.zip"),
        category: None,
        shard,
        format: None,
        flags: Vec::new(),
        strip_prefix: None,
        add_prefix: None,
        digest,
        bytes: 10,
        received_at: 0,
        spool: String::new(),
    };
    let Accepted::Queued(id) = writer.accept_upload(project, &new).unwrap() else { panic!("duplicate") };
    writer.claim_upload_by_id(project, id).unwrap().unwrap();
    id
}

fn path(writer: &mut Writer<'_>, project: ProjectId, path: &str) -> PathId {
    let id = writer.intern_paths(project, &[path]).unwrap()[0];
    let folder = path.split_once('/').map_or(".", |(folder, _)| folder);
    let module: ModuleId = writer.intern_module(project, folder, folder).unwrap();
    writer.set_path_modules(project, &[(id, Some(module))]).unwrap();
    id
}

fn tests(writer: &mut Writer<'_>, project: ProjectId, rows: &[&[&str]], body: &str) -> TestColumns {
    let messages: Vec<Option<&str>> = body
        .lines()
        .filter(|line| line.trim_start().starts_with("test "))
        .map(|line| line.split_once(" : ").map(|(_, message)| message.trim()))
        .collect();
    let mut results = Vec::new();
    for (words, message) in rows.iter().zip(messages) {
        let file = path(writer, project, words[0]);
        let new = NewTest { suite: "", class: words[0], name: words[1], path: Some(file) };
        let id = writer.intern_tests(project, &[new]).unwrap()[0];
        let outcome = match words[2] {
            "passed" => Outcome::Passed,
            "failed" => Outcome::Failed,
            "errored" => Outcome::Errored,
            "skipped" => Outcome::Skipped,
            other => panic!("{other}"),
        };
        let failure = FailureText {
            message: message.map(|text| writer.put_text(project, text).unwrap()),
            detail: message.map(|text| writer.put_text(project, &format!("{text}\nat line 3")).unwrap()),
        };
        let duration = words.iter().find_map(|word| word.parse::<u64>().ok()).map(|ms| ms * 1000);
        let is_flaky = words.contains(&"flaky");
        results.push(TestResult { id, outcome, duration_us: duration, is_flaky, failure });
    }
    TestColumns::from_results(results)
}

fn coverage(writer: &mut Writer<'_>, project: ProjectId, rows: &[&[&str]]) -> BTreeMap<PathId, FileLines> {
    rows.iter()
        .map(|words| {
            let lines: Vec<LineCoverage> = words[1..].iter().map(|word| line_coverage(word)).collect();
            (path(writer, project, words[0]), FileLines::from_lines(&lines))
        })
        .collect()
}

fn line_coverage(word: &str) -> LineCoverage {
    let (line, rest) = word.split_once(['+', '-']).unwrap();
    let (branches_covered, branches) = match rest.split_once('/') {
        Some((covered, all)) => (covered.parse().unwrap(), all.parse().unwrap()),
        None => (0, 0),
    };
    let hits = u64::from(word.contains('+'));
    LineCoverage { line: line.parse().unwrap(), hits, branches, branches_covered }
}

fn findings(
    writer: &mut Writer<'_>,
    project: ProjectId,
    rows: &[&[&str]],
    scopes: &mut Scopes,
) -> FindingColumns {
    let mut sorted = rows.to_vec();
    sorted.sort_by_key(|words| words[2].rsplit_once(':').unwrap().1.parse::<u32>().unwrap());
    let mut occurrences: BTreeMap<GroupKey, u32> = BTreeMap::new();
    let mut results = Vec::new();
    for words in sorted {
        let (file, line) = words[2].rsplit_once(':').unwrap();
        let context = words.get(4).copied().filter(|word| *word != "suppressed").unwrap_or_default();
        let content = key(&[words[0], words[1], context]);
        let group = key(&[words[0], words[1], context, file]);
        let is_security = words[0] == "trivy";
        if is_security {
            scopes.security = true
        } else {
            scopes.code = true
        }
        let rule = NewRule {
            tool: words[0],
            rule: words[1],
            name: None,
            help_uri: Some(if is_security { "javascript:alert(1)" } else { "https://rules.example" }),
        };
        let occurrence = occurrences.entry(group).or_default();
        let about = FindingPackage { name: "left-pad".into(), ..Default::default() };
        let detail = FindingDetail {
            message: format!("{} says {}", words[0], words[1]),
            cwe: if is_security { vec!["CWE-79".into()] } else { vec![] },
            package: is_security.then_some(about),
            ..Default::default()
        };
        let new = NewFinding {
            group,
            occurrence: *occurrence,
            content,
            path: Some(path(writer, project, file)),
            rule: writer.intern_rules(project, &[rule]).unwrap()[0],
            kind: if is_security { FindingKind::Vulnerability } else { FindingKind::Code },
            detail: &serde_json::to_string(&detail).unwrap(),
        };
        *occurrence += 1;
        results.push(FindingResult {
            id: writer.intern_findings(project, &[new]).unwrap()[0],
            line: line.parse().ok(),
            severity: Severity::from_word(words[3]).unwrap(),
            is_suppressed: words.contains(&"suppressed"),
        });
    }
    FindingColumns::from_results(results)
}

// Two halves of different seeds: wide enough that different texts never meet in a test.
fn key(parts: &[&str]) -> GroupKey {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut key = [0; 16];
    for (half, seed) in key.chunks_mut(8).zip(0_u8..) {
        let mut hasher = DefaultHasher::new();
        (seed, parts).hash(&mut hasher);
        half.copy_from_slice(&hasher.finish().to_le_bytes());
    }
    GroupKey(key)
}

fn changes(writer: &mut Writer<'_>, project: ProjectId, rows: &[&[&str]]) -> Vec<ChangeSet> {
    let mut sets: BTreeMap<&str, ChangeSet> = BTreeMap::new();
    for words in rows {
        let commit = writer.intern_revision(project, words[0]).unwrap();
        let committed_at = words[1].parse::<i64>().unwrap() * DAY;
        let from = words.iter().position(|word| *word == "from").map(|at| words[at + 1]);
        let change = Change {
            path: path(writer, project, words[2]),
            renamed_from: from.map(|from| path(writer, project, from)),
            added: words[3].parse().ok(),
            deleted: None,
        };
        let set = sets.entry(words[0]);
        set.or_insert(ChangeSet { commit, committed_at, changes: Vec::new() }).changes.push(change);
    }
    sets.into_values().collect()
}
