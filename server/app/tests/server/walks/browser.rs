//! A real Chromium, driven over WebDriver.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};

/// What the page looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
}

/// A browser window. Ends with the value.
pub struct Browser {
    pub client: Client,
    driver: Child,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// Opens a window of this size.
    pub async fn open(theme: Theme, width: u32, height: u32) -> Self {
        Self::open_with(theme, width, height, &[]).await
    }

    /// Opens a window in which no page may run a script.
    pub async fn open_without_scripts(theme: Theme, width: u32, height: u32) -> Self {
        Self::open_with(theme, width, height, &["--blink-settings=scriptEnabled=false"]).await
    }

    async fn open_with(theme: Theme, width: u32, height: u32, more: &[&str]) -> Self {
        let (driver, port) = start_driver();
        let profile = tempfile::tempdir().unwrap();
        let mut arguments = vec![
            "--headless".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-quic".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--no-first-run".to_owned(),
            "--disable-background-networking".to_owned(),
            "--disable-component-update".to_owned(),
            "--disable-sync".to_owned(),
            "--force-color-profile=srgb".to_owned(),
            format!("--window-size={width},{height}"),
            format!("--user-data-dir={}", profile.path().display()),
        ];
        arguments.extend(more.iter().map(|argument| (*argument).to_owned()));
        let mut capabilities = serde_json::Map::new();
        capabilities.insert("goog:chromeOptions".to_owned(), json!({ "args": arguments }));
        capabilities.insert("goog:loggingPrefs".to_owned(), json!({ "browser": "ALL" }));
        let client = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("a browser window opens");
        // A phone is narrower than a window can be: the page's own size is what counts.
        let browser = Self { client, driver, _profile: profile };
        browser.set_page_size(width, height).await;
        browser.set_theme(theme).await;
        browser
    }

    async fn set_theme(&self, theme: Theme) {
        let value = if theme == Theme::Dark { "dark" } else { "light" };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.client
            .issue_cmd(Devtools { command: "Emulation.setEmulatedMedia", parameters: features })
            .await
            .expect("the theme is set");
    }

    async fn set_page_size(&self, width: u32, height: u32) {
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.client
            .issue_cmd(Devtools { command: "Emulation.setDeviceMetricsOverride", parameters: metrics })
            .await
            .expect("the page's size is set");
    }

    /// From now on the browser does not get what these patterns name.
    pub async fn block(&self, patterns: &[&str]) {
        for (command, parameters) in
            [("Network.enable", json!({})), ("Network.setBlockedURLs", json!({ "urls": patterns }))]
        {
            self.client.issue_cmd(Devtools { command, parameters }).await.expect("addresses are blocked");
        }
    }

    /// Goes to an address and waits until the page has its heading and nothing is loading.
    pub async fn go(&self, url: &str) {
        self.client.goto(url).await.unwrap();
        self.settle().await;
    }

    /// Waits until the page has its heading and nothing is loading.
    pub async fn settle(&self) {
        let ready =
            "return !!document.querySelector('main h1') && !document.querySelector('[aria-busy=\"true\"]')";
        self.wait_for(ready).await;
    }

