//! Brings what was read into the history: paths are resolved, identities interned, columns set.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use plimsoll_analysis::modules::{ModuleMap, ROOT, module_name, module_without_list};
use plimsoll_analysis::paths::{PathRules, Resolved, resolve_paths};
use plimsoll_analysis::settings::Settings;
use plimsoll_analysis::test_files::{TestNames, test_files};
use plimsoll_api::{ReportInfo, UploadResult};
use plimsoll_format::WarningCode;
use plimsoll_model::{Outcome, ReportKind};
use plimsoll_store::{
    Change, ChangeSet, DiffColumn, FailureText, FileLines, FindingColumns, FindingResult, FinishedUpload,
    ModuleId, NewAdvisory, NewFinding, NewRule, NewTest, PathId, Project, Scopes, StoreError, TestColumns,
    TestResult, Upload, Writer,
};
use roaring::RoaringBitmap;

use super::collect::{Collected, FindingItem, Items, TestItem};
use super::diff::{add_diff, own_path};
use super::evidence::group;
use super::files::{FilesCache, RunFiles};
use super::path_problems::PathProblems;
use super::strings::Span;
use super::{IngestError, ReadReports};
use crate::pages;

/// The code of the warning about `plimsoll.toml`.
const BAD_SETTING: &str = "bad-setting";

/// Problems that a warning names, at most.
const EXAMPLES: usize = 10;

/// Records an upload in one transaction.
pub(super) fn record(
    writer: &mut Writer<'_>,
    cache: &FilesCache,
    project: &Project,
    upload: &Upload,
    mut read: ReadReports,
) -> Result<(), IngestError> {
    let settings = run_settings(writer, project, upload, &mut read.reports)?;
    let mut recorder = Recorder {
        writer,
        project,
        upload,
        settings,
        paths: PathProblems::default(),
        scopes: Scopes::default(),
    };
    let holds = |kind| read.reports.iter().any(|report| report.format.kind == kind);
    let (lists_files, brings_settings) = (holds(ReportKind::FileList), holds(ReportKind::Settings));
    if lists_files {
        recorder.record_files(&read.reports)?;
    } else if brings_settings {
        // The list came first: its files are put into the modules that are now known.
        recorder.place_files(RoaringBitmap::new())?;
    }
    let leads = |kind| matches!(kind, ReportKind::FileList | ReportKind::Settings);
    if lists_files && read.reports.iter().any(|report| !leads(report.format.kind)) {
        // The other reports of the same archive are resolved with this list, so it becomes the run's first.
        recorder.finish(&read, &UploadResult::default())?;
    }
    let files = cache.read(recorder.writer, project.id, upload.received.run)?;
    let files = files.filter(|files| !files.index.is_empty());
    let mut tests = Vec::new();
    let mut findings = Vec::new();
    let mut coverage: BTreeMap<PathId, FileLines> = BTreeMap::new();
    let mut diff: Option<DiffColumn> = None;
    let (mut has_tests, mut has_findings, mut has_coverage) = (false, false, false);
    for report in &mut read.reports {
        let source_roots = report.source_roots.clone();
        match report.format.kind {
            ReportKind::Tests => {
                has_tests = true;
                tests.extend(recorder.record_tests(report, &source_roots, files.as_ref())?);
            }
            ReportKind::Coverage => {
                has_coverage = true;
                recorder.record_coverage(report, &source_roots, files.as_ref(), &mut coverage)?;
            }
            ReportKind::Findings => {
                has_findings = true;
                findings.extend(recorder.record_findings(report, &source_roots, files.as_ref())?);
            }
            ReportKind::Churn => recorder.record_churn(&report.items)?,
            ReportKind::FileList | ReportKind::Settings => {}
            ReportKind::Diff => {
                add_diff(recorder.writer, project.id, &report.items, diff.get_or_insert_default())?;
            }
        }
    }
    let id = upload.id;
    if has_tests {
        recorder.writer.set_upload_tests(project.id, id, &TestColumns::from_results(tests))?;
    }
    if has_coverage {
        recorder.writer.set_upload_coverage(project.id, id, &coverage)?;
    }
    if has_findings {
        recorder.writer.set_upload_findings(project.id, id, &FindingColumns::from_results(findings))?;
    }
    if let Some(diff) = diff {
        recorder.writer.set_upload_diff(project.id, id, &diff)?;
    }
    let has_paths = has_tests || has_coverage || has_findings;
    let paths = std::mem::take(&mut recorder.paths);
    recorder.writer.set_path_problems(project.id, id, paths.text()?.as_deref())?;
    let paths = has_paths.then(|| paths.into_matches(upload, files.as_ref().map(|files| &files.index)));
    let result = UploadResult { reports: report_infos(&read), paths };
    recorder.finish(&read, &result)
}

