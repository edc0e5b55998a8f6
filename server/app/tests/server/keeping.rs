//! Keeping the history: retention, backup, queries.

use std::path::Path;

use serde_json::Value;

use crate::support::{Server, command, create_token, junit, sample};

fn run(data: &Path, arguments: &[&str]) -> (bool, String, String) {
    let output = command().args(arguments).arg("--data").arg(data).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), text(&output.stdout), text(&output.stderr))
}

/// A history of so many runs, one a day, the newest of today.
fn history(data: &Path, reports: &Path, days: i64) {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() as i64;
    for day in 0..days {
        let folder = reports.join(format!("run-{day:04}"));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("junit.xml"), junit(20, usize::try_from(day % 3).unwrap())).unwrap();
        std::fs::copy(sample("cobertura/typical.xml"), folder.join("coverage.xml")).unwrap();
        std::fs::copy(sample("sarif/typical.sarif"), folder.join("findings.sarif")).unwrap();
        let time = plimsoll_api::Timestamp(now - (days - 1 - day) * 86_400);
        let uploads =
            ["junit.xml", "coverage.xml", "findings.sarif"].map(|file| format!("{{\"file\":\"{file}\"}}"));
        let description = format!(
            "{{\"commit\":\"c{day}\",\"branch\":\"main\",\"time\":\"{time}\",\"uploads\":[{}]}}",
            uploads.join(",")
        );
        std::fs::write(folder.join("run.json"), description).unwrap();
    }
    let (ok, _, error) = run(data, &["ingest", "--quiet", "--project", "shop", reports.to_str().unwrap()]);
    assert!(ok, "{error}");
}

/// The first place where two answers differ.
fn difference(a: &Value, b: &Value) -> Option<String> {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) if a.keys().eq(b.keys()) => a
            .iter()
            .find_map(|(key, value)| difference(value, &b[key]).map(|inside| format!("{key}.{inside}"))),
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => a
            .iter()
            .zip(b)
            .enumerate()
            .find_map(|(at, (a, b))| difference(a, b).map(|inside| format!("{at}.{inside}"))),
        _ => (a != b).then(|| format!(": {a} became {b}").chars().take(600).collect()),
    }
}

/// The run with which a finding came is named only while it is there.
fn forget_first_runs(answer: &mut Value) {
    match answer {
        Value::Object(fields) => {
            fields.remove("first_run");
            fields.values_mut().for_each(forget_first_runs);
        }
        Value::Array(items) => items.iter_mut().for_each(forget_first_runs),
        _ => {}
    }
}

#[test]
fn old_runs_go_and_the_others_answer_as_before() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    history(&data, &folder.path().join("reports"), 75);
    let rules = ["--keep-days", "3", "--keep-weeks", "1", "--keep-months", "2"];
    let with = |command: &[&'static str]| -> Vec<&str> { [command, &rules].concat() };
    let (ok, said, error) = run(&data, &with(&["prune", "--dry-run"]));
    assert!(ok && said.contains("60 newest"), "{said}{error}");
    let paths: Vec<String> = [75, 60, 50]
        .iter()
        .flat_map(|run| {
            ["", "/tests?state=failing", "/findings?limit=9", "/files?limit=9"]
                .map(|rest| format!("/api/v1/projects/shop/runs/{run}{rest}"))
        })
        .chain(["/api/v1/projects/shop/compare?from=60&to=75".to_owned()])
        .collect();
    let answers = || -> Vec<(u16, Value)> {
        let server = Server::start(&data);
        let answers = paths
            .iter()
            .map(|path| {
                let (status, mut answer) = server.get(path);
                forget_first_runs(&mut answer);
                (status, answer)
            })
            .collect();
        assert!(server.terminate().success());
        answers
    };
    let before = answers();
    assert!(before.iter().all(|(status, _)| *status == 200), "{before:?}");
    let (ok, said, error) = run(&data, &with(&["prune"]));
    assert!(ok && said.contains("smaller"), "{said}{error}");
    for (path, (before, after)) in paths.iter().zip(before.iter().zip(answers())) {
        assert_eq!(difference(&before.1, &after.1), None, "{path}");
    }
    let (_, left, _) = run(&data, &["query", "--format", "csv", "SELECT COUNT(*), MIN(run) FROM runs"]);
    let counts = left.lines().nth(1).unwrap();
    let count: u32 = counts.split(',').next().unwrap().parse().unwrap();
    assert!((60..70).contains(&count), "{left}");
    let (_, said, _) = run(&data, &with(&["prune", "--dry-run"]));
    let cells: Vec<&str> = said.lines().nth(1).unwrap().split_whitespace().collect();
    assert_eq!(cells[2], "0", "nothing more goes on the same day: {said}");
}

