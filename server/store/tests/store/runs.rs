use plimsoll_model::Outcome::Passed;
use plimsoll_store::*;

use crate::bench::{Bench, new_run, upload};

fn part(bench: &Bench, index: u32, count: u32) -> NewUpload {
    let name = format!("part-{index}");
    NewUpload { shard: Some(Shard { index, count }), ..upload(bench.run, &name, &name) }
}

#[test]
fn a_run_with_missing_shards_is_partial_until_they_come() {
    let bench = Bench::new();
    let first = bench.queue(&part(&bench, 2, 3));
    assert_eq!(bench.run_row().state, RunState::Processing);
    bench.finish_tests(first, &[("a", Passed, 1)]);
    assert_eq!(bench.run_row().state, RunState::Partial);
    assert_eq!(bench.run_row().missing_shards, ["1/3", "3/3"]);
    bench.store_tests(&part(&bench, 3, 3), &[("b", Passed, 1)]);
    let last = bench.queue(&part(&bench, 1, 3));
    assert_eq!(bench.run_row().state, RunState::Processing);
    bench.write(|writer| writer.fail_upload(bench.project, last, "{}"));
    assert_eq!(bench.run_row().missing_shards, ["1/3"], "one that cannot be read is missing");
    bench.store_tests(&part(&bench, 1, 3), &[("c", Passed, 1)]);
    assert_eq!((bench.run_row().state, bench.run_row().missing_shards.len()), (RunState::Complete, 0));
    assert_eq!(bench.whole().tests.unwrap().total, 3);
}

#[test]
fn the_key_of_a_run_is_commit_branch_pull_request_and_build() {
    let bench = Bench::new();
    let ensure = |run: &NewRun| bench.write(|writer| writer.ensure_run(bench.project, run));
    let base = new_run("c1", "main", "1");
    assert_eq!(ensure(&base), bench.run);
    for other in [
        new_run("c2", "main", "1"),
        new_run("c1", "next", "1"),
        new_run("c1", "main", "2"),
        NewRun { pull_request: Some(7), ..base.clone() },
        NewRun { build: None, ..base.clone() },
    ] {
        let number = ensure(&other);
        assert_ne!(number, bench.run);
        assert_eq!(ensure(&other), number, "{other:?}");
        let found = bench.read(|reader| reader.find_run(bench.project, number)).unwrap();
        assert_eq!(
            (found.commit, found.build, found.pull_request),
            (other.commit, other.build, other.pull_request)
        );
    }
    ensure(&NewRun { base_branch: Some("main".to_owned()), build_url: Some("u".to_owned()), ..base.clone() });
    ensure(&NewRun { base_branch: Some("later".to_owned()), ..base });
    assert_eq!(bench.run_row().base_branch.as_deref(), Some("main"), "what was absent is filled in, once");
    assert_eq!(bench.run_row().build_url.as_deref(), Some("u"));
}

#[test]
fn runs_are_listed_by_branch_and_state_the_newest_first() {
    let bench = Bench::new();
    for (commit, branch) in [("c2", "main"), ("c3", "next"), ("c4", "main"), ("c5", "main")] {
        bench.write(|writer| writer.ensure_run(bench.project, &new_run(commit, branch, "1")));
    }
    bench.queue(&upload(RunNumber(4), "a", "a"));
    let list = |filter: RunFilter<'_>, limit| -> Vec<u64> {
        let runs = bench.read(|reader| reader.list_runs(bench.project, filter, limit));
        runs.into_iter().map(|run| run.number.0).collect()
    };
    let main = RunFilter { branch: Some("main"), ..RunFilter::default() };
    assert_eq!(list(RunFilter::default(), 10), [5, 4, 3, 2, 1]);
    assert_eq!(list(RunFilter { before: Some(RunNumber(4)), ..RunFilter::default() }, 2), [3, 2]);
    assert_eq!(list(main, 10), [5, 4, 2, 1]);
    assert_eq!(list(main, 2), [5, 4]);
    assert_eq!(list(RunFilter { only_complete: true, ..main }, 10), [5, 2, 1]);
    assert_eq!(list(RunFilter { only_complete: true, ..RunFilter::default() }, 10), [5, 3, 2, 1]);
    assert_eq!(bench.read(|reader| reader.list_branches(bench.project, 10)), ["main", "next"]);
    assert_eq!(bench.read(|reader| reader.count_runs(bench.project, None)), 5);
    assert_eq!(bench.read(|reader| reader.count_runs(bench.project, Some("next"))), 1);
    let same = bench.read(|reader| reader.list_runs_of_commit(bench.project, "c1"));
    assert_eq!(same.len(), 1);
    assert!(bench.read(|reader| reader.list_runs_of_commit(bench.project, "none")).is_empty());
}

#[test]
fn parents_come_back_in_their_order_and_cost_little() {
    let bench = Bench::new();
    let history: Vec<String> = (0..200).rev().map(|at| format!("commit-{at:040}")).collect();
    bench.write(|writer| writer.set_parents(bench.project, bench.run, &history));
    assert_eq!(bench.read(|reader| reader.list_parents(bench.project, bench.run)), history);
    let next = bench.write(|writer| writer.ensure_run(bench.project, &new_run("c9", "main", "9")));
    assert!(bench.read(|reader| reader.list_parents(bench.project, next)).is_empty());
}

#[test]
fn tokens_are_found_by_their_hash_only() {
    let bench = Bench::new();
    let id = bench.write(|writer| writer.insert_token(Some(bench.project), "ci", &[1; 32], 5));
    bench.write(|writer| writer.insert_token(None, "admin", &[2; 32], 6));
    let found = bench.read(|reader| reader.find_token(&[1; 32])).unwrap();
    assert_eq!((found.id, found.project, found.label.as_str()), (id, Some(bench.project), "ci"));
    assert_eq!(bench.read(|reader| reader.find_token(&[2; 32])).unwrap().project, None);
    assert_eq!(bench.read(|reader| reader.find_token(&[3; 32])), None);
    assert!(bench.write(|writer| writer.delete_token(id, 9)));
    assert!(!bench.write(|writer| writer.delete_token(id, 9)));
    assert_eq!(bench.read(|reader| reader.list_tokens()).len(), 1);
}
