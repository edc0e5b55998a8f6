//! Walks through what engineers do: the board, charts, search by keyboard, pages that fill in, a network that fails.

use fantoccini::Locator;
use fantoccini::key::Key;
use serde_json::json;

use super::bookstore;
use super::browser::{Browser, Theme};
use super::proxy::{Network, Proxy};
use crate::support::{Server, create_token, junit};

/// Types into whatever has the focus.
async fn press(browser: &Browser, keys: &str) {
    browser.client.active_element().await.unwrap().send_keys(keys).await.unwrap();
}

async fn choose(browser: &Browser, label: &str, value: &str) {
    let path = format!("//label[contains(@class,'choice')][span[text()='{label}']]/select");
    let select =
        browser.client.find(Locator::XPath(&path)).await.unwrap_or_else(|_| panic!("no choice `{label}`"));
    select.select_by_value(value).await.unwrap();
    browser.settle().await;
}

async fn first_module(browser: &Browser) -> String {
    browser.text("section[aria-labelledby=modules] tbody tr.row a").await
}

#[tokio::test]
async fn walk_over_the_load_line_board() {
    let folder = tempfile::tempdir().unwrap();
    let server = bookstore(folder.path());
    let browser = Browser::open(Theme::Light, 1280, 860).await;
    browser.go(&format!("{}/p/bookstore", server.url)).await;
    let rows = "section[aria-labelledby=modules] tbody tr.row";
    let all = browser.count(rows).await;
    assert!(
        browser.count("section[aria-labelledby=modules] .gauge").await >= all,
        "each module has load lines"
    );
    choose(&browser, "Group by", "folder").await;
    assert!(browser.count("section[aria-labelledby=modules] tr.group").await >= 1);
    assert_eq!(browser.count(rows).await, all, "grouping hides nothing");
    choose(&browser, "Show", "changed").await;
    let changed = browser.count(rows).await;
    assert!(changed >= 1 && changed < all, "{changed} of {all} modules changed");
    // Over a week more changes than since the run before.
    choose(&browser, "Compared with", "30").await;
    assert!(browser.count(rows).await >= changed);
    let place = browser.place().await;
    for part in ["group=folder", "show=changed", "days=30"] {
        assert!(place.contains(part), "{place}");
    }
    browser.assert_clean("board").await;
    browser.close().await;
}

#[tokio::test]
async fn walk_along_a_trend_with_keys() {
    let folder = tempfile::tempdir().unwrap();
    let server = bookstore(folder.path());
    let browser = Browser::open(Theme::Light, 1280, 860).await;
    browser.go(&format!("{}/p/bookstore", server.url)).await;
    browser.click("section[aria-labelledby=modules] tbody tr.row a").await;
    let module = browser.place().await;
    let focus = "document.querySelector('.reader').focus(); return true";
    browser.wait_for(focus).await;
    press(&browser, &Key::Left.to_string()).await;
    press(&browser, &Key::Left.to_string()).await;
    let said = browser
        .client
        .find(Locator::Css(".reader"))
        .await
        .unwrap()
        .attr("aria-valuetext")
        .await
        .unwrap()
        .unwrap();
    assert!(said.starts_with('#') && said.contains('%'), "{said}");
    // A range, by Shift and the arrows, then z.
    let shifted = format!("{}{}{}{}{}", Key::Shift, Key::Left, Key::Left, Key::Left, Key::Null);
    press(&browser, &shifted).await;
    press(&browser, "z").await;
    browser.wait_for("return location.search.includes('from=') && location.search.includes('to=')").await;
    browser.settle().await;
    assert!(browser.count(".chart svg.plot").await >= 3);
    browser.client.back().await.unwrap();
    browser.wait_for(&format!("return location.pathname + location.search === {}", json!(module))).await;
    browser.settle().await;
    // Enter opens the run that is read.
    browser.wait_for(focus).await;
    press(&browser, &Key::Home.to_string()).await;
    press(&browser, &Key::Enter.to_string()).await;
    browser.wait_for("return location.pathname.includes('/runs/')").await;
    browser.settle().await;
    browser.assert_clean("run from a chart").await;
    browser.close().await;
}

