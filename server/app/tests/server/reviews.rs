//! Decisions about findings, as programs make them.

use serde_json::json;

use crate::support::{Server, create_token};

const RUFF: &str = r#"[{"cell":null,"code":"F401","end_location":{"column":10,"row":1},"filename":"src/cart.py","fix":null,"location":{"column":8,"row":1},"message":"`os` imported but unused","noqa_row":1,"url":"https://docs.astral.sh/ruff/rules/unused-import"}]"#;

#[test]
fn a_finding_is_reviewed_and_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let token = create_token(folder.path(), &[]);
    let server = Server::start(folder.path());
    let path = "/api/v1/projects/shop/uploads?commit=c1&branch=main&wait=20";
    let (status, body) = server.post(path, &token, RUFF.as_bytes());
    assert_eq!(status, 200, "{body}");
    let total = || server.get_ok("/api/v1/projects/shop/runs/1")["run"]["measures"]["code"]["total"].clone();
    let list = server.get_ok("/api/v1/projects/shop/runs/1/findings");
    let review = format!("/api/v1/projects/shop/findings/{}/review", list["items"][0]["id"]);
    assert_eq!(total(), 1);

    let authorization = format!("Bearer {token}");
    let headers = [("authorization", authorization.as_str()), ("content-type", "application/json")];
    let body = json!({"state": "false-positive", "reason": "it is imported for its effect"}).to_string();
    let refused = server.request("PUT", &review, Some(body.as_bytes()), &headers[1..]);
    assert_eq!(refused.status, 401, "a decision needs a token");
    let put = server.request("PUT", &review, Some(body.as_bytes()), &headers);
    assert_eq!((put.status, put.text()), (200, r#"{"findings":1,"reviews":1}"#.to_owned()));
    assert_eq!(total(), 0);
    let reviewed = server.get_ok("/api/v1/projects/shop/runs/1/findings?state=reviewed");
    assert_eq!(reviewed["items"][0]["review"]["reason"], "it is imported for its effect");
    assert_eq!(server.get_ok("/api/v1/projects/shop/runs/1/findings")["total"], 0);

    let bad = json!({"state": "accepted", "reason": "later"}).to_string();
    let answer = server.request("PUT", &review, Some(bad.as_bytes()), &headers);
    assert_eq!(answer.status, 400, "{}", answer.text());
    assert!(answer.text().contains("`until`"), "{}", answer.text());

    assert_eq!(server.request("DELETE", &review, None, &headers).status, 200);
    assert_eq!(total(), 1);
    let many =
        json!({"run": 1, "filter": {"tool": "ruff"}, "review": {"state": "wont-fix", "reason": "generated"}});
    let bulk = "/api/v1/projects/shop/findings/review";
    let answer = server.request("POST", bulk, Some(many.to_string().as_bytes()), &headers);
    assert_eq!((answer.status, answer.text()), (200, r#"{"findings":1,"reviews":1}"#.to_owned()));
    assert_eq!(total(), 0);
    let unknown = server.request("DELETE", "/api/v1/projects/shop/findings/99/review", None, &headers);
    assert_eq!(unknown.status, 404);
}
