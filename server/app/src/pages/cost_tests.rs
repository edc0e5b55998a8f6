//! No page costs more because the history is longer: counted in statements, rows and bytes, not in time.

use plimsoll_store::Work;

use super::story::Story;
use super::{
    FindingParameters, HotspotParameters, ModuleParameters, TestParameters, find_module, find_project,
    list_findings, list_hotspots, list_tests,
};

/// Pages look back over so many runs at most, apart from those that are asked to look further.
const LOOKED_AT: u64 = 85;

fn runs(story: &mut Story, count: u64) -> u64 {
    let mut last = 0;
    for _ in 0..count {
        let at = last + 1;
        last = story.run(
            &format!("main c{at}-{count}"),
            "test cart/a.py one passed 20\ntest cart/a.py two failed 30 : broken\ntest books/b.py three passed 10\n\
             cover cart/a.py 1+ 2- 3+\nfind lint R1 cart/a.py:3 high x\nscanned security",
        );
    }
    last
}

fn works(story: &Story, newest: u64) -> Vec<(&'static str, Work)> {
    let module = ModuleParameters { path: "cart".to_owned(), branch: None, limit: Some(20) };
    let by_name = TestParameters { sort: Some("name".to_owned()), ..TestParameters::default() };
    vec![
        ("project", story.work(|scope| find_project(scope, None).map(drop))),
        ("module", story.work(|scope| find_module(scope, &module).map(drop))),
        ("hotspots", story.work(|scope| list_hotspots(scope, &HotspotParameters::default()).map(drop))),
        (
            "findings",
            story.work(|scope| list_findings(scope, newest, &FindingParameters::default()).map(drop)),
        ),
        ("tests", story.work(|scope| list_tests(scope, newest, &by_name).map(drop))),
    ]
}

#[test]
fn a_page_costs_the_same_however_many_runs_there_are() {
    let mut story = Story::new();
    let newest = runs(&mut story, LOOKED_AT);
    let before = works(&story, newest);
    let newest = runs(&mut story, LOOKED_AT + 1);
    let after = works(&story, newest);
    for ((page, before), (_, after)) in before.into_iter().zip(after) {
        assert!(before.statements > 0, "{page} reads something");
        // A run more or less lies in another row of its module's measures.
        let most = |count: u64| count + count / 20 + 2;
        assert!(
            after.statements <= most(before.statements)
                && after.rows <= most(before.rows)
                && after.bytes <= most(before.bytes),
            "{page}: {before:?} became {after:?}"
        );
    }
}
