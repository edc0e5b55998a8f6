//! Every page and every state, drawn as text: what stands there, and what must not.

use leptos::prelude::*;
use plimsoll_api::{FindingRow, ModuleRow, TestRow};

use super::*;
use crate::components::table::table;
use crate::components::time::Now;
use crate::fixtures::{self, HOSTILE};
use crate::state::{Problem, Remote, Request, State, Status, draw};

fn render(view: impl FnOnce() -> AnyView) -> String {
    Owner::new().with(|| {
        provide_context(Now(Some(plimsoll_api::Timestamp(1_772_352_900 + 840))));
        provide_context(Place::of("/p/bookstore", ""));
        view().to_html().replace("<!>", "")
    })
}

fn check(html: &str, wanted: &[&str]) {
    for wanted in wanted {
        assert!(html.contains(wanted), "{wanted} is missing in {html}");
    }
    for bad in [" style=\"", "<script", "javascript:", "NaN", "\u{202e}", "\0"] {
        assert!(!html.contains(bad), "{bad:?} in {html}");
    }
}

fn no_changes() -> Remote<plimsoll_api::Page<plimsoll_api::ModuleChange>> {
    Remote::of(Request::new(None, Status::Loading))
}

fn scope() -> Scope {
    Scope { project: "bookstore".to_owned(), run: 412, branch: String::new() }
}

#[test]
fn projects_stand_with_their_latest_run() {
    let html = render(|| projects::view(&[fixtures::summary()]));
    check(
        &html,
        &["href=\"/p/bookstore\"", "Bookstore", "#412", "14 minutes ago", "81.4\u{202f}%", "2 tests fail"],
    );
}

#[test]
fn a_project_says_its_state_first() {
    let html = render(|| project::view(&fixtures::project()));
    check(
        &html,
        &[
            "2 tests newly fail",
            "href=\"/p/bookstore/runs/412/tests?state=newly-failing&amp;module=services/checkout\"",
            "1,284",
            "href=\"/p/bookstore/module?path=services/search\"",
            "class=\"spark s1\"",
            "class=\"gauge beyond\"",
            "Run #413",
            "shard unit 2/3 is missing",
            "feature/cart",
            "aria-sort=\"none\"",
            "<caption",
        ],
    );
    let words = html.find("2 tests newly fail").unwrap();
    let numbers = html.find("class=\"tiles\"").unwrap();
    let table = html.find("id=\"modules\"").unwrap();
    assert!(words < numbers && numbers < table, "words, then numbers, then tables");
}

#[test]
fn a_branch_without_a_complete_run_says_so() {
    let mut page = fixtures::project();
    page.run = None;
    page.modules.clear();
    page.hotspots.clear();
    check(&render(|| project::view(&page)), &["no complete run yet", "No hotspots yet."]);
}

#[test]
fn a_module_has_its_trends() {
    let html = render(|| module::view(&fixtures::module_page(), no_changes(), "bookstore"));
    check(&html, &["<svg class=\"plot\"", "lines 81.4", "failing 2", "critical 1", "role=\"slider\""]);
    check(&html, &["Slowest tests", "half take at most", "the budget of all is"]);
}

#[test]
fn a_module_without_a_history_has_no_pictures() {
    let mut page = fixtures::module_page();
    page.history.clear();
    let html = render(|| module::view(&page, no_changes(), "bookstore"));
    check(&html, &["No values in these runs."]);
}

#[test]
fn hotspots_show_the_parts_of_their_scores() {
    let html = render(|| hotspots::view(&[fixtures::hotspot("a/b.py", 0.87)], "bookstore"));
    check(
        &html,
        &[
            "0.87",
            "class=\"treemap\"",
            "41 commits in 90 days",
            "href=\"/p/bookstore/file?path=a/b.py\"",
            "58.0",
        ],
    );
}

#[test]
fn paths_that_did_not_match_stand_with_the_reason() {
    let html = render(|| table(run::paths_spec(), fixtures::path_problems(), &scope()));
    check(
        &html,
        &[
            "build/gen/a.py",
            "not in the file list",
            "could be several files",
            "href=\"/p/bookstore/runs/412/file?path=services/cart/app/util.py\"",
            "and 5 more",
            "outside the repository",
        ],
    );
    let upload = fixtures::upload();
    let html = render(|| run::paths_view(&upload, &scope()));
    check(&html, &["Paths of junit.xml", "of which 2 not in the file list", "What to do: "]);
    // Nothing is left over, or nothing could be said: neither looks like the other.
    let of = |paths: Option<plimsoll_api::PathMatches>| {
        let upload = plimsoll_api::UploadInfo { paths, ..upload.clone() };
        render(|| run::paths_view(&upload, &scope()))
    };
    let all = plimsoll_api::PathMatches { matched: 7, ..Default::default() };
    check(&of(Some(all.clone())), &["No path is left over.", "7 paths, all of the repository"]);
    check(
        &of(Some(plimsoll_api::PathMatches { without_file_list: true, ..all })),
        &["No file list was uploaded"],
    );
    check(&of(None), &["This upload has no paths."]);
}

