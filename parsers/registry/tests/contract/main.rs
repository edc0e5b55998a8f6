//! What every format has to keep, tested on the samples in `sample-reports/<format-id>/`.
//!
//! `PLIMSOLL_FORMAT=junit,trx` narrows the tests to some formats; `PLIMSOLL_ACCEPT=1` writes the goldens anew.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod advisories;
mod golden;
mod samples;

use plimsoll_format::{Confidence, Format, Input, Limits, ParseErrorKind, Sink, Warning};
use plimsoll_registry::{DetectError, decode, detect, find, formats, parse, supported_formats};

use samples::{Sample, all_samples, repository, sample_folders, samples_of};

struct Nothing;

impl Sink for Nothing {
    fn warning(&mut self, _: Warning) {}
}

/// The formats that the tests are about.
fn wanted() -> Vec<&'static dyn Format> {
    let only = std::env::var("PLIMSOLL_FORMAT").ok();
    let is_wanted = |id: &str| only.as_deref().is_none_or(|only| only.split(',').any(|wanted| wanted == id));
    let wanted: Vec<_> = formats().filter(|format| is_wanted(format.descriptor().id)).collect();
    assert!(!wanted.is_empty(), "no format has the id {only:?}");
    wanted
}

fn report(problems: Vec<String>) {
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn descriptors_are_whole() {
    let mut problems = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for format in wanted() {
        let descriptor = format.descriptor();
        let id = descriptor.id;
        if !seen.insert(id) {
            problems.push(format!("{id}: there are two of it"));
        }
        if id.is_empty() || !id.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-')) {
            problems.push(format!("{id}: is not kebab-case"));
        }
        if !descriptor.link.starts_with("https://") {
            problems.push(format!("{id}: has no link to its description"));
        }
        let docs = &descriptor.docs;
        for text in [descriptor.name, docs.produced_by, docs.maps_to, docs.not_read] {
            if text.trim().is_empty() {
                problems.push(format!("{id}: its documentation has a gap"));
            }
        }
        if descriptor.version == 0 || descriptor.tools.is_empty() || descriptor.globs.is_empty() {
            problems.push(format!("{id}: version, tools and globs are needed"));
        }
        assert_eq!(find(id).map(|found| found.descriptor().id), Some(id));
    }
    report(problems);
}

#[test]
fn every_format_has_its_samples() {
    let mut problems = Vec::new();
    for format in wanted() {
        let id = format.descriptor().id;
        let samples = samples_of(id);
        for needed in ["typical", "empty", "three-of-each", "truncated"] {
            if !samples.iter().any(|sample| sample.stem() == needed) {
                problems.push(format!("{id}: sample-reports/{id}/{needed}.* is missing"));
            }
        }
        if !repository().join("sample-reports").join(id).join("README.md").exists() {
            problems.push(format!(
                "{id}: sample-reports/{id}/README.md does not say where the samples come from"
            ));
        }
        for sample in samples {
            if sample.bytes.len() > 40 << 10 {
                problems.push(format!("{sample}: {} bytes are more than a sample needs", sample.bytes.len()));
            }
        }
    }
    report(problems);
}

#[test]
fn every_sample_folder_belongs_to_a_format() {
    let strangers: Vec<String> =
        sample_folders().into_iter().filter(|folder| find(folder).is_none()).collect();
    report(strangers);
}

#[test]
fn samples_name_no_machine_and_no_person() {
    let mut problems = Vec::new();
    for sample in all_samples(&wanted()) {
        let text = decode(&sample.bytes).0.into_owned();
        for trace in ["/root/", "/home/", "/work/", "/tmp/", "Author:", "Committer:"] {
            if text.contains(trace) {
                problems.push(format!("{sample}: holds `{trace}`"));
            }
        }
    }
    report(problems);
}

#[test]
fn every_sample_is_claimed_by_its_format_alone() {
    let limits = Limits::default();
    let mut problems = Vec::new();
    for sample in all_samples(&wanted()) {
        if sample.is_blank() {
            continue;
        }
        let text = decode(&sample.bytes).0.into_owned();
        match detect(&Input::new(&sample.name, &text, &limits)) {
            Ok(format) if format.descriptor().id == sample.folder => {}
            Ok(format) => problems.push(format!("{sample}: is taken for {}", format.descriptor().id)),
            Err(error) => problems.push(format!("{sample}: {error}")),
        }
    }
    report(problems);
}

#[test]
fn samples_hold_what_the_goldens_say() {
    let mut problems = Vec::new();
    for sample in all_samples(&wanted()) {
        if let Err(problem) = golden::check(&sample) {
            problems.push(problem);
        }
    }
    report(problems);
}

#[test]
fn truncated_samples_say_so() {
    let limits = Limits::default();
    let mut problems = Vec::new();
    for sample in all_samples(&wanted()).iter().filter(|sample| sample.stem() == "truncated") {
        let text = decode(&sample.bytes).0.into_owned();
        let format = find(&sample.folder).unwrap();
        let mut warnings = Warnings::default();
        let outcome = parse(format, &Input::new(&sample.name, &text, &limits), &mut warnings);
        // A format of lines cannot always know; its golden shows what it made of the cut line.
        let is_told = outcome.is_err() || !warnings.0.is_empty();
        if !is_told && !format.descriptor().docs.quirks.contains("cut") {
            problems.push(format!("{sample}: is read without an error or a warning"));
        }
    }
    report(problems);
}

