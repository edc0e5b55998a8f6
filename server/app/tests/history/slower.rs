//! A test that takes longer than it ever did is told; noise is not.

use plimsoll::pages::compare_runs;

use crate::repository::Repository;
use crate::simulation::Simulation;

#[test]
fn slower_tests_are_told_and_noise_is_not() {
    let mut simulation = Simulation::new(51);
    let (mut main, mut ids) = Repository::new(&mut simulation.random);
    main.tests.iter_mut().for_each(|test| (test.is_broken, test.duration_ms) = (false, 300));
    let mut last = 0;
    for build in 0..12 {
        simulation.time_passes();
        // Only time passes: durations vary by a tenth.
        if build == 0 {
            simulation.commit(&mut main, &mut ids);
            main.tests.iter_mut().for_each(|test| (test.is_broken, test.duration_ms) = (false, 300));
        }
        let this = simulation.observe(&main, "main", None, None);
        simulation.send(this, 0..2);
        if build > 0 {
            let (before, after) = (simulation.runs[last].number, simulation.runs[this].number);
            let tests = simulation.read(|scope| compare_runs(scope, before, after)).tests.unwrap();
            assert!(tests.slower.is_empty(), "#{after}");
        }
        last = this;
    }
    main.tests[3].duration_ms = 700;
    main.tests[5].duration_ms = 390;
    let this = simulation.observe(&main, "main", None, Some(last));
    simulation.send(this, 0..2);
    let (before, after) = (simulation.runs[last].number, simulation.runs[this].number);
    let tests = simulation.read(|scope| compare_runs(scope, before, after)).tests.unwrap();
    let names: Vec<&str> = tests.slower.iter().map(|slower| slower.test.name.as_str()).collect();
    assert_eq!(names, [main.tests[3].name.as_str()]);
    assert!(tests.slower[0].typical_ms.abs_diff(300) < 15 && tests.slower[0].samples >= 8);
    // Against the second run there are too few samples to say so.
    let second = simulation.runs[1].number;
    let tests = simulation.read(|scope| compare_runs(scope, second, after)).tests.unwrap();
    assert_eq!((tests.slower.len(), tests.slower_hidden), (0, 1));
}
