//! Small reports, the whole way: from files to columns and back.

use std::path::{Path, PathBuf};

use plimsoll_api::{Timestamp, UploadInfo, UploadState};
use plimsoll_format::Limits;
use plimsoll_store::{
    Accepted, ColumnKind, FinishedUpload, Measured, ModuleId, NewRun, NewUpload, Options, ProjectId,
    RunNumber, Store, StoreError, TestColumns, UploadId,
};

use super::*;

const FILES: &str = "# plimsoll file-list\ncart/package.json\ncart/src/cart.js\ncart/test/cart.test.js\nbooks/pyproject.toml\n\
                     books/app/__init__.py\nbooks/app/shelf.py\nbooks/tests/test_shelf.py\nREADME.md\n";

const JUNIT: &str = r#"<testsuites><testsuite name="pytest" tests="4" failures="1" errors="0" skipped="1">
<testcase classname="tests.test_shelf" name="test_add" time="0.012"/>
<testcase classname="tests.test_shelf" name="test_remove" time="0.5"><failure message="still there">assert 1 == 0</failure></testcase>
<testcase classname="tests.test_shelf" name="test_later" time="0"><skipped message="not yet"/></testcase>
<testcase classname="tests.test_elsewhere" name="test_lost" time="0.001"/>
</testsuite></testsuites>"#;

const COBERTURA: &str = r#"<?xml version="1.0"?>
<coverage line-rate="0.5" branch-rate="0" version="7" timestamp="0"><sources><source>/home/ci/shop/books</source></sources>
<packages><package name="app"><classes>
<class name="__init__.py" filename="app/__init__.py"><lines><line number="1" hits="1"/></lines></class>
<class name="shelf.py" filename="app/shelf.py"><lines><line number="1" hits="1"/><line number="2" hits="0"/><line number="3" hits="0"/></lines></class>
<class name="gone.py" filename="app/gone.py"><lines><line number="1" hits="1"/></lines></class>
</classes></package></packages></coverage>"#;

fn sarif(results: &[(&str, u32)]) -> String {
    let results: Vec<String> = results
        .iter()
        .map(|(path, line)| {
            format!(
                r#"{{"ruleId":"E501","level":"warning","message":{{"text":"line too long"}},"locations":[{{"physicalLocation":
                {{"artifactLocation":{{"uri":"{path}"}},"region":{{"startLine":{line}}}}}}}]}}"#
            )
        })
        .collect();
    format!(
        r#"{{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"Ruff",
        "rules":[{{"id":"E501","helpUri":"https://docs.astral.sh/ruff/rules/line-too-long"}}]}}}},"results":[{}]}}]}}"#,
        results.join(",")
    )
}

struct Shop {
    folder: tempfile::TempDir,
    ingest: Ingest,
}

impl Shop {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("data"), &Options::default()).unwrap();
        Self { folder, ingest: Ingest::new(store, Limits::default()) }
    }

    fn file(&self, name: &str, text: &str) -> LocalFile {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        LocalFile { path, name: name.to_owned(), ..LocalFile::default() }
    }

    fn run(&self, commit: &str, files: &[(&str, &str)]) -> IngestedRun {
        let files: Vec<LocalFile> = files.iter().map(|(name, text)| self.file(name, text)).collect();
        let run = NewRun {
            commit: commit.to_owned(),
            branch: "main".to_owned(),
            created_at: 9,
            ..NewRun::default()
        };
        ingest_run(&self.ingest, "shop", &run, &[], &files).unwrap()
    }

    fn project(&self) -> ProjectId {
        self.ingest.store().read(|reader| reader.find_project("shop")).unwrap().unwrap().id
    }

    fn measured(&self, run: RunNumber, module: &str) -> Measured {
        let project = self.project();
        self.ingest
            .store()
            .read(|reader| {
                let module = match module {
                    "" => ModuleId::WHOLE,
                    path => reader.find_module(project, path)?.unwrap().id,
                };
                reader.measured(project, run, module)
            })
            .unwrap()
            .unwrap_or_default()
    }

    fn columns(&self, run: RunNumber) -> Vec<(ColumnKind, plimsoll_store::BlobId)> {
        let project = self.project();
        self.ingest.store().read(|reader| reader.list_columns(project, run)).unwrap()
    }
}

fn stored(upload: &UploadInfo) {
    assert_eq!((upload.state, &upload.error), (UploadState::Stored, &None), "{}", upload.name);
}

