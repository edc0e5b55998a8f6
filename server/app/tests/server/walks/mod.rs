//! Walks through the app in a real Chromium, as an engineer goes. Every screen, both themes, and at phone width; after
//! each step nothing may stand in the console: an error, or a report of the content security policy.

mod browser;
mod paths;
mod proxy;
mod reading;
mod vulnerabilities;
mod work;

use serde_json::json;

use crate::support::{Server, command, create_token, junit, sample};
use browser::{Browser, Theme};

/// A server with the sample history.
fn bookstore(folder: &std::path::Path) -> Server {
    let ingest = command()
        .args(["ingest", "--quiet", "--project", "bookstore", "--data"])
        .arg(folder)
        .arg(sample("bookstore/runs"))
        .output()
        .unwrap();
    assert!(ingest.status.success(), "{}", String::from_utf8_lossy(&ingest.stderr));
    Server::start(folder)
}

async fn every_screen(server: &Server, browser: &Browser) {
    // Projects.
    browser.go(&server.url).await;
    assert_eq!(browser.count("main table tbody tr").await, 1);
    browser.assert_clean("projects").await;

    // Project: four tiles, the modules with a sparkline for each kind, hotspots, latest runs.
    browser.follow("bookstore").await;
    assert_eq!(browser.place().await, "/p/bookstore");
    assert_eq!(browser.text("main h1").await, "bookstore");
    assert_eq!(browser.count(".tile").await, 4);
    let modules = browser.count("section[aria-labelledby=modules] tbody tr").await;
    assert!(modules >= 5, "{modules} modules");
    assert!(browser.count("section[aria-labelledby=modules] tbody svg").await >= modules, "sparklines");
    assert!(browser.count("section[aria-labelledby=hotspots] tbody tr").await > 0, "hotspots");
    assert!(browser.count("section[aria-labelledby=runs] tbody tr").await > 0, "latest runs");
    browser.assert_clean("project").await;

    // A module: its trends, drawn; its files, findings and tests.
    browser.click("section[aria-labelledby=modules] tbody a").await;
    assert!(browser.place().await.starts_with("/p/bookstore/module?path="), "{}", browser.place().await);
    assert!(browser.count("main figure svg, main svg.chart, main .chart svg").await >= 3, "charts");
    browser.assert_clean("module").await;

    // Hotspots.
    browser.go(&format!("{}/p/bookstore/hotspots", server.url)).await;
    assert!(browser.count("main table tbody tr").await > 0);
    browser.assert_clean("hotspots").await;

    // Runs, and a run: what changed, what was uploaded.
    browser.go(&format!("{}/p/bookstore/runs", server.url)).await;
    assert!(browser.count("main table tbody tr").await >= 10);
    browser.assert_clean("runs").await;
    browser.click("main table tbody a").await;
    assert!(browser.place().await.starts_with("/p/bookstore/runs/"), "{}", browser.place().await);
    assert!(browser.text("main").await.contains("Uploads"));
    browser.assert_clean("run").await;

    // What fails, what is found, the files, a file with its lines.
    let run = browser.place().await.split(['?', '#']).next().unwrap().to_owned();
    for list in ["tests", "findings", "files"] {
        browser.go(&format!("{}{run}/{list}", server.url)).await;
        assert!(browser.count("main table tbody tr").await > 0, "{list}");
        browser.assert_clean(list).await;
    }
    browser.click("main table tbody a").await;
    assert!(browser.place().await.contains("/file?path="), "{}", browser.place().await);
    browser.assert_clean("file").await;

    // A test's history.
    browser.go(&format!("{}{run}/tests", server.url)).await;
    browser.click("main table tbody a").await;
    assert!(browser.place().await.starts_with("/p/bookstore/tests/"), "{}", browser.place().await);
    browser.assert_clean("test").await;

    // Two runs.
    browser.go(&format!("{}/p/bookstore/compare?from=1&to=12", server.url)).await;
    browser.assert_clean("compare").await;
    browser.go(&format!("{}/p/bookstore/set-up", server.url)).await;
    assert!(browser.text("main").await.contains("curl"));
    browser.assert_clean("set up").await;
}

#[tokio::test]
async fn walk_every_screen_in_light() {
    let folder = tempfile::tempdir().unwrap();
    let server = bookstore(folder.path());
    let browser = Browser::open(Theme::Light, 1280, 860).await;
    every_screen(&server, &browser).await;
    browser.close().await;
}

#[tokio::test]
async fn walk_every_screen_in_dark() {
    let folder = tempfile::tempdir().unwrap();
    let server = bookstore(folder.path());
    let browser = Browser::open(Theme::Dark, 1280, 860).await;
    every_screen(&server, &browser).await;
    let background = "return getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).every(c => c < 64)";
    assert_eq!(
        browser.client.execute(background, Vec::new()).await.unwrap(),
        json!(true),
        "the page is dark"
    );
    browser.close().await;
}

