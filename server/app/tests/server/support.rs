//! A server in a process of its own, with a folder of its own, on a port of its own.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// The binary under test.
pub const PLIMSOLL: &str = env!("CARGO_BIN_EXE_plimsoll");

/// A file of `sample-reports/`.
pub fn sample(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sample-reports").join(path)
}

/// The content of a file of `sample-reports/`.
pub fn read_sample(path: &str) -> Vec<u8> {
    let path = sample(path);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Runs the binary to its end. No variable of the CI system that runs the test reaches it.
pub fn plimsoll(arguments: &[&str]) -> Output {
    command().args(arguments).output().expect("the binary starts")
}

/// The binary, with a clean environment.
pub fn command() -> Command {
    let mut command = Command::new(PLIMSOLL);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).stdin(Stdio::null());
    command
}

/// A running server. Ends with the value.
pub struct Server {
    /// `http://127.0.0.1:PORT`
    pub url: String,
    child: Child,
}

impl Server {
    /// Starts a server on a data folder.
    pub fn start(data: &Path) -> Self {
        Self::start_with(data, &[])
    }

    /// Starts a server with further arguments.
    pub fn start_with(data: &Path, arguments: &[&str]) -> Self {
        let mut child = command()
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(arguments)
            .env("PLIMSOLL_LOG", "warn")
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.next().expect("the server says where it listens").unwrap();
        let url = line
            .strip_prefix("listening on ")
            .unwrap_or_else(|| panic!("unexpected first line: {line}"))
            .to_owned();
        Self { url, child }
    }

    /// Ends it at once, as a power cut would.
    pub fn kill(&self) {
        let killed = Command::new("kill").args(["-KILL", &self.child.id().to_string()]).status().unwrap();
        assert!(killed.success());
    }

    /// Waits until nothing is queued any more.
    pub fn wait_until_idle(&self) {
        let begun = Instant::now();
        while self.get_ok("/health/ready")["queued_uploads"] != 0 {
            assert!(begun.elapsed() < Duration::from_secs(60), "uploads stay queued");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Every row of a list, read on to its end. The address has a query already.
    pub fn all(&self, path: &str) -> Vec<Value> {
        let (mut rows, mut address) = (Vec::new(), path.to_owned());
        loop {
            let page = self.get_ok(&address);
            rows.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                Some(next) => address = format!("{path}&after={next}"),
                None => return rows,
            }
        }
    }

    /// Asks it to end, as an init system would, and waits until it did.
    pub fn terminate(mut self) -> std::process::ExitStatus {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(asked.success());
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "the server does not end");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// GET, as JSON.
    pub fn get(&self, path: &str) -> (u16, Value) {
        let answer = self.request("GET", path, None, &[]);
        let value =
            serde_json::from_slice(&answer.body).unwrap_or_else(|_| panic!("{path}: {}", answer.text()));
        (answer.status, value)
    }

    /// GET that must succeed, as JSON.
    pub fn get_ok(&self, path: &str) -> Value {
        let (status, value) = self.get(path);
        assert_eq!(status, 200, "{path}: {value}");
        value
    }

    /// POST, as JSON.
    pub fn post(&self, path: &str, token: &str, body: &[u8]) -> (u16, Value) {
        let answer = self.request("POST", path, Some(body), &[("authorization", &format!("Bearer {token}"))]);
        let value =
            serde_json::from_slice(&answer.body).unwrap_or_else(|_| panic!("{path}: {}", answer.text()));
        (answer.status, value)
    }

    /// Any request.
    pub fn request(&self, method: &str, path: &str, body: Option<&[u8]>, headers: &[(&str, &str)]) -> Answer {
        try_request(&self.url, method, path, body, headers)
            .unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        if self.child.try_wait().is_ok_and(|status| status.is_none()) {
            self.child.kill().unwrap();
            self.child.wait().unwrap();
        }
    }
}

/// Makes a token on the command line.
pub fn create_token(data: &Path, arguments: &[&str]) -> String {
    let output = command().args(["token", "create", "--data"]).arg(data).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.split_whitespace()
        .find(|word| word.starts_with("plm_"))
        .unwrap_or_else(|| panic!("no token in: {text}"))
        .to_owned()
}

/// What a server answered.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers' names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// A request that may find no server.
pub fn try_request(
    url: &str,
    method: &str,
    path: &str,
    body: Option<&[u8]>,
    headers: &[(&str, &str)],
) -> Result<Answer, String> {
    let agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(60)))
        .build()
        .new_agent();
    let mut request = ureq::http::Request::builder().method(method).uri(format!("{url}{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut response = match body {
        Some(body) => agent.run(request.body(body.to_vec()).unwrap()),
        None => agent.run(request.body(()).unwrap()),
    }
    .map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    response.body_mut().as_reader().read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    Ok(Answer {
        status: response.status().as_u16(),
        headers: response
            .headers()
            .iter()
            .map(|(name, value)| {
                (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect(),
        body: bytes,
    })
}

/// A JUnit file with so many tests, the first of which fail.
pub fn junit(tests: usize, failed: usize) -> Vec<u8> {
    let mut out = format!("<testsuites><testsuite name=\"shop\" tests=\"{tests}\" failures=\"{failed}\">");
    for index in 0..tests {
        out.push_str(&format!("<testcase classname=\"shop.cart\" name=\"test_{index}\" time=\"0.01\">"));
        if index < failed {
            out.push_str("<failure message=\"expected 1, got 2\">at cart.py:1</failure>");
        }
        out.push_str("</testcase>");
    }
    out.push_str("</testsuite></testsuites>");
    out.into_bytes()
}
