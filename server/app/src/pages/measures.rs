use plimsoll_api::{CoverageCounts, FindingCounts, Measures, SeverityCounts, TestCounts};
use plimsoll_store::{CoverageTotals, FindingTotals, Measured, TestTotals};

// The store's numbers in the API's words.

pub(super) fn measures(measured: &Measured) -> Measures {
    Measures {
        tests: measured.tests.as_ref().map(test_counts),
        flaky: measured.flaky,
        coverage: measured.coverage.as_ref().map(coverage_counts),
        code: measured.code.as_ref().map(finding_counts),
        security: measured.security.as_ref().map(finding_counts),
    }
}

pub(super) fn coverage_counts(totals: &CoverageTotals) -> CoverageCounts {
    CoverageCounts {
        files: totals.files,
        lines: totals.lines,
        lines_covered: totals.lines_covered,
        branches: totals.branches,
        branches_covered: totals.branches_covered,
    }
}

fn test_counts(totals: &TestTotals) -> TestCounts {
    TestCounts {
        total: totals.total,
        passed: totals.passed,
        failed: totals.failed,
        errored: totals.errored,
        skipped: totals.skipped,
        duration_ms: milliseconds(totals.duration_us),
    }
}

fn finding_counts(totals: &FindingTotals) -> FindingCounts {
    FindingCounts {
        total: totals.total(),
        by_severity: SeverityCounts {
            critical: totals.critical,
            high: totals.high,
            medium: totals.medium,
            low: totals.low,
            info: totals.info,
            unknown: totals.unknown,
        },
        suppressed: totals.suppressed,
    }
}

pub(super) fn milliseconds(duration_us: u64) -> u64 {
    duration_us.saturating_add(500) / 1000
}

// Line coverage now minus then, in hundredths of a percentage point; `None` where one side has no lines.
pub(super) fn centipoints(before: Option<&CoverageCounts>, after: Option<&CoverageCounts>) -> Option<i64> {
    let (before, after) = (before?.line_percent()?, after?.line_percent()?);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a difference of percentages is within ±10,000 hundredths"
    )]
    Some(((after - before) * 100.0).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_of_percentages_is_in_hundredths_of_a_point() {
        let of = |lines, lines_covered| CoverageCounts { lines, lines_covered, ..CoverageCounts::default() };
        assert_eq!(centipoints(Some(&of(1000, 713)), Some(&of(1000, 708))), Some(-50));
        assert_eq!(centipoints(Some(&of(3, 1)), Some(&of(3, 2))), Some(3333));
        assert_eq!(centipoints(Some(&of(0, 0)), Some(&of(3, 2))), None);
        assert_eq!(centipoints(None, Some(&of(3, 2))), None);
    }

    #[test]
    fn milliseconds_are_rounded() {
        assert_eq!((milliseconds(499), milliseconds(500), milliseconds(1_499)), (0, 1, 1));
    }
}
