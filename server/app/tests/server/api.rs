//! The API as CI jobs and programs use it.

use serde_json::{Value, json};

use crate::support::{Server, command, create_token, junit, read_sample};

fn upload_path(build: &str, more: &str) -> String {
    format!("/api/v1/projects/shop/uploads?commit=c{build}&branch=main&build={build}&wait=20{more}")
}

#[test]
fn an_upload_says_what_was_understood() {
    let folder = tempfile::tempdir().unwrap();
    let token = create_token(folder.path(), &[]);
    let server = Server::start(folder.path());
    let (status, body) = server.post(&upload_path("1", "&name=junit.xml"), &token, &junit(12, 2));
    assert_eq!(status, 200, "{body}");
    assert_eq!(body["state"], "stored");
    assert_eq!(body["run"], 1);
    assert_eq!(body["run_url"], format!("{}/p/shop/runs/1", server.url));
    let report = &body["reports"][0];
    assert_eq!(report["format"], "junit");
    assert_eq!(report["name"], "junit.xml");
    assert_eq!(
        report["counted"]["tests"],
        json!({"total": 12, "passed": 10, "failed": 2, "errored": 0, "skipped": 0, "duration_ms": 120})
    );
}

#[test]
fn the_paths_that_did_not_match_are_listed_in_parts() {
    let folder = tempfile::tempdir().unwrap();
    let token = create_token(folder.path(), &[]);
    let server = Server::start(folder.path());
    let files = b"services/cart/src/app.py\nservices/cart/src/price.py\nservices/stock/src/app.py\n";
    assert_eq!(server.post(&upload_path("1", "&format=file-list"), &token, files).0, 200);
    let report: String = ["src/app.py", "src/price.py", "gen/made.py", "node_modules/x/index.js"]
        .map(|path| format!("SF:{path}\nDA:1,1\nend_of_record\n"))
        .concat();
    let (status, body) = server.post(&upload_path("1", "&name=lcov.info"), &token, report.as_bytes());
    assert_eq!(status, 200, "{body}");
    let counted =
        ["matched", "unmatched", "ambiguous", "outside"].map(|name| body["paths"][name].as_u64().unwrap());
    assert_eq!(counted, [1, 1, 1, 1], "{body}");
    let list = format!("/api/v1/projects/shop/uploads/{}/paths", body["id"]);
    let all = server.all(&format!("{list}?limit=1"));
    let shown: Vec<(&str, &str)> =
        all.iter().map(|row| (row["path"].as_str().unwrap(), row["reason"].as_str().unwrap())).collect();
    assert_eq!(
        shown,
        [
            ("gen/made.py", "not-in-file-list"),
            ("node_modules/x/index.js", "outside-repository"),
            ("src/app.py", "ambiguous"),
        ]
    );
    let ambiguous = server.get_ok(&format!("{list}?reason=ambiguous"));
    assert_eq!((&ambiguous["total"], &ambiguous["next"]), (&json!(1), &Value::Null));
    assert_eq!(
        ambiguous["items"][0]["candidates"],
        json!(["services/cart/src/app.py", "services/stock/src/app.py"])
    );
    let csv = server.request("GET", &format!("{list}?format=csv"), None, &[]).text();
    assert!(csv.contains("gen/made.py,"), "{csv}");
    assert_eq!(server.get(&format!("{list}?reason=bad")).0, 400);
    assert_eq!(server.get("/api/v1/projects/shop/uploads/999/paths").0, 404);
    assert_eq!(server.get("/api/v1/projects/none/uploads/1/paths").0, 404);
}

#[test]
fn an_upload_without_waiting_is_accepted_and_can_be_followed() {
    let folder = tempfile::tempdir().unwrap();
    let token = create_token(folder.path(), &[]);
    let server = Server::start(folder.path());
    let (status, body) = server.post("/api/v1/projects/shop/uploads?commit=c1", &token, &junit(5, 0));
    assert_eq!(status, 202, "{body}");
    server.wait_until_idle();
    let upload = server.get_ok(&format!("/api/v1/projects/shop/uploads/{}", body["id"]));
    assert_eq!(upload["state"], "stored", "{upload}");
}

