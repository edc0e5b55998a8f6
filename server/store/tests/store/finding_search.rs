//! The search in findings follows their dictionary.

use plimsoll_model::{FindingKind, Severity};
use plimsoll_store::*;
use proptest::prelude::*;
use roaring::RoaringBitmap;

use crate::bench::{Bench, upload};

/// Interns findings of one rule: a number that identifies each, its path and its detail.
fn intern(bench: &Bench, findings: &[(u8, &str, &str)]) -> Vec<u32> {
    bench.write(|writer| {
        let rule = NewRule { tool: "eslint", rule: "no-unused-vars", name: None, help_uri: None };
        let rule = writer.intern_rules(bench.project, &[rule])?[0];
        let mut new = Vec::new();
        for (number, path, detail) in findings {
            new.push(NewFinding {
                group: GroupKey([*number; 16]),
                occurrence: 0,
                content: GroupKey([*number; 16]),
                path: Some(writer.intern_paths(bench.project, &[path])?[0]),
                rule,
                kind: FindingKind::Code,
                detail,
            });
        }
        Ok(writer.intern_findings(bench.project, &new)?.into_iter().map(|id| id.0).collect())
    })
}

fn found(bench: &Bench, typed: &str) -> Option<Vec<u32>> {
    bench.read(|reader| reader.search_findings(bench.project, typed)).map(|found| found.iter().collect())
}

const LODASH: &str = r#"{"message":"Prototype pollution in lodash","cwe":["CWE-1321"],"aliases":["CVE-2019-10744"],"package":{"name":"lodash"}}"#;

fn three() -> (Bench, Vec<u32>) {
    let bench = Bench::new();
    let ids = intern(
        &bench,
        &[
            (1, "src/cart/ShoppingCart.ts", r#"{"message":"'total' is assigned a value but never used."}"#),
            (2, "src/search/ranking.ts", r#"{"message":"'größe' is never used"}"#),
            (3, "package-lock.json", LODASH),
        ],
    );
    (bench, ids)
}

#[test]
fn message_rule_path_and_package_are_searched() {
    let (bench, ids) = three();
    let of = |typed: &str| found(&bench, typed).unwrap();
    assert_eq!(of("never used"), ids[..2]);
    assert_eq!(of("USED nev"), ids[..2], "words by their beginnings, in any case and order");
    assert_eq!(of("no-unused-vars"), ids, "a rule is a row of words");
    assert_eq!(of("cart"), ids[..1], "a part of a name");
    assert_eq!(of("src/cart/Shop"), ids[..1]);
    assert_eq!(of("große"), ids[1..2], "with or without the dots");
    assert_eq!(of("GRÖß"), ids[1..2]);
    assert_eq!(of("lodash"), ids[2..]);
    assert_eq!(of("CVE-2019-10744"), ids[2..]);
    assert_eq!(of("cwe-1321 pollution"), ids[2..]);
    assert_eq!(of("\"assigned a value\""), ids[..1]);
    assert_eq!(of("\"value assigned\""), Vec::<u32>::new(), "between quotation marks the order counts");
    assert_eq!(of("used lodash"), Vec::<u32>::new(), "all words must occur");
    assert_eq!(found(&bench, " ** "), None, "no word was typed");
    let other = bench.write(|writer| writer.insert_project("other", "Other", "main", 0));
    assert_eq!(bench.read(|reader| reader.search_findings(other, "used")), Some(RoaringBitmap::new()));
}

#[test]
fn what_is_said_anew_is_found_anew() {
    let (bench, ids) = three();
    let tag = |tag, value: &str| {
        bench.read(|reader| reader.findings_with_tag(bench.project, tag, value)).iter().collect::<Vec<_>>()
    };
    assert_eq!(tag(FindingTag::Package, "lodash"), ids[2..]);
    let said = r#"{"message":"Command injection","cwe":["CWE-77"],"package":{"name":"lodash"}}"#;
    assert_eq!(intern(&bench, &[(3, "package-lock.json", said)]), ids[2..]);
    assert_eq!(found(&bench, "pollution"), Some(vec![]));
    assert_eq!(found(&bench, "injection"), Some(ids[2..].to_vec()));
    assert_eq!(tag(FindingTag::Weakness, "CWE-1321"), Vec::<u32>::new());
    assert_eq!(tag(FindingTag::Weakness, "CWE-77"), ids[2..]);
    let tags = bench.read(|reader| reader.list_finding_tags(bench.project, FindingTag::Package));
    assert_eq!(tags, [("lodash".to_owned(), RoaringBitmap::from_iter([ids[2]]))]);
    // A transaction that is undone leaves the words as they were.
    let undone: Result<(), StoreError> = bench.store.write(|writer| {
        writer.intern_rules(bench.project, &[])?;
        Err(StoreError::Missing("patience".to_owned()))
    });
    assert!(undone.is_err());
    assert_eq!(found(&bench, "injection"), Some(ids[2..].to_vec()));
}

#[test]
fn what_is_collected_is_found_no_more() {
    let (bench, ids) = three();
    let id = bench.queue(&upload(bench.run, "lint", "1"));
    bench.write(|writer| {
        let result = FindingResult {
            id: FindingId(ids[0]),
            line: Some(1),
            severity: Severity::Low,
            is_suppressed: false,
        };
        writer.set_upload_findings(bench.project, id, &FindingColumns::from_results(vec![result]))?;
        writer.finish_upload(bench.project, id, &FinishedUpload::default())
    });
    // A greater one than the third, which else would stay: the greatest identifier is never given again.
    intern(&bench, &[(4, "z", r#"{"message":"last"}"#)]);
    bench.store.collect(bench.project, Pace::FAST, &|| false).unwrap();
    assert_eq!(found(&bench, "used"), Some(ids[..1].to_vec()));
    assert_eq!(found(&bench, "lodash"), Some(vec![]));
    let tags = bench.read(|reader| reader.list_finding_tags(bench.project, FindingTag::Package));
    assert_eq!(tags, []);
    // The words outlive a copy, in which rows may be numbered anew.
    let copy = tempfile::tempdir().unwrap();
    bench.store.backup(&copy.path().join("plimsoll.sqlite")).unwrap();
    let store = Store::open(copy.path(), &Options::default()).unwrap();
    let found = store.read(|reader| reader.search_findings(bench.project, "used")).unwrap();
    assert_eq!(found, Some(RoaringBitmap::from_iter([ids[0]])));
}

#[test]
fn a_store_without_words_gets_them_when_it_is_opened() {
    let (bench, ids) = three();
    let file = bench.folder.path().join("plimsoll.sqlite");
    let connection = rusqlite::Connection::open(&file).unwrap();
    connection.execute_batch("DELETE FROM finding_text; DELETE FROM finding_tag").unwrap();
    drop(connection);
    assert_eq!(found(&bench, "used"), Some(vec![]));
    let bench = bench.reopen();
    assert_eq!(found(&bench, "used"), Some(ids[..2].to_vec()));
    let tags = bench.read(|reader| reader.list_finding_tags(bench.project, FindingTag::Weakness));
    assert_eq!(tags, [("CWE-1321".to_owned(), RoaringBitmap::from_iter([ids[2]]))]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn nothing_that_can_be_typed_is_an_error(
        typed in prop_oneof![".*", "[\"*():^{}+\\- ]{0,12}", "(\"|AND|OR|NOT|NEAR|\\(|\\)|\\*|:|path|a| ){0,12}"],
    ) {
        thread_local! {
            static BENCH: Bench = three().0;
        }
        BENCH.with(|bench| found(bench, &typed));
    }
}