#[tokio::test]
async fn walk_every_screen_on_a_phone() {
    let folder = tempfile::tempdir().unwrap();
    let server = bookstore(folder.path());
    let browser = Browser::open(Theme::Light, 390, 844).await;
    every_screen(&server, &browser).await;
    browser.close().await;
}

#[tokio::test]
async fn walk_with_the_address_as_the_state() {
    let folder = tempfile::tempdir().unwrap();
    let server = bookstore(folder.path());
    let browser = Browser::open(Theme::Light, 1280, 860).await;
    browser.go(&format!("{}/p/bookstore", server.url)).await;
    // Sorting is in the address; a reload shows the same, and back is back.
    browser.click("section[aria-labelledby=modules] thead th:nth-child(2) button, section[aria-labelledby=modules] thead th:nth-child(2) a").await;
    let place = browser.place().await;
    assert!(place.contains("sort="), "{place}");
    let first = browser.text("section[aria-labelledby=modules] tbody a").await;
    browser.client.refresh().await.unwrap();
    browser.settle().await;
    assert_eq!(
        (browser.place().await, browser.text("section[aria-labelledby=modules] tbody a").await),
        (place.clone(), first)
    );
    browser.click("section[aria-labelledby=modules] tbody a").await;
    assert_ne!(browser.place().await, place);
    browser.client.back().await.unwrap();
    browser.wait_for(&format!("return location.pathname + location.search === {}", json!(place))).await;
    browser.settle().await;
    assert_eq!(browser.text("main h1").await, "bookstore");
    browser.assert_clean("back").await;
    browser.close().await;
}

#[tokio::test]
async fn walk_from_empty_to_the_first_run() {
    let folder = tempfile::tempdir().unwrap();
    let token = create_token(folder.path(), &[]);
    let server = Server::start(folder.path());
    let browser = Browser::open(Theme::Light, 1280, 860).await;
    browser.go(&server.url).await;
    assert!(browser.text("main").await.contains("curl"), "an empty server says what to do");
    browser.assert_clean("empty").await;
    let evil = junit(3, 1);
    let evil =
        String::from_utf8(evil).unwrap().replace("expected 1, got 2", "&lt;img src=x onerror=alert(1)&gt;");
    let path = "/api/v1/projects/shop/uploads?commit=c1&branch=main&wait=20";
    assert_eq!(server.post(path, &token, evil.as_bytes()).0, 200);
    browser.go(&format!("{}/p/shop/runs/1", server.url)).await;
    assert!(
        browser.text("main").await.contains("<img src=x onerror=alert(1)>"),
        "hostile text is shown as text"
    );
    assert_eq!(browser.count("main img").await, 0);
    browser.assert_clean("hostile text").await;
    browser.close().await;
}

#[tokio::test]
async fn walk_into_what_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let server = bookstore(folder.path());
    let browser = Browser::open(Theme::Light, 1280, 860).await;
    for path in ["/p/none", "/p/bookstore/runs/9999", "/nowhere"] {
        browser.client.goto(&format!("{}{path}", server.url)).await.unwrap();
        browser.wait_for("return /no (project|run|page)|not found|nothing|no such/i.test(document.querySelector('main')?.textContent ?? '')").await;
    }
    // The server is gone: the app says so, and keeps what it shows.
    browser.go(&format!("{}/p/bookstore", server.url)).await;
    server.kill();
    browser.click_without_settling("section[aria-labelledby=modules] tbody a").await;
    browser
        .wait_for("return /does not answer/.test(document.querySelector('main')?.textContent ?? '')")
        .await;
    browser.close().await;
}

#[tokio::test]
async fn walk_through_the_static_report_without_scripts() {
    let folder = tempfile::tempdir().unwrap();
    let server = bookstore(folder.path());
    let runs = server.all("/api/v1/projects/bookstore/runs?limit=100");
    let failing = runs.iter().find(|run| run["changes"]["newly_failing"].as_u64() > Some(0)).unwrap();
    let out = folder.path().join("quality.html");
    let output = command()
        .args(["report", "--project", "bookstore", "--run", &failing["number"].to_string(), "--data"])
        .arg(folder.path())
        .arg("-o")
        .arg(&out)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for (theme, width) in [(Theme::Light, 1280), (Theme::Dark, 1280), (Theme::Light, 390)] {
        let browser = Browser::open_without_scripts(theme, width, 860).await;
        browser.client.goto(&format!("file://{}", out.display())).await.unwrap();
        assert!(browser.text("main h1").await.contains("bookstore"));
        assert!(browser.count("main table").await >= 3, "tables");
        assert!(browser.count("main svg").await >= 5, "charts");
        browser.assert_clean("static report").await;
        browser.close().await;
    }
}
