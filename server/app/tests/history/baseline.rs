//! The baseline is chosen anew when a better one arrives late, and never among runs that are not whole.

use plimsoll::pages::find_run;
use plimsoll_api::RunState;

use crate::repository::Repository;
use crate::simulation::Simulation;

#[test]
fn a_better_baseline_that_arrives_late_counts() {
    let mut simulation = Simulation::new(61);
    let (mut main, mut ids) = Repository::new(&mut simulation.random);
    let mut builds = Vec::new();
    for _ in 0..3 {
        simulation.commit(&mut main, &mut ids);
        builds.push(simulation.observe(&main, "main", None, None));
    }
    let mut topic = main.clone();
    simulation.commit(&mut topic, &mut ids);
    let request = simulation.observe(&topic, "topic", Some(7), None);

    simulation.send(builds[0], 0..2);
    simulation.send(request, 0..2);
    let request = simulation.runs[request].number;
    let page = |simulation: &Simulation, number: u64| simulation.read(|scope| find_run(scope, number));
    let number = |simulation: &Simulation, build: usize| Some(simulation.runs[builds[build]].number);
    assert_eq!(page(&simulation, request).run.baseline, number(&simulation, 0));

    // A run that lacks a shard is no baseline, is named, and is no run to judge by.
    simulation.send(builds[2], 0..1);
    assert_eq!(page(&simulation, request).run.baseline, number(&simulation, 0));
    let partial = page(&simulation, simulation.runs[builds[2]].number).run;
    assert_eq!((partial.state, partial.missing_shards), (RunState::Partial, vec!["2/2".to_owned()]));
    assert_eq!(partial.changes.unwrap().removed_tests, None);

    simulation.send(builds[1], 0..2);
    assert_eq!(page(&simulation, request).run.baseline, number(&simulation, 1));

    // The shard arrives: the nearest ancestor is whole now.
    simulation.send(builds[2], 1..2);
    assert_eq!(page(&simulation, simulation.runs[builds[2]].number).run.state, RunState::Complete);
    assert_eq!(page(&simulation, request).run.baseline, number(&simulation, 2));
}

#[test]
fn projects_of_one_repository_do_not_meet() {
    let mut first = Simulation::new(71);
    first.grow(6);
    let before: Vec<_> = first.runs.iter().map(|run| first.columns(run.number)).collect();
    // The same commits and files under another name: its own runs, numbers and findings.
    for which in 0..first.runs.len() {
        assert_eq!(first.send_to("another", which), which as u64 + 1);
    }
    let after: Vec<_> = first.runs.iter().map(|run| first.columns(run.number)).collect();
    assert_eq!(before, after);
}