#[tokio::test]
async fn walk_by_searching_with_the_keyboard_alone() {
    let folder = tempfile::tempdir().unwrap();
    let server = bookstore(folder.path());
    let browser = Browser::open(Theme::Dark, 1280, 860).await;
    browser.go(&format!("{}/p/bookstore", server.url)).await;
    press(&browser, "/").await;
    browser.wait_for("return document.activeElement.id === 'palette'").await;
    press(&browser, "ranking").await;
    browser.wait_for("return !!document.querySelector('a[role=option][href*=\"/file?path=\"]')").await;
    browser.assert_clean("search").await;
    press(&browser, &Key::Enter.to_string()).await;
    browser.wait_for("return location.pathname !== '/p/bookstore'").await;
    browser.settle().await;
    // A command.
    press(&browser, "/").await;
    browser.wait_for("return document.activeElement.id === 'palette'").await;
    press(&browser, "flaky tests").await;
    browser
        .wait_for("return document.querySelector('[aria-selected=true] b')?.textContent === 'Flaky tests'")
        .await;
    press(&browser, &Key::Enter.to_string()).await;
    browser.wait_for("return location.search.includes('state=flaky')").await;
    browser.settle().await;
    // Nothing found is said, and Escape closes.
    press(&browser, "/").await;
    browser.wait_for("return document.activeElement.id === 'palette'").await;
    press(&browser, "zzzzzz").await;
    browser
        .wait_for("return /Nothing has a name/.test(document.querySelector('.palette').textContent)")
        .await;
    press(&browser, &Key::Escape.to_string()).await;
    browser.wait_for("return !document.querySelector('.palette')").await;
    // The sheet of keys, and a page by its keys.
    press(&browser, "?").await;
    browser.wait_for("return !!document.querySelector('.help')").await;
    press(&browser, &Key::Escape.to_string()).await;
    browser.wait_for("return !document.querySelector('.help')").await;
    press(&browser, "gh").await;
    browser.wait_for("return location.pathname === '/p/bookstore/hotspots'").await;
    browser.settle().await;
    browser.assert_clean("keys").await;
    browser.close().await;
}

#[tokio::test]
async fn walk_on_a_page_that_fills_in_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let token = create_token(folder.path(), &[]);
    let server = Server::start(folder.path());
    let upload = |build: u32, failing| {
        let path = format!("/api/v1/projects/shop/uploads?commit=c{build}&branch=main&build={build}&wait=20");
        assert_eq!(server.post(&path, &token, &junit(20, failing)).0, 200);
    };
    upload(1, 0);
    let browser = Browser::open(Theme::Light, 1280, 860).await;
    browser.go(&format!("{}/p/shop", server.url)).await;
    browser.wait_for("window.isTheSame = true; return document.body.textContent.includes('#1')").await;
    upload(2, 3);
    browser.wait_for("return document.querySelector('main').textContent.includes('#2')").await;
    browser.wait_for("return /3 failing/.test(document.querySelector('main').textContent)").await;
    let same = browser.client.execute("return window.isTheSame === true", Vec::new()).await.unwrap();
    assert_eq!(same, json!(true), "the page was not loaded again");
    browser.assert_clean("live").await;
    browser.close().await;
    // A page that follows does not keep the server from ending.
    let browser = Browser::open(Theme::Light, 1280, 860).await;
    browser.go(&format!("{}/p/shop", server.url)).await;
    let begun = std::time::Instant::now();
    assert!(server.terminate().success());
    assert!(begun.elapsed() < std::time::Duration::from_secs(15), "the server waited for the page");
    browser.close().await;
}

