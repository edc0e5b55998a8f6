//! The paths of the API and of the app, in one place: the server's links and the app's routes cannot differ.

/// Where the API begins.
pub const API: &str = "/api/v1";

/// Percent-encodes a value for a query or for one segment of a path.
pub fn encode(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                out.push(char::from(byte))
            }
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// The page of a project in the app.
pub fn project(project: &str) -> String {
    format!("/p/{}", encode(project))
}

/// The page of a module in the app.
pub fn module(project: &str, path: &str) -> String {
    format!("/p/{}/module?path={}", encode(project), encode(path))
}

/// The page of a run in the app.
pub fn run(project: &str, number: u64) -> String {
    format!("/p/{}/runs/{number}", encode(project))
}

/// The page of a file in the app.
pub fn file(project: &str, run: u64, path: &str) -> String {
    format!("/p/{}/runs/{run}/file?path={}", encode(project), encode(path))
}

/// The page of a test in the app.
pub fn test(project: &str, test: u64) -> String {
    format!("/p/{}/tests/{test}", encode(project))
}
