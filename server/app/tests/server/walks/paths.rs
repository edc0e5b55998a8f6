//! A walk from the project's page to why the paths of an upload did not match.

use super::browser::{Browser, Theme};
use crate::support::{Server, create_token};

/// Two services with files of the same name, and a report of one of them from its own folder in a container.
fn upload_of_a_container(folder: &std::path::Path) -> Server {
    let token = create_token(folder, &[]);
    let server = Server::start(folder);
    let files = "services/cart/src/app.py\nservices/cart/src/price.py\nservices/stock/src/app.py\n";
    let path = "/api/v1/projects/shop/uploads?commit=c1&branch=main&build=1&wait=20";
    assert_eq!(server.post(&format!("{path}&format=file-list"), &token, files.as_bytes()).0, 200);
    let report: String = ["/srv/src/app.py", "/srv/src/price.py", "/srv/gen/made.py"]
        .map(|path| format!("SF:{path}\nDA:1,1\nend_of_record\n"))
        .concat();
    assert_eq!(server.post(&format!("{path}&name=lcov.info"), &token, report.as_bytes()).0, 200);
    server
}

async fn find_the_reason(theme: Theme, width: u32, height: u32) {
    let folder = tempfile::tempdir().unwrap();
    let server = upload_of_a_container(folder.path());
    let browser = Browser::open(theme, width, height).await;
    browser.go(&format!("{}/p/shop", server.url)).await;
    // Two clicks: the run, and which paths.
    browser.click("section[aria-labelledby=runs] tbody a").await;
    assert!(browser.text("main").await.contains("3 paths match no file of the repository"));
    browser.follow("Which, and why").await;
    assert_eq!(browser.place().await, "/p/shop/uploads/2");
    assert_eq!(browser.count("main table tbody tr.row").await, 3);
    // On a phone a row unfolds; the third one is of the file that is but in one service.
    if width < 600 {
        browser.click("main tbody tr.row ~ tr.row ~ tr.row button.unfold").await;
    }
    let page = browser.text("main").await;
    for wanted in [
        "Paths of lcov.info",
        "/srv/gen/made.py",
        "outside the repository",
        "services/cart/src/price.py",
        "--strip-prefix `srv` and --add-prefix `services/cart`: 2 of these 3 would match",
    ] {
        assert!(page.contains(wanted), "{wanted} is missing in {page}");
    }
    browser.assert_clean("paths of an upload").await;
    browser.go(&format!("{}/p/shop/uploads/2?reason=ambiguous", server.url)).await;
    assert!(browser.text("main").await.contains("No path has this reason."));
    // An upload without paths does not look as if all of them matched.
    browser.go(&format!("{}/p/shop/uploads/1", server.url)).await;
    assert!(browser.text("main").await.contains("This upload has no paths."));
    browser.assert_clean("an upload without paths").await;
    browser.close().await;
}

#[tokio::test]
async fn walk_to_why_paths_did_not_match() {
    find_the_reason(Theme::Light, 1280, 860).await;
}

#[tokio::test]
async fn walk_to_why_paths_did_not_match_on_a_phone() {
    find_the_reason(Theme::Dark, 390, 844).await;
}