#[test]
fn one_process_takes_reports_at_a_time_and_others_read() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    history(&data, &folder.path().join("reports"), 2);
    let server = Server::start(&data);
    for arguments in [
        vec!["serve", "--listen", "127.0.0.1:0"],
        vec!["ingest", "--project", "shop", folder.path().to_str().unwrap()],
        vec!["prune"],
    ] {
        let (ok, _, error) = run(&data, &arguments);
        assert!(!ok && error.contains("is in use by process"), "{arguments:?}: {error}");
    }
    let report = folder.path().join("report.html");
    let (copy, report) = (folder.path().join("copy.sqlite"), report.to_str().unwrap().to_owned());
    for arguments in [
        vec!["report", "--output", &report],
        vec!["query", "SELECT COUNT(*) FROM runs"],
        vec!["prune", "--dry-run"],
        vec!["backup", copy.to_str().unwrap()],
        vec!["token", "create"],
    ] {
        let (ok, _, error) = run(&data, &arguments);
        assert!(ok, "{arguments:?}: {error}");
    }
    drop(server);
    // A copy is a history of its own.
    let restored = folder.path().join("restored");
    std::fs::create_dir_all(&restored).unwrap();
    std::fs::rename(&copy, restored.join("plimsoll.sqlite")).unwrap();
    let (_, there, _) = run(&restored, &["query", "--format", "csv", "SELECT COUNT(*) FROM runs"]);
    assert_eq!(there, "COUNT(*)\r\n2\r\n");
}

#[test]
fn every_documented_query_answers() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    history(&data, &folder.path().join("reports"), 2);
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/query.md");
    let page = std::fs::read_to_string(page).unwrap();
    let mut examples = 0;
    for block in page.split("```sql\n").skip(1) {
        let sql = block.split("```").next().unwrap();
        let (ok, answer, error) = run(&data, &["query", "--format", "json", sql]);
        assert!(ok, "{sql}: {error}");
        let rows: Vec<Value> = serde_json::from_str(&answer).unwrap_or_else(|_| panic!("{answer}"));
        let may_be_empty = sql.contains("lines_covered * 2");
        assert!(may_be_empty || !rows.is_empty(), "no row: {sql}");
        examples += 1;
    }
    assert!(examples >= 7, "{examples}");
    // Every view that the page names is there with the columns that it names, and no other.
    let mut views = 0;
    for line in page.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let view = cells[1].trim_matches('`');
        let (ok, answer, error) =
            run(&data, &["query", "--format", "csv", &format!("SELECT * FROM {view} LIMIT 1")]);
        assert!(ok, "{view}: {error}");
        let columns: Vec<&str> = answer.lines().next().unwrap().split(',').collect();
        for column in &columns {
            let is_named = cells[3].contains(&format!("`{column}`"))
                || (cells[3].contains("`code_`")
                    && (column.starts_with("code_") || column.starts_with("security_")));
            assert!(is_named, "{view}.{column} is not documented");
        }
        views += 1;
    }
    assert_eq!(views, 11);
}

#[test]
fn a_protected_run_says_so_and_can_be_released() {
    let folder = tempfile::tempdir().unwrap();
    let token = create_token(folder.path(), &["--project", "shop"]);
    let server = Server::start(folder.path());
    let path = "/api/v1/projects/shop/uploads?commit=c1&branch=main&tag=v1.2&wait=20";
    assert_eq!(server.post(path, &token, &junit(3, 0)).0, 200);
    let protect = "/api/v1/projects/shop/runs/1/protect";
    let authorised = format!("Bearer {token}");
    let headers = [("authorization", authorised.as_str())];
    assert_eq!(server.request("PUT", protect, None, &[]).status, 401);
    assert_eq!(server.request("PUT", "/api/v1/projects/shop/runs/9/protect", None, &headers).status, 404);
    let state = |expect: bool| {
        let run = server.get_ok("/api/v1/projects/shop/runs/1");
        assert_eq!(
            (&run["run"]["is_protected"], &run["run"]["tag"]),
            (&Value::from(expect), &Value::from("v1.2"))
        );
    };
    state(false);
    assert_eq!(server.request("PUT", protect, None, &headers).status, 204);
    state(true);
    assert_eq!(server.request("DELETE", protect, None, &headers).status, 204);
    state(false);
}

