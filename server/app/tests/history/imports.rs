//! The same reports again, in whatever order, change nothing.

use plimsoll::pages::compare_runs;
use plimsoll_store::ColumnKind;

use crate::simulation::Simulation;

#[test]
fn the_same_reports_in_any_order_are_the_same_columns() {
    let mut simulation = Simulation::new(11);
    simulation.grow(24);
    for which in 0..simulation.runs.len() {
        let first = simulation.runs[which].number;
        let again = simulation.send_again(which, &format!("again-{which}"));
        assert_ne!(first, again, "another build is another run");
        assert_eq!(simulation.columns(first), simulation.columns(again), "run {first}");
        assert!(simulation.columns(first).iter().any(|(kind, _)| *kind == ColumnKind::Coverage));
        let comparison = simulation.read(|scope| compare_runs(scope, first, again));
        let counts = comparison.counts;
        let changed = [counts.newly_failing, counts.fixed_tests, counts.new_tests, counts.removed_tests]
            .into_iter()
            .chain([counts.new_code, counts.fixed_code]);
        assert!(changed.into_iter().all(|count| count == Some(0)), "run {first}: {counts:?}");
        assert_eq!(comparison.coverage.unwrap().len(), 0);
        assert_eq!(comparison.findings.unwrap().moved, 0);
        // The very same build again: nothing is even read.
        let columns = simulation.columns(first);
        simulation.send(which, 0..2);
        assert_eq!((simulation.runs[which].number, simulation.columns(first)), (first, columns));
    }
}
