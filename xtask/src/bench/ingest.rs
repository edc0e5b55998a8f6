//! From an HTTP upload to the stored history.
//!
//! The reference is what no product can do without: the same bytes written to a new file, and that file and its folder
//! synced.

use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use super::Figure;
use super::figure::{Bar, median};
use super::server::{Server, build};
use crate::process::target;

const REPEATS: usize = 5;

/// Measures.
///
/// # Errors
/// Where the server cannot be built or does not store what it is sent.
pub fn measure(report: &mut dyn FnMut(Figure)) -> Result<(), String> {
    let binary = build()?;
    let folder = target().join("bench-ingest");
    let (junit, sarif) = (junit(3_400), sarif(10_000));
    let (mut first_junit, mut first_sarif, mut again_sarif, mut disk_junit, mut disk_sarif) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut new, mut fixed) = (0, 0);
    for _ in 0..REPEATS {
        if folder.exists() {
            std::fs::remove_dir_all(&folder).map_err(|error| error.to_string())?;
        }
        std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let server = Server::start(&binary, &folder.join("data"))?;
        first_junit.push(seconds(|| server.upload("1", &junit))?);
        first_sarif.push(seconds(|| server.upload("2", &sarif))?);
        again_sarif.push(seconds(|| server.upload("3", &sarif))?);
        let counts = server.get("/api/v1/projects/bench/compare?from=2&to=3")?;
        let count = |name: &str| {
            counts
                .pointer(&format!("/counts/{name}"))
                .and_then(serde_json::Value::as_u64)
                .ok_or("the comparison has no findings")
        };
        new = new.max(count("new_code")?);
        fixed = fixed.max(count("fixed_code")?);
        disk_junit.push(seconds(|| write_synced(&folder.join("a"), &junit))?);
        disk_sarif.push(seconds(|| write_synced(&folder.join("b"), &sarif))?);
    }
    let disk = "write and sync the same bytes";
    let (disk_junit, disk_sarif) = (median(disk_junit), median(disk_sarif));
    let mut figure = |name: String, value, unit, reference, reference_name, bar| {
        report(Figure { name, value, unit, reference, reference_name, bar });
    };
    let kilobytes = junit.len() / 1000;
    figure(
        format!("JUnit, 3,400 tests, {kilobytes} KB: upload to stored"),
        median(first_junit),
        "s",
        disk_junit,
        disk,
        Bar::AtMost(0.2),
    );
    let kilobytes = sarif.len() / 1000;
    figure(
        format!("SARIF, 10,000 findings, {kilobytes} KB: upload to stored"),
        median(first_sarif),
        "s",
        disk_sarif,
        disk,
        Bar::AtMost(1.0),
    );
    figure(
        "the same SARIF again as the next run".to_owned(),
        median(again_sarif),
        "s",
        disk_sarif,
        disk,
        Bar::AtMost(0.3),
    );
    figure(
        "new findings after the same SARIF again".to_owned(),
        new as f64,
        "",
        10_000.0,
        "all findings",
        Bar::AtMost(0.0),
    );
    figure(
        "fixed findings after the same SARIF again".to_owned(),
        fixed as f64,
        "",
        10_000.0,
        "all findings",
        Bar::AtMost(0.0),
    );
    Ok(())
}

fn seconds(work: impl FnOnce() -> Result<(), String>) -> Result<f64, String> {
    let begun = Instant::now();
    work()?;
    Ok(begun.elapsed().as_secs_f64())
}

fn write_synced(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let write = || -> std::io::Result<()> {
        let mut file = std::fs::File::create(path)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        path.parent().map_or(Ok(()), |folder| std::fs::File::open(folder)?.sync_all())
    };
    write().map_err(|error| error.to_string())
}

/// 3,400 tests make about 900 KB: names, times and some failures with their traces.
fn junit(tests: usize) -> Vec<u8> {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for suite in 0..tests.div_ceil(50) {
        out += &format!(
            "<testsuite name=\"com.example.shop.module{}.Suite{suite}Test\" tests=\"50\">\n",
            suite % 12
        );
        for case in 0..50.min(tests - suite * 50) {
            out += &format!(
                "  <testcase classname=\"com.example.shop.module{}.Suite{suite}Test\" name=\"shouldHandleCaseNumber{case}WithParameters[{}]\" time=\"0.{:03}\">",
                suite % 12,
                case * 7 % 5,
                (suite * 31 + case * 17) % 1000
            );
            if (suite * 50 + case) % 40 == 0 {
                out += &format!(
                    "<failure message=\"expected: &lt;{case}&gt; but was: &lt;{suite}&gt;\" type=\"org.opentest4j.AssertionFailedError\">"
                );
                for frame in 0..82 {
                    out += &format!(
                        "\tat com.example.shop.module{}.Frame{frame}.call(Frame{frame}.java:{})\n",
                        suite % 12,
                        frame * 3
                    );
                }
                out.push_str("</failure>");
            }
            out.push_str("</testcase>\n");
        }
        out.push_str("</testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out.into_bytes()
}

fn sarif(results: usize) -> Vec<u8> {
    let mut out = String::from(
        "{\"version\":\"2.1.0\",\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"lint\",\"rules\":[",
    );
    for rule in 0..100 {
        out += &format!(
            "{}{{\"id\":\"R{rule}\",\"name\":\"Rule{rule}\",\"shortDescription\":{{\"text\":\"Rule {rule}\"}}}}",
            if rule > 0 { "," } else { "" }
        );
    }
    out.push_str("]}},\"results\":[");
    for result in 0..results {
        out += &format!(
            "{}{{\"ruleId\":\"R{}\",\"level\":\"{}\",\"message\":{{\"text\":\"Variable 'value{}' is assigned but never used in this scope.\"}},\"locations\":[{{\"physicalLocation\":{{\"artifactLocation\":{{\"uri\":\"services/module{}/src/file_{}.py\"}},\"region\":{{\"startLine\":{},\"startColumn\":5}}}}}}]}}",
            if result > 0 { "," } else { "" },
            result * 7 % 100,
            ["note", "warning", "error"].get(result % 3).copied().unwrap_or("none"),
            result % 977,
            result % 12,
            result % 800,
            1 + result / 3 % 900
        );
    }
    out.push_str("]}]}");
    out.into_bytes()
}