#[test]
fn reports_reach_their_files_and_modules() {
    let shop = Shop::new();
    let findings = sarif(&[("/home/runner/work/shop/shop/books/app/shelf.py", 3), ("cart/src/cart.js", 7)]);
    let run = shop.run(
        "c1",
        &[("files.txt", FILES), ("junit.xml", JUNIT), ("coverage.xml", COBERTURA), ("ruff.sarif", &findings)],
    );
    run.uploads.iter().for_each(stored);
    let [_, tests, coverage, findings] = run.uploads.as_slice() else { unreachable!() };
    let counted = tests.reports[0].counted.tests.unwrap();
    assert_eq!((counted.total, counted.failed, counted.skipped, counted.duration_ms), (4, 1, 1, 513));
    let paths = coverage.paths.as_ref().unwrap();
    assert_eq!((paths.matched, paths.unmatched, paths.without_file_list), (2, 1, false));
    assert_eq!(paths.examples, ["app/gone.py"]);
    assert_eq!(coverage.reports[0].warnings[0].code, "unmatched-path");
    let hint = paths.hint.as_ref().unwrap();
    assert!(hint.message.starts_with("no prefix would help"), "{}", hint.message);
    assert_eq!(findings.paths.as_ref().unwrap().matched, 2);

    let whole = shop.measured(run.number, "");
    assert_eq!((whole.tests.unwrap().total, whole.tests.unwrap().duration_us), (4, 513_000));
    assert_eq!((whole.coverage.unwrap().lines, whole.coverage.unwrap().lines_covered), (5, 3));
    assert_eq!((whole.code.unwrap().total(), whole.security), (2, None));
    let books = shop.measured(run.number, "books");
    assert_eq!(books.tests.unwrap().total, 3, "by the name of their class");
    let lines = books.coverage.unwrap().lines;
    assert_eq!((lines, books.code.unwrap().total()), (5, 1), "what is not listed is in its folder's module");
    assert_eq!(shop.measured(run.number, "cart").code.unwrap().total(), 1);
    assert_eq!(shop.measured(run.number, "cart").tests, None);
}

#[test]
fn a_page_that_was_prepared_is_the_page() {
    use crate::pages::{PageCache, PageError, Scope, TestParameters, find_project, list_tests};

    let shop = Shop::new();
    let one = sarif(&[("books/app/shelf.py", 3)]);
    let two = sarif(&[("books/app/shelf.py", 4), ("cart/src/cart.js", 7)]);
    let better = JUNIT
        .replace(
            "test_remove\" time=\"0.5\"><failure message=\"still there\">assert 1 == 0</failure></testcase>",
            "test_remove\" time=\"0.4\"/>",
        )
        .replace("test_lost", "test_lost_and_found");
    for (commit, junit, findings) in [("c1", JUNIT, &one), ("c2", better.as_str(), &two), ("c3", JUNIT, &one)]
    {
        let run = shop.run(commit, &[("files.txt", FILES), ("junit.xml", junit), ("ruff.sarif", findings)]);
        let page = |cache: &PageCache, q: Option<&str>| {
            shop.ingest
                .store()
                .read(|reader| {
                    let scope = Scope::open(reader, cache, "shop")?;
                    let parameters = TestParameters {
                        q: q.map(str::to_owned),
                        sort: Some("name".to_owned()),
                        ..TestParameters::default()
                    };
                    Ok::<_, PageError>((
                        find_project(&scope, None)?,
                        list_tests(&scope, run.number.0, &parameters)?,
                    ))
                })
                .unwrap()
        };
        let prepared = page(shop.ingest.pages(), None);
        assert_eq!(prepared, page(&PageCache::default(), None), "{commit}");
        assert_eq!(prepared.0.run.as_ref().unwrap().number, run.number.0);
        let names: Vec<(&str, &str)> =
            prepared.1.items.iter().map(|test| (test.class.as_str(), test.name.as_str())).collect();
        assert!(names.len() == 4 && names.is_sorted(), "{names:?}");
        assert_eq!(page(shop.ingest.pages(), Some("SHELF")).1.total, 3, "of classes, in any case");
        let lost = page(shop.ingest.pages(), Some("lost_and")).1.total;
        assert_eq!(lost, u64::from(commit == "c2"), "what is not in the run is not in its list");
    }
}

