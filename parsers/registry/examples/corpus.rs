//! Compares what the parsers count with a corpus of report files that an independent program has counted.
//!
//! `cargo run -p plimsoll-registry --example corpus -- FOLDER [FORMAT…]`: the folder holds `INDEX.tsv` with the columns
//! path, format, tool, bytes, well-formed, hostile, flags, counts. Each disagreement is one line; `-v` prints the
//! agreements, too.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for a person at a terminal")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use plimsoll_format::Limits;
use plimsoll_registry::{Inspection, inspect};

/// Sums of the corpus's counts, and ours.
type Expectation = (&'static str, &'static [&'static str], &'static [(&'static str, &'static str)]);

/// For each of the corpus's formats: the ids under which we read it, and which sums of its counts are which of ours.
const EXPECTED: &[Expectation] = &[
    (
        "junit",
        &["junit"],
        &[
            ("total", "tests"),
            ("bad", "failed_or_errored"),
            ("passed", "passed"),
            ("skipped", "tests-failed_or_errored-passed"),
        ],
    ),
    ("trx", &["trx"], &[("total", "tests"), ("passed", "outcome_passed")]),
    (
        "nunit2",
        &["nunit2"],
        &[("total", "tests"), ("passed", "outcome_success+outcome_executed_true_success_true")],
    ),
    (
        "nunit3",
        &["nunit3"],
        &[("total", "tests"), ("failed+errored", "outcome_failed"), ("passed", "outcome_passed")],
    ),
    (
        "xunit-net",
        &["xunit-net"],
        &[
            ("total", "tests"),
            ("bad", "outcome_fail"),
            ("passed", "outcome_pass"),
            ("skipped", "outcome_skip+outcome_notrun"),
        ],
    ),
    ("testng", &["testng"], &[("total", "tests"), ("passed", "outcome_pass"), ("bad", "outcome_fail")]),
    ("ctest", &["ctest"], &[("total", "tests"), ("passed", "outcome_passed")]),
    ("tap", &["tap"], &[("total", "tests"), ("failed", "not_ok")]),
    (
        "go-test-json",
        &["go-test-json"],
        &[("total", "tests"), ("bad", "outcome_fail"), ("passed", "outcome_pass")],
    ),
    (
        "jest-json",
        &["jest-json"],
        &[("total", "tests"), ("passed", "outcome_passed"), ("bad", "outcome_failed")],
    ),
    // The corpus counts the cases of Mocha's own reports; of Mochawesome's it knows what the file declares.
    ("mocha-json", &["mocha-json"], &[("total", "tests|declared_tests")]),
    ("cucumber-json", &["cucumber-json"], &[("total", "scenarios")]),
    (
        "robot",
        &["robot"],
        &[
            ("total", "tests"),
            ("passed", "outcome_pass"),
            ("bad", "outcome_fail"),
            ("skipped", "outcome_skip"),
        ],
    ),
    (
        "playwright-json",
        &["playwright-json"],
        &[("total", "tests"), ("passed", "outcome_expected+outcome_flaky")],
    ),
    (
        "cobertura",
        &["cobertura"],
        &[
            ("lines", "lines"),
            ("lines_covered", "lines_covered"),
            ("branches", "branches"),
            ("branches_covered", "branches_covered"),
        ],
    ),
    (
        "lcov",
        &["lcov"],
        &[
            ("lines", "lines"),
            ("lines_covered", "lines_covered"),
            ("branches", "branches"),
            ("branches_covered", "branches_taken"),
        ],
    ),
    (
        "jacoco",
        &["jacoco"],
        &[
            ("lines", "lines"),
            ("lines_covered", "lines_covered"),
            ("branches", "branches"),
            ("branches_covered", "branches_covered"),
        ],
    ),
    ("clover", &["clover"], &[("files", "files")]),
    ("opencover", &["opencover"], &[]),
    ("dotcover", &["dotcover"], &[]),
    ("mscoverage", &["visual-studio-coverage"], &[]),
    ("istanbul-json", &["istanbul-json"], &[("files", "files")]),
    (
        "coveragepy-json",
        &["coveragepy-json"],
        &[("lines", "executed+missing"), ("lines_covered", "executed")],
    ),
    (
        "llvm-cov-json",
        &["llvm-cov-json"],
        &[("files", "files"), ("lines", "declared_lines"), ("lines_covered", "declared_lines_covered")],
    ),
    ("gcov-json", &["gcov-json"], &[("lines", "lines"), ("lines_covered", "lines_covered")]),
    ("gcovr-json", &["gcovr-json"], &[("lines", "lines"), ("lines_covered", "lines_covered")]),
    ("go-coverprofile", &["go-coverprofile"], &[("files", "files")]),
    ("simplecov", &["simplecov"], &[("lines", "lines"), ("lines_covered", "lines_covered")]),
    ("coverage-json-misc", &["simplecov"], &[("lines", "lines"), ("lines_covered", "lines_covered")]),
    (
        "sonar-generic-coverage",
        &["sonar-coverage"],
        &[("files", "files"), ("lines", "lines"), ("lines_covered", "lines_covered")],
    ),
    ("pit", &["pit"], &[]),
    ("sarif", &["sarif"], &[("findings", "results")]),
    ("checkstyle", &["checkstyle"], &[("findings", "errors+exceptions")]),
    ("eslint", &["eslint"], &[("findings", "messages+suppressed")]),
    ("pmd", &["pmd"], &[("findings", "violations")]),
    ("cpd", &["cpd"], &[("findings", "duplications")]),
    ("spotbugs", &["spotbugs"], &[("findings", "bugs")]),
    ("cppcheck", &["cppcheck"], &[("findings", "errors")]),
    ("golangci-lint", &["golangci-lint"], &[("findings", "issues")]),
    ("rubocop", &["rubocop"], &[("findings", "offenses")]),
    ("phpstan", &["phpstan"], &[("findings", "messages+general_errors")]),
    ("clippy", &["rustc-json", "clippy"], &[]),
    ("flake8", &["flake8"], &[("findings", "lines_with_location")]),
    ("pylint", &["pylint", "pylint-text"], &[]),
    ("mypy", &["mypy"], &[]),
    ("ruff", &["ruff"], &[]),
    ("psalm", &["psalm"], &[("findings", "findings")]),
    ("swiftlint", &["swiftlint"], &[("findings", "findings")]),
    ("staticcheck", &["staticcheck"], &[("findings", "findings")]),
    ("stylelint", &["stylelint"], &[]),
    // The corpus cannot tell the two apart.
    ("hadolint", &["hadolint", "shellcheck"], &[("findings", "findings")]),
    ("yamllint", &["yamllint"], &[("findings", "lines_with_location")]),
    ("markdownlint", &["markdownlint"], &[("findings", "findings")]),
    ("gitlab-codequality", &["gitlab-codequality"], &[("findings", "findings")]),
    ("sonar-generic-issues", &["sonar-generic-issues"], &[("findings", "findings")]),
    ("trivy", &["trivy"], &[("findings", "vulnerabilities+misconf_fail+secrets+licenses")]),
    ("grype", &["grype"], &[("findings", "matches+ignored")]),
    ("snyk", &["snyk"], &[("findings", "vulnerabilities+iac_issues")]),
    ("bandit", &["bandit"], &[("findings", "results")]),
    ("semgrep", &["semgrep"], &[("findings", "results")]),
    ("npm-audit", &["npm-audit"], &[("findings", "advisories")]),
    ("yarn-audit", &["yarn-audit"], &[]),
    ("pip-audit", &["pip-audit"], &[("findings", "vulns")]),
    ("safety", &["safety"], &[]),
    ("cargo-audit", &["cargo-audit"], &[("findings", "vulnerabilities+warnings")]),
    ("osv-scanner", &["osv-scanner"], &[("findings", "vulnerabilities")]),
    ("govulncheck", &["govulncheck"], &[]),
    ("bundler-audit", &["bundler-audit"], &[]),
    ("dependency-check", &["dependency-check"], &[("findings", "vulnerabilities+suppressed")]),
    ("gosec", &["gosec"], &[("findings", "issues")]),
    ("brakeman", &["brakeman"], &[("findings", "warnings+ignored")]),
    ("gitleaks", &["gitleaks"], &[("findings", "findings")]),
    ("trufflehog", &["trufflehog"], &[("findings", "findings")]),
    ("trufflehog3", &["trufflehog", "trufflehog3"], &[]),
    ("detect-secrets", &["detect-secrets"], &[("findings", "secrets")]),
    ("checkov", &["checkov"], &[("findings", "failed_checks+skipped_checks")]),
    ("tfsec", &["tfsec"], &[("findings", "results")]),
    ("kics", &["kics"], &[("findings", "findings")]),
    ("terrascan", &["terrascan"], &[]),
    ("zap", &["zap"], &[]),
    ("nuclei", &["nuclei"], &[("findings", "findings")]),
    ("cyclonedx", &["cyclonedx"], &[("findings", "vulnerabilities")]),
    ("gitlab-security", &["gitlab-security"], &[("findings", "vulnerabilities")]),
];

/// Why the index and we disagree about a file, where neither is a defect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Why {
    /// The index takes the file for a report of a format that it is not.
    Mislabelled,
    /// The file is broken in a way that the index does not look at; we refuse it or say so in a warning.
    Broken,
    /// Both count right, by different rules: the index counts elements, we count what the tool's own summary counts.
    CountsElements,
    /// The file holds totals and nothing to count; we say the totals in a warning.
    TotalsOnly,
}

