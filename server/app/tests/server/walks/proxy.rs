//! Stands between the browser and the server, and makes the network bad when it is told to.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

/// How the network is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Network {
    Good = 0,
    /// Connections end at once.
    Gone = 1,
    /// The API answers with status 500.
    Broken = 2,
    /// The API answers late.
    Slow = 3,
}

/// A proxy on a port of its own. Its thread ends with the process.
pub struct Proxy {
    pub url: String,
    network: Arc<AtomicU8>,
}

impl Proxy {
    /// In front of the server at this address.
    pub fn before(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let network = Arc::new(AtomicU8::new(0));
        let (target, state) = (server.trim_start_matches("http://").to_owned(), Arc::clone(&network));
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let (target, state) = (target.clone(), Arc::clone(&state));
                // A browser that goes away in the middle is no failure of the test.
                std::thread::spawn(move || drop(pass(client, &target, &state)));
            }
        });
        Self { url, network }
    }

    pub fn set(&self, network: Network) {
        self.network.store(network as u8, Ordering::SeqCst);
    }
}

fn pass(mut client: TcpStream, target: &str, network: &AtomicU8) -> std::io::Result<()> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        client.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let text = String::from_utf8_lossy(&head).into_owned();
    let is_api = text.contains(" /api/");
    match network.load(Ordering::SeqCst) {
        1 => return Ok(()),
        2 if is_api => {
            let body = r#"{"error":{"code":"internal","message":"the disk is full","hint":null}}"#;
            let length = body.len();
            return client.write_all(
                format!("HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
                    .as_bytes(),
            );
        }
        3 if is_api => std::thread::sleep(Duration::from_millis(1500)),
        _ => {}
    }
    let mut server = TcpStream::connect(target)?;
    let lines = text.lines().filter(|line| !line.to_ascii_lowercase().starts_with("connection:"));
    let head: String = lines.filter(|line| !line.is_empty()).map(|line| format!("{line}\r\n")).collect();
    server.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes())?;
    std::io::copy(&mut server, &mut client)?;
    Ok(())
}