#[test]
fn a_file_list_that_comes_late_changes_nothing_in_the_end() {
    let shop = Shop::new();
    let findings = sarif(&[("books/app/shelf.py", 3)]);
    let reports = [("junit.xml", JUNIT), ("coverage.xml", COBERTURA), ("ruff.sarif", findings.as_str())];
    let early = shop.run("c1", &[[("files.txt", FILES)].as_slice(), &reports].concat());
    let first = shop.run("c2", &reports);
    assert!(first.uploads[1].paths.as_ref().unwrap().without_file_list);
    assert_ne!(shop.columns(early.number), shop.columns(first.number));
    let late = shop.run("c2", &[("files.txt", FILES)]);
    assert_eq!(first.number, late.number);
    assert_eq!(shop.columns(early.number), shop.columns(late.number));
    for module in ["", "books", "cart"] {
        assert_eq!(shop.measured(early.number, module), shop.measured(late.number, module), "{module}");
    }
}

#[test]
fn the_same_reports_as_the_next_run_are_the_same_columns() {
    let shop = Shop::new();
    let a = sarif(&[("a.py", 3), ("a.py", 9), ("b.py", 1)]);
    let b = sarif(&[("b.py", 1), ("a.py", 9), ("a.py", 3)]);
    let first = shop.run("c1", &[("junit.xml", JUNIT), ("ruff.sarif", &a)]);
    let second = shop.run("c2", &[("junit.xml", JUNIT), ("ruff.sarif", &a)]);
    let third = shop.run("c3", &[("junit.xml", JUNIT), ("ruff.sarif", &b)]);
    assert_eq!(shop.columns(first.number), shop.columns(second.number));
    assert_eq!(
        shop.columns(first.number),
        shop.columns(third.number),
        "in whatever order the tool writes them"
    );
    let again = shop.run("c1", &[("junit.xml", JUNIT)]);
    assert!(again.uploads[0].is_duplicate);
}

#[test]
fn a_report_that_cannot_be_read_says_why_and_the_rest_goes_on() {
    let shop = Shop::new();
    let run = shop.run(
        "c1",
        &[("broken.xml", "<testsuites><testsuite"), ("notes.txt", "milk, bread"), ("junit.xml", JUNIT)],
    );
    let code = |at: usize| run.uploads[at].error.as_ref().map(|error| error.code.as_str());
    assert_eq!((run.uploads[0].state, code(0)), (UploadState::Failed, Some("unreadable_report")));
    assert_eq!((run.uploads[1].state, code(1)), (UploadState::Failed, Some("unknown_format")));
    stored(&run.uploads[2]);
    assert_eq!(shop.measured(run.number, "").tests.unwrap().total, 4);
}

#[test]
fn failures_keep_their_texts() {
    let shop = Shop::new();
    let run = shop.run("c1", &[("junit.xml", JUNIT)]);
    let project = shop.project();
    let texts: Vec<String> = shop
        .ingest
        .store()
        .read(|reader| -> Result<_, plimsoll_store::StoreError> {
            let tests = reader.read_tests(project, run.number)?.unwrap();
            let failing = tests.failing();
            assert_eq!(failing.len(), 1);
            let text = tests.failures[&plimsoll_store::TestId(failing.min().unwrap())];
            [text.message, text.detail]
                .into_iter()
                .flatten()
                .map(|blob| reader.read_text(project, blob))
                .collect()
        })
        .unwrap();
    assert_eq!(texts, ["still there", "assert 1 == 0"]);
}

#[test]
fn the_worker_takes_what_waits_and_stops_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), &Options::default()).unwrap();
    let spool = folder.path().join("spool");
    std::fs::create_dir_all(&spool).unwrap();
    let (project, run) = store
        .write(|writer| -> Result<_, plimsoll_store::StoreError> {
            let project = writer.insert_project("shop", "shop", "main", 0)?;
            let run = NewRun { commit: "c1".to_owned(), branch: "main".to_owned(), ..NewRun::default() };
            Ok((project, writer.ensure_run(project, &run)?))
        })
        .unwrap();
    let queue = |name: &str, text: &str| {
        std::fs::write(spool.join(name), text).unwrap();
        let upload = NewUpload {
            run,
            name: name.to_owned(),
            category: None,
            shard: None,
            format: None,
            flags: Vec::new(),
            strip_prefix: None,
            add_prefix: None,
            digest: *blake3::hash(text.as_bytes()).as_bytes(),
            bytes: text.len() as u64,
            received_at: 0,
            spool: name.to_owned(),
        };
        match store.write(|writer| writer.accept_upload(project, &upload)).unwrap() {
            Accepted::Queued(id) => id,
            Accepted::Duplicate(id) => unreachable!("{id}"),
        }
    };
    // As if an earlier process had ended in the midst of the first one.
    let first = queue("junit.xml", JUNIT);
    store.write(|writer| writer.claim_upload()).unwrap().unwrap();
    let second = queue("notes.txt", "milk, bread");
    let worker = Worker::start(store.clone(), Limits::default(), KEEP_UPLOADS, || Timestamp(0));
    let third = queue("coverage.xml", COBERTURA);
    worker.wake();
    while store.read(|reader| reader.count_waiting()).unwrap() > 0 {
        std::thread::yield_now();
    }
    worker.stop();
    let state = |id| store.read(|reader| reader.find_upload(project, id)).unwrap().unwrap().state;
    assert_eq!(state(first), plimsoll_store::UploadState::Stored);
    assert_eq!(state(second), plimsoll_store::UploadState::Failed);
    assert_eq!(state(third), plimsoll_store::UploadState::Stored);
    assert_eq!(std::fs::read_dir(&spool).unwrap().count(), 0, "the spool is empty again");
}

