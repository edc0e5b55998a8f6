//! Measures the way from a file into the history, for `cargo xtask bench parsers`. Each way prints one JSON object.
//!
//! - `stored tests FILE`: a report of tests as the first run of an empty history, and again as the next run; seconds from
//!   the file's name to the committed transaction.
//! - `stored coverage FILE`: seconds of the parse to a sink that counts, seconds of packing and storing the lines that
//!   were parsed, and by how many bytes the data folder grew.
#![expect(clippy::print_stdout, reason = "a program that prints what it measured")]

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

use plimsoll::ingest::{Ingest, LocalFile, ingest_run};
use plimsoll::mapped::MappedFile;
use plimsoll_format::{Input, Limits, ParseError, Sink, Warning};
use plimsoll_model::{FileCoverage, LineCoverage};
use plimsoll_store::{Accepted, FileLines, NewRun, NewUpload, Options, PathId, Store, StoreError};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, path] = arguments.as_slice() else { return Err("usage: stored tests|coverage FILE".into()) };
    let data = tempfile::tempdir()?;
    let measured = match what.as_str() {
        "tests" => tests(Path::new(path), data.path())?,
        "coverage" => coverage(Path::new(path), data.path())?,
        _ => return Err("usage: stored tests|coverage FILE".into()),
    };
    println!("{measured}");
    Ok(())
}

fn tests(path: &Path, data: &Path) -> Result<serde_json::Value, Box<dyn Error>> {
    let begun = Instant::now();
    let ingest = Ingest::new(Store::open(data, &Options::default())?, Limits::default());
    let store = |build: &str| {
        let file = LocalFile { path: path.to_owned(), name: "junit.xml".to_owned(), ..LocalFile::default() };
        ingest_run(&ingest, "bench", &run(build), &[], &[file])
    };
    let first = store("1")?;
    let first_seconds = begun.elapsed().as_secs_f64();
    let begun = Instant::now();
    let next = store("2")?;
    let next_seconds = begun.elapsed().as_secs_f64();
    let count = |run: &plimsoll::ingest::IngestedRun| {
        run.uploads
            .iter()
            .flat_map(|upload| &upload.reports)
            .filter_map(|report| report.counted.tests.as_ref())
            .map(|tests| tests.total)
            .sum::<u64>()
    };
    if count(&first) == 0 || count(&first) != count(&next) {
        return Err("the history does not hold the tests".into());
    }
    Ok(serde_json::json!({
        "tests": count(&first),
        "first_seconds": first_seconds,
        "next_seconds": next_seconds,
        "bytes": folder_bytes(data)?,
    }))
}

fn run(build: &str) -> NewRun {
    NewRun {
        commit: format!("commit-{build}"),
        branch: "main".to_owned(),
        pull_request: None,
        build: Some(build.to_owned()),
        base_branch: None,
        build_url: None,
        created_at: 1_700_000_000,
        tag: None,
    }
}

/// Counts and keeps nothing.
#[derive(Default)]
struct Count(u64);

impl Sink for Count {
    fn file_coverage(&mut self, file: &FileCoverage<'_>) -> Result<(), ParseError> {
        self.0 += file.lines.iter().filter(|line| line.hits > 0).count() as u64;
        Ok(())
    }

    fn warning(&mut self, _: Warning) {}
}

/// Keeps the lines of each file.
#[derive(Default)]
struct Keep(BTreeMap<String, Vec<LineCoverage>>);

impl Sink for Keep {
    fn file_coverage(&mut self, file: &FileCoverage<'_>) -> Result<(), ParseError> {
        self.0.entry(file.path.to_string()).or_default().extend_from_slice(file.lines);
        Ok(())
    }

    fn warning(&mut self, _: Warning) {}
}

fn coverage(path: &Path, data: &Path) -> Result<serde_json::Value, Box<dyn Error>> {
    let bytes = MappedFile::open(path)?;
    let limits = Limits::default();
    let input = Input::new("coverage", std::str::from_utf8(&bytes)?, &limits);
    let format = plimsoll_registry::detect(&input).map_err(|error| error.to_string())?;
    let mut parse_seconds = f64::INFINITY;
    for _ in 0..3 {
        let begun = Instant::now();
        format.parse(&input, &mut Count::default())?;
        parse_seconds = parse_seconds.min(begun.elapsed().as_secs_f64());
    }
    let mut keep = Keep::default();
    format.parse(&input, &mut keep)?;

    let store = Store::open(data, &Options::default())?;
    let paths: Vec<&str> = keep.0.keys().map(String::as_str).collect();
    let (project, upload, ids) = store.write(|writer| -> Result<_, StoreError> {
        let project = writer.insert_project("bench", "bench", "main", 0)?;
        let number = writer.ensure_run(project, &run("1"))?;
        let accepted = writer.accept_upload(
            project,
            &NewUpload {
                run: number,
                name: "coverage".to_owned(),
                category: None,
                shard: None,
                format: None,
                flags: Vec::new(),
                strip_prefix: None,
                add_prefix: None,
                digest: [0; 32],
                bytes: bytes.len() as u64,
                received_at: 0,
                spool: String::new(),
            },
        )?;
        let (Accepted::Queued(upload) | Accepted::Duplicate(upload)) = accepted;
        Ok((project, upload, writer.intern_paths(project, &paths)?))
    })?;
    let before = folder_bytes(data)?;
    let begun = Instant::now();
    let files: BTreeMap<PathId, FileLines> =
        ids.into_iter().zip(keep.0.values()).map(|(id, lines)| (id, FileLines::from_lines(lines))).collect();
    store.write(|writer| writer.set_upload_coverage(project, upload, &files))?;
    let store_seconds = begun.elapsed().as_secs_f64();
    let lines: u64 = files.values().map(|file| file.totals().lines).sum();
    drop(store);
    Ok(serde_json::json!({
        "lines": lines,
        "files": files.len(),
        "parse_seconds": parse_seconds,
        "store_seconds": store_seconds,
        "bytes": folder_bytes(data)?.saturating_sub(before),
    }))
}

/// Bytes of all files in a folder and below.
fn folder_bytes(folder: &Path) -> std::io::Result<u64> {
    let mut sum = 0;
    let mut folders: Vec<PathBuf> = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let about = entry.metadata()?;
            if about.is_dir() {
                folders.push(entry.path());
            } else {
                sum += about.len();
            }
        }
    }
    Ok(sum)
}
