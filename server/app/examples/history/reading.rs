//! What the pages of a full store cost: comparisons in this process, and the API of a server that a writer keeps busy.

use std::error::Error;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use plimsoll::http::NewToken;
use plimsoll::pages::{PageCache, Scope, compare_runs};
use plimsoll_store::Store;

use crate::figures::{Bar, median, percentile, print};
use crate::filling::PROJECT;
use crate::project::{History, Sizes};
use crate::random::{below, mix};
use crate::reports::{REPORTS, file};

/// Pairs of runs that are compared.
const PAIRS: u64 = 200;
/// Runs that the writer sends while the server is asked.
const WRITTEN: u64 = 6;

/// Compares any two runs, each pair for the first time.
///
/// # Errors
/// Where a run is not there.
pub fn compare(store: &Store, sizes: &Sizes) -> Result<(), Box<dyn Error>> {
    let mut seconds = Vec::new();
    for pair in 0..PAIRS {
        let any = |side| 1 + below(&[sizes.seed, 20, pair, side], sizes.runs as usize) as u64;
        let cache = PageCache::default();
        let begun = Instant::now();
        let counts = store.read(|reader| {
            let scope = Scope::open(reader, &cache, PROJECT)?;
            compare_runs(&scope, any(0), any(1)).map(|comparison| comparison.counts)
        });
        counts.map_err(|error: plimsoll::pages::PageError| error.to_string())?;
        seconds.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    let middle = (median(&seconds), "the median");
    print("comparison of any two runs, p99", percentile(&seconds, 99), "ms", Bar::AtMost(10.0), middle);
    Ok(())
}

/// Asks a server that stores runs all the time.
///
/// # Errors
/// Where the server cannot be started or an answer is an error.
pub fn load(data: &Path, history: &mut History, requests: u64) -> Result<(), Box<dyn Error>> {
    let token = NewToken::random()?;
    let store = Store::open(data, &plimsoll_store::Options::default())?;
    store.write(|writer| writer.insert_token(None, "bench", &token.hash, 0))?;
    drop(store);
    let files = files(history)?;
    let server = Server::start(data)?;
    let is_done = AtomicBool::new(false);
    let sizes = history.sizes;
    std::thread::scope(|scope| {
        let writing = scope.spawn(|| write(&server, &token.text, &files, &is_done));
        let asked = ask(&server, &sizes, requests);
        is_done.store(true, Ordering::SeqCst);
        let written = writing.join().map_err(|_| "the writer panicked")??;
        asked?;
        print("runs that the server stored meanwhile", written as f64, "", Bar::None, (1.0, "one"));
        Ok::<_, Box<dyn Error>>(())
    })
}

/// The reports of the next runs, as they are sent.
type Files = Vec<(String, i64, Vec<Vec<u8>>)>;

fn files(history: &mut History) -> Result<Files, Box<dyn Error>> {
    let mut files = Vec::new();
    let first = history.sizes.runs.next_multiple_of(2);
    for at in 0..WRITTEN {
        let sizes = history.sizes;
        // Main runs only: these change what every page shows.
        let run = history.run(first + at * 2);
        let commit = run.state.commits.last().ok_or("a run without a commit")?.name();
        let reports: Result<Vec<_>, _> =
            REPORTS.iter().map(|(format, _)| file(format, &sizes, &run)).collect();
        files.push((commit, run.time, reports?));
    }
    Ok(files)
}

fn write(server: &Server, token: &str, files: &Files, is_done: &AtomicBool) -> Result<u64, String> {
    let mut written = 0;
    for (build, (commit, time, reports)) in files.iter().cycle().enumerate() {
        let created_at = plimsoll_api::Timestamp(time + build as i64);
        for ((_, name), body) in REPORTS.iter().zip(reports) {
            if is_done.load(Ordering::SeqCst) {
                return Ok(written);
            }
            let url = format!(
                "{}/api/v1/projects/{PROJECT}/uploads?commit={commit}&branch=main&build=load-{build}&name={name}\
                 &created_at={created_at}&wait=60",
                server.url
            );
            let sent = ureq::post(&url).header("Authorization", format!("Bearer {token}")).send(&body[..]);
            sent.map_err(|error| format!("{name}: {error}"))?;
        }
        written += 1;
    }
    Ok(written)
}

fn ask(server: &Server, sizes: &Sizes, requests: u64) -> Result<(), Box<dyn Error>> {
    let any = |request: u64, what: u64, of: usize| below(&[sizes.seed, 21, request, what], of);
    let latest = sizes.runs / 2 * 2 - 1;
    let known_tests = some_tests(server, latest)?;
    let pages: [(&str, &dyn Fn(u64) -> String); 12] = [
        ("is it alive", &|_| "/health/live".to_owned()),
        ("project page", &|_| format!("/api/v1/projects/{PROJECT}")),
        ("module trend over 1,000 runs", &|request| {
            let module = any(request, 1, sizes.modules);
            format!("/api/v1/projects/{PROJECT}/module?path=services/m{module:03}&limit=1000")
        }),
        ("hotspots", &|_| format!("/api/v1/projects/{PROJECT}/hotspots")),
        ("findings, two facets", &|request| {
            let severity = ["low", "medium", "high"].get(any(request, 2, 3)).copied().unwrap_or("low");
            let module = any(request, 3, sizes.modules);
            format!(
                "/api/v1/projects/{PROJECT}/runs/{latest}/findings?severity={severity}&module=services/m{module:03}"
            )
        }),
        ("findings of a rule", &|request| {
            format!("/api/v1/projects/{PROJECT}/runs/{latest}/findings?rule=rule-{:03}", any(request, 4, 120))
        }),
        ("tests, a page", &|_| format!("/api/v1/projects/{PROJECT}/runs/{latest}/tests")),
        ("tests by name", &|_| format!("/api/v1/projects/{PROJECT}/runs/{latest}/tests?sort=name")),
        ("tests by words", &|request| {
            format!(
                "/api/v1/projects/{PROJECT}/runs/{latest}/tests?q=unit{}test",
                any(request, 5, sizes.classes())
            )
        }),
        ("tests by duration", &|_| format!("/api/v1/projects/{PROJECT}/runs/{latest}/tests?sort=duration")),
        ("tests grid 50 × 200", &|request| {
            // The first part is what is seen most; the others are what somebody sees who scrolls.
            let offset = if request.is_multiple_of(2) { 0 } else { 50 * any(request, 6, sizes.tests / 50) };
            format!("/api/v1/projects/{PROJECT}/tests/grid?limit=50&runs=200&offset={offset}")
        }),
        ("one test", &|request| {
            let test = known_tests.get(any(request, 7, known_tests.len())).copied().unwrap_or(1);
            format!("/api/v1/projects/{PROJECT}/tests/{test}")
        }),
    ];
    let mut latencies = vec![Vec::new(); pages.len()];
    let agent = ureq::Agent::new_with_defaults();
    let mut memory = Memory::default();
    let mut left_out = 0.0;
    for request in 0..requests {
        for ((_, path), latencies) in pages.iter().zip(&mut latencies) {
            let url = format!("{}{}", server.url, path(mix(&[request])));
            let begun = Instant::now();
            let mut response = match agent.get(&url).call() {
                // The newest run has nothing but its file list yet, so no module was measured in it.
                Err(ureq::Error::StatusCode(404)) => {
                    left_out += 1.0;
                    continue;
                }
                answer => answer.map_err(|error| format!("{url}: {error}"))?,
            };
            let body = response.body_mut().with_config().limit(64 << 20).read_to_vec()?;
            latencies.push(begun.elapsed().as_secs_f64() * 1000.0);
            if body.is_empty() && !url.ends_with("live") {
                return Err(format!("{url} is empty").into());
            }
        }
        memory = memory.max(server.memory());
    }
    let alive = latencies.first().map_or(f64::NAN, |latencies| percentile(latencies, 99));
    for ((name, _), latencies) in pages.iter().zip(&latencies).skip(1) {
        let reference = (alive, "an answer without work, p99");
        print(&format!("{name}: p99"), percentile(latencies, 99), "ms", Bar::AtMost(15.0), reference);
        print(&format!("{name}: median"), median(latencies), "ms", Bar::None, reference);
    }
    print("questions for what was not there yet", left_out, "", Bar::None, (requests as f64, "of each page"));
    let anonymous = (memory.anonymous, "of it not of files");
    print("memory of the server", memory.resident, "MB", Bar::AtMost(150.0), anonymous);
    Ok(())
}

/// Identifiers of tests that a run has.
fn some_tests(server: &Server, run: u64) -> Result<Vec<u64>, Box<dyn Error>> {
    let url = format!("{}/api/v1/projects/{PROJECT}/runs/{run}/tests?limit=500&sort=name", server.url);
    let body = ureq::get(&url).call()?.body_mut().with_config().limit(64 << 20).read_to_vec()?;
    let page: serde_json::Value = serde_json::from_slice(&body)?;
    let items = page.get("items").and_then(serde_json::Value::as_array).ok_or("no list of tests")?;
    Ok(items.iter().filter_map(|test| test.get("id")?.as_u64()).collect())
}

/// What a process takes, in MB.
#[derive(Debug, Clone, Copy, Default)]
struct Memory {
    resident: f64,
    anonymous: f64,
}

impl Memory {
    fn max(self, other: Self) -> Self {
        Self { resident: self.resident.max(other.resident), anonymous: self.anonymous.max(other.anonymous) }
    }
}

struct Server {
    child: Child,
    url: String,
}

impl Server {
    /// This program as a server of the store.
    fn start(data: &Path) -> Result<Self, Box<dyn Error>> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["--serve", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .spawn()?;
        let line = child.stdout.take().and_then(|out| BufReader::new(out).lines().next()).transpose()?;
        let url = line.as_deref().and_then(|line| line.strip_prefix("listening on ")).map(str::to_owned);
        let url = url.ok_or("the server did not say where it listens")?;
        std::thread::sleep(Duration::from_millis(200));
        Ok(Self { child, url })
    }

    fn memory(&self) -> Memory {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let of = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kilobytes =
                line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<f64>().ok());
            kilobytes.unwrap_or(f64::NAN) * 1.024 / 1000.0
        };
        Memory { resident: of("VmRSS:"), anonymous: of("RssAnon:") }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.child.kill().is_ok() {
            // Reaped, so that no dead process stays.
            drop(self.child.wait());
        }
    }
}