#[test]
fn a_run_shows_what_changed_and_what_it_is_made_of() {
    let html = render(|| run::view(&fixtures::run_page(), &scope()));
    check(
        &html,
        &[
            "Run #412",
            "Newly failing tests",
            "expected 11.90 but was 11.89",
            "and 1 more",
            "New security findings",
            "left-pad 1.0.0, fixed in 1.3.0",
            "was services/search/src/rank.py",
            "1 upload could not be read",
            "3 paths match no file",
            "43 paths, of which 2 not in the file list, 1 could be several files.",
            "build/gen/a.py",
            "upload with --add-prefix `services/search`: 2 of these 3 would match",
            "href=\"/p/bookstore/uploads/",
            "total-disagrees",
            "gate fails: 1 of 3, 1 without enough data",
            "each module failing tests = 0",
            "at least 70.0 %",
            "The run has no diff",
            "flag linux",
            "The file ends inside of an element.",
            "href=\"https://ci.example/build/8841\"",
        ],
    );
    let security = html.find("New security findings").unwrap();
    assert!(html.find("Newly failing tests").unwrap() < security);
    assert!(security < html.find("Fixed tests").unwrap(), "the most urgent first");
}

#[test]
fn a_partial_run_names_its_missing_shards() {
    let mut page = fixtures::run_page();
    page.run.state = plimsoll_api::RunState::Partial;
    page.run.missing_shards = vec!["unit 2/3".to_owned(), "unit 3/3".to_owned()];
    check(&render(|| run::view(&page, &scope())), &["Shards are missing: unit 2/3, unit 3/3."]);
}

#[test]
fn a_test_has_its_history_and_its_evidence() {
    let html = render(|| test::view(&fixtures::test_page(), &scope()));
    check(
        &html,
        &[
            "adds taxes",
            "Why it counts as flaky",
            "It passed and failed on commit",
            "class=\"strip\"",
            "href=\"/p/bookstore/runs/411\"",
            "at cart.test.ts:12",
        ],
    );
}

#[test]
fn a_file_shows_lines_and_findings_in_place() {
    let html = render(|| file::view(&fixtures::file().into(), &scope()));
    check(
        &html,
        &[
            ">34</a>",
            "Possible SQL injection",
            "41.7",
            "Hotspot score 0.87",
            "12 commits",
            "Lines of the file",
        ],
    );
    let mut page = fixtures::file();
    (page.has_source, page.line_count) = (false, 40);
    check(&render(|| file::view(&page.clone().into(), &scope())), &["--with-sources"]);
    page.lines.clear();
    page.findings.clear();
    page.line_count = 0;
    page.coverage = None;
    check(
        &render(|| file::view(&page.into(), &scope())),
        &["Nothing is known of this file", "no coverage in this run"],
    );
}

#[test]
fn files_findings_and_tests_are_rows() {
    let file = render(|| table(files::spec(), vec![fixtures::file_row()], &scope()));
    check(
        &file,
        &["href=\"/p/bookstore/runs/412/file?path=services/search/src/ranking.py\"", "(1 security)", "3.1"],
    );
    let finding = render(|| table(findings::spec(), vec![fixtures::finding()], &scope()));
    check(
        &finding,
        &["line=34", "href=\"/p/bookstore/rule?tool=bandit&amp;rule=B608\"", "critical", "9.8", "CWE-89"],
    );
    let test = render(|| table(tests::spec(), vec![fixtures::test()], &scope()));
    check(&test, &["href=\"/p/bookstore/tests/7\"", "newly failing", "flaky", "1.23\u{202f}s"]);
}

#[test]
fn nothing_that_a_report_says_becomes_markup() {
    let mut page = fixtures::project();
    page.modules = vec![ModuleRow { name: HOSTILE.to_owned(), ..fixtures::module(HOSTILE) }];
    page.project.name = HOSTILE.to_owned();
    check(&render(|| project::view(&page)), &["&lt;script", "‹U+202E›"]);
    let mut page = fixtures::test_page();
    page.test = TestRow {
        name: HOSTILE.to_owned(),
        class: HOSTILE.to_owned(),
        file: Some(HOSTILE.to_owned()),
        ..page.test
    };
    page.failures[0].message = HOSTILE.to_owned();
    page.failures[0].detail = Some(HOSTILE.to_owned());
    check(&render(|| test::view(&page, &scope())), &["&lt;script"]);
    let mut page = fixtures::file();
    page.path = HOSTILE.to_owned();
    page.findings = vec![FindingRow {
        message: HOSTILE.to_owned(),
        rule: HOSTILE.to_owned(),
        help_uri: Some("javascript:alert(1)".to_owned()),
        ..fixtures::finding()
    }];
    check(&render(|| file::view(&page.into(), &scope())), &["&lt;script"]);
}

