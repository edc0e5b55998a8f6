//! Where to look first: what changes often and is weakly guarded.
//!
//! `score = churn percentile × weakness`, the product that behavioural code analysis uses (change frequency times a
//! measure of risk), with weakness made of what reports say instead of a complexity metric:
//! `weakness = weighted mean of uncovered share (0.5), finding weight percentile (0.3), test instability (0.2)`.
//! A part without any report gives its weight to the others in proportion. A part whose report does not mention the
//! file counts as nothing: what is known of it alone must not make up the whole.

use plimsoll_api::{HotspotParts, SeverityCounts};

const WEIGHT_UNCOVERED: f64 = 0.5;
const WEIGHT_FINDINGS: f64 = 0.3;
const WEIGHT_INSTABILITY: f64 = 0.2;

/// What is known of a file or a module.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Exposure {
    /// Commits that touched it.
    pub commits: u64,
    /// Executable lines and those that were not executed; `None` without coverage.
    pub lines: Option<(u64, u64)>,
    /// The weight of its findings by [`finding_weight`]; `None` where the run has no findings report.
    pub finding_weight: Option<f64>,
    /// Its tests and those of them that fail or are flaky; `None` without tests.
    pub tests: Option<(u64, u64)>,
}

/// How hot one of them is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Heat {
    /// Position in the list that was given.
    pub at: usize,
    /// 0 to 1.
    pub score: f64,
    /// What it is made of.
    pub parts: HotspotParts,
}

/// How heavily findings weigh together. One critical finding outweighs a handful of medium ones, and a severity that
/// the tool did not give weighs as a low one.
pub fn finding_weight(counts: &SeverityCounts) -> f64 {
    10.0 * float(counts.critical)
        + 5.0 * float(counts.high)
        + 2.0 * float(counts.medium)
        + float(counts.low)
        + 0.25 * float(counts.info)
        + float(counts.unknown)
}

/// All that changed and of whose weakness something is known, the hottest first; of equals the one given first.
pub fn rank_hotspots(exposures: &[Exposure]) -> Vec<Heat> {
    let churn = Percentiles::new(exposures.iter().filter(|e| e.commits > 0).map(|e| float(e.commits)));
    let findings = Percentiles::new(exposures.iter().filter_map(|e| e.finding_weight));
    let weights = [
        if exposures.iter().any(|e| e.lines.is_some()) { WEIGHT_UNCOVERED } else { 0.0 },
        if exposures.iter().any(|e| e.finding_weight.is_some()) { WEIGHT_FINDINGS } else { 0.0 },
        if exposures.iter().any(|e| e.tests.is_some()) { WEIGHT_INSTABILITY } else { 0.0 },
    ];
    let mut heats: Vec<Heat> = exposures
        .iter()
        .enumerate()
        .filter(|(_, exposure)| exposure.commits > 0)
        .filter_map(|(at, exposure)| {
            let uncovered = exposure.lines.and_then(|(lines, open)| share(open, lines));
            // Without a finding nothing stands above anything: the share of files without findings is no weakness.
            let findings_percentile =
                exposure.finding_weight.map(|weight| if weight > 0.0 { findings.of(weight) } else { 0.0 });
            let test_instability = exposure.tests.and_then(|(tests, unstable)| share(unstable, tests));
            let weakness = weighted_mean([uncovered, findings_percentile, test_instability], weights)?;
            let churn_percentile = churn.of(float(exposure.commits));
            let parts =
                HotspotParts { churn_percentile, weakness, uncovered, findings_percentile, test_instability };
            Some(Heat { at, score: churn_percentile * weakness, parts })
        })
        .collect();
    heats.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.at.cmp(&b.at)));
    heats
}

/// Why it is hot, in words with the numbers behind the score.
pub fn explain(exposure: &Exposure, heat: &Heat, findings: u64) -> String {
    let mut parts = vec![format!(
        "{} in 90 days (percentile {:.0} of what changed)",
        counted(exposure.commits, "commit", "commits"),
        100.0 * heat.parts.churn_percentile
    )];
    if let (Some((lines, open)), Some(share)) = (exposure.lines, heat.parts.uncovered) {
        parts.push(match open {
            0 => format!("all {} executed by tests", counted(lines, "line", "lines")),
            _ => format!(
                "{open} of {} not executed by tests ({:.0} %)",
                counted(lines, "line", "lines"),
                100.0 * share
            ),
        });
    }
    if exposure.finding_weight.is_some() && findings > 0 {
        parts.push(counted(findings, "finding", "findings"));
    }
    if let Some((tests, unstable)) = exposure.tests
        && unstable > 0
    {
        parts.push(format!("{unstable} of {} failing or flaky", counted(tests, "test", "tests")));
    }
    parts.join("; ")
}

// The share of values below, those that are equal counted by half: the percentile rank of statistics textbooks. With
// it a hundred files that changed once each stand in the middle and not all at the top.
struct Percentiles(Vec<f64>);

impl Percentiles {
    fn new(values: impl Iterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = values.collect();
        sorted.sort_by(f64::total_cmp);
        Self(sorted)
    }

    fn of(&self, value: f64) -> f64 {
        let below = self.0.partition_point(|other| *other < value);
        let not_above = self.0.partition_point(|other| *other <= value);
        if self.0.is_empty() { 0.0 } else { float_len(below + not_above) / (2.0 * float_len(self.0.len())) }
    }
}

