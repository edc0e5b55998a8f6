//! Source texts: what `--with-sources` sends, what is shown of it, and what is never taken.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::{Server, command, create_token};

fn git(folder: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"];
    let done = Command::new("git").arg("-C").arg(folder).args(identity).args(arguments).output().unwrap();
    assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}

/// A repository with three files, of which reports name all.
fn repository(folder: &Path) {
    std::fs::create_dir_all(folder.join("src")).unwrap();
    std::fs::create_dir_all(folder.join("reports")).unwrap();
    let write = |path: &str, text: &str| std::fs::write(folder.join(path), text).unwrap();
    write(
        "src/cart.py",
        "def total(items):\n    if items:\n        return <b>1</b>\n    return 0\n\n\n# the end\n",
    );
    write("src/other.py", "x = 1\n");
    write("src/keys.py", "KEY = 'not for everybody'\n");
    write(".gitignore", "reports/\n");
    write(
        "reports/lcov.info",
        "SF:src/cart.py\nBRDA:2,0,0,1\nBRDA:2,0,1,0\nDA:1,1\nDA:2,1\nDA:3,0\nDA:4,1\nend_of_record\n\
         SF:src/other.py\nDA:1,1\nend_of_record\nSF:src/keys.py\nDA:1,1\nend_of_record\n",
    );
    write(
        "reports/gitleaks.json",
        r#"[{"RuleID":"generic-api-key","Description":"A key","StartLine":1,"EndLine":1,"StartColumn":1,"EndColumn":9,"Match":"REDACTED","Secret":"REDACTED","File":"src/keys.py","SymlinkFile":"","Commit":"","Entropy":3.1,"Author":"","Email":"","Date":"","Message":"","Tags":[],"Fingerprint":"src/keys.py:generic-api-key:1"}]"#,
    );
    git(folder, &["init", "--quiet", "--initial-branch=main"]);
    git(folder, &["add", "."]);
    git(folder, &["commit", "--quiet", "-m", "first"]);
}