/// What a query says of a project's only run, the project and the identifiers left out.
fn told(data: &Path, project: &str) -> Vec<String> {
    [
        "SELECT suite, class, name, outcome, duration_ms, is_flaky, message, detail FROM test_results",
        "SELECT tool, rule, path, line, severity, is_suppressed FROM finding_results",
        "SELECT f.kind, f.package, f.package_version, f.rule_name FROM finding_results JOIN findings f USING (project, finding)",
        "SELECT path, lines, lines_covered, branches, branches_covered FROM coverage",
        "SELECT path, line, is_covered FROM coverage_lines",
    ]
    .into_iter()
    .map(|sql| {
        let columns = sql.split("SELECT ").nth(1).unwrap().split(" FROM").next().unwrap();
        let sql = format!("{sql} WHERE project = '{project}' ORDER BY {columns}");
        let (ok, answer, error) = run(data, &["query", "--format", "csv", &sql]);
        assert!(ok, "{sql}: {error}");
        answer
    })
    .collect()
}

#[test]
fn what_is_written_out_is_read_again_as_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (given, written) = (folder.path().join("given"), folder.path().join("written"));
    std::fs::create_dir_all(&given).unwrap();
    std::fs::create_dir_all(&written).unwrap();
    for (from, to) in [
        ("junit/three-of-each.xml", "junit.xml"),
        ("cobertura/typical.xml", "coverage.xml"),
        ("sarif/three-of-each.sarif", "a.sarif"),
        ("trivy/typical.json", "trivy.json"),
        ("ruff/typical.json", "ruff.json"),
    ] {
        std::fs::copy(sample(from), given.join(to)).unwrap_or_else(|error| panic!("{from}: {error}"));
    }
    let ingest = |project: &str, folder: &Path| {
        let path = folder.to_str().unwrap();
        let arguments =
            ["ingest", "--no-git", "--commit", "c", "--branch", "main", "--project", project, path];
        let (ok, _, error) = run(&data, &arguments);
        assert!(ok, "{error}");
    };
    ingest("first", &given);
    for (format, name) in [("sarif", "out.sarif"), ("lcov", "out.info"), ("junit", "out.xml")] {
        let file = written.join(name);
        let (ok, _, error) =
            run(&data, &["export", "--project", "first", "--format", format, "-o", file.to_str().unwrap()]);
        assert!(ok, "{error}");
    }
    ingest("second", &written);
    for (before, after) in told(&data, "first").into_iter().zip(told(&data, "second")) {
        assert!(before.lines().count() > 2, "{before}");
        // SARIF has no level above error for what is no security finding, and none for what is not known.
        let as_levels = |text: &str| text.replace("critical", "high").replace(",unknown,", ",medium,");
        assert_eq!(as_levels(&before), as_levels(&after));
    }
}

