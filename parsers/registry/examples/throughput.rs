//! Measures one parser on one file beside the least that any parser of such a file has to do, for
//! `cargo xtask bench parsers`.
//!
//! `throughput FORMAT FILE REPEATS` prints one JSON object: bytes, items, the seconds of the parser and of the reference, and
//! the greatest anonymous memory that a parse took. The two run in turns and the fastest run of each counts, because
//! whatever else the machine does can only add to them. The reference is
//!
//! - for XML: quick-xml's event loop over the slice, doing nothing;
//! - for LCOV: the line ends found by memchr, and the numbers of the `DA` lines read;
//! - for JSON: serde_json into `IgnoredAny` over the slice.
#![expect(clippy::print_stdout, reason = "a program that prints what it measured")]

use std::fs::File;
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use plimsoll_format::{Format, Input, Limits, ParseError, Sink, Warning};
use plimsoll_model::{FileCoverage, Finding, TestCase};

fn main() -> Result<(), String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [format, path, repeats] = arguments.as_slice() else {
        return Err("usage: throughput FORMAT FILE REPEATS".to_owned());
    };
    let format = plimsoll_registry::find(format).ok_or("there is no such format")?;
    let repeats: usize = repeats.parse().map_err(|_| "REPEATS is no number")?;
    let map = map(path).map_err(|error| format!("cannot map {path}: {error}"))?;
    let text = std::str::from_utf8(&map).map_err(|error| format!("{path}: {error}"))?;
    let limits = Limits::default();
    let input = Input::new(path, text, &limits);

    let before = anonymous_memory();
    let (items, peak) = with_peak(|| parse(format, &input));
    let items = items?;
    let (mut ours, mut reference) = (Vec::new(), Vec::new());
    for _ in 0..repeats {
        ours.push(seconds(|| parse(format, &input))?);
        reference.push(seconds(|| least(format, text))?);
    }
    println!(
        "{}",
        serde_json::json!({
            "bytes": text.len(),
            "items": items,
            "seconds": fastest(&ours),
            "reference_seconds": fastest(&reference),
            "peak_anonymous_bytes": peak.saturating_sub(before),
        })
    );
    Ok(())
}

#[expect(unsafe_code, reason = "as the server does it: nobody writes to the file while it is mapped")]
fn map(path: &str) -> std::io::Result<memmap2::Mmap> {
    let file = File::open(path)?;
    // SAFETY: the file was written by the caller, who waits for this program.
    unsafe { memmap2::Mmap::map(&file) }
}

/// Counts and keeps nothing.
#[derive(Default)]
struct Count {
    items: u64,
    sum: u64,
}

impl Sink for Count {
    fn test_case(&mut self, test: &TestCase<'_>) -> Result<(), ParseError> {
        self.items += 1;
        self.sum += test.duration_us.unwrap_or_default();
        Ok(())
    }

    fn file_coverage(&mut self, file: &FileCoverage<'_>) -> Result<(), ParseError> {
        self.items += file.lines.len() as u64;
        self.sum += file.lines.iter().filter(|line| line.hits > 0).count() as u64;
        Ok(())
    }

    fn finding(&mut self, finding: &Finding<'_>) -> Result<(), ParseError> {
        self.items += 1;
        self.sum += finding.message.len() as u64;
        Ok(())
    }

    fn warning(&mut self, _: Warning) {}
}

fn parse(format: &dyn Format, input: &Input<'_>) -> Result<u64, String> {
    let mut count = Count::default();
    format.parse(input, &mut count).map_err(|error| error.to_string())?;
    black_box(count.sum);
    Ok(count.items)
}

/// What cannot be left out.
fn least(format: &dyn Format, text: &str) -> Result<u64, String> {
    match text.trim_start().as_bytes().first() {
        Some(b'<') => {
            let mut reader = quick_xml::Reader::from_str(text);
            let mut events = 0;
            loop {
                match reader.read_event() {
                    Ok(quick_xml::events::Event::Eof) => return Ok(events),
                    Ok(event) => events += u64::from(!black_box(&event).is_empty()),
                    Err(error) => return Err(error.to_string()),
                }
            }
        }
        Some(b'{' | b'[') => {
            serde_json::from_str::<serde::de::IgnoredAny>(text).map_err(|error| error.to_string())?;
            Ok(0)
        }
        _ if format.descriptor().id == "lcov" => Ok(data_numbers(text.as_bytes())),
        _ => Err("there is no reference for this format".to_owned()),
    }
}

fn data_numbers(bytes: &[u8]) -> u64 {
    let (mut sum, mut from) = (0_u64, 0);
    for end in memchr::memchr_iter(b'\n', bytes) {
        if let Some(numbers) = bytes.get(from..end).and_then(|line| line.strip_prefix(b"DA:")) {
            let mut number = 0_u64;
            for byte in numbers {
                match byte {
                    b'0'..=b'9' => number = number.wrapping_mul(10).wrapping_add(u64::from(byte - b'0')),
                    _ => {
                        sum = sum.wrapping_add(number);
                        number = 0;
                    }
                }
            }
            sum = sum.wrapping_add(number);
        }
        from = end + 1;
    }
    sum
}

fn seconds<T>(work: impl FnOnce() -> Result<T, String>) -> Result<f64, String> {
    let start = Instant::now();
    black_box(work()?);
    Ok(start.elapsed().as_secs_f64())
}

fn fastest(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}

/// Runs `work` while another thread looks at the memory.
fn with_peak<T>(work: impl FnOnce() -> T) -> (T, u64) {
    let (is_done, peak) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_done.load(Ordering::Relaxed) {
                peak.fetch_max(anonymous_memory(), Ordering::Relaxed);
                std::thread::sleep(Duration::from_micros(500));
            }
        });
        let value = work();
        is_done.store(true, Ordering::Relaxed);
        peak.fetch_max(anonymous_memory(), Ordering::Relaxed);
        (value, peak.load(Ordering::Relaxed))
    })
}

/// Bytes of resident memory that no file stands behind; 0 where the system does not tell.
fn anonymous_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    let kibibytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kibibytes.unwrap_or_default() * 1024
}
