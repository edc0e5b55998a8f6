//! The readers under the formats, driven by instructions: each byte of the first line says what is asked next, so
//! that orders of calls are tried that no format makes today.

use plimsoll_format::{Input, Limits, ParseError, Sink, Warning, json, xml};
use serde::de::IgnoredAny;

struct Instructions<'a> {
    bytes: &'a [u8],
    next: usize,
}

impl Instructions<'_> {
    fn next(&mut self) -> u8 {
        let byte = self.bytes.get(self.next % self.bytes.len().max(1)).copied().unwrap_or_default();
        self.next += 1;
        byte
    }
}

struct Quiet;

impl Sink for Quiet {
    fn warning(&mut self, _: Warning) {}
}

fn split(data: &[u8]) -> (Instructions<'_>, String) {
    let (bytes, text) = crate::split(data);
    (Instructions { bytes, next: 0 }, String::from_utf8_lossy(text).into_owned())
}

fn limits() -> Limits {
    Limits { depth: 16, attributes: 8, text_bytes: 256, ..Limits::default() }
}

/// Drives the XML reader.
pub fn xml_reader(data: &[u8]) {
    crate::memory::bounded(data.len(), || {
        let (mut instructions, text) = split(data);
        let limits = limits();
        let input = Input::new("report", &text, &limits);
        if let Some(head) = xml::head(input.head()) {
            head.attribute("name");
            head.elements().count();
        }
        let mut reader = xml::Reader::new(&input);
        let Ok(root) = reader.root() else { return };
        xml_element(&mut reader, &root, &mut instructions).and_then(|()| reader.finish()).unwrap_or_default();
    });
}

fn xml_element<'a>(
    reader: &mut xml::Reader<'a>,
    element: &xml::Element<'a>,
    instructions: &mut Instructions<'_>,
) -> Result<(), ParseError> {
    for attribute in element.attributes() {
        let attribute = attribute?;
        if instructions.next() & 1 == 0 {
            attribute.value()?;
        }
    }
    match instructions.next() % 6 {
        0 => {}
        1 => assert!(reader.text(element)?.len() <= 1024),
        2 => assert!(reader.shown_text(element, &mut Quiet)?.len() <= 1024),
        3 => {
            // Asked for once more after the end, there is nothing.
            while reader.child(element)?.is_some() {}
            assert!(reader.child(element)?.is_none());
        }
        _ => {
            while let Some(child) = reader.child(element)? {
                assert_ne!(child.offset(), element.offset());
                xml_element(reader, &child, instructions)?;
            }
        }
    }
    Ok(())
}

/// Drives the JSON reader.
pub fn json_reader(data: &[u8]) {
    crate::memory::bounded(data.len(), || {
        let (mut instructions, text) = split(data);
        let limits = limits();
        let input = Input::new("report", &text, &limits);
        if let Some(head) = json::head(input.head()) {
            head.has_any(&["a", "a.b"]);
        }
        let mut reader = json::Reader::new(&input);
        let outcome = json_value(&mut reader, &mut instructions).and_then(|()| reader.finish());
        // What this reader takes for JSON is JSON, and the other way round; but for what tools are forgiven.
        if outcome.is_ok() && !text.contains(',') {
            assert!(serde_json::from_str::<IgnoredAny>(&text).is_ok(), "{text:?} is no JSON");
        }
        json::documents(&input, |reader| json_value(reader, &mut instructions)).unwrap_or_default();
        json::lines(&input, &mut Quiet, |_, _: serde_json::Value| Ok(())).unwrap_or_default();
    });
}

fn json_value(reader: &mut json::Reader<'_>, instructions: &mut Instructions<'_>) -> Result<(), ParseError> {
    match (reader.peek()?, instructions.next() % 5) {
        (_, 0) => reader.skip(),
        (_, 1) => reader.read::<serde_json::Value>().map(drop),
        (_, 2) => reader.read::<json::Text<'_>>().map(drop),
        (json::Kind::Object, _) => reader.object(|reader, _| match instructions.next() % 3 {
            0 => Ok(()),
            _ => json_value(reader, instructions),
        }),
        (json::Kind::Array, _) => reader.array(|reader| match instructions.next() % 3 {
            0 => Ok(()),
            _ => json_value(reader, instructions),
        }),
        _ => reader.read::<json::Number>().map(drop),
    }
}