/// Files with which we disagree on purpose, by a part of the path, and why. Whatever else disagrees is a defect.
const EXPLAINED: &[(&str, Why, &str)] = &[
    (
        "xunit/types/aunit",
        Why::Mislabelled,
        "no TRX: AUnit has a root of the same name; not one of our formats, and said to be so",
    ),
    (
        "xunit/types/cppunit",
        Why::Mislabelled,
        "no TRX: CppUnit has a root of the same name; not one of our formats, and said to be so",
    ),
    (
        "xunit/types/customTool",
        Why::Mislabelled,
        "no TRX: a tool of its own; not one of our formats, and said to be so",
    ),
    (
        "parser__cargo-audit.json",
        Why::Mislabelled,
        "no report of cargo-audit: `vulnerabilities` is an object with numbers as keys",
    ),
    (
        "swiftlint/DefectDojo",
        Why::Mislabelled,
        "no report of SwiftLint but of Whispers; not one of our formats, and said to be so",
    ),
    (
        "mock_manifest.json",
        Why::Mislabelled,
        "no report of govulncheck but a container's manifest, and said to be no report",
    ),
    (
        "JsonSummary__Summary.json",
        Why::Mislabelled,
        "a summary of ReportGenerator's own; not one of our formats, and said to be so",
    ),
    (
        "json-summary_baseline.json",
        Why::Mislabelled,
        "totals only, no lines; not one of our formats, and said to be so",
    ),
    (
        "ReportGenerator/docs__resources__reports__Clover",
        Why::Mislabelled,
        "no generic coverage of SonarQube but Clover, and read so",
    ),
    (
        "Java__Reports__Clover_OpenClover4.3.1.xml",
        Why::Mislabelled,
        "no generic coverage of SonarQube but Clover, and read so",
    ),
    (
        "flake8__failed_report_flake8.txt",
        Why::Mislabelled,
        "the log of a whole build that quotes some findings; read when the format is named",
    ),
    ("flake8__flake8-failure.log", Why::Mislabelled, "the log of a whole build with a time before each line"),
    (
        "clang-tidy-mixed.txt",
        Why::Mislabelled,
        "GCC's and clang-tidy's lines in one log: read as the latter's, the compiler's with it",
    ),
    (
        "JENKINS-51645__input.xml",
        Why::CountsElements,
        "GoogleTest says `status=\"notrun\"` of a test that was disabled, and does not count it as passed; the index has no word for it",
    ),
    (
        "googletest__testcase4__input.xml",
        Why::CountsElements,
        "GoogleTest says `status=\"notrun\"` of a test that was disabled, and does not count it as passed; the index has no word for it",
    ),
    (
        "go-test-json-panic-race-2.out",
        Why::CountsElements,
        "a test that began and never ended, because the package panicked, is a failed one to gotestsum; the index counts tests with a result only",
    ),
    (
        "go-test-json-missing-test-fail.out",
        Why::CountsElements,
        "a test that began and never ended, because the package panicked, is a failed one to gotestsum; the index counts tests with a result only",
    ),
    (
        "go_test_timeout.jsonl",
        Why::CountsElements,
        "a test that began and never ended, because the package timed out, is a failed one to gotestsum; the index counts tests with a result only",
    ),
    (
        "package__sourcefile__only_line.xml",
        Why::CountsElements,
        "one line is listed four times: lines are distinct pairs of file and line, the index counts elements",
    ),
    (
        "const-functions__reference__gcc-14__jacoco.xml",
        Why::CountsElements,
        "two lines are listed twice: lines are distinct pairs of file and line, the index counts elements",
    ),
    ("invalid_report.lcov", Why::Broken, "a count before any file belongs to no file; it is in a warning"),
    (
        "cargo-llvm-cov/tests__fixtures__coverage-reports",
        Why::TotalsOnly,
        "`--summary-only`: no line is in the file; the totals are in a warning, which says what to do",
    ),
    (
        "nunit-invalid-status.xml",
        Why::CountsElements,
        "`Invalid` is a test that could not be run, and errored: it needs attention; the index counts `Failed` only",
    ),
    (
        "npm-with-suppressed.json.golden",
        Why::CountsElements,
        "a vulnerability that the tool suppressed is a finding that is suppressed; the index counts the others only",
    ),
    (
        "webTestResult.trx",
        Why::CountsElements,
        "a `WebTestResult` is a test; the index counts `UnitTestResult`",
    ),
    (
        "resultset.parallel.json",
        Why::CountsElements,
        "two commands that cover the same files: lines are distinct pairs of file and line, the index adds them up",
    ),
    ("invalid-sarif.sarif", Why::Broken, "`results` is the number 4: refused, with the place"),
];