#[test]
fn each_state_has_its_own_picture() {
    let of = |data: Option<Vec<u8>>, status| {
        let html = render(|| {
            let data = data.map(crate::components::table::untyped);
            let remote = Remote::<Vec<u8>>::of(Request::new(data, status));
            let empty = || panels::empty("No rows.", "Send a report.");
            draw(
                remote,
                "the rows",
                |rows| rows.is_empty(),
                empty,
                |rows| format!("{} rows", rows.len()).into_any(),
            )
        });
        let is = |text: &str| html.contains(text);
        let state =
            match (is("Loading the rows"), is("Could not load the rows"), is("No rows."), is("1 rows")) {
                (true, false, false, false) => State::Loading,
                (false, true, false, false) => State::Failed,
                (false, false, true, false) => State::Empty,
                (false, false, false, true) => State::Ready,
                other => panic!("{other:?} in {html}"),
            };
        (state, is("Try again"), is("What you see is what was loaded before"), is("type=\"password\""))
    };
    let failed = || Status::Failed(Problem::unreachable("connection refused"));
    assert_eq!(of(None, Status::Loading), (State::Loading, false, false, false));
    assert_eq!(of(None, failed()), (State::Failed, true, false, false));
    assert_eq!(of(Some(vec![]), Status::Ready), (State::Empty, false, false, false));
    assert_eq!(of(Some(vec![1]), Status::Ready), (State::Ready, false, false, false));
    assert_eq!(of(Some(vec![1]), failed()), (State::Ready, true, true, false));
    let html = render(|| {
        let locked = Status::Failed(Problem::unreadable(401, "a token is needed"));
        draw(
            Remote::<u8>::of(Request::new(None, locked)),
            "it",
            |_| false,
            || ().into_any(),
            |_| ().into_any(),
        )
    });
    check(&html, &["This server asks for a token.", "type=\"password\""]);
}

#[test]
fn every_route_draws_a_page() {
    for path in [
        "/",
        "/p/x",
        "/p/x/module",
        "/p/x/hotspots",
        "/p/x/runs",
        "/p/x/runs/1",
        "/p/x/runs/1/tests",
        "/p/x/runs/1/findings",
        "/p/x/runs/1/files",
        "/p/x/runs/1/file",
        "/p/x/file",
        "/p/x/tests",
        "/p/x/tests/1",
        "/p/x/findings",
        "/p/x/compare",
        "/p/x/set-up",
        "/nowhere",
    ] {
        let html = render(|| page(Route::parse(path)));
        assert!(html.contains("<h1") || html.contains("Loading"), "{path}: {html}");
    }
    check(
        &render(|| page(Route::parse("/p/x/set-up"))),
        &["plimsoll upload", "Woodpecker", "secrets.PLIMSOLL_TOKEN"],
    );
}

#[test]
fn a_finding_says_what_was_decided_about_it() {
    let mut finding = fixtures::finding();
    finding.state = plimsoll_api::FindingState::Reviewed;
    finding.review = Some(plimsoll_api::ReviewInfo {
        state: plimsoll_model::ReviewState::Accepted,
        reason: HOSTILE.to_owned(),
        until: Some("2026-12-31".to_owned()),
        created_at: None,
        is_from_settings: false,
    });
    let draw = move || {
        provide_context(findings::review::Chosen(RwSignal::default()));
        let form = findings::review::form("bookstore", 412, None);
        view! { {form} {table(findings::spec(), vec![finding.clone()], &scope())} }.into_any()
    };
    check(
        &render(draw),
        &[
            "reviewed",
            "accepted",
            "until 2026-12-31",
            "type=\"checkbox\"",
            "aria-label=\"Choose: ",
            "type=\"date\"",
        ],
    );
}

#[test]
fn flaky_tests_stand_with_their_evidence() {
    let evidence = fixtures::test_page().flaky;
    let test = plimsoll_api::FlakyTest {
        id: 7,
        suite: String::new(),
        class: "cart.Totals".to_owned(),
        name: HOSTILE.to_owned(),
        file: None,
        module: Some("services/checkout".to_owned()),
        evidence,
        results: 60,
        failures: 4,
        last_failure: Some(412),
        clean_passes: 3,
        recovered_in: None,
    };
    let html = render(|| table(tests::flaky::spec(), vec![test], &scope()));
    check(
        &html,
        &[
            "href=\"/p/bookstore/tests/7\"",
            "4 of 60",
            "3 of 20",
            "href=\"/p/bookstore/runs/411\"",
            "a3f91c2d",
            "passed",
        ],
    );
}

