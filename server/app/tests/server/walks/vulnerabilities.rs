//! Walks to a vulnerability: which run brought it in, and accepting it until a day; each in at most four clicks.

use fantoccini::Locator;
use fantoccini::key::Key;
use serde_json::json;

use super::browser::{Browser, Theme};
use crate::support::{Server, create_token};

const CVE: &str = "CVE-2019-10744";
const GHSA: &str = "GHSA-jf85-cpcp-j695";

/// Three runs; with the second comes a vulnerability that three tools report. And the token that they came with.
fn shop(folder: &std::path::Path) -> (Server, String) {
    let token = create_token(folder, &[]);
    let server = Server::start(folder);
    let send = |run: u32, tool: &str, report: &serde_json::Value| {
        let path = format!(
            "/api/v1/projects/shop/uploads?commit=c{run}&branch=main&build={run}&category={tool}&wait=20"
        );
        let (status, body) = server.post(&path, &token, report.to_string().as_bytes());
        assert_eq!(status, 200, "{body}");
    };
    for run in 1..=3 {
        let is_there = run >= 2;
        let trivy = json!([{"VulnerabilityID": CVE, "PkgName": "lodash", "InstalledVersion": "4.17.11",
            "FixedVersion": "4.17.12", "Severity": "CRITICAL", "Title": "Prototype pollution in lodash",
            "PrimaryURL": format!("https://avd.aquasec.com/nvd/{}", CVE.to_lowercase()), "SeveritySource": "nvd",
            "CVSS": {"nvd": {"V3Vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:H", "V3Score": 9.1}}}]);
        let trivy = if is_there { trivy } else { json!([]) };
        send(
            run,
            "trivy",
            &json!({"SchemaVersion": 2, "ArtifactName": ".", "ArtifactType": "filesystem",
            "Results": [{"Target": "package-lock.json", "Class": "lang-pkgs", "Type": "npm", "Vulnerabilities": trivy}]}),
        );
        let via = json!([{"source": 1065, "name": "lodash", "title": "Prototype Pollution", "severity": "high",
            "url": format!("https://github.com/advisories/{GHSA}"), "range": "<4.17.12"}]);
        let lodash = json!({"name": "lodash", "severity": "high", "via": via, "effects": [], "range": "<4.17.12",
            "nodes": [], "fixAvailable": true});
        let npm = if is_there { json!({ "lodash": lodash }) } else { json!({}) };
        send(
            run,
            "npm",
            &json!({"auditReportVersion": 2, "vulnerabilities": npm, "metadata": {"vulnerabilities": {}}}),
        );
        let osv = json!([{"source": {"path": "package-lock.json", "type": "lockfile"},
            "packages": [{"package": {"name": "lodash", "version": "4.17.11", "ecosystem": "npm"},
                "vulnerabilities": [{"id": GHSA, "aliases": [CVE], "summary": "Prototype Pollution in lodash"}],
                "groups": [{"ids": [GHSA]}]}]}]);
        let osv = if is_there { osv } else { json!([]) };
        send(run, "osv", &json!({"results": osv, "experimental_config": {}}));
    }
    (server, token)
}

#[tokio::test]
async fn walk_to_the_run_that_brought_in_a_vulnerability() {
    let folder = tempfile::tempdir().unwrap();
    let (server, _) = shop(folder.path());
    for (theme, width) in [(Theme::Light, 1280), (Theme::Dark, 390)] {
        let browser = Browser::open(theme, width, 860).await;
        browser.go(&format!("{}/p/shop", server.url)).await;
        // Its other name, typed; Enter is the first click.
        browser.client.active_element().await.unwrap().send_keys("/").await.unwrap();
        browser.wait_for("return document.activeElement.id === 'palette'").await;
        browser.client.active_element().await.unwrap().send_keys("ghsa-jf85").await.unwrap();
        let is_first =
            "return !!document.querySelector('a[aria-selected=true][href*=\"/vulnerability?id=\"]')";
        browser.wait_for(is_first).await;
        browser.client.active_element().await.unwrap().send_keys(&Key::Enter.to_string()).await.unwrap();
        browser.wait_for("return location.pathname === '/p/shop/vulnerability'").await;
        browser.settle().await;
        assert_eq!(browser.text("main h1").await, CVE);
        let facts = browser.text("main .facts").await;
        assert!(facts.contains("brought in by #2") && facts.contains(GHSA), "{facts}");
        assert!(facts.contains("counts 1 time in #3"), "{facts}");
        assert!(browser.text("main .evidence").await.contains("fixed in 4.17.12"));
        assert_eq!(browser.count("main table tbody tr.row").await, 3, "a row for each tool");
        browser.assert_clean("vulnerability").await;
        // The second one leads to the run.
        browser.click("main .facts a[href$='/runs/2']").await;
        assert_eq!(browser.place().await, "/p/shop/runs/2");
        browser.assert_clean("run").await;
        // From the list of findings it is two clicks, too, and it stands there once.
        browser.go(&format!("{}/p/shop/findings", server.url)).await;
        assert_eq!(browser.count("main table tbody tr.row").await, 1);
        if width > 600 {
            browser.click("main table tbody a[href*='/vulnerability?id=']").await;
            assert_eq!(browser.text("main h1").await, CVE);
        }
        browser.close().await;
    }
}

#[tokio::test]
async fn walk_to_accept_a_vulnerability_until_a_day_in_four_clicks() {
    let folder = tempfile::tempdir().unwrap();
    let (server, token) = shop(folder.path());
    let browser = Browser::open(Theme::Light, 1280, 860).await;
    browser.go(&format!("{}/p/shop", server.url)).await;
    // As it is once the token was typed in.
    let keep = "sessionStorage.setItem('plimsoll-token', arguments[0])";
    browser.client.execute(keep, vec![json!(token)]).await.unwrap();
    let click = async |path: &str| {
        browser
            .client
            .find(Locator::XPath(path))
            .await
            .unwrap_or_else(|_| panic!("no {path}"))
            .click()
            .await
            .unwrap();
        browser.settle().await;
    };
    click("//nav[contains(@class,'menu')]/a[text()='Findings']").await;
    browser.wait_for("return !!document.querySelector('main table tbody tr.row')").await;
    click("//details[@class='review']/summary").await;
    click("//main//tbody//input[@type='checkbox']").await;
    let reason = browser.client.find(Locator::XPath("//label[span[text()='Reason']]/input")).await.unwrap();
    reason.send_keys("the new version breaks the cart").await.unwrap();
    let until = "const day = document.querySelector('.review input[type=date]'); day.value = '2099-12-31'; \
                 day.dispatchEvent(new Event('input', { bubbles: true })); return true";
    browser.wait_for(until).await;
    click("//button[starts-with(., 'Review 1 chosen')]").await;
    browser.wait_for("return /Saved: 1 review/.test(document.querySelector('main').textContent)").await;
    // It counts no more, whichever tool reports it.
    let page = server.get_ok("/api/v1/projects/shop/runs/3");
    let security = &page["run"]["measures"]["security"];
    assert_eq!((&security["total"], &security["suppressed"]), (&json!(0), &json!(1)), "{security}");
    let rows = server.all("/api/v1/projects/shop/runs/3/findings?state=accepted");
    assert_eq!((rows.len(), &rows[0]["review"]["until"]), (1, &json!("2099-12-31")));
    browser.assert_clean("accepted").await;
    browser.close().await;
}