#[derive(Default)]
struct Warnings(Vec<Warning>);

impl Sink for Warnings {
    fn warning(&mut self, warning: Warning) {
        self.0.push(warning);
    }
}

#[test]
fn nothing_at_all_is_an_error() {
    let limits = Limits::default();
    let mut problems = Vec::new();
    for format in wanted() {
        let descriptor = format.descriptor();
        for text in ["", " \r\n\t\n"] {
            let input = Input::new("", text, &limits);
            assert_eq!(format.sniff(&input), Confidence::No, "{} claims nothing at all", descriptor.id);
            match format.parse(&input, &mut Nothing) {
                // The tools of some formats write nothing where they found nothing; their documentation says so.
                Ok(()) if descriptor.docs.quirks.contains("empty file") => {}
                Ok(()) => problems.push(format!("{}: reads an empty file", descriptor.id)),
                Err(error) if error.kind == ParseErrorKind::Empty => {}
                Err(error) => problems.push(format!("{}: says of an empty file: {error}", descriptor.id)),
            }
        }
    }
    report(problems);
}

#[test]
fn every_prefix_parses_or_errs() {
    let limits = Limits::default();
    for sample in all_samples(&wanted()) {
        let format = find(&sample.folder).unwrap();
        let text = decode(&sample.bytes).0.into_owned();
        // Every prefix of the beginning, then one in so many that the whole sample stays a matter of seconds.
        let stride = (text.len() / 400).max(1);
        for end in (0..text.len()).filter(|end| *end < 512 || end % stride == 0) {
            if let Some(prefix) = text.get(..end) {
                let input = Input::new(&sample.name, prefix, &limits);
                format.sniff(&input);
                format.parse(&input, &mut Nothing).map_or_else(drop, drop);
            }
        }
    }
}

#[test]
fn no_format_panics_on_the_samples_of_the_others() {
    let limits = Limits::default();
    let samples: Vec<Sample> = all_samples(&wanted());
    for sample in &samples {
        let text = decode(&sample.bytes).0.into_owned();
        let input = Input::new(&sample.name, &text, &limits);
        for format in formats() {
            format.sniff(&input);
            format.parse(&input, &mut Nothing).map_or_else(drop, drop);
        }
    }
}

#[test]
fn ordinary_files_are_no_reports() {
    let limits = Limits::default();
    for (name, text) in [
        (
            "package.json",
            r#"{"name":"shop","version":"1.0.0","scripts":{"test":"jest"},"dependencies":{"a":"1"}}"#,
        ),
        ("package-lock.json", r#"{"name":"shop","lockfileVersion":3,"packages":{"":{"name":"shop"}}}"#),
        ("tsconfig.json", r#"{"compilerOptions":{"strict":true},"files":["a.ts"]}"#),
        ("composer.json", r#"{"name":"a/b","require":{"php":">=8"}}"#),
        ("data.json", r#"[{"id":1,"title":"a"},{"id":2,"title":"b"}]"#),
        ("array.json", "[]"),
        ("object.json", "{}"),
        ("numbers.json", "[1, 2, 3]"),
        ("results.json", r#"{"results":[]}"#),
        ("errors.json", r#"{"errors":[{"message":"a"}]}"#),
        ("vulnerabilities.json", r#"{"vulnerabilities":[]}"#),
        (
            "pom.xml",
            r#"<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion></project>"#,
        ),
        ("page.html", "<!DOCTYPE html><html><head><title>Tests</title></head><body>coverage</body></html>"),
        ("logo.svg", r#"<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>"#),
        ("web.config", "<configuration><appSettings/></configuration>"),
        ("README.md", "# Tests\n\nok so far: 12 tests.\n\n* one\n* two\n"),
        ("main.rs", "fn main() {\n    println!(\"hello\");\n}\n"),
        ("build.log", "[INFO] Scanning for projects...\n[INFO] BUILD SUCCESS\n"),
        ("table.csv", "name,count\na,1\nb,2\n"),
        ("Cargo.toml", "[package]\nname = \"a\"\nversion = \"0.1.0\"\n"),
        ("config.yml", "version: 2\njobs:\n  build:\n    docker: []\n"),
        ("sbom.json", r#"{"bomFormat":"CycloneDX","specVersion":"1.5","components":[]}"#),
        ("sbom.spdx.json", r#"{"spdxVersion":"SPDX-2.3","packages":[]}"#),
    ] {
        let found = detect(&Input::new(name, text, &limits)).map(|format| format.descriptor().id);
        assert_eq!(found, Err(DetectError::Unknown), "{name}");
    }
}

#[test]
fn the_page_of_formats_is_up_to_date() {
    let path = repository().join("SUPPORTED-FORMATS.md");
    let page = supported_formats();
    if std::env::var_os("PLIMSOLL_ACCEPT").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let is_up_to_date = written == page;
    assert!(
        is_up_to_date,
        "SUPPORTED-FORMATS.md is old: run this test with PLIMSOLL_ACCEPT=1 and commit the file"
    );
}
