//! What the tests work on: a store with a project and a run.

use plimsoll_model::{FindingKind, Outcome, Severity};
use plimsoll_store::*;

pub struct Bench {
    pub folder: tempfile::TempDir,
    pub store: Store,
    pub project: ProjectId,
    pub run: RunNumber,
}

impl Bench {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), &Options::default()).unwrap();
        let project = write(&store, |writer| writer.insert_project("shop", "Shop", "main", 0));
        let run = write(&store, |writer| writer.ensure_run(project, &new_run("c1", "main", "1")));
        Self { folder, store, project, run }
    }

    /// The same folder, as the next process sees it.
    pub fn reopen(self) -> Self {
        let Self { folder, store, project, run } = self;
        drop(store);
        let store = Store::open(folder.path(), &Options::default()).unwrap();
        Self { folder, store, project, run }
    }

    pub fn write<T>(&self, work: impl FnOnce(&mut Writer<'_>) -> Result<T, StoreError>) -> T {
        write(&self.store, work)
    }

    pub fn read<T>(&self, work: impl FnOnce(&Reader<'_>) -> Result<T, StoreError>) -> T {
        self.store.read(work).unwrap()
    }

    pub fn accept(&self, upload: &NewUpload) -> Accepted {
        self.write(|writer| writer.accept_upload(self.project, upload))
    }

    pub fn queue(&self, upload: &NewUpload) -> UploadId {
        match self.accept(upload) {
            Accepted::Queued(id) => id,
            Accepted::Duplicate(id) => unreachable!("{id} is there already"),
        }
    }

    /// Accepts an upload and stores these tests for it.
    pub fn store_tests(&self, upload: &NewUpload, tests: &[(&str, Outcome, u64)]) -> UploadId {
        let id = self.queue(upload);
        self.finish_tests(id, tests);
        id
    }

    pub fn finish_tests(&self, id: UploadId, tests: &[(&str, Outcome, u64)]) {
        self.write(|writer| {
            let new: Vec<NewTest<'_>> =
                tests.iter().map(|(name, ..)| NewTest { suite: "s", class: "c", name, path: None }).collect();
            let ids = writer.intern_tests(self.project, &new)?;
            let mut results = Vec::new();
            for (id, (name, outcome, duration_us)) in ids.into_iter().zip(tests) {
                let mut failure = FailureText::default();
                if outcome.is_bad() {
                    failure.message = Some(writer.put_text(self.project, &format!("{name} broke"))?);
                }
                let duration_us = Some(*duration_us);
                results.push(TestResult { id, outcome: *outcome, duration_us, is_flaky: false, failure });
            }
            writer.set_upload_tests(self.project, id, &TestColumns::from_results(results))?;
            let finished = FinishedUpload { formats: "junit".to_owned(), ..FinishedUpload::default() };
            writer.finish_upload(self.project, id, &finished)
        });
    }

    /// Accepts an upload and stores findings for it, one for each line, all of one group.
    pub fn store_findings(&self, upload: &NewUpload, lines: &[(u32, Severity)]) -> UploadId {
        let id = self.queue(upload);
        self.write(|writer| {
            let rule = NewRule { tool: "ruff", rule: "E501", name: None, help_uri: None };
            let rule = writer.intern_rules(self.project, &[rule])?[0];
            let path = writer.intern_paths(self.project, &["a.py"])?[0];
            let new: Vec<NewFinding<'_>> = (0..lines.len() as u32)
                .map(|occurrence| NewFinding {
                    group: GroupKey([7; 16]),
                    occurrence,
                    content: GroupKey([8; 16]),
                    path: Some(path),
                    rule,
                    kind: FindingKind::Code,
                    detail: r#"{"message":"too long"}"#,
                })
                .collect();
            let ids = writer.intern_findings(self.project, &new)?;
            let results = ids.into_iter().zip(lines).map(|(id, (line, severity))| FindingResult {
                id,
                line: Some(*line),
                severity: *severity,
                is_suppressed: false,
            });
            writer.set_upload_findings(self.project, id, &FindingColumns::from_results(results.collect()))?;
            let scopes = Scopes { code: true, security: false };
            let finished =
                FinishedUpload { formats: "sarif".to_owned(), scopes, ..FinishedUpload::default() };
            writer.finish_upload(self.project, id, &finished)
        });
        id
    }

    pub fn state(&self, id: UploadId) -> UploadState {
        self.read(|reader| reader.find_upload(self.project, id)).unwrap().state
    }

    pub fn run_row(&self) -> Run {
        self.read(|reader| reader.find_run(self.project, self.run)).unwrap()
    }

    pub fn whole(&self) -> Measured {
        self.read(|reader| reader.measured(self.project, self.run, ModuleId::WHOLE)).unwrap()
    }
}

pub fn write<T>(store: &Store, work: impl FnOnce(&mut Writer<'_>) -> Result<T, StoreError>) -> T {
    store.write(work).unwrap()
}

pub fn new_run(commit: &str, branch: &str, build: &str) -> NewRun {
    NewRun {
        commit: commit.to_owned(),
        branch: branch.to_owned(),
        build: Some(build.to_owned()),
        created_at: 1_000,
        ..NewRun::default()
    }
}

pub fn upload(run: RunNumber, name: &str, content: &str) -> NewUpload {
    let mut digest = [0; 32];
    digest[..content.len()].copy_from_slice(content.as_bytes());
    NewUpload {
        run,
        name: name.to_owned(),
        category: None,
        shard: None,
        format: None,
        flags: Vec::new(),
        strip_prefix: None,
        add_prefix: None,
        digest,
        bytes: 10,
        received_at: 2_000,
        spool: format!("{name}-{content}"),
    }
}
