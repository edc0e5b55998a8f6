//! A server of the product, for a measurement or an audit.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use crate::process::program;

/// A running server on a free port of the loopback interface. It ends with the value.
pub struct Server {
    child: Child,
    url: String,
}

impl Server {
    /// Starts it on a data folder.
    ///
    /// # Errors
    /// Where it does not start.
    pub fn start(binary: &Path, data: &Path) -> Result<Self, String> {
        let child = program(binary)
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .env("PLIMSOLL_LOG", "error")
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot start the server: {error}"))?;
        let mut server = Self { child, url: String::new() };
        let line = server
            .child
            .stdout
            .take()
            .and_then(|out| BufReader::new(out).lines().next())
            .and_then(Result::ok);
        let url = line.as_deref().and_then(|line| line.strip_prefix("listening on "));
        server.url = url.ok_or("the server did not say where it listens")?.to_owned();
        Ok(server)
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.child.kill().is_ok() {
            // Reaped, so that no dead process stays until the measurement ends.
            drop(self.child.wait());
        }
    }
}
