//! Plausible values of the API for tests.

use plimsoll_api::{
    CarriedPart, ChangeCounts, Comparison, Counted, CoverageChange, CoverageCounts, ErrorInfo, FailureGroup,
    FilePage, FileRow, FindingChanges, FindingCounts, FindingRow, FindingState, FlakyEvidence, GatePage,
    GateRule, GateStanding, GateSummary, HeadlineItem, HeadlinePart, Hotspot, HotspotParts, IndirectChanges,
    IndirectFile, LineRange, LineState, Measures, ModuleDurations, ModulePage, ModuleRow, PackageInfo,
    PatchCoverage, PatchFile, PathHint, PathMatches, PathProblem, PathReason, ProjectPage, ProjectSummary,
    ReportInfo, RunPage, RunState, RunSummary, SeverityCounts, SlowerTest, Target, TestChanges, TestCounts,
    TestPage, TestPoint, TestRow, TestState, Timestamp, Tone, Trend, TrendPoint, UploadInfo, UploadState,
    WarningInfo,
};
use plimsoll_model::{FindingKind, Outcome, ReportKind, Severity};

/// What an attacker would like to see become markup.
pub const HOSTILE: &str = "<script>alert('x')</script>\u{202e}\0\" onload=\"x";

pub fn coverage(lines: u64, covered: u64) -> CoverageCounts {
    CoverageCounts { files: 12, lines, lines_covered: covered, branches: 40, branches_covered: 30 }
}

pub fn counts(critical: u64, medium: u64, low: u64) -> FindingCounts {
    let by_severity = SeverityCounts { critical, medium, low, ..SeverityCounts::default() };
    FindingCounts { total: critical + medium + low, by_severity, suppressed: 1 }
}

pub fn measures(failed: u64) -> Measures {
    Measures {
        tests: Some(TestCounts {
            total: 1284,
            passed: 1281 - failed,
            failed,
            errored: 0,
            skipped: 3,
            duration_ms: 84_200,
        }),
        flaky: Some(3),
        coverage: Some(coverage(4200, 3419)),
        code: Some(counts(0, 17, 200)),
        security: Some(counts(1, 5, 0)),
    }
}

pub fn changes() -> ChangeCounts {
    ChangeCounts {
        newly_failing: Some(2),
        fixed_tests: Some(1),
        still_failing: Some(0),
        new_tests: Some(4),
        removed_tests: Some(0),
        coverage_centipoints: Some(-60),
        new_code: Some(4),
        fixed_code: Some(9),
        new_security: Some(1),
        fixed_security: Some(0),
    }
}

pub fn trend() -> Trend {
    Trend {
        runs: vec![409, 410, 411, 412],
        coverage: vec![Some(82.0), None, Some(82.0), Some(81.4)],
        failing: vec![Some(0), Some(1), Some(0), Some(2)],
        code: vec![Some(220), Some(221), Some(222), Some(217)],
        security: vec![Some(5), Some(5), Some(5), Some(6)],
    }
}

pub fn run(number: u64) -> RunSummary {
    RunSummary {
        number,
        commit: format!("a3f91c2d77b0e4{number}"),
        branch: "main".to_owned(),
        pull_request: None,
        build: Some("8841".to_owned()),
        build_url: Some("https://ci.example/build/8841".to_owned()),
        created_at: Timestamp(1_772_352_900),
        state: RunState::Complete,
        missing_shards: vec![],
        is_protected: false,
        tag: None,
        measures: measures(2),
        baseline: Some(number - 1),
        changes: Some(changes()),
    }
}

pub fn module(path: &str) -> ModuleRow {
    ModuleRow {
        path: path.to_owned(),
        name: path.rsplit('/').next().unwrap_or(path).to_owned(),
        measures: measures(2),
        changes: Some(changes()),
        trend: trend(),
        commits: Some(41),
        gate: None,
    }
}

pub fn hotspot(path: &str, score: f64) -> Hotspot {
    Hotspot {
        path: path.to_owned(),
        module: "services/search".to_owned(),
        score,
        parts: HotspotParts {
            churn_percentile: 0.98,
            weakness: 0.6,
            uncovered: Some(0.58),
            findings_percentile: Some(0.8),
            test_instability: None,
        },
        commits: 41,
        churned_lines: 900,
        lines: Some(120),
        lines_uncovered: Some(70),
        findings: 9,
        why: "41 commits in 90 days, 58 % of its lines uncovered, 9 findings".to_owned(),
    }
}

