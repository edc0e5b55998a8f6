//! Walks over what is read line by line: a long file, with its text and without, and the search in findings.

use std::path::Path;
use std::process::Command;

use fantoccini::Locator;
use fantoccini::key::Key;
use serde_json::json;

use super::browser::{Browser, Theme};
use crate::support::{Server, command};

const LINES: usize = 20_000;

/// A repository with one file of 20,000 lines, its coverage, and three findings in it.
fn long_file(folder: &Path) {
    let write = |path: &str, text: &str| std::fs::write(folder.join(path), text).unwrap();
    std::fs::create_dir_all(folder.join("src")).unwrap();
    let text: String = (1..=LINES).map(|line| format!("\tvalue_{line} = compute(<b>{line}</b>)\n")).collect();
    write("src/long.py", &text);
    let mut lcov = "SF:src/long.py\n".to_owned();
    for line in 1..=LINES {
        match line % 10 {
            0 => {}
            // One of two branches.
            5 => lcov.push_str(&format!("BRDA:{line},0,0,1\nBRDA:{line},0,1,0\nDA:{line},1\n")),
            7 => lcov.push_str(&format!("DA:{line},0\n")),
            _ => lcov.push_str(&format!("DA:{line},1\n")),
        }
    }
    lcov.push_str("end_of_record\n");
    write("lcov.info", &lcov);
    let finding = |line: usize, (id, rule): (&str, &str), message: &str| {
        json!({
            "type": "warning", "module": "long", "obj": "", "line": line, "column": 0, "endLine": null, "endColumn": null,
            "path": "src/long.py", "symbol": rule, "message": message, "message-id": id,
        })
    };
    let findings = json!([
        finding(12, ("W0612", "unused-variable"), "Unused variable 'first'"),
        finding(9_000, ("W0611", "unused-import"), "Unused import <img src=x onerror=alert(1)>"),
        finding(19_990, ("C0301", "line-too-long"), "Line too long (104/100)"),
    ]);
    write("pylint.json", &findings.to_string());
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"];
        let done = Command::new("git").arg("-C").arg(folder).args(identity).args(arguments).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    git(&["init", "--quiet", "--initial-branch=main"]);
    git(&["add", "src"]);
    git(&["commit", "--quiet", "-m", "first"]);
}

fn server(data: &Path, work: &Path, more: &[&str]) -> Server {
    long_file(work);
    let output = command()
        .args(["ingest", "--quiet", "--project", "shop", "--data"])
        .arg(data)
        .args(more)
        .arg(work)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Server::start(data)
}

async fn wait_for_text(browser: &Browser, css: &str, text: &str) {
    let script = format!(
        "return [...document.querySelectorAll({})].some(e => e.textContent.includes({}))",
        json!(css),
        json!(text)
    );
    browser.wait_for(&script).await;
}

async fn nodes(browser: &Browser) -> u64 {
    let count = "return document.querySelectorAll('*').length";
    browser.client.execute(count, Vec::new()).await.unwrap().as_u64().unwrap()
}

async fn press(browser: &Browser, keys: &str) {
    let source = browser.client.find(Locator::Css(".source")).await.unwrap();
    source.send_keys(keys).await.unwrap();
}

