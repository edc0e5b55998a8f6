//! The product without a server, and its upload client.

use serde_json::Value;

use crate::support::{Server, command, create_token, junit, plimsoll, sample};

#[test]
fn inspect_prints_the_promised_shape() {
    let folder = tempfile::tempdir().unwrap();
    let good = folder.path().join("junit.xml");
    std::fs::write(&good, junit(4, 1)).unwrap();
    let output = plimsoll(&["inspect", "--json", good.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0));
    let line: Value = serde_json::from_slice(&output.stdout).unwrap();
    let expect = format!(
        "{{\"file\":{},\"format\":\"junit\",\"tests\":{{\"total\":4,\"passed\":3,\"failed\":1,\"errored\":0,\"skipped\":0,\"duration_ms\":40}},\"coverage\":null,\"findings\":null,\"warnings\":[],\"error\":null}}",
        serde_json::to_string(good.to_str().unwrap()).unwrap()
    );
    assert_eq!(line, serde_json::from_str::<Value>(&expect).unwrap());
}

#[test]
fn inspect_says_which_file_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let (good, bad) = (folder.path().join("a.xml"), folder.path().join("b.xml"));
    std::fs::write(&good, junit(1, 0)).unwrap();
    std::fs::write(&bad, "<html><body>no report</body></html>").unwrap();
    let output = plimsoll(&["inspect", "--json", bad.to_str().unwrap(), good.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(3));
    let lines: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0]["error"].is_string() && lines[0]["format"].is_null(), "{}", lines[0]);
    assert!(lines[1]["error"].is_null(), "{}", lines[1]);
}

#[test]
fn upload_finds_the_reports_among_other_files() {
    let folder = tempfile::tempdir().unwrap();
    let reports = folder.path().join("work");
    std::fs::create_dir_all(reports.join("node_modules/x")).unwrap();
    std::fs::write(reports.join("junit.xml"), junit(9, 1)).unwrap();
    std::fs::write(reports.join("package.json"), "{\"name\": \"x\"}").unwrap();
    std::fs::write(reports.join("notes.txt"), "nothing").unwrap();
    std::fs::write(reports.join("node_modules/x/junit.xml"), junit(9, 1)).unwrap();
    std::fs::copy(sample("cobertura/typical.xml"), reports.join("coverage.xml")).unwrap();
    let data = folder.path().join("data");
    let token = create_token(&data, &[]);
    let server = Server::start(&data);
    let output = command()
        .args(["upload", "--no-git", "--project", "shop", "--server", &server.url])
        .arg(&reports)
        .env("PLIMSOLL_TOKEN", &token)
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_SHA", "0123456789abcdef0123456789abcdef01234567")
        .env("GITHUB_REF_NAME", "main")
        .env("GITHUB_RUN_ID", "41")
        .output()
        .unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout).into_owned(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    );
    assert!(output.status.success(), "{out}{err}");
    assert!(
        out.contains("junit.xml") && out.contains("coverage.xml") && out.contains("/p/shop/runs/1"),
        "{out}"
    );
    assert!(
        !out.contains("package.json") && !out.contains("notes.txt") && !out.contains("node_modules"),
        "{out}"
    );
    let run = server.get_ok("/api/v1/projects/shop/runs/1");
    assert_eq!(run["uploads"].as_array().unwrap().len(), 2, "{run}");
    assert_eq!(run["run"]["build"], "41");
    assert_eq!(run["run"]["measures"]["tests"]["total"], 9);
}

#[test]
fn upload_says_what_to_do_without_a_server() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("junit.xml"), junit(1, 0)).unwrap();
    let output = command()
        .args([
            "upload",
            "--no-git",
            "--project",
            "shop",
            "--commit",
            "c",
            "--server",
            "http://127.0.0.1:9",
            "--retries",
            "0",
        ])
        .arg(folder.path())
        .env("PLIMSOLL_TOKEN", "plm_x_y")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("127.0.0.1:9"));
}

#[test]
fn ingest_and_report_need_no_server() {
    let folder = tempfile::tempdir().unwrap();
    let reports = folder.path().join("reports");
    std::fs::create_dir_all(&reports).unwrap();
    std::fs::write(reports.join("junit.xml"), junit(30, 2)).unwrap();
    std::fs::copy(sample("cobertura/typical.xml"), reports.join("coverage.xml")).unwrap();
    let data = folder.path().join("data");
    let ingest = command()
        .args(["ingest", "--project", "shop", "--commit", "c1", "--branch", "main", "--data"])
        .arg(&data)
        .arg(&reports)
        .output()
        .unwrap();
    assert!(ingest.status.success(), "{}", String::from_utf8_lossy(&ingest.stderr));
    let out = folder.path().join("quality.html");
    let report = |arguments: &[&std::ffi::OsStr]| {
        let output = command().arg("report").args(arguments).arg("-o").arg(&out).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        std::fs::read_to_string(&out).unwrap()
    };
    let of_files = report(&[reports.as_os_str()]);
    assert!(of_files.contains("expected 1, got 2"));
    let of_run = report(&[
        "--data".as_ref(),
        data.as_os_str(),
        "--project".as_ref(),
        "shop".as_ref(),
        "--run".as_ref(),
        "1".as_ref(),
    ]);
    let again = report(&[
        "--data".as_ref(),
        data.as_os_str(),
        "--project".as_ref(),
        "shop".as_ref(),
        "--run".as_ref(),
        "1".as_ref(),
    ]);
    assert!(of_run.contains("expected 1, got 2"));
    assert!(of_run == again, "two renderings of the same data differ");
    for (name, page) in [("files", &of_files), ("run", &of_run)] {
        assert!(page.to_ascii_lowercase().starts_with("<!doctype html>"), "{name}");
        assert!(
            !page.contains("<script") && !page.contains("src=\"http") && !page.contains("@import"),
            "{name} is not self-contained"
        );
        assert!(page.contains("Content-Security-Policy") && page.contains("<svg"), "{name}");
    }
}