/// What the answer says of each report; what could not be read of an archive is said with its first report.
fn report_infos(read: &ReadReports) -> Vec<ReportInfo> {
    let mut infos: Vec<ReportInfo> = read
        .reports
        .iter()
        .map(|report| ReportInfo {
            name: report.name.clone(),
            format: report.format.id.to_owned(),
            kind: report.format.kind,
            counted: report.counted(),
            warnings: report.warnings.infos(),
        })
        .collect();
    if let (Some(info), Some(first)) = (infos.first_mut(), read.unreadable.first()) {
        info.warnings.push(plimsoll_api::WarningInfo {
            code: "unreadable-entry".to_owned(),
            count: read.unreadable.len() as u64,
            message: first.to_string(),
        });
    }
    infos
}

/// The settings that the run's paths are read with. Those that this upload brings are kept and checked: what is wrong in
/// them is a warning, and what is right holds.
fn run_settings(
    writer: &mut Writer<'_>,
    project: &Project,
    upload: &Upload,
    reports: &mut [Collected],
) -> Result<Settings, IngestError> {
    let mut own = None;
    for report in reports {
        let Some(text) = &report.items.settings else { continue };
        writer.set_upload_settings(project.id, upload.id, text)?;
        let (settings, problems) = Settings::read(text);
        report.warnings.add(BAD_SETTING, problems.len() as u64, || {
            let said: Vec<String> = problems.iter().take(EXAMPLES).map(ToString::to_string).collect();
            said.join("; ")
        });
        own = Some(settings);
    }
    if let Some(own) = own {
        return Ok(own);
    }
    let run = writer.find_run(project.id, upload.received.run)?;
    let found = match run {
        Some(run) => pages::find_settings(writer, project, &run)?,
        None => None,
    };
    Ok(match found {
        Some(blob) => Settings::read(&writer.read_text(project.id, blob)?).0,
        None => Settings::default(),
    })
}

struct Recorder<'a, 'w> {
    writer: &'a mut Writer<'w>,
    project: &'a Project,
    upload: &'a Upload,
    settings: Settings,
    paths: PathProblems,
    scopes: Scopes,
}

impl Recorder<'_, '_> {
    fn finish(&mut self, read: &ReadReports, result: &UploadResult) -> Result<(), IngestError> {
        let formats: BTreeSet<&str> = read.reports.iter().map(|report| report.format.id).collect();
        let versions: BTreeSet<String> = read
            .reports
            .iter()
            .map(|report| format!("{}={}", report.format.id, report.format.version))
            .collect();
        let finished = FinishedUpload {
            versions: versions.into_iter().collect::<Vec<_>>().join(","),
            formats: formats.into_iter().collect::<Vec<_>>().join(","),
            scopes: self.scopes,
            result: serde_json::to_string(result)?,
        };
        let replaced = self.writer.finish_upload(self.project.id, self.upload.id, &finished)?;
        let has_findings = read.reports.iter().any(|report| report.format.kind == ReportKind::Findings);
        if has_findings || !replaced.is_empty() {
            self.join_findings()?;
        }
        Ok(())
    }

    /// What several tools report counts once in the run.
    fn join_findings(&mut self) -> Result<(), StoreError> {
        let (project, run) = (self.project.id, self.upload.received.run);
        let columns = self.writer.read_findings(project, run)?.unwrap_or_default();
        let joined = pages::joined_findings(self.writer, project, &columns)?;
        self.writer.set_joined(project, run, &joined)
    }

    fn record_files(&mut self, reports: &[Collected]) -> Result<(), StoreError> {
        let project = self.project.id;
        let listed: BTreeSet<&str> =
            reports.iter().flat_map(|report| &report.items.files).map(|path| path.as_str()).collect();
        let listed: Vec<&str> = listed.into_iter().collect();
        let ids = self.writer.intern_paths(project, &listed)?;
        let files: RoaringBitmap = ids.iter().map(|id| id.0).collect();
        self.place_files(files.clone())?;
        self.writer.set_upload_files(project, self.upload.id, &files)
    }

