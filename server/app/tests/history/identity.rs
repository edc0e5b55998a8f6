//! A finding is the same one through moves, edits, rewording, re-scoring and renames.

use std::collections::BTreeMap;

use plimsoll::pages::compare_runs;
use plimsoll_api::FindingRow;

use crate::reports::{Raw, Reported};
use crate::simulation::Simulation;

/// Pairs of findings: how many the engine found, how many there are, and how many of its own are right.
#[derive(Debug, Default)]
struct Score {
    found: usize,
    true_pairs: usize,
    right: usize,
}

/// How many of each kin there are.
fn census<'r>(findings: impl Iterator<Item = &'r Reported>) -> BTreeMap<u64, usize> {
    let mut counts = BTreeMap::new();
    findings
        .filter(|finding| finding.tool == "quoter")
        .for_each(|finding| *counts.entry(finding.kin).or_insert(0) += 1);
    counts
}

fn reported<'r>(raw: &'r Raw, rows: &[FindingRow]) -> Vec<&'r Reported> {
    let place = |row: &FindingRow| (row.rule.clone(), row.path.clone().unwrap(), row.line.unwrap());
    let of = |place: (String, String, u32)| {
        raw.findings.iter().find(|it| (it.rule.clone(), it.path.clone(), it.line) == place)
    };
    rows.iter().map(|row| of(place(row)).unwrap_or_else(|| panic!("nobody sent {row:?}"))).collect()
}

#[test]
fn findings_keep_their_identity() {
    let mut score = Score::default();
    for seed in [21, 22] {
        let mut simulation = Simulation::new(seed);
        simulation.grow(70);
        for run in &simulation.runs {
            let Some(base) = run.base.map(|base| &simulation.runs[base]) else { continue };
            let comparison = simulation.read(|scope| compare_runs(scope, base.number, run.number));
            let new = census(reported(&run.raw, &comparison.findings.unwrap().new).into_iter());
            let (before, after) = (census(base.raw.findings.iter()), census(run.raw.findings.iter()));
            for (kin, count) in after {
                // Of copies nobody can say which one is new, so they are counted and not told apart.
                let truth = count.min(before.get(&kin).copied().unwrap_or(0));
                let found = count - new.get(&kin).copied().unwrap_or(0);
                score.found += found;
                score.true_pairs += truth;
                score.right += found.min(truth);
            }
        }
    }
    let precision = score.right as f64 / score.found as f64;
    let recall = score.right as f64 / score.true_pairs as f64;
    println!("precision {precision:.5}, recall {recall:.5} of {} pairs", score.true_pairs);
    assert!(score.true_pairs > 2_000, "{score:?}");
    assert!(precision >= 0.999, "{precision} {score:?}");
    assert!(recall >= 0.99, "{recall} {score:?}");
}