#[test]
fn the_sample_history_tells_its_story() {
    let folder = tempfile::tempdir().unwrap();
    let ingest = command()
        .args(["ingest", "--quiet", "--project", "bookstore", "--data"])
        .arg(folder.path())
        .arg(sample("bookstore/runs"))
        .output()
        .unwrap();
    assert!(ingest.status.success(), "{}", String::from_utf8_lossy(&ingest.stderr));
    let server = Server::start(folder.path());
    let page = server.get_ok("/api/v1/projects/bookstore");
    assert!(page["modules"].as_array().unwrap().len() >= 5, "{}", page["modules"]);
    assert!(page["hotspots"].as_array().is_some_and(|rows| !rows.is_empty()));
    assert!(page["run"]["measures"]["security"].is_object() && page["run"]["measures"]["code"].is_object());
    let runs = server.all("/api/v1/projects/bookstore/runs?limit=10");
    assert!(runs.len() >= 26, "{} runs", runs.len());
    let some =
        |what: &str, test: &dyn Fn(&Value) -> bool| assert!(runs.iter().any(test), "no run shows {what}");
    some("a regression", &|run| run["changes"]["newly_failing"].as_u64() > Some(0));
    some("its fix", &|run| run["changes"]["fixed_tests"].as_u64() > Some(0));
    some("a loss of coverage", &|run| run["changes"]["coverage_centipoints"].as_i64() < Some(-20));
    some("a vulnerability that arrives", &|run| run["changes"]["new_security"].as_u64() > Some(0));
    some("a vulnerability that leaves", &|run| run["changes"]["fixed_security"].as_u64() > Some(0));
    some("lint debt", &|run| run["changes"]["new_code"].as_u64() > Some(0));
    some("a missing shard", &|run| run["state"] == "partial");
    some("a pull request", &|run| run["pull_request"].is_u64());
    some("a flaky test", &|run| run["measures"]["flaky"].as_u64() > Some(0));
}

/// Two runs of a project: in the second a test more fails.
fn two_runs(data: &std::path::Path, folder: &std::path::Path) {
    for (build, failing) in [("1", 1), ("2", 2)] {
        let report = folder.join("junit.xml");
        std::fs::write(&report, junit(6, failing)).unwrap();
        let output = command()
            .args(["ingest", "--quiet", "--no-git", "--project", "shop", "--branch", "main"])
            .args(["--commit", &format!("c{build}"), "--build", build, "--data"])
            .args([data, &report])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn a_summary_without_a_baseline_calls_nothing_new() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    two_runs(&data, folder.path());
    let summary = |run: &str| {
        let output = command()
            .args(["summary", "--project", "shop", "--run", run, "--data"])
            .arg(&data)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let first = summary("1");
    assert!(first.contains("**Failing tests:** 1\n") && !first.contains("Newly"), "{first}");
    let second = summary("2");
    assert!(
        second.contains("compared with #1") && second.contains("**Newly failing tests:** 1\n"),
        "{second}"
    );
}

#[test]
fn a_comparison_ends_with_a_status_that_says_how_it_went() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    two_runs(&data, folder.path());
    let server = Server::start(&data);
    let local = ["--data", data.to_str().unwrap()];
    let remote = ["--server", &server.url, "--project", "shop"];
    let diff = |arguments: &[&str]| {
        let output = command().arg("diff").args(arguments).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    // The folder's lock is the server's; reading needs none.
    for place in [local.as_slice(), remote.as_slice()] {
        let with = |arguments: &[&'static str]| diff(&[arguments, place].concat());
        let (status, text) = with(&["1", "2"]);
        assert_eq!(status, Some(0), "{text}");
        assert!(text.contains("newly failing") && text.contains("test_1"), "{text}");
        assert_eq!(with(&["1", "2", "--exit-code"]).0, Some(4), "worse");
        assert_eq!(with(&["2", "1", "--exit-code"]).0, Some(0), "better");
        let (status, json) = with(&["#1", "#2", "--json"]);
        let json: Value = serde_json::from_str(&json).unwrap();
        assert_eq!((status, &json["counts"]["newly_failing"]), (Some(0), &Value::from(1)));
        assert_eq!(with(&["1", "99"]).0, Some(1), "no such run");
    }
    assert_eq!(diff(&["1", "2", "--server", &server.url]).0, Some(1), "which project?");
    // Report files: one that cannot be read is told from one that got worse.
    let file = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (before, after) = (file("before.xml", &junit(3, 0)), file("after.xml", &junit(3, 1)));
    let cut = file("cut.xml", junit(3, 0).get(..80).unwrap());
    assert_eq!(diff(&[&before, &after, "--exit-code"]).0, Some(4));
    assert_eq!(diff(&[&before, &before, "--exit-code"]).0, Some(0));
    assert_eq!(diff(&[&before, &cut]).0, Some(3));
}
