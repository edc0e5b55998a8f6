use plimsoll_model::Outcome::{Failed, Passed};
use plimsoll_store::*;

use crate::bench::{Bench, upload};

#[test]
fn uploads_are_taken_in_the_order_of_their_arrival() {
    let bench = Bench::new();
    let ids = ["a", "b", "c"].map(|name| bench.queue(&upload(bench.run, name, name)));
    for id in ids {
        let claimed = bench.write(|writer| writer.claim_upload()).unwrap();
        assert_eq!((claimed.id, claimed.state, claimed.attempts), (id, UploadState::Processing, 1));
    }
    assert_eq!(bench.write(|writer| writer.claim_upload()), None);
    assert_eq!(bench.read(|reader| reader.count_waiting()), 3);
}

#[test]
fn what_was_being_read_when_the_process_ended_is_read_again_and_given_up_after_three_times() {
    let mut bench = Bench::new();
    let (first, second) =
        (bench.queue(&upload(bench.run, "a", "a")), bench.queue(&upload(bench.run, "b", "b")));
    for attempt in 1..=3 {
        let claimed = bench.write(|writer| writer.claim_upload()).unwrap();
        assert_eq!((claimed.id, claimed.attempts), (first, attempt));
        bench = bench.reopen();
        let failed = bench.write(|writer| writer.recover_uploads(3, r#"{"code":"crash"}"#));
        assert_eq!(failed.len(), usize::from(attempt == 3), "{failed:?}");
    }
    let given_up = bench.read(|reader| reader.find_upload(bench.project, first)).unwrap();
    assert_eq!(
        (given_up.state, given_up.error.as_deref()),
        (UploadState::Failed, Some(r#"{"code":"crash"}"#))
    );
    assert_eq!(bench.write(|writer| writer.claim_upload()).unwrap().id, second);
}

#[test]
fn an_upload_that_is_given_back_has_lost_no_attempt() {
    let bench = Bench::new();
    let id = bench.queue(&upload(bench.run, "a", "a"));
    bench.write(|writer| writer.claim_upload()).unwrap();
    bench.write(|writer| writer.release_upload(bench.project, id));
    assert_eq!(bench.write(|writer| writer.claim_upload_by_id(bench.project, id)).unwrap().attempts, 1);
    assert_eq!(bench.write(|writer| writer.claim_upload_by_id(bench.project, id)), None);
}

#[test]
fn the_same_bytes_again_are_nothing_new() {
    let bench = Bench::new();
    let first = upload(bench.run, "a", "same");
    let id = bench.store_tests(&first, &[("t", Passed, 5)]);
    assert_eq!(bench.accept(&first), Accepted::Duplicate(id));
    let other_category = NewUpload { category: Some("linux".to_owned()), ..first.clone() };
    assert!(matches!(bench.accept(&other_category), Accepted::Queued(_)));
    let other_prefix = NewUpload { add_prefix: Some("web".to_owned()), ..first.clone() };
    assert!(matches!(bench.accept(&other_prefix), Accepted::Queued(_)));
    bench.write(|writer| writer.fail_upload(bench.project, id, "{}"));
    assert!(matches!(bench.accept(&first), Accepted::Queued(_)), "what failed may be sent again");
}

#[test]
fn the_same_category_and_shard_replace() {
    let bench = Bench::new();
    let unit =
        |content| NewUpload { category: Some("unit".to_owned()), ..upload(bench.run, content, content) };
    let old = bench.store_tests(&unit("old"), &[("gone", Failed, 5), ("stays", Passed, 5)]);
    let new = bench.store_tests(&unit("new"), &[("stays", Passed, 7)]);
    assert_eq!((bench.state(old), bench.state(new)), (UploadState::Replaced, UploadState::Stored));
    let tests = bench.whole().tests.unwrap();
    assert_eq!((tests.total, tests.failed, tests.duration_us), (1, 0, 7));
    let shard = NewUpload { shard: Some(Shard { index: 1, count: 2 }), ..unit("part") };
    bench.store_tests(&shard, &[("other", Passed, 1)]);
    assert_eq!(bench.state(new), UploadState::Stored, "a shard is no replacement for the whole");
}

#[test]
fn files_without_a_category_replace_only_their_own_name() {
    let bench = Bench::new();
    let a = bench.store_tests(&upload(bench.run, "a.xml", "1"), &[("a", Failed, 1)]);
    let b = bench.store_tests(&upload(bench.run, "b.xml", "2"), &[("b", Passed, 1)]);
    let nameless = bench.store_tests(&upload(bench.run, "", "3"), &[("c", Passed, 1)]);
    let other_nameless = bench.store_tests(&upload(bench.run, "", "4"), &[("d", Passed, 1)]);
    assert_eq!(bench.whole().tests.unwrap().total, 4);
    let mended = bench.store_tests(&upload(bench.run, "a.xml", "5"), &[("a", Passed, 1)]);
    assert_eq!(bench.state(a), UploadState::Replaced);
    for id in [b, nameless, other_nameless, mended] {
        assert_eq!(bench.state(id), UploadState::Stored);
    }
    assert_eq!(bench.whole().tests.unwrap().failed, 0);
}

#[test]
fn of_two_that_replace_each_other_the_later_arrival_stands_in_whatever_order_they_are_read() {
    let bench = Bench::new();
    let older = bench.queue(&upload(bench.run, "a.xml", "1"));
    let newer = bench.queue(&upload(bench.run, "a.xml", "2"));
    bench.finish_tests(newer, &[("t", Passed, 1)]);
    bench.finish_tests(older, &[("t", Failed, 1)]);
    assert_eq!((bench.state(older), bench.state(newer)), (UploadState::Replaced, UploadState::Stored));
    assert_eq!(bench.whole().tests.unwrap().failed, 0);
}
