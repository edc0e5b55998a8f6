//! Broken and hostile files: whatever is in a file, reading it ends with an answer, in bounded time.
//!
//! The mutations are pseudo-random, but the same at each run. `PLIMSOLL_MUTATIONS=1000` makes more of each sample.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::Path;

use plimsoll_format::{Input, Limits, Sink, Warning};
use plimsoll_registry::{decode, formats, inspect, parse};

struct Nothing;

impl Sink for Nothing {
    fn warning(&mut self, _: Warning) {}
}

/// Xorshift: small, and good enough to damage files with.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound.max(1) as u64) as usize
    }
}

fn samples_of(id: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sample-reports").join(id);
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| !path.to_string_lossy().ends_with(".golden.json") && !path.ends_with("README.md"));
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// Overwrites, removes, repeats or swaps a few pieces.
fn damage(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    const TOKENS: [&[u8]; 20] = [
        b"<",
        b">",
        b"\"",
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b"&#0;",
        b"&x;",
        b"<![CDATA[",
        b"]]>",
        b"-1",
        b"99999999999999999999",
        b"1e999",
        b"null",
        b"\\u0000",
        b"\0",
        b"\xff\xfe",
    ];
    let mut out = bytes.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(out.len() + 1);
        let end = (at + random.below(24)).min(out.len());
        match random.below(4) {
            0 => drop(out.splice(at..at, TOKENS.get(random.below(TOKENS.len())).unwrap().iter().copied())),
            1 => drop(out.drain(at..end)),
            2 => {
                let piece = out.get(at..end).unwrap().to_vec();
                let place = random.below(out.len() + 1);
                drop(out.splice(place..place, piece));
            }
            _ => {
                if let Some(byte) = out.get_mut(at) {
                    *byte = random.below(256) as u8;
                }
            }
        }
    }
    out
}

#[test]
fn damaged_samples_are_answered() {
    let limits = Limits::default();
    let mutations =
        std::env::var("PLIMSOLL_MUTATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(40);
    for format in formats() {
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        for sample in samples_of(format.descriptor().id) {
            for _ in 0..mutations {
                let bytes = damage(&sample, &mut random);
                let (text, _) = decode(&bytes);
                let input = Input::new("report", &text, &limits);
                format.sniff(&input);
                parse(format, &input, &mut Nothing).map_or_else(drop, drop);
            }
        }
    }
}

#[test]
fn deep_nesting_is_refused_or_passed_over() {
    let depth = 200_000;
    for (open, close) in [("<a>", "</a>"), ("[", "]"), ("{\"a\":", "}")] {
        let text = format!("{}1{}", open.repeat(depth), close.repeat(depth));
        let limits = Limits::default();
        for format in formats() {
            let input = Input::new("report", &text, &limits);
            format.sniff(&input);
            parse(format, &input, &mut Nothing).map_or_else(drop, drop);
        }
    }
}

#[test]
fn nesting_inside_of_a_report_is_refused_by_name() {
    let suites = format!("{}{}", "<testsuite>".repeat(5000), "</testsuite>".repeat(5000));
    let inspections = inspect("junit.xml", suites.as_bytes(), &Limits::default());
    let error = inspections.first().unwrap().error.clone().unwrap();
    assert!(error.starts_with("limit `depth` is met: more than 128"), "{error}");
}

#[test]
fn entity_bombs_are_refused() {
    let bomb = "<!DOCTYPE t [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>\
                <testsuite><testcase name='x'><failure>&b;</failure></testcase></testsuite>";
    let inspections = inspect("junit.xml", bomb.as_bytes(), &Limits::default());
    let error = inspections.first().unwrap().error.clone().unwrap();
    assert!(error.contains("the entity `&b;` is not one of the five predefined ones"), "{error}");
}

#[test]
fn one_endless_line_is_read_or_refused() {
    let line = "x".repeat(20 << 20);
    let limits = Limits { text_bytes: 1 << 20, ..Limits::default() };
    for text in [
        line.clone(),
        format!("{{\"a\":\"{line}\"}}"),
        format!("<testsuite name=\"{line}\"/>"),
        format!("<testsuite><testcase name='a'><failure>{line}</failure></testcase></testsuite>"),
    ] {
        let inspections = inspect("report", text.as_bytes(), &limits);
        assert_eq!(inspections.len(), 1);
    }
}

#[test]
fn more_items_than_allowed_are_refused_by_name() {
    let limits = Limits { items: 2, ..Limits::default() };
    let text = "<testsuite><testcase name='a'/><testcase name='b'/><testcase name='c'/></testsuite>";
    let inspections = inspect("junit.xml", text.as_bytes(), &limits);
    let error = inspections.first().unwrap().error.clone().unwrap();
    assert!(error.starts_with("limit `items` is met: more than 2"), "{error}");
}