#[test]
fn the_history_of_the_sample_is_taken_whole() {
    let runs = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../sample-reports/bookstore/runs");
    let mut folders: Vec<PathBuf> =
        std::fs::read_dir(runs).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), &Options { is_durable: false, ..Options::default() }).unwrap();
    let ingest = Ingest::new(store.clone(), Limits::default());
    for folder in &folders {
        let run = ingest_folder(&ingest, "bookstore", Path::new(folder)).unwrap();
        run.uploads.iter().for_each(stored);
    }
    let project = store.read(|reader| reader.find_project("bookstore")).unwrap().unwrap();
    let modules = store.read(|reader| reader.list_modules(project.id)).unwrap();
    assert!(modules.len() >= 5, "{modules:?}");
    let count = store.read(|reader| reader.count_runs(project.id, None)).unwrap();
    assert_eq!(count, folders.len() as u64);
    // The first ones again as another project: the same measures, run by run.
    const AGAIN: usize = 8;
    for folder in folders.iter().take(AGAIN) {
        ingest_folder(&ingest, "again", Path::new(folder)).unwrap();
    }
    let again = store.read(|reader| reader.find_project("again")).unwrap().unwrap();
    for number in 1..=AGAIN as u64 {
        let measured =
            |project| store.read(|reader| reader.list_measured(project, RunNumber(number))).unwrap();
        let (first, second) = (measured(project.id), measured(again.id));
        assert!(!first.is_empty());
        assert_eq!(first, second, "run {number}");
    }
}

const SETTINGS: &str = "[[module]]\nname = \"shelves\"\npaths = [\"books/app/sh*\", \"books/tests/**\"]\n\
                        [[modul]]\nname = \"x\"\n[gate]\nrules = [\"coverage >= 80%\"]\n";

fn module_paths(shop: &Shop) -> Vec<String> {
    let project = shop.project();
    let listed = shop.ingest.store().read(|reader| reader.list_modules(project)).unwrap();
    listed.into_iter().map(|module| module.path).collect()
}

#[test]
fn settings_make_modules_whenever_they_come_and_say_what_is_wrong_in_them() {
    let reports = [("files.txt", FILES), ("junit.xml", JUNIT), ("coverage.xml", COBERTURA)];
    // In front, at the end by themselves, and in the next run not at all.
    let (first, late) = (Shop::new(), Shop::new());
    let in_front: Vec<(&str, &str)> = [("plimsoll.toml", SETTINGS)].into_iter().chain(reports).collect();
    let run = first.run("c1", &in_front);
    run.uploads.iter().for_each(stored);
    let warnings = &run.uploads[0].reports[0].warnings;
    assert_eq!((warnings[0].code.as_str(), warnings[0].count), ("bad-setting", 1));
    assert!(warnings[0].message.contains("line 4, `modul`"), "{}", warnings[0].message);
    let late_run = late.run("c1", &reports);
    let before = late.measured(late_run.number, "books").coverage.unwrap();
    assert_eq!((before.files, before.lines), (3, 5), "one of them is not in the list");
    late.run("c1", &[("plimsoll.toml", SETTINGS)]);
    for (shop, run) in [(&first, run.number), (&late, late_run.number)] {
        let shelves = shop.measured(run, "shelves");
        assert_eq!(shelves.coverage.map(|it| (it.files, it.lines, it.lines_covered)), Some((1, 3, 1)));
        assert_eq!(shelves.tests.map(|it| (it.total, it.failed)), Some((3, 1)));
        assert_eq!(shop.measured(run, "books").coverage.map(|it| it.lines), Some(2));
    }
    assert_eq!(first.columns(run.number).len(), late.columns(late_run.number).len());
    // The next run has no settings of its own and those of the run before.
    let next = first.run("c2", &reports);
    assert_eq!(first.measured(next.number, "shelves").coverage.map(|it| it.lines), Some(3));
    assert!(module_paths(&first).contains(&"shelves".to_owned()));
}

