//! A release server for a measurement, on a folder of its own, and what is sent to it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::process::{self, cargo, output, program, target};
use crate::server;

/// A running server. Ends with the value.
pub struct Server {
    server: server::Server,
    bearer: String,
    agent: ureq::Agent,
}

/// Builds the release binary and says where it is.
///
/// # Errors
/// Where it cannot be built.
pub fn build() -> Result<PathBuf, String> {
    process::run(cargo().args(["build", "--quiet", "--release", "--package", "plimsoll"]))?;
    Ok(target().join("release/plimsoll"))
}

impl Server {
    /// Starts the server on an empty data folder.
    ///
    /// # Errors
    /// Where it does not start.
    pub fn start(binary: &Path, data: &Path) -> Result<Self, String> {
        let token = output(program(binary).args(["token", "create", "--data"]).arg(data))?;
        let server = server::Server::start(binary, data)?;
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(300)))
            .build()
            .new_agent();
        Ok(Self { server, bearer: format!("Bearer {}", token.trim()), agent })
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> &str {
        self.server.url()
    }

    /// Sends a report as the run `build` and waits until it is stored.
    ///
    /// # Errors
    /// Where it is not stored.
    pub fn upload(&self, build: &str, body: &[u8]) -> Result<(), String> {
        let url = format!(
            "{}/api/v1/projects/bench/uploads?commit=c{build}&branch=main&build={build}&category=all&wait=60",
            self.url()
        );
        let sent = self.agent.post(&url).header("Authorization", &self.bearer).send(body);
        let mut response = sent.map_err(|error| error.to_string())?;
        let text = response.body_mut().read_to_string().map_err(|error| error.to_string())?;
        let answer: serde_json::Value =
            serde_json::from_str(&text).map_err(|error| format!("{error}: {text}"))?;
        if answer.get("state").is_some_and(|state| state == "stored") {
            Ok(())
        } else {
            Err(format!("not stored: {text}"))
        }
    }

    /// Asks for a resource as JSON.
    ///
    /// # Errors
    /// Where the answer is none.
    pub fn get(&self, path: &str) -> Result<serde_json::Value, String> {
        let mut response =
            self.agent.get(format!("{}{path}", self.url())).call().map_err(|error| error.to_string())?;
        let text = response.body_mut().read_to_string().map_err(|error| error.to_string())?;
        serde_json::from_str(&text).map_err(|error| format!("{path}: {error}: {text}"))
    }
}