pub fn summary() -> ProjectSummary {
    ProjectSummary {
        project: "bookstore".to_owned(),
        name: "Bookstore".to_owned(),
        default_branch: "main".to_owned(),
        latest: Some(run(412)),
        trend: trend(),
        runs: 412,
    }
}

fn part(text: &str, target: Option<Target>) -> HeadlinePart {
    HeadlinePart { text: text.to_owned(), target }
}

pub fn headline() -> Vec<HeadlineItem> {
    let tests = Target::Tests {
        run: 412,
        state: Some("newly-failing".to_owned()),
        module: Some("services/checkout".to_owned()),
    };
    vec![
        HeadlineItem {
            tone: Tone::Bad,
            parts: vec![
                part("2 tests newly fail", Some(tests)),
                part(" in ", None),
                part("checkout", Some(Target::Module { path: "services/checkout".to_owned() })),
            ],
        },
        HeadlineItem { tone: Tone::Good, parts: vec![part("9 findings are fixed.", None)] },
    ]
}

pub fn project() -> ProjectPage {
    ProjectPage {
        project: summary(),
        branch: "main".to_owned(),
        branches: vec!["main".to_owned(), "feature/cart".to_owned()],
        run: Some(run(412)),
        baseline: Some(run(411)),
        gate: Some(gate().summary),
        headline: headline(),
        modules: vec![module("services/search"), module("services/checkout"), module("apps/web")],
        hotspots: vec![hotspot("services/search/src/ranking.py", 0.87), hotspot("apps/web/src/cart.ts", 0.3)],
        runs: vec![
            RunSummary { state: RunState::Partial, missing_shards: vec!["unit 2/3".to_owned()], ..run(413) },
            run(412),
            run(411),
        ],
    }
}

pub fn test() -> TestRow {
    TestRow {
        id: 7,
        suite: "checkout".to_owned(),
        class: "checkout.CartTest".to_owned(),
        name: "adds taxes".to_owned(),
        file: Some("services/checkout/tests/cart.test.ts".to_owned()),
        module: Some("services/checkout".to_owned()),
        outcome: Outcome::Failed,
        duration_ms: Some(1234),
        state: TestState::NewlyFailing,
        is_flaky: true,
        message: Some("expected 11.90 but was 11.89".to_owned()),
        detail: Some("AssertionError: expected 11.90 but was 11.89\n    at cart.test.ts:12".to_owned()),
    }
}

pub fn finding() -> FindingRow {
    FindingRow {
        id: 9,
        tool: "bandit".to_owned(),
        rule: "B608".to_owned(),
        rule_name: Some("hardcoded_sql_expressions".to_owned()),
        help_uri: Some("https://bandit.example/b608".to_owned()),
        kind: FindingKind::Weakness,
        severity: Severity::Critical,
        message: "Possible SQL injection".to_owned(),
        path: Some("services/search/src/ranking.py".to_owned()),
        module: Some("services/search".to_owned()),
        line: Some(34),
        state: FindingState::New,
        package: None,
        aliases: vec![],
        cwe: vec!["CWE-89".to_owned()],
        cvss: Some(9.8),
        cvss_vector: None,
        cvss_source: None,
        epss: None,
        also_reported_by: Vec::new(),
        first_run: Some(412),
        matched: None,
        is_in_changed_lines: Some(true),
        review: None,
    }
}

pub fn vulnerability() -> FindingRow {
    FindingRow {
        id: 10,
        tool: "npm-audit".to_owned(),
        rule: "GHSA-xxxx".to_owned(),
        kind: FindingKind::Vulnerability,
        path: None,
        line: None,
        package: Some(PackageInfo {
            name: "left-pad".to_owned(),
            version: Some("1.0.0".to_owned()),
            fixed_version: Some("1.3.0".to_owned()),
            ..PackageInfo::default()
        }),
        ..finding()
    }
}

