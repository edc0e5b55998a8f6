//! What the fuzz targets share: how an input is read, and what must hold whatever it is.
//!
//! `cargo xtask fuzz` builds the targets and runs them; `docs/fuzzing.md` says with what result.

mod memory;
#[path = "../../parsers/registry/tests/hostile/mutate.rs"]
mod mutate;
mod readers;
mod sink;

use plimsoll_format::{Format, Input, Limits};
use plimsoll_registry::{decode, detect, find, formats, open};

pub use readers::{json_reader, xml_reader};

/// Bounds that an input of a few kilobytes can meet.
fn limits() -> Limits {
    Limits {
        file_bytes: 1 << 20,
        expanded_bytes: 16 << 20,
        archive_entries: 64,
        depth: 32,
        attributes: 32,
        text_bytes: 4096,
        items: 500,
        ..Limits::default()
    }
}

/// The first line of an input tells the target how to read the rest; so seeds can be made from samples and read by people.
fn split(data: &[u8]) -> (&[u8], &[u8]) {
    match data.iter().take(MAX_HEADER).position(|byte| *byte == b'\n') {
        Some(end) => (data.get(..end).unwrap_or_default(), data.get(end + 1..).unwrap_or_default()),
        None => (b"", data),
    }
}

/// Bytes in which a first line must end.
const MAX_HEADER: usize = 64;

/// Reads the input with one of these formats; the first line says which.
pub fn family(formats: &[&'static dyn Format], data: &[u8]) {
    let (id, bytes) = split(data);
    let Some(format) = formats.iter().find(|format| format.descriptor().id.as_bytes() == id) else { return };
    memory::bounded(bytes.len(), || {
        let limits = limits();
        let (text, _) = decode(bytes);
        let input = Input::new("report", &text, &limits);
        format.sniff(&input);
        sink::read(*format, &input);
    });
}

/// Detects the format of the input and reads it so. Looking at more than the head is a defect: so is an answer that
/// depends on what stands behind it.
///
/// The first line is the file's name.
pub fn detection(data: &[u8]) {
    let (name, bytes) = split(data);
    let name = String::from_utf8_lossy(name);
    memory::bounded(bytes.len(), || {
        let limits = limits();
        let (text, _) = decode(bytes);
        let input = Input::new(&name, &text, &limits);
        let longer = format!("{text}{}", " ".repeat(64));
        let longer = Input::new(&name, &longer, &limits);
        for format in formats() {
            let sure = format.sniff(&input);
            if text.len() >= Input::HEAD + 4 {
                assert_eq!(sure, format.sniff(&longer), "{} looks behind the head", format.descriptor().id);
            }
        }
        if let Ok(format) = detect(&input) {
            assert!(find(format.descriptor().id).is_some());
            sink::read(format, &input);
        }
    });
}

/// Unwraps the input. The first line is the file's name.
pub fn archives(data: &[u8]) {
    let (name, bytes) = split(data);
    let name = String::from_utf8_lossy(name);
    let limits = limits();
    // What comes out of a file is bounded by the limits, not by the file.
    memory::bounded(4 << 20, || {
        let mut texts = 0;
        open(&name, bytes, &limits, &mut |entry| {
            if let Ok(document) = entry {
                texts += 1;
                assert!(document.text.len() as u64 <= limits.expanded_bytes * 3);
            }
        });
        assert!(texts <= limits.archive_entries + 1);
    });
}

/// libFuzzer's hook: half of the changes are its own (bytes), half follow the structure of the text.
pub fn mutate_in_place(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let mut random = mutate::Random::new(u64::from(seed));
    // Once in a while the first line, too: else a report that is read as another one finds little.
    let header =
        if random.below(32) == 0 { 0 } else { size - split(data.get(..size).unwrap_or_default()).1.len() };
    let Some(body) = data.get_mut(header..) else { return size };
    let (size, max_size) = (size - header, max_size.saturating_sub(header).min(body.len()));
    if size == 0 || random.below(2) == 0 {
        return header + libfuzzer_sys::fuzzer_mutate(body, size, max_size);
    }
    let changed = mutate::mutate(body.get(..size).unwrap_or_default(), &mut random);
    let length = changed.len().min(max_size);
    if let (Some(place), Some(changed)) = (body.get_mut(..length), changed.get(..length)) {
        place.copy_from_slice(changed);
    }
    header + length
}
