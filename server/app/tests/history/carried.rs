//! What was not uploaded this time stands as it was.

use plimsoll::pages::find_run;
use plimsoll_api::FindingRow;

use crate::repository::Repository;
use crate::simulation::Simulation;

fn without(simulation: &mut Simulation, which: usize, names: &[&str]) {
    simulation.runs[which].files.retain(|(name, ..)| !names.contains(&name.as_str()));
    for name in names {
        let raw = &mut simulation.runs[which].raw;
        match *name {
            "lcov.info" => raw.coverage.clear(),
            "quoter.sarif" => raw.findings.retain(|finding| finding.tool != "quoter"),
            _ => unreachable!("{name}"),
        }
    }
}

fn lines(rows: &[FindingRow]) -> Vec<(String, Option<u32>)> {
    let mut lines: Vec<_> = rows.iter().map(|row| (row.rule.clone(), row.line)).collect();
    lines.sort();
    lines
}

#[test]
fn parts_that_did_not_come_are_carried_and_count_as_nothing() {
    let mut simulation = Simulation::new(41);
    let (mut main, mut ids) = Repository::new(&mut simulation.random);
    simulation.commit(&mut main, &mut ids);
    let whole = simulation.observe(&main, "main", None, None);
    simulation.send(whole, 0..2);
    let quoted = simulation.runs[whole].raw.findings.iter().filter(|it| it.tool == "quoter").count() as u64;
    assert!(quoted > 3);

    let base = main.clone();
    for _ in 0..4 {
        simulation.commit(&mut main, &mut ids);
    }
    let partly = simulation.observe(&main, "main", None, Some(whole));
    simulation.add_diff(partly, &base, &main);
    without(&mut simulation, partly, &["quoter.sarif", "lcov.info"]);
    simulation.send(partly, 0..2);
    let number = simulation.runs[partly].number;
    let page = simulation.read(|scope| find_run(scope, number));

    let names: Vec<(&str, u64, u32)> =
        page.carried.iter().map(|part| (part.name.as_str(), part.run, part.runs_ago)).collect();
    assert_eq!(names, [("lcov", 1, 1), ("sarif", 1, 1)]);
    assert_eq!((page.carried[1].findings, page.carried[0].covered_files), (quoted, 14));
    // The other linter came, so its findings are compared; those of the one that did not come are not fixed.
    let fixed = page.comparison.findings.unwrap().fixed;
    assert!(fixed.iter().all(|row| row.tool == "checkstyle"), "{fixed:?}");
    assert_eq!(page.comparison.counts.coverage_centipoints, None, "there is nothing to compare");

    // Where a carried finding stands now, the truth knows; an edited or deleted line has no place.
    let expect: Vec<(String, Option<u32>)> = simulation.runs[whole]
        .raw
        .findings
        .iter()
        .filter(|finding| finding.tool == "quoter")
        .map(|finding| {
            let line = base.defects.iter().find(|defect| defect.id == finding.defect).unwrap().line;
            let (then, now) = (base.place(line).unwrap(), main.place(line));
            let same = now.filter(|(file, at)| file.lines[at - 1].text() == then.0.lines[then.1 - 1].text());
            (finding.rule.clone(), same.map(|(_, at)| at as u32))
        })
        .collect();
    let mut expect = expect;
    expect.sort();
    assert_eq!(lines(&page.carried[1].rows), expect);

    // The next run lacks them, too: they are carried from the same run, which lies further back.
    simulation.commit(&mut main, &mut ids);
    let next = simulation.observe(&main, "main", None, Some(partly));
    without(&mut simulation, next, &["quoter.sarif"]);
    simulation.send(next, 0..2);
    let number = simulation.runs[next].number;
    let page = simulation.read(|scope| find_run(scope, number));
    let names: Vec<(&str, u64, u32)> =
        page.carried.iter().map(|part| (part.name.as_str(), part.run, part.runs_ago)).collect();
    assert_eq!(names, [("sarif", 1, 2)]);
}