#[tokio::test]
async fn walk_over_a_network_that_fails() {
    let folder = tempfile::tempdir().unwrap();
    let server = bookstore(folder.path());
    let proxy = Proxy::before(&server.url);
    let browser = Browser::open(Theme::Light, 1280, 860).await;
    let text = |wanted: &str| format!("return {wanted}.test(document.querySelector('main').textContent)");
    browser.go(&format!("{}/p/bookstore", proxy.url)).await;
    for (network, said) in [(Network::Broken, "/the disk is full/"), (Network::Gone, "/does not answer/")] {
        proxy.set(network);
        // Other data are asked for; what was there stays.
        choose_without_settling(&browser, if network == Network::Gone { "30" } else { "7" }).await;
        browser.wait_for(&text(said)).await;
        assert!(
            browser.count("section[aria-labelledby=modules] tbody tr.row").await > 0,
            "{network:?}: rows stay"
        );
        assert!(browser.text("main").await.contains("loaded before"), "{network:?}");
        proxy.set(Network::Good);
        browser.wait_for(&format!("return !{said}.test(document.querySelector('main').textContent)")).await;
        browser.settle().await;
    }
    proxy.set(Network::Slow);
    choose_without_settling(&browser, "90").await;
    browser.wait_for("return !!document.querySelector('[aria-busy=\"true\"]')").await;
    assert!(browser.count("section[aria-labelledby=modules] tbody tr.row").await > 0, "slow: rows stay");
    browser.settle().await;
    browser.close().await;
}

#[tokio::test]
async fn walk_to_pages_whose_code_does_not_arrive() {
    let folder = tempfile::tempdir().unwrap();
    let server = bookstore(folder.path());
    let browser = Browser::open(Theme::Light, 1280, 860).await;
    browser.block(&["*/split_*.wasm"]).await;
    // What opens first needs none of it; the others say what is missing, and come by themselves when it is there.
    browser.go(&format!("{}/p/bookstore", server.url)).await;
    browser.client.find(Locator::LinkText("Hotspots")).await.unwrap().click().await.unwrap();
    browser.wait_for("return /part of the app could not be loaded/.test(document.body.textContent)").await;
    browser.block(&[]).await;
    browser.wait_for("return !!document.querySelector('main h1') && /Hotspots/.test(document.title)").await;
    browser.settle().await;
    assert!(browser.count("main .panel.failed").await == 0);
    browser.close().await;
}

async fn choose_without_settling(browser: &Browser, days: &str) {
    let path = "//label[span[text()='Compared with']]/select";
    let select = browser.client.find(Locator::XPath(path)).await.unwrap();
    select.select_by_value(days).await.unwrap();
}

#[tokio::test]
async fn walk_to_the_module_whose_coverage_fell_most_this_week_in_three_clicks() {
    let folder = tempfile::tempdir().unwrap();
    let server = bookstore(folder.path());
    let browser = Browser::open(Theme::Light, 1280, 860).await;
    browser.go(&format!("{}/p/bookstore", server.url)).await;
    choose(&browser, "Compared with", "7").await;
    let head = "//section[@aria-labelledby='modules']//th/button[starts-with(., 'Change')]";
    for _ in 0..2 {
        browser.click_found(Locator::XPath(head)).await;
    }
    let found = first_module(&browser).await;
    let page = server.get_ok("/api/v1/projects/bookstore?days=7");
    let modules = page["modules"].as_array().unwrap();
    let change = |module: &serde_json::Value| module["changes"]["coverage_centipoints"].as_i64();
    let fell =
        modules.iter().filter(|module| change(module).is_some()).min_by_key(|module| change(module)).unwrap();
    assert_eq!(json!(found), fell["name"]);
    assert!(change(fell).unwrap() < 0, "{fell}");
    browser.close().await;
}

#[tokio::test]
async fn walk_to_the_flaky_tests_of_checkout_in_four_clicks() {
    let folder = tempfile::tempdir().unwrap();
    let server = bookstore(folder.path());
    let browser = Browser::open(Theme::Light, 1280, 860).await;
    browser.go(&format!("{}/p/bookstore", server.url)).await;
    let module = "//section[@aria-labelledby='modules']//tbody//a[text()='checkout']";
    browser.click_found(Locator::XPath(module)).await;
    browser.click(".tabs a[href*='tab=tests']").await;
    browser.wait_for("return location.search.includes('tab=tests')").await;
    choose(&browser, "State", "flaky").await;
    browser.click("section[aria-label='What the module is made of'] tbody tr.row a").await;
    assert!(browser.place().await.starts_with("/p/bookstore/tests/"), "{}", browser.place().await);
    assert!(browser.count(".evidence li").await >= 1, "the evidence is shown");
    browser.close().await;
}