#[derive(Default)]
struct Tally {
    agreed: u32,
    unrecognised: u32,
    failed: u32,
    other: u32,
    differed: u32,
    explained: u32,
}

/// What became of the files that are well-formed.
#[derive(Default)]
struct Summary {
    all: u32,
    agreed: u32,
    /// Well-formed files with which we disagree on purpose, by reason.
    explained: BTreeMap<Why, u32>,
    /// Files of formats that we do not read, and those of them that were taken for one that we read.
    foreign: u32,
    misdetected: u32,
}

fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let is_verbose = arguments.iter().any(|argument| argument == "-v");
    arguments.retain(|argument| argument != "-v");
    let Some((folder, wanted)) = arguments.split_first() else {
        eprintln!("usage: corpus FOLDER [FORMAT…] [-v]");
        return ExitCode::FAILURE;
    };
    let folder = Path::new(folder);
    let index = match std::fs::read_to_string(folder.join("INDEX.tsv")) {
        Ok(index) => index,
        Err(error) => {
            eprintln!("cannot read the index: {error}");
            return ExitCode::FAILURE;
        }
    };
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    let mut summary = Summary::default();
    for row in index.lines().skip(1) {
        let columns: Vec<&str> = row.split('\t').collect();
        let [path, format, _, _, well_formed, _, _, counts, ..] = columns.as_slice() else { continue };
        if !wanted.is_empty() && !wanted.iter().any(|name| name == format) {
            continue;
        }
        let tally = tallies.entry(format).or_default();
        let Ok(bytes) = std::fs::read(folder.join(path)) else {
            eprintln!("cannot read {path}");
            continue;
        };
        let name = Path::new(path).file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        let inspections = inspect(&name, &bytes, &Limits::default());
        let Some(inspection) = inspections.first() else { continue };
        let verdict = judge(format, counts, inspection);
        let is_well_formed = !well_formed.starts_with("no");
        let reason =
            EXPLAINED.iter().find(|(part, ..)| path.replace("__", "/").contains(&part.replace("__", "/")));
        let is_agreed = matches!(verdict, Verdict::Agreed);
        if is_well_formed {
            summary.all += 1;
            summary.agreed += u32::from(is_agreed);
            if let (false, Some((_, why, _))) = (is_agreed, reason) {
                *summary.explained.entry(*why).or_default() += 1;
            }
        }
        if EXPECTED.iter().all(|(name, ..)| name != format) {
            summary.foreign += 1;
            summary.misdetected += u32::from(!is_agreed && reason.is_none());
        }
        if let (false, Some((_, why, text))) = (is_agreed, reason) {
            tally.explained += 1;
            println!("explained {path}\t{why:?}: {text}");
            continue;
        }
        match verdict {
            Verdict::Agreed => {
                tally.agreed += 1;
                if is_verbose {
                    println!("ok       {path}\t{inspection}");
                }
            }
            Verdict::Unrecognised => {
                tally.unrecognised += 1;
                println!("unknown  {path}\t{well_formed}");
            }
            Verdict::Failed(error) => {
                tally.failed += 1;
                println!("error    {path}\t{error}\t({well_formed})");
            }
            Verdict::OtherFormat(id) => {
                tally.other += 1;
                println!("as {id:6}{path}\t{inspection}");
            }
            Verdict::Differs(what) => {
                tally.differed += 1;
                println!("differs  {path}\t{what}\t{counts}");
            }
        }
    }
    println!(
        "\n{:24}{:>8}{:>10}{:>8}{:>8}{:>8}{:>8}",
        "format", "agreed", "explained", "differs", "error", "unknown", "other"
    );
    for (format, tally) in tallies {
        println!(
            "{format:24}{:8}{:10}{:8}{:8}{:8}{:8}",
            tally.agreed, tally.explained, tally.differed, tally.failed, tally.unrecognised, tally.other
        );
    }
    print_summary(&summary);
    ExitCode::SUCCESS
}