#[test]
fn settings_that_are_no_toml_cost_nothing_but_themselves() {
    let shop = Shop::new();
    let run = shop.run("c1", &[("plimsoll.toml", "[[module\n"), ("files.txt", FILES), ("junit.xml", JUNIT)]);
    run.uploads.iter().for_each(stored);
    assert_eq!(run.uploads[0].reports[0].warnings[0].code, "bad-setting");
    assert_eq!(shop.measured(run.number, "").tests.map(|it| it.total), Some(4));
}

#[test]
fn what_did_not_match_is_kept_with_the_reason_and_a_remedy() {
    let shop = Shop::new();
    let places = ["/srv/app/shelf.py", "/srv/app/__init__.py", "/srv/made.py", "/x/node_modules/a/b.js"];
    let findings = sarif(&places.map(|path| (path, 1)));
    let run = shop.run("c1", &[("files.txt", FILES), ("ruff.sarif", &findings)]);
    let [_, upload] = run.uploads.as_slice() else { unreachable!() };
    let paths = upload.paths.as_ref().unwrap();
    assert_eq!((paths.matched, paths.unmatched, paths.ambiguous, paths.outside), (0, 0, 0, 4));
    let hint = paths.hint.as_ref().unwrap();
    assert_eq!(
        (hint.strip_prefix.as_deref(), hint.add_prefix.as_deref(), hint.mends),
        (Some("srv"), Some("books"), 2)
    );
    assert_eq!(
        hint.message,
        "upload with --strip-prefix `srv` and --add-prefix `books`: 2 of these 4 would match"
    );
    let project = shop.project();
    let id = plimsoll_store::UploadId(upload.id);
    let kept = shop.ingest.store().read(|reader| reader.read_path_problems(project, id)).unwrap().unwrap();
    let kept: Vec<plimsoll_api::PathProblem> = serde_json::from_str(&kept).unwrap();
    assert_eq!(kept.iter().map(|problem| problem.path.as_str()).collect::<Vec<_>>(), places);
    assert_eq!(kept[0].candidates, ["books/app/shelf.py"]);

    // What the remedy promises, it keeps.
    let file = LocalFile {
        strip_prefix: hint.strip_prefix.clone(),
        add_prefix: hint.add_prefix.clone(),
        ..shop.file("ruff.sarif", &findings)
    };
    let new =
        NewRun { commit: "c2".to_owned(), branch: "main".to_owned(), created_at: 10, ..NewRun::default() };
    let run = ingest_run(&shop.ingest, "shop", &new, &[], &[shop.file("files.txt", FILES), file]).unwrap();
    assert_eq!(run.uploads[1].paths.as_ref().unwrap().matched, hint.mends);
    // The report of a commit where all match leaves nothing behind.
    let run = shop.run("c3", &[("files.txt", FILES), ("ruff.sarif", &sarif(&[("books/app/shelf.py", 1)]))]);
    let id = plimsoll_store::UploadId(run.uploads[1].id);
    assert_eq!(shop.ingest.store().read(|reader| reader.read_path_problems(project, id)).unwrap(), None);
    assert_eq!(run.uploads[1].paths.as_ref().unwrap().hint, None);
}

#[test]
fn flags_tell_uploads_of_the_same_name_apart() {
    let shop = Shop::new();
    let flagged =
        |flag: &str, text: &str| LocalFile { flags: vec![flag.to_owned()], ..shop.file("junit.xml", text) };
    let run = NewRun { commit: "c1".to_owned(), branch: "main".to_owned(), ..NewRun::default() };
    let ingest = |file: LocalFile| ingest_run(&shop.ingest, "shop", &run, &[], &[file]).unwrap();
    let linux = ingest(flagged("linux", JUNIT));
    let windows = ingest(flagged("windows", &JUNIT.replace("test_add", "test_add_windows")));
    assert_eq!(windows.uploads[0].flags, ["windows"]);
    assert_eq!(shop.measured(linux.number, "").tests.map(|it| it.total), Some(5));
    // The same flag again replaces.
    ingest(flagged("windows", &JUNIT.replace("test_add", "test_other")));
    assert_eq!(shop.measured(linux.number, "").tests.map(|it| it.total), Some(5));
}