pub fn comparison() -> Comparison {
    Comparison {
        counts: changes(),
        tests: Some(TestChanges {
            newly_failing: vec![test()],
            slower: vec![SlowerTest { test: test(), typical_ms: 1_200, samples: 12 }],
            slower_hidden: 2,
            ..TestChanges::default()
        }),
        coverage: Some(vec![CoverageChange {
            path: "services/search/src/ranking.py".to_owned(),
            renamed_from: Some("services/search/src/rank.py".to_owned()),
            module: "services/search".to_owned(),
            before: Some(coverage(120, 90)),
            after: Some(coverage(120, 50)),
        }]),
        findings: Some(FindingChanges {
            new: vec![
                finding(),
                vulnerability(),
                FindingRow { kind: FindingKind::Code, severity: Severity::Low, ..finding() },
            ],
            fixed: vec![],
            moved: 3,
            existing: 200,
            reopened: 1,
            in_changed_lines: Some(1),
        }),
        patch: Some(PatchCoverage {
            changed_lines: 31,
            lines: 20,
            lines_covered: 15,
            files: vec![PatchFile {
                path: "services/search/src/ranking.py".to_owned(),
                module: "services/search".to_owned(),
                lines: 20,
                lines_covered: 15,
                uncovered: vec![33, 34, 35, 39, 40],
            }],
        }),
        indirect: Some(IndirectChanges {
            lost: 3,
            gained: 1,
            files: vec![IndirectFile {
                path: "services/search/src/ranking.py".to_owned(),
                module: "services/search".to_owned(),
                lost: 3,
                gained: 1,
                lost_lines: vec![70, 71, 72],
            }],
        }),
        shown_at_most: 100,
    }
}

pub fn upload() -> UploadInfo {
    UploadInfo {
        id: 31,
        run: 412,
        run_url: "/p/bookstore/runs/412".to_owned(),
        state: UploadState::Stored,
        is_duplicate: false,
        name: "junit.xml".to_owned(),
        category: Some("unit".to_owned()),
        flags: vec!["linux".to_owned()],
        shard: Some("1/3".to_owned()),
        bytes: 91_000,
        received_at: Timestamp(1_772_352_900),
        reports: vec![ReportInfo {
            name: "junit.xml".to_owned(),
            format: "junit".to_owned(),
            kind: ReportKind::Tests,
            counted: Counted { tests: measures(2).tests, ..Counted::default() },
            warnings: vec![WarningInfo {
                code: "total-disagrees".to_owned(),
                count: 1,
                message: "the file says 1,285 tests and holds 1,284".to_owned(),
            }],
        }],
        paths: Some(PathMatches {
            matched: 40,
            unmatched: 2,
            ambiguous: 1,
            outside: 0,
            examples: vec!["build/gen/a.py".to_owned()],
            without_file_list: false,
            hint: Some(PathHint {
                add_prefix: Some("services/search".to_owned()),
                mends: 2,
                message: "upload with --add-prefix `services/search`: 2 of these 3 would match".to_owned(),
                ..PathHint::default()
            }),
        }),
        error: None,
    }
}

pub fn path_problems() -> Vec<PathProblem> {
    let problem = |path: &str, reason, candidates: &[&str]| PathProblem {
        path: path.to_owned(),
        reason,
        candidates: candidates.iter().map(|path| (*path).to_owned()).collect(),
        candidate_count: candidates.len() as u64,
        report: "junit.xml".to_owned(),
    };
    vec![
        problem("build/gen/a.py", PathReason::NotInFileList, &[]),
        PathProblem {
            candidate_count: 7,
            ..problem(
                "app/util.py",
                PathReason::Ambiguous,
                &["services/cart/app/util.py", "services/search/app/util.py"],
            )
        },
        problem(HOSTILE, PathReason::OutsideRepository, &[]),
    ]
}

pub fn gate() -> GatePage {
    let rule = |rule: &str, standing, found: Option<&str>, wanted: Option<&str>| GateRule {
        rule: rule.to_owned(),
        line: 3,
        module: None,
        standing,
        found: found.map(str::to_owned),
        wanted: wanted.map(str::to_owned),
        reason: "The run has no diff, or no coverage of the lines that it changes.".to_owned(),
    };
    GatePage {
        run: 412,
        state: RunState::Complete,
        baseline: Some(411),
        summary: GateSummary { standing: Some(GateStanding::Fail), passed: 1, failed: 1, not_enough_data: 1 },
        rules: vec![
            rule("coverage >= 70%", GateStanding::Pass, Some("71.3 %"), Some("at least 70.0 %")),
            GateRule {
                module: Some("services/search".to_owned()),
                ..rule("each module failing tests = 0", GateStanding::Fail, Some("2"), Some("0"))
            },
            rule("patch coverage >= 90%", GateStanding::NotEnoughData, None, None),
        ],
        hint: None,
    }
}

pub fn run_page() -> RunPage {
    let broken = UploadInfo {
        state: UploadState::Failed,
        name: "cov.xml".to_owned(),
        reports: vec![],
        paths: None,
        error: Some(ErrorInfo {
            code: "unexpected_end".to_owned(),
            message: "The file ends inside of an element.".to_owned(),
            hint: Some("Was the job stopped while it wrote?".to_owned()),
        }),
        ..upload()
    };
    RunPage {
        run: run(412),
        baseline: Some(run(411)),
        headline: headline(),
        gate: gate(),
        comparison: comparison(),
        carried: vec![CarriedPart {
            name: "e2e".to_owned(),
            run: 409,
            runs_ago: 2,
            days_ago: 1,
            tests: 14,
            failing: 1,
            covered_files: 3,
            findings: 1,
            rows: vec![finding()],
        }],
        modules: vec![module("services/search"), module("apps/web")],
        uploads: vec![upload(), broken],
    }
}