fn print_summary(summary: &Summary) {
    let Summary { all, agreed, explained, foreign, misdetected } = summary;
    let share = |of: u32| 100.0 * f64::from(*agreed) / f64::from(of.max(1));
    let count = |why: Why| explained.get(&why).copied().unwrap_or_default();
    println!("\nwell-formed: {all}; agreed: {agreed} ({:.2} %)", share(*all));
    let (mut left, total) = (*all, explained.values().sum::<u32>());
    for (why, text) in [
        (Why::Mislabelled, "are of another format than the index says"),
        (Why::TotalsOnly, "hold totals only, which a warning names"),
        (Why::Broken, "are broken, and said to be so"),
        (Why::CountsElements, "are counted by the tool's own rule, and not by their elements"),
    ] {
        left -= count(why);
        println!("  {:3} {text}; without them: {:.2} % of {left}", count(why), share(left));
    }
    println!("not explained: {}", all - agreed - total);
    println!("of formats that are not read: {foreign}; taken for one that is: {misdetected}");
}

enum Verdict {
    Agreed,
    Differs(String),
    OtherFormat(&'static str),
    Unrecognised,
    Failed(String),
}

fn judge(format: &str, counts: &str, inspection: &Inspection) -> Verdict {
    let counts: BTreeMap<&str, i64> = counts
        .split(';')
        .filter_map(|pair| pair.split_once('='))
        .filter_map(|(key, value)| Some((key, value.parse().ok()?)))
        .collect();
    let expected = EXPECTED.iter().find(|(name, ..)| *name == format);
    // A bill of materials without vulnerabilities is no report of findings.
    if format == "cyclonedx" && counts.get("vulnerabilities") == Some(&0) && inspection.format.is_none() {
        return Verdict::Agreed;
    }
    let (Some(id), None) = (inspection.format, &inspection.error) else {
        return match (expected, inspection.format, &inspection.error) {
            (None, None, _) => Verdict::Agreed,
            (_, None, Some(error)) if error.starts_with("no supported") => Verdict::Unrecognised,
            (_, _, error) => Verdict::Failed(error.clone().unwrap_or_default()),
        };
    };
    let Some((_, ids, sums)) = expected.filter(|(_, ids, _)| ids.contains(&id)) else {
        return Verdict::OtherFormat(id);
    };
    let mut differences = Vec::new();
    for (ours, theirs) in *sums {
        let Some(theirs) = evaluate(theirs, &counts) else { continue };
        let ours_value = measure(ours, inspection);
        if ours_value != Some(theirs) && !(ours_value.is_none() && ids.is_empty()) {
            differences.push(format!("{ours}: {} instead of {theirs}", ours_value.unwrap_or(-1)));
        }
    }
    if differences.is_empty() { Verdict::Agreed } else { Verdict::Differs(differences.join(", ")) }
}

/// `a+b-c`; `a|b` is `b` where `a` is 0. `None` where the corpus counted none of it.
fn evaluate(sum: &str, counts: &BTreeMap<&str, i64>) -> Option<i64> {
    if let Some((first, second)) = sum.split_once('|') {
        return evaluate(first, counts).filter(|count| *count != 0).or_else(|| evaluate(second, counts));
    }
    let mut total = 0;
    let mut is_known = false;
    for (index, plus) in sum.split('+').enumerate() {
        for (nth, key) in plus.split('-').enumerate() {
            let value = counts.get(key);
            is_known |= value.is_some() && (index, nth) == (0, 0) || value.is_some() && nth == 0;
            total += if nth == 0 { value.copied().unwrap_or(0) } else { -value.copied().unwrap_or(0) };
        }
    }
    is_known.then_some(total)
}

fn measure(what: &str, inspection: &Inspection) -> Option<i64> {
    let value = match (&inspection.tests, &inspection.coverage, &inspection.findings) {
        (Some(tests), _, _) => match what {
            "total" => tests.total,
            "passed" => tests.passed,
            "skipped" => tests.skipped,
            "failed" => tests.failed,
            _ => tests.failed + tests.errored,
        },
        (_, Some(coverage), _) => match what {
            "files" => coverage.files,
            "lines" => coverage.lines,
            "lines_covered" => coverage.lines_covered,
            "branches" => coverage.branches,
            _ => coverage.branches_covered,
        },
        (_, _, Some(findings)) => findings.total,
        _ => return None,
    };
    i64::try_from(value).ok()
}