#[test]
fn the_same_bytes_again_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let token = create_token(folder.path(), &[]);
    let server = Server::start(folder.path());
    let path = upload_path("1", "&category=unit");
    let (_, first) = server.post(&path, &token, &junit(5, 1));
    let (status, again) = server.post(&path, &token, &junit(5, 1));
    assert_eq!((status, &again["is_duplicate"], &again["id"]), (200, &json!(true), &first["id"]), "{again}");
    // The same category with other bytes takes its place.
    let (_, other) = server.post(&path, &token, &junit(7, 0));
    assert_ne!(other["id"], first["id"]);
    let run = server.get_ok("/api/v1/projects/shop/runs/1");
    assert_eq!(run["run"]["measures"]["tests"]["total"], 7, "{run}");
    let states: Vec<&Value> =
        run["uploads"].as_array().unwrap().iter().map(|upload| &upload["state"]).collect();
    assert!(states.contains(&&json!("replaced")) && states.contains(&&json!("stored")), "{states:?}");
}

#[test]
fn a_run_is_compared_with_the_one_before() {
    let folder = tempfile::tempdir().unwrap();
    let token = create_token(folder.path(), &[]);
    let server = Server::start(folder.path());
    server.post(&upload_path("1", ""), &token, &junit(10, 1));
    server.post(&upload_path("2", ""), &token, &junit(12, 3));
    let run = server.get_ok("/api/v1/projects/shop/runs/2");
    assert_eq!(run["run"]["baseline"], 1);
    let counts = &run["comparison"]["counts"];
    assert_eq!(
        (&counts["newly_failing"], &counts["still_failing"], &counts["new_tests"]),
        (&json!(2), &json!(1), &json!(2)),
        "{counts}"
    );
    let failing = run["comparison"]["tests"]["newly_failing"].as_array().unwrap();
    assert_eq!(failing[0]["message"], "expected 1, got 2");
}

#[test]
fn a_missing_shard_makes_the_run_partial_until_it_comes() {
    let folder = tempfile::tempdir().unwrap();
    let token = create_token(folder.path(), &[]);
    let server = Server::start(folder.path());
    server.post(&upload_path("1", "&shard=1/2"), &token, &junit(4, 0));
    let run = server.get_ok("/api/v1/projects/shop/runs/1");
    assert_eq!(run["run"]["state"], "partial");
    assert_eq!(run["run"]["missing_shards"].as_array().unwrap().len(), 1, "{}", run["run"]);
    assert_eq!(server.get_ok("/api/v1/projects/shop")["run"], Value::Null);
    server.post(&upload_path("1", "&shard=2/2"), &token, &junit(6, 0));
    let run = server.get_ok("/api/v1/projects/shop/runs/1");
    assert_eq!((&run["run"]["state"], &run["run"]["missing_shards"]), (&json!("complete"), &json!([])));
    assert_eq!(run["run"]["measures"]["tests"]["total"], 6);
}

#[test]
fn what_cannot_be_read_is_refused_with_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let token = create_token(folder.path(), &[]);
    let server = Server::start(folder.path());
    let check = |body: &[u8], code: &str| {
        let (status, answer) = server.post(&upload_path("1", ""), &token, body);
        assert_eq!((status, answer["error"]["code"].as_str().unwrap()), (422, code), "{answer}");
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(message.starts_with("cannot read the report: ") || code == "empty_body", "{message}");
    };
    check(b"", "empty_body");
    check(b"{\"name\": \"no report\"}", "unknown_format");
    check(b"<testsuites><testsuite name=\"cut", "unreadable_report");
}

#[test]
fn every_error_has_the_same_shape() {
    let folder = tempfile::tempdir().unwrap();
    let token = create_token(folder.path(), &[]);
    let server = Server::start(folder.path());
    server.post(&upload_path("1", ""), &token, &junit(2, 0));
    let get = |path: &str| server.get(path);
    let cases = [
        (get("/api/v1/none"), 404, "not_found"),
        (get("/api/v1/projects/none"), 404, "project_not_found"),
        (get("/api/v1/projects/shop/runs/99"), 404, "run_not_found"),
        (get("/api/v1/projects/shop/runs/x"), 400, "bad_request"),
        (get("/api/v1/projects/shop/uploads/99"), 404, "upload_not_found"),
        (get("/api/v1/projects/shop/tests/99"), 404, "test_not_found"),
        (get("/api/v1/projects/shop/module?path=none"), 404, "module_not_found"),
        (get("/api/v1/projects/shop/runs/1/file?path=none"), 404, "file_not_found"),
        (get("/api/v1/projects/shop/runs/1/tests?limit=x"), 400, "bad_parameter"),
        (server.post("/api/v1/projects/shop/uploads", &token, b"x"), 400, "bad_parameter"),
        (server.post("/api/v1/projects/Not%20A%20Name/uploads?commit=c", &token, b"x"), 400, "bad_parameter"),
        (server.post("/api/v1/projects/shop/uploads?commit=c&shard=3/2", &token, b"x"), 400, "bad_parameter"),
        (server.post("/api/v1/projects/shop/runs", &token, b"{"), 400, "bad_request"),
    ];
    for ((status, body), expect, code) in cases {
        assert_eq!((status, body["error"]["code"].as_str()), (expect, Some(code)), "{body}");
        let keys: Vec<&String> = body["error"].as_object().unwrap().keys().collect();
        assert_eq!(keys, ["code", "hint", "message"], "{body}");
    }
}