async fn over_the_file(browser: &Browser, server: &Server, line: &str) {
    browser.go(&format!("{}/p/shop/runs/1/file?path=src/long.py", server.url)).await;
    wait_for_text(browser, ".lines .line", line).await;
    assert!(browser.text("main").await.contains("Unused variable 'first'"), "a finding in its place");
    assert!(nodes(browser).await < 3_000);
    browser.assert_clean("a long file").await;
    // To its end, at once.
    browser
        .wait_for("const s = document.querySelector('.source'); s.scrollTop = s.scrollHeight; return true")
        .await;
    // Without its text, the last line that a report names is the last one.
    wait_for_text(browser, ".lines .line > a", "19999").await;
    wait_for_text(browser, ".lines .finding", "Line too long").await;
    browser.wait_for("return !!document.querySelector('.lines .line.covered')").await;
    assert!(nodes(browser).await < 3_000);
    // A link to a line shows it, marked, and says what is known of it.
    browser.go(&format!("{}/p/shop/runs/1/file?path=src/long.py&line=9005", server.url)).await;
    wait_for_text(browser, ".lines .marked > a", "9005").await;
    wait_for_text(browser, "[role=status]", "Line 9005: partly covered, 1 of 2 branches taken").await;
    assert!(nodes(browser).await < 3_000);
    // Keys go on from there: line by line, and from place to place.
    press(browser, &Key::Down.to_string()).await;
    wait_for_text(browser, ".lines .marked > a", "9006").await;
    press(browser, "n").await;
    wait_for_text(browser, "[role=status]", "Line 9007: not covered").await;
    assert!(browser.place().await.ends_with("line=9007"), "{}", browser.place().await);
    press(browser, "NN").await;
    wait_for_text(browser, ".lines .marked > a", "9000").await;
    wait_for_text(browser, ".lines .finding", "<img src=x onerror=alert(1)>").await;
    assert_eq!(browser.count("main img").await, 0, "what a report says is text");
    // The address is the state: a reload shows the same.
    browser.client.refresh().await.unwrap();
    browser.settle().await;
    wait_for_text(browser, ".lines .marked > a", "9000").await;
    browser.assert_clean("a long file by keys").await;
}

#[tokio::test]
async fn walk_through_a_long_file_with_its_text() {
    let (data, work) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let server = server(data.path(), work.path(), &["--with-sources"]);
    for (theme, width) in [(Theme::Light, 1280), (Theme::Dark, 390)] {
        let browser = Browser::open(theme, width, 860).await;
        over_the_file(&browser, &server, "value_3 = compute(<b>3</b>)").await;
        browser.close().await;
    }
}

#[tokio::test]
async fn walk_through_a_long_file_without_its_text() {
    let (data, work) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let server = server(data.path(), work.path(), &[]);
    let browser = Browser::open(Theme::Light, 1280, 860).await;
    over_the_file(&browser, &server, "✓").await;
    assert!(browser.text("main").await.contains("--with-sources"), "it says how the text would come");
    assert!(!browser.text(".source").await.contains("compute"));
    browser.close().await;
}

#[tokio::test]
async fn walk_through_the_search_in_findings() {
    let (data, work) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let server = server(data.path(), work.path(), &[]);
    let browser = Browser::open(Theme::Light, 1280, 860).await;
    let rows = |count: usize| format!("return document.querySelectorAll('tbody tr.row').length === {count}");
    browser.go(&format!("{}/p/shop/runs/1/findings", server.url)).await;
    browser.wait_for(&rows(3)).await;
    wait_for_text(&browser, ".facets nav[aria-label=Rule] li", "W0611").await;
    // Words by their beginnings, in any order, as they are typed.
    let search = browser.client.find(Locator::Css("main input[type=search]")).await.unwrap();
    search.send_keys("unus long.py").await.unwrap();
    browser.wait_for(&rows(2)).await;
    browser.settle().await;
    assert!(browser.place().await.contains("q=unus"), "{}", browser.place().await);
    wait_for_text(&browser, ".facets nav[aria-label=State] li", "new 2").await;
    // What cannot be meant is no error.
    for odd in [" \"", " AND (", "*:^"] {
        search.send_keys(odd).await.unwrap();
    }
    browser.settle().await;
    assert_eq!(browser.count("[role=alert]").await, 0);
    // A facet narrows the list down; once more widens it again.
    browser.go(&format!("{}/p/shop/runs/1/findings?q=unused", server.url)).await;
    browser.wait_for(&rows(2)).await;
    browser.click(".facets nav[aria-label=Rule] li a").await;
    browser.wait_for(&rows(1)).await;
    assert!(browser.place().await.contains("rule=W061"), "{}", browser.place().await);
    wait_for_text(&browser, ".pinned", "Rule W061").await;
    browser.click(".facets nav[aria-label=Rule] li a[aria-current]").await;
    browser.wait_for(&rows(2)).await;
    browser.go(&format!("{}/p/shop/runs/1/findings?q=nowhere", server.url)).await;
    assert!(browser.text("main").await.contains("No finding matches"), "nothing found is said");
    browser.assert_clean("search").await;
    browser.close().await;
}