pub fn test_page() -> TestPage {
    let point = |run, outcome| TestPoint {
        run,
        commit: "a3f91c2d77".to_owned(),
        branch: "main".to_owned(),
        created_at: Timestamp(1_772_352_900),
        outcome,
        duration_ms: Some(run),
    };
    TestPage {
        test: test(),
        history: vec![point(412, Outcome::Failed), point(411, Outcome::Passed), point(410, Outcome::Skipped)],
        failures: vec![FailureGroup {
            message: "expected 11.90 but was 11.89".to_owned(),
            detail: test().detail,
            runs: vec![412],
        }],
        flaky: vec![FlakyEvidence {
            rule: "same-commit".to_owned(),
            text: "It passed and failed on commit a3f91c2d.".to_owned(),
            runs: vec![412, 411],
            results: vec![flaky_result(412, true), flaky_result(411, false)],
        }],
        durations: None,
        difference: None,
        renamed_from: None,
        renamed_to: None,
    }
}

pub fn module_page() -> ModulePage {
    let point = |run, failed| TrendPoint {
        run,
        commit: "a3f91c2d77".to_owned(),
        created_at: Timestamp(1_772_352_900),
        measures: measures(failed),
    };
    ModulePage {
        module: module("services/search"),
        run: 412,
        branch: "main".to_owned(),
        history: vec![point(410, 0), point(411, 0), point(412, 2)],
        children: vec![],
        durations: Some(ModuleDurations {
            tests: 40,
            p50_ms: 12,
            p95_ms: 1_900,
            budget_ms: Some(90_000),
            slowest: vec![test()],
        }),
    }
}

pub fn file_row() -> FileRow {
    FileRow {
        path: "services/search/src/ranking.py".to_owned(),
        module: "services/search".to_owned(),
        coverage: Some(coverage(120, 50)),
        coverage_centipoints: Some(-310),
        findings: 9,
        security: 1,
        commits: Some(41),
    }
}

pub fn file() -> FilePage {
    FilePage {
        path: "services/search/src/ranking.py".to_owned(),
        module: "services/search".to_owned(),
        run: 412,
        branch: "main".to_owned(),
        coverage: Some(coverage(120, 50)),
        lines: vec![
            LineRange { first: 1, last: 30, state: LineState::Covered },
            LineRange { first: 33, last: 40, state: LineState::Uncovered },
        ],
        branches: vec![],
        findings: vec![finding()],
        hotspot: Some(hotspot("services/search/src/ranking.py", 0.87)),
        churn: Some(plimsoll_api::FileChurn { commits: 12, lines: 340 }),
        line_count: 42,
        has_source: true,
    }
}

/// A window of the file's lines.
pub fn file_lines() -> plimsoll_api::FileLines {
    let line = |number, text: &str, state, branches, branches_covered| plimsoll_api::FileLine {
        number,
        text: Some(text.to_owned()),
        state,
        branches,
        branches_covered,
    };
    plimsoll_api::FileLines {
        path: "services/search/src/ranking.py".to_owned(),
        line_count: 42,
        has_source: true,
        lines: vec![
            line(1, "def rank(pages):", Some(LineState::Covered), 0, 0),
            line(2, "\tif pages < 3 && \u{202e}x:", Some(LineState::Partial), 2, 1),
            line(3, "", None, 0, 0),
            line(4, "    return None", Some(LineState::Uncovered), 0, 0),
        ],
    }
}

/// What findings can be narrowed down to.
pub fn facets() -> plimsoll_api::FindingFacets {
    let value = |value: &str, count| plimsoll_api::FacetValue { value: value.to_owned(), count };
    let facet = |name: &str, values| plimsoll_api::FindingFacet { name: name.to_owned(), values, more: 3 };
    plimsoll_api::FindingFacets {
        total: 41,
        facets: vec![
            facet("severity", vec![value("critical", 1), value("low", 40)]),
            facet("package", vec![]),
        ],
    }
}

fn flaky_result(run: u64, is_failed: bool) -> plimsoll_api::FlakyResult {
    plimsoll_api::FlakyResult { run, commit: "a3f91c2d".to_owned(), is_failed }
}