#[test]
fn the_lists_are_read_on_to_their_end() {
    let folder = tempfile::tempdir().unwrap();
    let token = create_token(folder.path(), &[]);
    let server = Server::start(folder.path());
    server.post(&upload_path("1", ""), &token, &junit(25, 4));
    let rows = server.all("/api/v1/projects/shop/runs/1/tests?limit=10");
    let mut ids: Vec<u64> = rows.iter().map(|row| row["id"].as_u64().unwrap()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((rows.len(), ids.len()), (25, 25));
    assert!(rows[..4].iter().all(|row| row["outcome"] == "failed"), "failing tests come first");
    let failing = server.get_ok("/api/v1/projects/shop/runs/1/tests?outcome=failed&limit=10");
    assert_eq!((&failing["total"], failing["items"].as_array().unwrap().len()), (&json!(4), 4));
}

#[test]
fn the_published_description_is_the_one_of_the_code() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let served = serde_json::to_string_pretty(&server.get_ok("/api/v1/openapi.json")).unwrap() + "\n";
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    if std::env::var_os("PLIMSOLL_ACCEPT").is_some() {
        std::fs::write(&path, &served).unwrap();
    }
    let published = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(published == served, "docs/openapi.json is out of date; accept with PLIMSOLL_ACCEPT=1");
}

#[test]
fn a_server_that_is_told_to_stop_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let token = create_token(folder.path(), &[]);
    let server = Server::start(folder.path());
    for part in 0..20 {
        let path = format!("/api/v1/projects/shop/uploads?commit=c1&build=1&category=part-{part}");
        assert_eq!(server.post(&path, &token, &junit(500 + part, 0)).0, 202);
    }
    assert!(server.terminate().success());
    let server = Server::start(folder.path());
    server.wait_until_idle();
    let run = server.get_ok("/api/v1/projects/shop/runs/1");
    assert_eq!(run["run"]["measures"]["tests"]["total"], 519);
    assert_eq!(
        run["uploads"].as_array().unwrap().iter().filter(|upload| upload["state"] == "stored").count(),
        20
    );
}

#[test]
fn a_second_server_on_the_same_data_is_refused_or_harmless() {
    let folder = tempfile::tempdir().unwrap();
    let token = create_token(folder.path(), &[]);
    let server = Server::start(folder.path());
    server.post(&upload_path("1", ""), &token, &junit(3, 0));
    // Reading the same data from the command line works beside a server.
    let out = folder.path().join("quality.html");
    let output = command()
        .args(["report", "--project", "shop", "--run", "1", "--data"])
        .arg(folder.path())
        .arg("-o")
        .arg(&out)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(std::fs::read_to_string(&out).unwrap().contains("shop"));
}