// `None` where nothing is known at all.
fn weighted_mean(parts: [Option<f64>; 3], weights: [f64; 3]) -> Option<f64> {
    let whole: f64 = weights.iter().sum();
    let sum: f64 = parts.iter().zip(weights).map(|(part, weight)| part.unwrap_or(0.0) * weight).sum();
    (whole > 0.0 && parts.iter().any(Option::is_some)).then(|| sum / whole)
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| float(part) / float(whole))
}

fn counted(count: u64, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

#[expect(clippy::cast_precision_loss, reason = "counts of commits, lines and findings are far below 2^52")]
fn float(count: u64) -> f64 {
    count as f64
}

#[expect(clippy::cast_precision_loss, reason = "counts of files are far below 2^52")]
fn float_len(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn exposure(commits: u64, open: u64, weight: f64) -> Exposure {
        Exposure { commits, lines: Some((100, open)), finding_weight: Some(weight), tests: None }
    }

    // Positions in the order of heat with the scores in thousandths.
    #[track_caller]
    fn check(exposures: &[Exposure], expect: &[(usize, u32)]) {
        let heats = rank_hotspots(exposures);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "scores are between 0 and 1"
        )]
        let found: Vec<(usize, u32)> =
            heats.iter().map(|heat| (heat.at, (1000.0 * heat.score).round() as u32)).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn multiplies_churn_and_weakness() {
        check(&[], &[]);
        check(&[exposure(0, 100, 9.0)], &[]);
        // 0.75 × (0.5 × 1.0 + 0.3 × 0) / 0.8, and 0.25 × the same.
        check(&[exposure(1, 100, 0.0), exposure(9, 100, 0.0)], &[(1, 469), (0, 156)]);
        // The one with findings: percentile 0.75 of the two.
        check(&[exposure(5, 0, 3.0), exposure(5, 0, 0.0)], &[(0, 141), (1, 0)]);
    }

    #[test]
    fn the_weight_of_a_missing_part_goes_to_the_others() {
        let nothing = Exposure { commits: 3, ..Exposure::default() };
        check(&[nothing], &[]);
        check(&[Exposure { lines: Some((10, 5)), ..nothing }], &[(0, 250)]);
        check(&[Exposure { tests: Some((4, 1)), ..nothing }], &[(0, 125)]);
        check(&[Exposure { lines: Some((10, 5)), tests: Some((4, 1)), ..nothing }], &[(0, 214)]);
    }

    #[test]
    fn what_one_report_says_is_not_the_whole() {
        // A file that is not in the coverage report, although there is one: its finding weighs 0.3 of 0.8.
        let outside = Exposure { lines: None, ..exposure(5, 0, 3.0) };
        check(&[outside, exposure(5, 0, 0.0)], &[(0, 141), (1, 0)]);
    }

    #[test]
    fn says_why() {
        let hot = Exposure { tests: Some((12, 1)), ..exposure(7, 61, 3.0) };
        let heats = rank_hotspots(&[hot, exposure(1, 0, 0.0)]);
        assert_eq!(
            explain(&hot, &heats[0], 3),
            "7 commits in 90 days (percentile 75 of what changed); 61 of 100 lines not executed by tests (61 %); \
             3 findings; 1 of 12 tests failing or flaky"
        );
    }

    fn any_exposure() -> impl Strategy<Value = Exposure> {
        (
            0_u64..20,
            prop::option::of((0_u64..50, 0_u64..50)),
            prop::option::of(0.0..50.0),
            prop::option::of((0_u64..9, 0_u64..9)),
        )
            .prop_map(|(commits, lines, finding_weight, tests)| Exposure {
                commits,
                lines: lines.map(|(open, covered)| (open + covered, open)),
                finding_weight,
                tests: tests.map(|(unstable, steady)| (unstable + steady, unstable)),
            })
    }

    proptest! {
        #[test]
        fn every_part_is_a_share(exposures in prop::collection::vec(any_exposure(), 0..30)) {
            let heats = rank_hotspots(&exposures);
            for heat in &heats {
                let HotspotParts { churn_percentile, weakness, uncovered, findings_percentile, test_instability } = heat.parts;
                for value in [Some(heat.score), Some(churn_percentile), Some(weakness), uncovered, findings_percentile, test_instability].into_iter().flatten() {
                    prop_assert!((0.0..=1.0).contains(&value));
                }
            }
            prop_assert!(heats.is_sorted_by(|a, b| a.score >= b.score));
        }

        #[test]
        fn more_churn_or_less_coverage_never_cools(exposures in prop::collection::vec(any_exposure(), 1..20), more in 1_u64..9) {
            let score = |list: &[Exposure]| rank_hotspots(list).into_iter().find(|heat| heat.at == 0).map_or(0.0, |heat| heat.score);
            let mut hotter = exposures.clone();
            hotter[0].commits += more;
            prop_assert!(score(&hotter) >= score(&exposures) - 1e-12);
            let mut barer = exposures.clone();
            if let Some((lines, open)) = &mut barer[0].lines {
                *lines += more;
                *open += more;
            }
            // A file without a line has no share of its own yet: the weight of the part would come in anew.
            if exposures[0].lines.is_none_or(|(lines, _)| lines > 0) {
                prop_assert!(score(&barer) >= score(&exposures) - 1e-12);
            }
        }
    }
}