#[test]
fn modules_that_change_together_stand_in_pairs() {
    let side =
        |path: &str| plimsoll_api::CoupledModule { path: path.to_owned(), name: path.to_owned(), commits: 8 };
    let pairs = vec![plimsoll_api::Coupling {
        left: side("services/checkout"),
        right: side(HOSTILE),
        shared_commits: 6,
        degree: 0.75,
    }];
    let page = plimsoll_api::CouplingPage { pairs, total: 1, commits: 40, too_large: 2, days: 90 };
    let html = render(|| hotspots::coupling_view(&page, "bookstore"));
    check(
        &html,
        &["75", "40 commits in 90 days", "2 commits of more than 30 files", "module?path=services/checkout"],
    );
}

#[test]
fn a_renamed_test_and_its_last_two_failures() {
    let mut page = fixtures::test_page();
    page.renamed_from = Some(plimsoll_api::TestName {
        id: 3,
        suite: String::new(),
        class: String::new(),
        name: "sums_up".to_owned(),
        run: Some(400),
    });
    page.durations = Some(plimsoll_api::DurationSummary { p50_ms: 1200, p95_ms: 3400, runs: 20 });
    let line = |kind, text: &str| plimsoll_api::DiffLine { kind, text: text.to_owned() };
    page.difference = Some(plimsoll_api::FailureDifference {
        before: 410,
        after: 412,
        lines: vec![
            line(plimsoll_api::DiffKind::Removed, HOSTILE),
            line(plimsoll_api::DiffKind::Added, "expected 4"),
        ],
    });
    check(
        &render(|| test::view(&page, &scope())),
        &[
            "Renamed from",
            "href=\"/p/bookstore/tests/3\"",
            "They are two tests",
            "95 in 100",
            "− ",
            "+ ",
            "expected 4",
        ],
    );
}

#[test]
fn a_vulnerability_says_who_reports_it_and_which_run_brought_it_in() {
    let seen = plimsoll_api::SeenIn {
        run: 398,
        branch: "main".to_owned(),
        commit: "0123456789abcdef".to_owned(),
        created_at: plimsoll_api::Timestamp(1_772_000_000),
    };
    let link =
        |tool: &str, uri: &str| plimsoll_api::SubjectLink { tool: tool.to_owned(), uri: uri.to_owned() };
    let package = plimsoll_api::PackageInfo {
        name: "lodash".to_owned(),
        version: Some("4.17.11".to_owned()),
        fixed_version: Some("4.17.12".to_owned()),
        ..Default::default()
    };
    let mut page = plimsoll_api::SubjectPage {
        name: "CVE-2019-10744".to_owned(),
        title: Some(HOSTILE.to_owned()),
        aliases: vec!["GHSA-jf85-cpcp-j695".to_owned()],
        kind: plimsoll_model::FindingKind::Vulnerability,
        severity: plimsoll_model::Severity::Critical,
        text: Some(HOSTILE.to_owned()),
        links: vec![link("trivy", "https://avd.example/1"), link("evil", "javascript:alert(1)")],
        cwe: vec!["CWE-1321".to_owned()],
        epss: Some(0.031),
        is_exploited: true,
        packages: vec![package],
        run: Some(412),
        total: 1,
        first_seen: Some(seen.clone()),
        last_seen: None,
        modules: vec![plimsoll_api::ModuleFindings { module: "apps/web".to_owned(), findings: 1 }],
        history: vec![plimsoll_api::SubjectPoint { run: 412, findings: 3 }],
        findings: Vec::new(),
    };
    let wanted = [
        "<h1>CVE-2019-10744</h1>",
        "GHSA-jf85-cpcp-j695",
        "brought in by <a href=\"/p/bookstore/runs/398\">#398</a>",
        "counts 1 time in",
        "fixed in 4.17.12",
        "EPSS 3.1 %",
        "exploited",
        "href=\"https://avd.example/1\"",
        "href=\"/p/bookstore/module?path=apps/web\"",
        "href=\"/p/bookstore/findings?q=CVE-2019-10744\"",
    ];
    check(&render(|| subject::view(&page, &scope())), &wanted);
    // Gone: the run that had it last is named, and nothing counts.
    page.last_seen = Some(seen);
    let html = render(|| subject::view(&page, &scope()));
    check(&html, &["last in <a href=\"/p/bookstore/runs/398\">#398</a>"]);
    assert!(!html.contains("counts 1 time"), "{html}");
}