#[test]
fn hostile_text_stays_text() {
    let folder = tempfile::tempdir().unwrap();
    let token = create_token(folder.path(), &[]);
    let server = Server::start(folder.path());
    let sarif = json!({
        "version": "2.1.0", "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "runs": [{
            "tool": {"driver": {"name": "evil", "rules": [{"id": "R1", "helpUri": "javascript:alert(1)"}]}},
            "results": [{"ruleId": "R1", "level": "error", "message": {"text": "<script>alert('x')</script>\u{202e}"},
                "locations": [{"physicalLocation": {"artifactLocation": {"uri": "src/<b>.py"}, "region": {"startLine": 3}}}]}]
        }]
    });
    let (status, body) = server.post(&upload_path("1", ""), &token, sarif.to_string().as_bytes());
    assert_eq!(status, 200, "{body}");
    let findings = server.all("/api/v1/projects/shop/runs/1/findings?limit=10");
    assert_eq!(findings[0]["help_uri"], Value::Null, "only http and https are links: {}", findings[0]);
    let out = folder.path().join("quality.html");
    let output = command()
        .args(["report", "--project", "shop", "--run", "1", "--data"])
        .arg(folder.path())
        .arg("-o")
        .arg(&out)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let page = std::fs::read_to_string(&out).unwrap();
    assert!(
        page.contains("&lt;script") && !page.contains("<script"),
        "the report escapes what the tool wrote"
    );
    assert!(!page.contains("javascript:"), "no such link is in the report");
    assert!(!page.contains('\u{202e}'), "direction marks are not passed on");
}

#[test]
fn real_reports_of_each_kind_are_stored() {
    let folder = tempfile::tempdir().unwrap();
    let token = create_token(folder.path(), &[]);
    let server = Server::start(folder.path());
    for (format, file) in [
        ("junit", "typical.xml"),
        ("cobertura", "typical.xml"),
        ("trivy", "typical.json"),
        ("sarif", "typical.sarif"),
    ] {
        let (status, body) =
            server.post(&upload_path("1", ""), &token, &read_sample(&format!("{format}/{file}")));
        assert_eq!((status, body["reports"][0]["format"].as_str()), (200, Some(format)), "{body}");
    }
    let page = server.get_ok("/api/v1/projects/shop");
    for measure in ["tests", "coverage", "security"] {
        assert!(page["run"]["measures"][measure].is_object(), "{measure}: {}", page["run"]["measures"]);
    }
}

#[test]
fn everything_can_be_searched() {
    let folder = tempfile::tempdir().unwrap();
    let token = create_token(folder.path(), &[]);
    let server = Server::start(folder.path());
    let (status, body) = server.post(&upload_path("77", ""), &token, &junit(12, 2));
    assert_eq!(status, 200, "{body}");
    let hits = |q: &str| {
        let answer = server.get_ok(&format!("/api/v1/projects/shop/search?q={q}"));
        let hits = answer["hits"].as_array().unwrap().clone();
        hits.into_iter().map(|hit| (hit["kind"].clone(), hit["title"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(hits("TEST_11"), [(json!("test"), json!("test_11"))]);
    assert_eq!(hits("cart%20test_3"), [(json!("test"), json!("test_3"))]);
    assert_eq!(hits("%231"), [(json!("run"), json!("#1"))], "a run by its number");
    assert!(hits("77").contains(&(json!("run"), json!("#1"))), "a run by its build");
    assert_eq!(hits("nothing-like-this"), []);
    assert_eq!(hits(""), []);
    // What a later run brings is found, and what was found before as well.
    let more = String::from_utf8(junit(1, 0)).unwrap().replace("test_0", "test_refund");
    let (status, body) = server.post(&upload_path("78", ""), &token, more.as_bytes());
    assert_eq!(status, 200, "{body}");
    assert_eq!(hits("refund"), [(json!("test"), json!("test_refund"))]);
    assert_eq!(hits("test_11").len(), 1);
    assert_eq!(server.get("/api/v1/projects/none/search?q=x").0, 404);
}

#[test]
fn a_project_can_be_followed() {
    use std::io::{BufRead as _, BufReader, Write as _};

    let folder = tempfile::tempdir().unwrap();
    let token = create_token(folder.path(), &[]);
    let server = Server::start(folder.path());
    assert_eq!(server.post(&upload_path("1", ""), &token, &junit(3, 0)).0, 200);
    let address = server.url.trim_start_matches("http://");
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(std::time::Duration::from_secs(30))).unwrap();
    write!(stream, "GET /api/v1/projects/shop/events HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.starts_with(": following")), "the stream begins at once");
    assert_eq!(server.post(&upload_path("2", ""), &token, &junit(3, 1)).0, 200);
    // The last event of the first run may come after its answer.
    let mut data = lines.filter_map(|line| serde_json::from_str::<Value>(line.strip_prefix("data: ")?).ok());
    assert!(data.any(|event| event["run"] == 2 && event["state"] == "stored"), "the second run is told");
    assert_eq!(server.get("/api/v1/projects/none/events").0, 404);
}
