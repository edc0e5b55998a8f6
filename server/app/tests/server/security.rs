//! What must hold even against a report or a client that means harm.

use crate::support::{Server, create_token, junit};

const UPLOAD: &str = "/api/v1/projects/shop/uploads?commit=c1&branch=main&build=1&wait=20";

#[test]
fn every_answer_carries_the_security_headers() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    for path in ["/", "/p/none/runs/1", "/api/v1/projects", "/api/v1/none", "/health/live", "/assets/none.js"]
    {
        let answer = server.request("GET", path, None, &[]);
        let policy =
            answer.header("content-security-policy").unwrap_or_else(|| panic!("{path} has no policy"));
        assert!(policy.starts_with("default-src 'none';"), "{path}: {policy}");
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{path}");
    }
}

#[test]
fn the_page_has_no_inline_script_or_style() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let page = server.request("GET", "/", None, &[]).text();
    for element in page.split("<script").skip(1) {
        let (tag, content) = element.split_once("</script>").unwrap().0.split_once('>').unwrap();
        assert!(tag.contains(" src=") && content.is_empty(), "inline script: {element}");
    }
    assert!(
        !page.contains("<style") && !page.contains(" style=") && !page.contains(" onload="),
        "inline style or handler"
    );
}

#[test]
fn uploads_need_a_token_of_the_project() {
    let folder = tempfile::tempdir().unwrap();
    let all = create_token(folder.path(), &[]);
    let other = create_token(folder.path(), &["--project", "other"]);
    let server = Server::start(folder.path());
    let check = |header: Option<&str>, expect: (u16, &str)| {
        let headers: Vec<(&str, &str)> = header.map(|value| ("authorization", value)).into_iter().collect();
        let answer = server.request("POST", UPLOAD, Some(&junit(3, 1)), &headers);
        let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!((answer.status, body["error"]["code"].as_str().unwrap()), expect, "{header:?}: {body}");
        assert!(body["error"]["message"].as_str().is_some_and(|message| !message.contains("plm_")), "{body}");
    };
    check(None, (401, "unauthorised"));
    check(Some("Bearer"), (401, "unauthorised"));
    check(Some("Basic abc"), (401, "unauthorised"));
    check(Some("Bearer plm_00000000_0000000000000000000000000000000000000000"), (401, "unauthorised"));
    check(Some(&format!("Bearer {}x", all)), (401, "unauthorised"));
    check(Some(&format!("Bearer {other}")), (403, "forbidden"));
    let (status, body) = server.post(UPLOAD, &all, &junit(3, 1));
    assert_eq!(status, 200, "{body}");
}

#[test]
fn tokens_are_stored_only_as_hashes() {
    let folder = tempfile::tempdir().unwrap();
    let token = create_token(folder.path(), &[]);
    let secret = token.rsplit('_').next().unwrap();
    let mut looked_at = 0;
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            looked_at += bytes.len();
            assert!(
                !bytes.windows(secret.len()).any(|window| window == secret.as_bytes()),
                "{}",
                path.display()
            );
        }
    }
    assert!(looked_at > 0, "there is no database");
}

#[test]
fn reading_can_need_a_token_too() {
    let folder = tempfile::tempdir().unwrap();
    let token = create_token(folder.path(), &[]);
    let server = Server::start_with(folder.path(), &["--read-access", "token"]);
    let (status, body) = server.get("/api/v1/projects");
    assert_eq!((status, body["error"]["code"].as_str()), (401, Some("unauthorised")));
    let bearer = format!("Bearer {token}");
    assert_eq!(server.request("GET", "/api/v1/projects", None, &[("authorization", &bearer)]).status, 200);
    // The app itself and the health checks hold no data.
    assert_eq!(server.request("GET", "/health/live", None, &[]).status, 200);
}

#[test]
fn bombs_are_refused_by_a_named_limit() {
    let folder = tempfile::tempdir().unwrap();
    let limits = folder.path().join("limits.json");
    std::fs::write(&limits, r#"{"file_bytes": 100000, "expanded_bytes": 1000000, "expansion_ratio": 50}"#)
        .unwrap();
    let token = create_token(folder.path(), &[]);
    let server = Server::start_with(folder.path(), &["--limits", limits.to_str().unwrap()]);

    let (status, body) = server.post(UPLOAD, &token, &vec![b' '; 200_000]);
    assert_eq!((status, body["error"]["code"].as_str()), (413, Some("limit_file_bytes")), "{body}");

    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut bomb, &vec![b' '; 10_000_000]).unwrap();
    let (status, body) = server.post(UPLOAD, &token, &bomb.finish().unwrap());
    assert_eq!(status, 422, "{body}");
    let message = body["error"]["message"].as_str().unwrap();
    assert!(message.contains("expan"), "{body}");

    let entities = br#"<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><testsuites><testsuite name="&b;"><testcase name="&b;"/></testsuite></testsuites>"#;
    let (status, body) = server.post(&UPLOAD.replace("build=1", "build=2"), &token, entities);
    assert_eq!(status, 422, "{body}");
    // The rest of the run goes on.
    let (status, body) = server.post(&UPLOAD.replace("build=1", "build=2"), &token, &junit(2, 0));
    assert_eq!(status, 200, "{body}");
}