    /// Puts these files and those that the run has listed already into their modules.
    fn place_files(&mut self, mut files: RoaringBitmap) -> Result<(), StoreError> {
        let project = self.project.id;
        // A run may have several lists, of the parts of a repository: manifests in one make modules for the other.
        if let Some(known) = self.writer.read_files(project, self.upload.received.run)? {
            files |= known;
        }
        let paths = self.writer.list_paths(project, &files)?;
        let map = ModuleMap::from_files(paths.iter().map(|info| info.path.as_str()));
        let map = map.with_settings(&self.settings);
        let mut places = Vec::with_capacity(paths.len());
        let mut modules = HashMap::new();
        for info in &paths {
            let module = self.module(&mut modules, map.module_of(&info.path))?;
            places.push((info.id, Some(module)));
        }
        self.writer.set_path_modules(project, &places)
    }

    fn module<'p>(
        &mut self,
        known: &mut HashMap<&'p str, ModuleId>,
        path: &'p str,
    ) -> Result<ModuleId, StoreError> {
        if let Some(id) = known.get(path) {
            return Ok(*id);
        }
        let is_declared = self.settings.modules.iter().any(|module| module.name == path);
        let name = match path {
            ROOT => self.project.title.as_str(),
            path if is_declared => path,
            path => module_name(path),
        };
        let id = self.writer.intern_module(self.project.id, path, name)?;
        known.insert(path, id);
        Ok(id)
    }

    /// Resolves the distinct paths of a report and says so in its warnings. Paths that are no file of the repository
    /// keep an identifier of their own: what was reported of them is not lost.
    fn resolve(
        &mut self,
        report: &str,
        warnings: &mut super::collect::Warnings,
        source_roots: &[String],
        files: Option<&Arc<RunFiles>>,
        raws: &[&str],
    ) -> Result<Vec<Option<PathId>>, StoreError> {
        let received = &self.upload.received;
        let rules = PathRules {
            strip_prefix: received.strip_prefix.as_deref(),
            add_prefix: received.add_prefix.as_deref(),
            source_roots,
        };
        let index = files.map(|files| &files.index);
        let resolved = resolve_paths(index, &rules, raws);
        self.paths.note(report, index, &rules, raws, &resolved, warnings);
        let known = self.writer.list_modules(self.project.id)?;
        let known = ModuleMap::from_folders(known.iter().map(|module| module.path.as_str()));
        let known = known.with_settings(&self.settings);
        let mut ids = Vec::with_capacity(raws.len());
        for resolved in &resolved {
            let path = match resolved {
                Resolved::File(at) => {
                    ids.push(files.and_then(|files| files.id(*at)));
                    continue;
                }
                Resolved::Empty => {
                    ids.push(None);
                    continue;
                }
                Resolved::Unchecked(path)
                | Resolved::Unmatched(path)
                | Resolved::Ambiguous(path)
                | Resolved::Outside(path) => path,
            };
            let id = self.writer.intern_paths(self.project.id, &[path.as_str()])?.first().copied();
            if let Some(id) = id {
                self.place(id, path.as_str(), files, &known)?;
            }
            ids.push(id);
        }
        Ok(ids)
    }

    /// A path that is not in the list belongs to the module whose folder it is in. Without a list, what an earlier list
    /// or an earlier module says stands, and else its top folder is its module.
    fn place(
        &mut self,
        id: PathId,
        path: &str,
        files: Option<&Arc<RunFiles>>,
        known: &ModuleMap,
    ) -> Result<(), StoreError> {
        let project = self.project.id;
        let declared = known.declared(path);
        if declared.is_none() && self.writer.module_of_path(project, id)?.is_some() {
            return Ok(());
        }
        let module = match files {
            _ if declared.is_some() => declared,
            Some(files) => Some(files.modules.module_of(path)).filter(|module| *module != ROOT),
            None => Some(match known.module_of(path) {
                ROOT => module_without_list(path),
                module => module,
            }),
        };
        let Some(module) = module else { return Ok(()) };
        let module = self.module(&mut HashMap::new(), module)?;
        self.writer.set_path_modules(project, &[(id, Some(module))])
    }

    fn record_tests(
        &mut self,
        report: &mut Collected,
        source_roots: &[String],
        files: Option<&Arc<RunFiles>>,
    ) -> Result<Vec<TestResult>, StoreError> {
        let items = &report.items;
        let text = |span: Span| items.strings.get(span);
        let named = distinct(items.tests.iter().filter_map(|test| test.file).map(text));
        let resolved = self.resolve(&report.name, &mut report.warnings, source_roots, files, &named)?;
        let by_file: HashMap<&str, Option<PathId>> = named.into_iter().zip(resolved).collect();
        let stated = |test: &TestItem| test.file.and_then(|file| by_file.get(text(file)).copied().flatten());
        let is_listed = |path: &PathId| files.is_none_or(|files| files.ids_contain(*path));
        // What no file of the list is stated of goes by the names, each once for all tests that have the same. Of a test's
        // own name only a Rust module path matters, and that is the same for all tests of a module.
        let names = |test: &TestItem| {
            let name = text(test.name);
            let module = name.rfind("::").and_then(|at| name.get(..at + 2)).unwrap_or_default();
            TestNames { suite: text(test.suite), class: text(test.class), name: module }
        };
        let unknown = |test: &&TestItem| files.is_some() && stated(test).filter(is_listed).is_none();
        let asked = distinct(items.tests.iter().filter(unknown).map(names));
        let index = files.map(|files| &files.index);
        let found = index.map(|index| test_files(index, &asked)).unwrap_or_default();
        let by_names: HashMap<TestNames<'_>, Option<u32>> = asked.into_iter().zip(found).collect();
        let path_of = |test: &TestItem| -> Option<PathId> {
            let stated = stated(test);
            if files.is_none() || stated.as_ref().is_some_and(is_listed) {
                return stated;
            }
            let by_names = by_names.get(&names(test)).copied().flatten();
            by_names.and_then(|at| files.and_then(|files| files.id(at))).or(stated)
        };
        let paths: Vec<Option<PathId>> = items.tests.iter().map(path_of).collect();
        let new: Vec<NewTest<'_>> = items
            .tests
            .iter()
            .zip(&paths)
            .map(|(test, path)| NewTest {
                suite: text(test.suite),
                class: text(test.class),
                name: text(test.name),
                path: *path,
            })
            .collect();
        let ids = self.writer.intern_tests(self.project.id, &new)?;
        let mut results = Vec::with_capacity(ids.len());
        let mut seen = RoaringBitmap::new();
        let mut repeated = (0, "");
        for (test, id) in items.tests.iter().zip(ids) {
            if !seen.insert(id.0) {
                repeated.0 += 1;
                if repeated.1.is_empty() {
                    repeated.1 = text(test.name);
                }
            }
            let mut failure = FailureText::default();
            if test.outcome != Outcome::Passed {
                if let Some(message) = test.message {
                    failure.message = Some(self.writer.put_text(self.project.id, text(message))?);
                }
                if let Some(detail) = test.detail {
                    failure.detail = Some(self.writer.put_text(self.project.id, text(detail))?);
                }
            }
            results.push(TestResult {
                id,
                outcome: test.outcome,
                duration_us: test.duration_us,
                is_flaky: test.is_flaky,
                failure,
            });
        }
        report.warnings.add(WarningCode::Duplicate.as_str(), repeated.0, || {
            let name = repeated.1;
            format!("`{name}` occurs again with the same suite, class and name; such tests count as one, by the worst outcome")
        });
        Ok(results)
    }

    fn record_coverage(
        &mut self,
        report: &mut Collected,
        source_roots: &[String],
        files: Option<&Arc<RunFiles>>,
        coverage: &mut BTreeMap<PathId, FileLines>,
    ) -> Result<(), StoreError> {
        let raws: Vec<&str> = report.items.coverage.keys().map(AsRef::as_ref).collect();
        let ids = self.resolve(&report.name, &mut report.warnings, source_roots, files, &raws)?;
        for (lines, id) in report.items.coverage.values().zip(ids) {
            let Some(id) = id else { continue };
            match coverage.get_mut(&id) {
                Some(known) => *known = known.merge(lines),
                None => {
                    coverage.insert(id, lines.clone());
                }
            }
        }
        Ok(())
    }

    fn record_findings(
        &mut self,
        report: &mut Collected,
        source_roots: &[String],
        files: Option<&Arc<RunFiles>>,
    ) -> Result<Vec<FindingResult>, StoreError> {
        let items = &report.items;
        let text = |span: Span| items.strings.get(span);
        let raws = distinct(items.findings.iter().filter_map(|finding| finding.path).map(text));
        let ids = self.resolve(&report.name, &mut report.warnings, source_roots, files, &raws)?;
        let paths: HashMap<&str, Option<PathId>> = raws.into_iter().zip(ids).collect();
        let path_of =
            |finding: &FindingItem| finding.path.and_then(|path| paths.get(text(path)).copied().flatten());
        let rules: Vec<NewRule<'_>> = items
            .findings
            .iter()
            .map(|finding| NewRule {
                tool: text(finding.tool),
                rule: text(finding.rule),
                name: finding.rule_name.map(text),
                help_uri: finding.help_uri.map(text),
            })
            .collect();
        let rules = self.writer.intern_rules(self.project.id, &rules)?;
        let path_ids: RoaringBitmap = paths.values().flatten().map(|path| path.0).collect();
        let names: HashMap<PathId, String> = self
            .writer
            .list_paths(self.project.id, &path_ids)?
            .into_iter()
            .map(|info| (info.id, info.path))
            .collect();
        // Occurrences of a group are numbered by their lines, so the order in which the tool wrote them is without
        // effect; equal lines are told apart by what is shown, and beyond that there is nothing to tell apart.
        let mut sorted: Vec<(NewFinding<'_>, &FindingItem)> = items
            .findings
            .iter()
            .zip(rules)
            .map(|(finding, rule)| {
                let path = path_of(finding);
                let name = path.and_then(|path| names.get(&path)).map(String::as_str);
                let (key, content) =
                    group(text(finding.tool), text(finding.rule), finding.kind, &finding.evidence, name);
                let new = NewFinding {
                    group: key,
                    occurrence: 0,
                    content,
                    path,
                    rule,
                    kind: finding.kind,
                    detail: text(finding.shown),
                };
                (new, finding)
            })
            .collect();
        sorted.sort_by(|(a, place_a), (b, place_b)| {
            let place = |item: &FindingItem| (item.line, item.column, item.severity, item.is_suppressed);
            (a.group, place(place_a), a.detail).cmp(&(b.group, place(place_b), b.detail))
        });
        let mut last = None;
        for (finding, _) in &mut sorted {
            finding.occurrence = match last {
                Some((group, occurrence)) if group == finding.group => occurrence + 1,
                _ => 0,
            };
            last = Some((finding.group, finding.occurrence));
        }
        self.note_scopes(report.format.id, &items.findings);
        let new: Vec<NewFinding<'_>> = sorted.iter().map(|(finding, _)| *finding).collect();
        let ids = self.writer.intern_findings(self.project.id, &new)?;
        let advisories = sorted.iter().zip(&ids).filter_map(|((_, item), id)| Some((*id, item.advisory?)));
        let advisories: Vec<NewAdvisory<'_>> = advisories
            .flat_map(|(finding, (package, names))| {
                let names = text(names).split('\n');
                names.map(move |name| NewAdvisory { finding, package: text(package), name })
            })
            .collect();
        self.writer.note_advisories(self.project.id, &advisories)?;
        Ok(sorted
            .iter()
            .zip(ids)
            .map(|((_, item), id)| FindingResult {
                id,
                line: item.line,
                severity: item.severity,
                is_suppressed: item.is_suppressed,
            })
            .collect())
    }

    /// A scan looked at what it found; one that found nothing, at what its format is made for.
    fn note_scopes(&mut self, format: &str, findings: &[FindingItem]) {
        if findings.is_empty() {
            let is_security = plimsoll_registry::is_security(format);
            self.scopes.security |= is_security;
            self.scopes.code |= !is_security;
        }
        for finding in findings {
            self.scopes.security |= finding.kind.is_security();
            self.scopes.code |= !finding.kind.is_security();
        }
    }

    fn record_churn(&mut self, items: &Items) -> Result<(), StoreError> {
        let project = self.project.id;
        let text = |span: Span| items.strings.get(span);
        let mut sets = Vec::with_capacity(items.commits.len());
        for commit in &items.commits {
            let id = self.writer.intern_revision(project, text(commit.commit))?;
            let mut changes: BTreeMap<PathId, Change> = BTreeMap::new();
            for change in &commit.changes {
                let Some(path) = own_path(self.writer, project, text(change.path))? else { continue };
                let renamed_from = match change.renamed_from {
                    Some(from) => own_path(self.writer, project, text(from))?,
                    None => None,
                };
                let (added, deleted) = (change.added, change.deleted);
                changes.insert(path, Change { path, renamed_from, added, deleted });
            }
            sets.push(ChangeSet {
                commit: id,
                committed_at: commit.committed_at,
                changes: changes.into_values().collect(),
            });
        }
        self.writer.set_upload_churn(project, self.upload.id, &sets)
    }
}

/// Each once, in the order of their first occurrence.
fn distinct<T: Copy + Eq + std::hash::Hash>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut seen = std::collections::HashSet::new();
    all.filter(|one| seen.insert(*one)).collect()
}
