//! The browser app: its weight, and what Lighthouse says of the demo's project page (desktop preset).

use std::process::Stdio;

use super::Figure;
use super::figure::Bar;
use super::server::{Server, build};
use crate::process::{self, output, program, root, target};
use crate::{app, chromium};

/// Pinned, so that a new version's other weights do not look like a change of ours.
const LIGHTHOUSE: &str = "lighthouse@12";

const CHROMIUM: &str = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
     --disable-component-update --disable-sync";

/// Measures.
///
/// # Errors
/// Where the app, the server, Chromium or Lighthouse cannot be had.
pub fn measure(report: &mut dyn FnMut(Figure)) -> Result<(), String> {
    let bytes = app::build()?.first;
    let raw: u64 = walkdir::WalkDir::new(target().join("app"))
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.path().extension().is_none_or(|extension| extension != "br"))
        .filter_map(|entry| entry.metadata().ok().filter(std::fs::Metadata::is_file))
        .map(|metadata| metadata.len())
        .sum();
    report(Figure {
        name: "first load, all files, Brotli".to_owned(),
        value: bytes as f64 / 1000.0,
        unit: "KB",
        reference: raw as f64 / 1000.0,
        reference_name: "uncompressed",
        bar: Bar::AtMost(300.0),
    });
    chromium::ensure()?;
    let binary = build()?;
    let data = target().join("bench-app");
    if data.exists() {
        std::fs::remove_dir_all(&data).map_err(|error| error.to_string())?;
    }
    let samples = root().join("sample-reports/bookstore/runs");
    process::run(
        program(&binary)
            .args(["ingest", "--quiet", "--project", "bookstore", "--data"])
            .arg(&data)
            .arg(samples),
    )?;
    let server = Server::start(&binary, &data)?;
    let scores = lighthouse(&format!("{}/p/bookstore", server.url()))?;
    for (category, name) in [
        ("performance", "performance"),
        ("accessibility", "accessibility"),
        ("best-practices", "best practices"),
    ] {
        let score = scores
            .pointer(&format!("/categories/{category}/score"))
            .and_then(serde_json::Value::as_f64)
            .ok_or_else(|| format!("Lighthouse gives no score for {category}"))?;
        report(Figure {
            name: format!("Lighthouse, desktop, project page: {name}"),
            value: score * 100.0,
            unit: "",
            reference: 100.0,
            reference_name: "the greatest score",
            bar: Bar::RatioAtLeast(0.95),
        });
    }
    for (audit, name) in [
        ("first-contentful-paint", "first contentful paint"),
        ("largest-contentful-paint", "largest contentful paint"),
        ("total-blocking-time", "total blocking time"),
    ] {
        let value =
            scores.pointer(&format!("/audits/{audit}/numericValue")).and_then(serde_json::Value::as_f64);
        if let Some(value) = value {
            let reference = 1000.0;
            report(Figure {
                name: format!("Lighthouse, desktop, project page: {name}"),
                value,
                unit: "ms",
                reference,
                reference_name: "one second",
                bar: Bar::None,
            });
        }
    }
    Ok(())
}

fn lighthouse(url: &str) -> Result<serde_json::Value, String> {
    let tools = target().join("bench-tools");
    let lighthouse = tools.join("node_modules/.bin/lighthouse");
    if !lighthouse.exists() {
        std::fs::create_dir_all(&tools).map_err(|error| error.to_string())?;
        let install = ["install", "--no-audit", "--no-fund", "--silent", "--prefix"];
        process::run(program("npm").args(install).arg(&tools).arg(LIGHTHOUSE))
            .map_err(|error| format!("{error}; the measurement needs Node and its npm"))?;
    }
    let out = tools.join("lighthouse.json");
    output(
        program(&lighthouse)
            .arg(url)
            .args([
                "--preset=desktop",
                "--quiet",
                "--output=json",
                "--only-categories=performance,accessibility,best-practices",
            ])
            .arg(format!("--output-path={}", out.display()))
            .arg(format!("--chrome-flags={CHROMIUM}"))
            .env("CHROME_PATH", process::find("chromium")?)
            .stderr(Stdio::null()),
    )?;
    let text = std::fs::read_to_string(&out).map_err(|error| format!("{}: {error}", out.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("Lighthouse wrote no JSON: {error}"))
}
