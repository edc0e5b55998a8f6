//! A registry on the loopback interface that answers `npm audit` from `source/advisories/`.
//!
//! `npm audit` asks its registry for the advisories of the packages and for the versions that there are. A public
//! registry's answers change from day to day, so the replay gives fixed ones.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::thread;

use serde_json::{Map, Value};

/// The registry; it serves until the process ends.
pub struct Registry {
    address: SocketAddr,
}

impl Registry {
    /// Begins to serve the advisories of some packages, and the versions of all.
    ///
    /// # Errors
    /// Where the files cannot be read or no port is free.
    pub fn serve(folder: &Path, packages: &[String]) -> Result<Self, String> {
        let path = folder.join("advisories.json");
        let advisories: Map<String, Value> = serde_json::from_str(&super::read_text(&path)?)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        let asked: Map<String, Value> =
            advisories.into_iter().filter(|(name, _)| packages.contains(name)).collect();
        let bulk = Value::Object(asked).to_string();
        let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(|error| error.to_string())?;
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        let folder = folder.to_owned();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (bulk, folder) = (bulk.clone(), folder.clone());
                thread::spawn(move || {
                    if let Err(error) = answer(stream, &bulk, &folder) {
                        eprintln!("registry of the samples: {error}");
                    }
                });
            }
        });
        Ok(Self { address })
    }

    /// Its address, for `npm --registry`.
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }
}

/// Reads one request and answers it; the connection is closed afterwards.
fn answer(stream: TcpStream, bulk: &str, folder: &Path) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut request = String::new();
    reader.read_line(&mut request)?;
    let mut length = 0;
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header)? == 0 || header.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = header.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    std::io::copy(&mut reader.by_ref().take(length), &mut std::io::sink())?;
    let path = request.split(' ').nth(1).unwrap_or("/");
    let (status, body) = if path == "/-/npm/v1/security/advisories/bulk" {
        ("200 OK", bulk.to_owned())
    } else {
        match versions(folder, path) {
            Some(body) => ("200 OK", body),
            None => ("404 Not Found", "{}".to_owned()),
        }
    };
    write!(
        reader.get_mut(),
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// The document of one package: which versions there are, and what each depends on.
fn versions(folder: &Path, path: &str) -> Option<String> {
    let name = path.trim_start_matches('/');
    if name.contains(['/', '\\', '.']) {
        return None;
    }
    let file: PathBuf = folder.join("packages").join(format!("{name}.json"));
    std::fs::read_to_string(file).ok()
}
