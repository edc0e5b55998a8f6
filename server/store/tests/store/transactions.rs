use plimsoll_store::*;

use crate::bench::{Bench, write};

#[test]
fn work_that_fails_leaves_nothing_behind_not_even_in_memory() {
    let bench = Bench::new();
    let known = bench.write(|writer| writer.intern_paths(bench.project, &["a"]));
    let failed: Result<(), StoreError> = bench.store.write(|writer| {
        writer.intern_paths(bench.project, &["b", "c"])?;
        Err(StoreError::Missing("something".to_owned()))
    });
    failed.unwrap_err();
    assert_eq!(bench.read(|reader| reader.find_path(bench.project, "b")), None);
    let after = bench.write(|writer| writer.intern_paths(bench.project, &["d", "a"]));
    assert_eq!(after, [PathId(2), known[0]], "the identifiers that were not committed are given again");
}

#[test]
fn work_that_panics_leaves_nothing_behind_and_the_store_in_order() {
    let bench = Bench::new();
    let store = bench.store.clone();
    let project = bench.project;
    let thread = std::thread::spawn(move || {
        store
            .write(|writer| -> Result<(), StoreError> {
                writer.intern_paths(project, &["lost"])?;
                panic!("on purpose");
            })
            .ok();
    });
    thread.join().unwrap_err();
    let store = bench.store.clone();
    let thread = std::thread::spawn(move || {
        store.read(|_| -> Result<(), StoreError> { panic!("on purpose") }).ok();
    });
    thread.join().unwrap_err();
    assert_eq!(bench.read(|reader| reader.find_path(project, "lost")), None);
    assert_eq!(bench.write(|writer| writer.intern_paths(project, &["kept"])), [PathId(1)]);
}

#[test]
fn what_another_process_wrote_is_known() {
    let bench = Bench::new();
    bench.write(|writer| writer.intern_paths(bench.project, &["a"]));
    let other = Store::open(bench.folder.path(), &Options::default()).unwrap();
    let theirs = write(&other, |writer| writer.intern_paths(bench.project, &["b"]));
    let ours = bench.write(|writer| writer.intern_paths(bench.project, &["b", "c"]));
    assert_eq!(ours, [theirs[0], PathId(3)]);
}

#[test]
fn a_reader_sees_one_moment_and_does_not_wait() {
    let bench = Bench::new();
    bench.read(|reader| {
        assert_eq!(reader.list_projects()?.len(), 1);
        write(&bench.store, |writer| writer.insert_project("second", "Second", "main", 0));
        assert_eq!(reader.list_projects()?.len(), 1, "as of the first look");
        Ok(())
    });
    assert_eq!(bench.read(|reader| reader.list_projects()).len(), 2);
}

#[test]
fn more_readers_than_connections_take_turns() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), &Options { readers: 2, ..Options::default() }).unwrap();
    write(&store, |writer| writer.insert_project("shop", "Shop", "main", 0));
    std::thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| {
                for _ in 0..20 {
                    assert_eq!(store.read(|reader| reader.list_projects()).unwrap().len(), 1);
                }
            });
        }
    });
}

#[test]
fn a_backup_is_a_store() {
    let bench = Bench::new();
    let to = tempfile::tempdir().unwrap();
    bench.store.backup(&to.path().join("plimsoll.sqlite")).unwrap();
    bench.store.backup(&to.path().join("plimsoll.sqlite")).unwrap_err();
    let copy = Store::open(to.path(), &Options::default()).unwrap();
    assert_eq!(copy.read(|reader| reader.find_project("shop")).unwrap().unwrap().id, bench.project);
}
