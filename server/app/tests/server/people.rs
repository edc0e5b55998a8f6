//! These reports serve engineers; they never judge people. No name gets in, and there is no place for one.

use crate::support::{Server, create_token};

const LOG: &str = "commit 3f1c0d1c2b7d4b1e9c0a5d6e7f8091a2b3c4d5e6\nAuthor: Jane Roe <jane.roe@example.org>\nDate:   Mon Mar 2 10:00:00 2026 +0000\n\n    Mend the cart\n\n    Reviewed-by: John Doe <john.doe@example.org>\n\n3\t1\tsrc/cart.py\n0\t4\tsrc/price.py\n";

#[test]
fn no_name_of_a_change_log_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let token = create_token(folder.path(), &[]);
    let server = Server::start(folder.path());
    let path = "/api/v1/projects/shop/uploads?commit=c1&branch=main&wait=20";
    let (status, body) = server.post(path, &token, LOG.as_bytes());
    assert_eq!(status, 200, "{body}");
    assert_eq!(body["reports"][0]["counted"]["churn"]["changes"], 2, "the log was read: {body}");
    let run = server.request("GET", "/api/v1/projects/shop/runs/1", None, &[]).text();
    server.terminate();
    let mut looked_at = 0;
    for entry in walkdir::WalkDir::new(folder.path()) {
        let entry = entry.unwrap();
        // What is kept for reading again is compressed, so a search in its bytes would find nothing: it must not be there.
        let is_kept = entry.file_type().is_file() && entry.path().starts_with(folder.path().join("raw"));
        assert!(!is_kept, "the change log itself is kept in {}", entry.path().display());
        if entry.file_type().is_file() {
            let bytes = std::fs::read(entry.path()).unwrap();
            looked_at += 1;
            for name in ["Jane", "jane.roe", "John", "john.doe", "Mend the cart"] {
                let is_there = bytes.windows(name.len()).any(|window| window == name.as_bytes());
                assert!(!is_there, "`{name}` is in {}", entry.path().display());
                assert!(!run.contains(name), "`{name}` is in an answer");
            }
        }
    }
    assert!(looked_at > 0);
}

#[test]
fn the_contract_has_no_place_for_a_person() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let document = server.get_ok("/api/v1/openapi.json");
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let mut fields = 0;
    for (schema, description) in schemas {
        for field in description["properties"].as_object().into_iter().flat_map(|fields| fields.keys()) {
            fields += 1;
            for word in ["author", "committer", "reviewer", "user", "owner", "email", "assignee", "blame"] {
                assert!(!field.contains(word), "{schema}.{field}");
            }
        }
    }
    assert!(fields > 100, "only {fields} fields were looked at");
}