fn upload(server: &Server, token: &str, folder: &Path, more: &[&str]) -> String {
    let output = command()
        .args(["upload", "--project", "shop", "--server", &server.url, "--token", token])
        .args(more)
        .arg(folder)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

#[test]
fn source_texts_are_sent_when_asked_for_and_only_what_changed() {
    let (data, work) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    repository(work.path());
    let token = create_token(data.path(), &[]);
    let server = Server::start(data.path());
    let page = "/api/v1/projects/shop/runs/1/file?path=src/cart.py";
    let lines = "/api/v1/projects/shop/runs/1/file/lines?path=src/cart.py";

    let said = upload(&server, &token, work.path(), &["--build", "1"]);
    assert!(!said.contains("sources"), "never by itself: {said}");
    let found = server.get_ok(page);
    assert_eq!((&found["has_source"], &found["line_count"]), (&json!(false), &json!(4)));
    let found = server.get_ok(lines);
    assert_eq!(
        found["lines"][2],
        json!({"number": 3, "text": null, "state": "uncovered", "branches": 0, "branches_covered": 0})
    );

    let said = upload(&server, &token, work.path(), &["--build", "1", "--with-sources"]);
    assert!(said.contains("sources: 2 of 2 files that reports name, 2 of them sent now"), "{said}");
    let found = server.get_ok(page);
    assert_eq!((&found["has_source"], &found["line_count"]), (&json!(true), &json!(7)));
    let found = server.get_ok(&format!("{lines}&from=2&limit=2"));
    assert_eq!(
        found["lines"],
        json!([
            {"number": 2, "text": "    if items:", "state": "partial", "branches": 2, "branches_covered": 1},
            {"number": 3, "text": "        return <b>1</b>", "state": "uncovered", "branches": 0, "branches_covered": 0},
        ])
    );
    assert_eq!(server.get_ok(&format!("{lines}&from=900"))["lines"], json!([]));
    assert_eq!(server.get(&format!("{lines}&from=0")).0, 400);
    assert_eq!(server.get("/api/v1/projects/shop/runs/1/file/lines?path=none").0, 404);

    // The next run: one of the two files is another one.
    std::fs::write(work.path().join("src/other.py"), "x = 2\n").unwrap();
    let said = upload(&server, &token, work.path(), &["--build", "2", "--with-sources"]);
    assert!(said.contains("2 of 2 files that reports name, 1 of them sent now (6 bytes)"), "{said}");
    let text = |run: u32| {
        let path = format!("/api/v1/projects/shop/runs/{run}/file/lines?path=src/other.py");
        server.get_ok(&path)["lines"][0]["text"].clone()
    };
    assert_eq!((text(1), text(2)), (json!("x = 1"), json!("x = 2")), "each run has its own");
    let sources = server.get_ok("/api/v1/projects/shop/runs/2/sources");
    assert_eq!(sources["files"], json!(["src/cart.py", "src/other.py"]), "not the one with a secret in it");
}

#[test]
fn what_nobody_should_send_is_not_taken() {
    let (data, work) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    repository(work.path());
    let token = create_token(data.path(), &[]);
    let server = Server::start(data.path());
    upload(&server, &token, work.path(), &["--build", "1"]);
    let path = "/api/v1/projects/shop/runs/1/sources";
    let digest = |text: &str| blake3::hash(text.as_bytes()).to_hex().to_string();
    let post = |path: &str, token: &str, body: &Value| {
        let headers =
            [("authorization", format!("Bearer {token}")), ("content-type", "application/json".to_owned())];
        let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
        let answer = server.request("POST", path, Some(body.to_string().as_bytes()), &headers);
        (answer.status, serde_json::from_slice::<Value>(&answer.body).unwrap())
    };
    let send = |file: &str, text: &str, digest: &str| {
        let body = json!({"files": [{"path": file, "digest": digest, "text": text}]});
        let (status, answer) = post(path, &token, &body);
        assert_eq!(status, 200, "{answer}");
        answer["refused"][0]["reason"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(send("src/cart.py", "a", &digest("a")), "");
    assert_eq!(send("src/cart.py", "a", &digest("b")), "its digest is that of another text");
    assert_eq!(send("src/cart.py", "a", "b"), "its digest is not 64 hexadecimal digits");
    assert_eq!(send("src/cart.py", "a\0", &digest("a\0")), "it is binary");
    let long = "a".repeat((1 << 20) + 1);
    assert_eq!(send("src/cart.py", &long, &digest(&long)), "it has more than 1048576 bytes");
    assert_eq!(send("src/keys.py", "a", &digest("a")), "a scanner found a secret in it");
    let unnamed = "no report of the run names it as a file of the repository";
    for file in ["../etc/passwd", "README.md", ".gitignore", ""] {
        assert_eq!(send(file, "a", &digest("a")), unnamed);
    }
    let body = json!({"files": []});
    let (status, answer) = post(path, "plm_no", &body);
    assert_eq!((status, &answer["error"]["code"]), (401, &json!("unauthorised")));
    let (status, answer) = post("/api/v1/projects/shop/runs/9/sources", &token, &body);
    assert_eq!((status, &answer["error"]["code"]), (404, &json!("run_not_found")));
    let other = create_token(data.path(), &["--project", "other"]);
    assert_eq!(post(path, &other, &body).0, 403);
}

#[test]
fn a_folder_takes_source_texts_without_a_server() {
    let (data, work) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    repository(work.path());
    let ingest = |more: &[&str]| {
        let mut command = command();
        command.args(["ingest", "--project", "shop", "--with-sources", "--data"]).arg(data.path());
        command.args(more).arg(work.path()).output().unwrap()
    };
    let output = ingest(&[]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("sources: 2 of 2 files that reports name, 2 of them sent now"), "{said}");
    assert!(!ingest(&["--no-git"]).status.success());
    let server = Server::start(data.path());
    let found = server.get_ok("/api/v1/projects/shop/runs/1/file/lines?path=src/cart.py");
    assert_eq!(found["lines"][6]["text"], "# the end");
}