#[test]
fn a_run_is_judged_by_the_rules_that_it_brings_or_inherits() {
    use plimsoll_api::GateStanding::{Fail, NotEnoughData, Pass};
    let shop = Shop::new();
    let rules = "[gate]\nrules = [\"coverage >= 50%\", \"each module coverage >= 70%\", \"coverage >= baseline\", \
                 \"new findings = 0\", \"covrage > 1%\"]\n";
    let reports = [("files.txt", FILES), ("junit.xml", JUNIT), ("coverage.xml", COBERTURA)];
    let with_rules: Vec<(&str, &str)> = [("plimsoll.toml", rules)].into_iter().chain(reports).collect();
    let first = shop.run("c1", &with_rules);
    let second = shop.run("c2", &reports);
    let none = Shop::new();
    let without = none.run("c1", &reports);
    let gate = |shop: &Shop, run: RunNumber| {
        shop.ingest
            .store()
            .read(|reader| {
                let cache = crate::pages::PageCache::default();
                crate::pages::find_gate(&crate::pages::Scope::open(reader, &cache, "shop")?, run.0)
            })
            .unwrap()
    };
    let standings = |page: &plimsoll_api::GatePage| -> Vec<plimsoll_api::GateStanding> {
        page.rules.iter().map(|rule| rule.standing).collect()
    };
    // Covered are 3 of 5 lines, of the only module with coverage 2 of 4.
    let page = gate(&shop, first.number);
    assert_eq!(standings(&page), [Pass, Fail, NotEnoughData, NotEnoughData, Fail], "{page:#?}");
    assert_eq!(page.rules[1].module.as_deref(), Some("books"));
    assert_eq!(page.summary.standing, Some(Fail));
    let page = gate(&shop, second.number);
    assert_eq!(standings(&page), [Pass, Fail, Pass, NotEnoughData, Fail], "{page:#?}");
    assert_eq!(page.baseline, Some(first.number.0));
    let page = gate(&none, without.number);
    assert_eq!((page.summary.standing, page.rules.len()), (None, 0));
    assert!(page.hint.is_some_and(|hint| hint.contains("plimsoll.toml")));
}

#[test]
fn uploads_are_read_again_when_their_parser_is_newer() {
    let shop = Shop::new();
    shop.run("c1", &[("unit.xml", JUNIT)]);
    let (project, store) = (shop.project(), shop.ingest.store().clone());
    let find = || store.read(|reader| reader.find_upload(project, UploadId(1))).unwrap().unwrap();
    let current = |format: &str| plimsoll_registry::find(format).map(|format| format.descriptor().version);
    let newer = |format: &str| current(format).map(|version| version + 1);
    let columns = || store.read(|reader| reader.list_columns(project, RunNumber(1))).unwrap();
    let before = columns();
    assert_eq!(find().versions, format!("junit={}", current("junit").unwrap()));
    let reparse = |version_of: &dyn Fn(&str) -> Option<u32>, is_dry_run| {
        shop.ingest.reparse(project, version_of, is_dry_run).unwrap()
    };
    assert_eq!(reparse(&current, false), Reparsed::default());
    assert_eq!(reparse(&newer, true).uploads, 1);
    // As an older parser would have left it: no test was understood.
    store
        .write(|writer| -> Result<(), StoreError> {
            writer.set_upload_tests(project, UploadId(1), &TestColumns::default())?;
            let old = FinishedUpload { formats: "junit".to_owned(), ..FinishedUpload::default() };
            writer.finish_upload(project, UploadId(1), &old)?;
            Ok(())
        })
        .unwrap();
    assert_ne!(columns(), before);
    assert_eq!(reparse(&current, false), Reparsed { uploads: 1, ..Reparsed::default() });
    assert_eq!(columns(), before, "in place, as if it had been read so from the beginning");
    assert_eq!(reparse(&current, false), Reparsed::default());
    std::fs::remove_dir_all(store.folder().join("raw")).unwrap();
    assert_eq!(reparse(&newer, false), Reparsed { gone: 1, ..Reparsed::default() });
    assert_eq!(columns(), before);
}
