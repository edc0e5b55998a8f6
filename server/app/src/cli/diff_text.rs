//! A comparison in words, for a terminal and for a CI log.

use plimsoll_api::{Comparison, CoverageChange, FindingRow, FindingState, TestRow};

use super::table;

/// Rows of each list that are named.
const NAMED: usize = 20;

/// What changed, the most urgent first.
pub fn describe(comparison: &Comparison) -> String {
    let mut text = String::new();
    let counts = &comparison.counts;
    if let Some(tests) = &comparison.tests {
        list(
            &mut text,
            "tests newly failing",
            counts.newly_failing,
            tests.newly_failing.iter().map(test).collect(),
        );
        list(
            &mut text,
            "tests still failing",
            counts.still_failing,
            tests.still_failing.iter().map(test).collect(),
        );
        list(&mut text, "tests fixed", counts.fixed_tests, tests.fixed.iter().map(test).collect());
        list(&mut text, "tests new", counts.new_tests, tests.new.iter().map(test).collect());
        list(&mut text, "tests removed", counts.removed_tests, tests.removed.iter().map(test).collect());
        let slower = tests.slower.iter().map(|slower| {
            let now = slower.test.duration_ms.unwrap_or(0);
            vec![name(&slower.test), format!("{now} ms, usually {} ms", slower.typical_ms)]
        });
        list(&mut text, "tests slower", Some(tests.slower.len() as u64), slower.collect());
    }
    if let Some(points) = counts.coverage_centipoints {
        let percent = points.unsigned_abs();
        let sign = if points < 0 { "-" } else { "+" };
        text.push_str(&format!("coverage {sign}{}.{:02} percentage points\n", percent / 100, percent % 100));
    }
    if let Some(patch) = &comparison.patch {
        text.push_str(&format!("patch coverage {} of {} changed lines\n", patch.lines_covered, patch.lines));
    }
    if let Some(indirect) = &comparison.indirect {
        text.push_str(&format!(
            "outside the changed lines {} lost their coverage, {} gained it\n",
            indirect.lost, indirect.gained
        ));
    }
    if let Some(files) = &comparison.coverage {
        let count = Some(files.len() as u64);
        list(&mut text, "files whose coverage changed", count, files.iter().map(coverage).collect());
    }
    if let Some(findings) = &comparison.findings {
        let sum = |a: Option<u64>, b: Option<u64>| Some(a.unwrap_or(0) + b.unwrap_or(0));
        let new = sum(counts.new_code, counts.new_security);
        list(&mut text, "findings new", new, findings.new.iter().map(finding).collect());
        if findings.reopened > 0 {
            text.push_str(&format!("  {} of them were there before and came back\n", findings.reopened));
        }
        if let Some(changed) = findings.in_changed_lines {
            text.push_str(&format!("  {changed} of them in changed lines\n"));
        }
        let fixed = sum(counts.fixed_code, counts.fixed_security);
        list(&mut text, "findings fixed", fixed, findings.fixed.iter().map(finding).collect());
        text.push_str(&format!("findings existing {}, moved {}\n", findings.existing, findings.moved));
    }
    if text.is_empty() {
        text.push_str("the two have no kind of report in common\n");
    }
    text
}

/// A heading with the count, and the first rows below it.
fn list(text: &mut String, heading: &str, count: Option<u64>, mut rows: Vec<Vec<String>>) {
    let Some(count) = count else { return };
    text.push_str(&format!("{heading} {count}\n"));
    rows.truncate(NAMED);
    let columns = rows.first().map_or(0, Vec::len);
    let named = rows.len() as u64;
    // The table's own head would say nothing: its first line is empty.
    let rendered = table::render(&vec![""; columns], &rows);
    for line in rendered.lines().skip(1) {
        text.push_str(&format!("  {line}\n"));
    }
    if named > 0 && named < count {
        text.push_str(&format!("  and {} more\n", count - named));
    }
}

fn name(test: &TestRow) -> String {
    let parts = [test.class.as_str(), test.name.as_str()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn test(test: &TestRow) -> Vec<String> {
    let message = test.message.as_deref().and_then(|message| message.lines().next()).unwrap_or_default();
    vec![name(test), message.to_owned()]
}

fn finding(finding: &FindingRow) -> Vec<String> {
    let path = finding.path.as_deref().unwrap_or("-");
    let place = finding.line.map_or_else(|| path.to_owned(), |line| format!("{path}:{line}"));
    let message = finding.message.lines().next().unwrap_or_default();
    let mark = if finding.state == FindingState::Reopened { " (reopened)" } else { "" };
    vec![finding.severity.as_str().to_owned(), place, finding.rule.clone(), format!("{message}{mark}")]
}

fn coverage(change: &CoverageChange) -> Vec<String> {
    let side = |counts: &Option<plimsoll_api::CoverageCounts>| {
        counts.map_or_else(|| "-".to_owned(), |counts| format!("{}/{}", counts.lines_covered, counts.lines))
    };
    vec![change.path.clone(), format!("{} -> {}", side(&change.before), side(&change.after))]
}