    /// Waits until a script says that something is so. What it looks at may not be there yet: an exception is a "no".
    pub async fn wait_for(&self, script: &str) {
        for _ in 0..200 {
            if self.client.execute(script, Vec::new()).await.is_ok_and(|said| said == json!(true)) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let text = self.text("body").await;
        panic!("in vain: {script}\nat {}\nthe page shows: {text}", self.client.current_url().await.unwrap());
    }

    /// The text of the first element.
    pub async fn text(&self, css: &str) -> String {
        match self.client.find(Locator::Css(css)).await {
            Ok(element) => element.text().await.unwrap(),
            Err(_) => panic!("there is no `{css}` at {}", self.client.current_url().await.unwrap()),
        }
    }

    /// How many elements there are.
    pub async fn count(&self, css: &str) -> usize {
        self.client.find_all(Locator::Css(css)).await.unwrap().len()
    }

    /// Clicks the first element and waits until the page is settled.
    pub async fn click(&self, css: &str) {
        self.click_found(Locator::Css(css)).await;
    }

    /// Clicks the first element that is found, and waits until the page is settled: where a link leads elsewhere, the page there and not the one it is on.
    pub async fn click_found(&self, what: Locator<'_>) {
        let Ok(element) = self.client.find(what).await else {
            panic!("there is no {what:?} at {}", self.client.current_url().await.unwrap());
        };
        let before = self.client.current_url().await.unwrap();
        let target = element.prop("href").await.unwrap();
        element.click().await.unwrap_or_else(|error| panic!("cannot click {what:?}: {error}"));
        if target.is_some_and(|target| target != before.as_str()) {
            self.wait_for(&format!("return location.href !== {}", json!(before.as_str()))).await;
        }
        self.settle().await;
    }

    /// Clicks the first element, whatever happens then.
    pub async fn click_without_settling(&self, css: &str) {
        self.client.find(Locator::Css(css)).await.unwrap().click().await.unwrap();
    }

    /// Clicks the first link with this text and waits until the page is settled.
    pub async fn follow(&self, text: &str) {
        self.click_found(Locator::LinkText(text)).await;
    }

    /// The address below the server's root.
    pub async fn place(&self) -> String {
        let url = self.client.current_url().await.unwrap();
        match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        }
    }

    /// Nothing went wrong so far: no error in the console (a broken policy is one), no sideways scrolling.
    pub async fn assert_clean(&self, what: &str) {
        let log = self.client.issue_cmd(BrowserLog).await.unwrap();
        let errors: Vec<&Value> = log
            .as_array()
            .unwrap()
            .iter()
            .filter(|entry| entry["level"] == "SEVERE" || entry["level"] == "WARNING")
            .collect();
        assert!(errors.is_empty(), "{what}: the console says {errors:#?}");
        let overflow = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        let overflow = self.client.execute(overflow, Vec::new()).await.unwrap();
        assert!(overflow.as_i64().unwrap() <= 0, "{what}: the page is {overflow} pixels too wide");
    }

    /// Closes the window.
    pub async fn close(mut self) {
        self.client.clone().close().await.unwrap();
        self.driver.kill().unwrap();
        self.driver.wait().unwrap();
    }
}

/// A driver and its port. Two that start at the same time may choose the same free port, and one of them gives up: so it
/// is tried again.
fn start_driver() -> (Child, u16) {
    for _ in 0..10 {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts; install chromium and chromium-driver");
        // The driver writes little, so what it writes later fits into the pipe.
        let port =
            BufReader::new(driver.stdout.take().unwrap()).lines().map_while(Result::ok).find_map(|line| {
                let (_, after) = line.split_once("started successfully on port ")?;
                after.trim_end_matches('.').parse().ok()
            });
        if let Some(port) = port {
            return (driver, port);
        }
        driver.wait().unwrap();
    }
    panic!("chromedriver does not say its port");
}

impl Drop for Browser {
    fn drop(&mut self) {
        // A walk that failed left the driver; the browser ends with it.
        if self.driver.try_wait().is_ok_and(|status| status.is_none()) && self.driver.kill().is_ok() {
            drop(self.driver.wait());
        }
    }
}

/// The console's entries since the last time.
#[derive(Debug)]
struct BrowserLog;

impl WebDriverCompatibleCommand for BrowserLog {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(json!({ "type": "browser" }).to_string()))
    }
}

/// A command of the browser's own protocol.
#[derive(Debug)]
struct Devtools {
    command: &'static str,
    parameters: Value,
}

impl WebDriverCompatibleCommand for Devtools {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(json!({ "cmd": self.command, "params": self.parameters }).to_string()))
    }
}