#[test]
fn decisions_go_out_as_suppressions_and_lists_as_csv() {
    let folder = tempfile::tempdir().unwrap();
    let token = create_token(folder.path(), &[]);
    let server = Server::start(folder.path());
    let sarif = br#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"lint"}},"results":[
        {"ruleId":"A","message":{"text":"=1+1, really"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a.py"},"region":{"startLine":3}}}]},
        {"ruleId":"B","message":{"text":"two"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a.py"},"region":{"startLine":4}}}]}]}]}"#;
    assert_eq!(server.post("/api/v1/projects/shop/uploads?commit=c&wait=20", &token, sarif).0, 200);
    let finding = server.get_ok("/api/v1/projects/shop/runs/1/findings")["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|finding| finding["rule"] == "B")
        .unwrap()["id"]
        .clone();
    let path = format!("/api/v1/projects/shop/findings/{finding}/review");
    let authorised = format!("Bearer {token}");
    let headers = [("authorization", authorised.as_str()), ("content-type", "application/json")];
    let decision = br#"{"state":"wont-fix","reason":"it is as it is"}"#;
    let answer = server.request("PUT", &path, Some(decision), &headers);
    assert!(answer.status < 300, "{}", answer.text());
    let out = server.request("GET", "/api/v1/projects/shop/runs/1/export?format=sarif", None, &[]);
    assert_eq!((out.status, out.header("content-type")), (200, Some("application/sarif+json")));
    let document: Value = serde_json::from_slice(&out.body).unwrap();
    let results = document["runs"][0]["results"].as_array().unwrap();
    let of = |rule: &str| results.iter().find(|result| result["ruleId"] == rule).unwrap();
    assert_eq!(of("B")["suppressions"][0]["justification"], "wont-fix: it is as it is");
    assert!(of("A")["suppressions"].is_null() && of("A")["partialFingerprints"].is_object());
    assert_eq!(server.get("/api/v1/projects/shop/runs/1/export?format=pdf").0, 400);
    let list = server.request("GET", "/api/v1/projects/shop/runs/1/findings?format=csv", None, &[]).text();
    let lines: Vec<&str> = list.split("\r\n").collect();
    assert!(lines[0].contains("message") && list.contains("\"'=1+1, really\""), "{list}");
    let runs = server.request("GET", "/api/v1/projects/shop/runs?format=csv", None, &[]).text();
    assert!(runs.starts_with("number,") || runs.contains("\r\n"), "{runs}");
    assert_eq!(server.get("/api/v1/projects/shop/runs?format=xls").0, 400);
    assert_eq!(server.get(&format!("/api/v1/projects/shop/runs?limit={}", usize::MAX)).0, 400);
}

#[test]
fn a_long_list_is_sent_part_by_part() {
    const COUNT: usize = 4_321;
    let folder = tempfile::tempdir().unwrap();
    let token = create_token(folder.path(), &[]);
    let server = Server::start(folder.path());
    let mut junit = "<testsuite name=\"s\">".to_owned();
    for at in 0..COUNT {
        junit += &format!("<testcase classname=\"c\" name=\"t{at:05}\" time=\"0.001\"/>");
    }
    junit += "</testsuite>";
    let path = "/api/v1/projects/shop/uploads?commit=c&wait=50";
    assert_eq!(server.post(path, &token, junit.as_bytes()).0, 200);
    let get = |query: &str| {
        server.request("GET", &format!("/api/v1/projects/shop/runs/1/tests?format=csv{query}"), None, &[])
    };
    let sheet = get("&sort=name").text();
    let lines: Vec<&str> = sheet.lines().collect();
    assert_eq!(lines.len(), COUNT + 1, "a line of names and one for each test");
    assert_eq!(lines.iter().filter(|line| line.contains("outcome")).count(), 1, "names stand there once");
    for (at, line) in lines.iter().skip(1).enumerate() {
        assert!(line.contains(&format!("t{at:05}")), "{at}: {line}");
    }
    assert_eq!(get("&q=t0432").text().lines().count(), 1 + 1, "only t04320 begins so");
    assert_eq!(get("&sort=size").status, 400, "what is wrong is said before anything is sent");
    assert_eq!(get("&q=nothing").text(), "");
}

#[test]
fn whoever_runs_the_server_sees_what_takes_the_room() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    history(&data, &folder.path().join("reports"), 3);
    let (all, one) = (create_token(&data, &[]), create_token(&data, &["--project", "shop"]));
    let server = Server::start(&data);
    let get = |path: &str, token: &str| {
        let authorised = format!("Bearer {token}");
        let answer = server.request("GET", path, None, &[("authorization", authorised.as_str())]);
        (answer.status, serde_json::from_slice::<Value>(&answer.body).unwrap())
    };
    for path in ["/api/v1/admin", "/api/v1/admin/storage"] {
        assert_eq!(server.get(path).0, 401, "{path}");
        assert_eq!(get(path, &one).0, 403, "{path}");
    }
    let (_, room) = get("/api/v1/admin/storage", &all);
    assert!(
        room["database_bytes"].as_u64().unwrap() > 10_000 && room["raw_bytes"].as_u64().unwrap() > 0,
        "{room}"
    );
    let shop = &room["projects"][0];
    assert_eq!(
        (&shop["project"], &shop["runs"], &shop["runs_to_drop"]),
        (&"shop".into(), &3.into(), &0.into())
    );
    let parts = shop["parts"].as_array().unwrap();
    let sum: u64 = parts.iter().map(|part| part["bytes"].as_u64().unwrap()).sum();
    assert_eq!(shop["bytes"], sum);
    assert!(parts.iter().any(|part| part["name"] == "coverage"), "{shop}");
    let (_, doing) = get("/api/v1/admin", &all);
    assert_eq!(doing["tokens"].as_array().unwrap().len(), 2);
    let actions: Vec<&str> =
        doing["audit"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert!(actions.contains(&"project_made") && actions.contains(&"token_made"), "{actions:?}");
    assert!(!doing.to_string().contains(&all), "a token is never shown again");
}
