//! Reading what tools really write: an element of another shape is left out with a warning, not the whole report.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use plimsoll_format::json::{Kind, Reader, Text};
use plimsoll_format::{Input, ParseError, ParseErrorKind, Sink, Warning, WarningCode};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Reads the next value as `T`. A value that is well-formed but of another shape is skipped with a warning.
pub fn element<'a, T: Deserialize<'a>>(
    reader: &mut Reader<'a>,
    sink: &mut dyn Sink,
) -> Result<Option<T>, ParseError> {
    match reader.read::<Option<T>>() {
        Ok(value) => Ok(value),
        Err(error) if matches!(error.kind, ParseErrorKind::Syntax(_)) => {
            // Where the syntax itself is broken, this finds the same error again. A key that is given twice is none of
            // serde's shapes, but here the last one counts, as everywhere.
            let value: serde_json::Value = reader.read()?;
            if let Ok(value) = T::deserialize(value) {
                return Ok(Some(value));
            }
            let message = format!("an element of another shape was left out: {error}");
            sink.warning(Warning::new(WarningCode::SkippedElement, message));
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Reads an array element by element. Anything but an array is skipped with a warning.
pub fn elements<'a, T: Deserialize<'a>>(
    reader: &mut Reader<'a>,
    sink: &mut dyn Sink,
    mut each: impl FnMut(&mut dyn Sink, T) -> Result<(), ParseError>,
) -> Result<(), ParseError> {
    if !is_next(reader, Kind::Array, sink)? {
        return Ok(());
    }
    reader.array(|reader| match element(reader, sink)? {
        Some(value) => each(sink, value),
        None => Ok(()),
    })
}

/// Reads the values of an object one by one, each with its key. Anything but an object is skipped with a warning.
pub fn entries<'a, T: Deserialize<'a>>(
    reader: &mut Reader<'a>,
    sink: &mut dyn Sink,
    mut each: impl FnMut(&mut dyn Sink, &str, T) -> Result<(), ParseError>,
) -> Result<(), ParseError> {
    if !is_next(reader, Kind::Object, sink)? {
        return Ok(());
    }
    reader.object(|reader, key| match element(reader, sink)? {
        Some(value) => each(sink, key, value),
        None => Ok(()),
    })
}

/// Whether a value of this kind comes next; `null` counts as an empty one. Another value is left to be skipped, with
/// a warning.
pub fn is_next(reader: &mut Reader<'_>, wanted: Kind, sink: &mut dyn Sink) -> Result<bool, ParseError> {
    let found = reader.peek()?;
    if found == wanted || found == Kind::Null {
        return Ok(true);
    }
    let message = format!("{} is of another kind and was left out", reader.path());
    sink.warning(Warning::new(WarningCode::SkippedElement, message));
    Ok(false)
}

/// The text as the model wants it, unless it is blank.
pub fn present(text: Text<'_>) -> Option<Cow<'_, str>> {
    (!text.trim().is_empty()).then_some(text.0)
}

/// The first of these texts that is not blank; empty where all are.
pub fn first<'a>(texts: impl IntoIterator<Item = Text<'a>>) -> Cow<'a, str> {
    texts.into_iter().find_map(present).unwrap_or_default()
}

/// A list; `null` and anything that is no list count as an empty one, a lone text as a list of one.
#[derive(Debug, Clone, PartialEq)]
pub struct List<T>(pub Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> IntoIterator for List<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListVisitor(PhantomData))
    }
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
    type Value = List<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element::<Option<T>>()? {
            items.extend(item);
        }
        Ok(List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(List::default())
    }

    fn visit_borrowed_str<E: serde::de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(List(
            T::deserialize(serde::de::value::BorrowedStrDeserializer::<E>::new(text)).into_iter().collect(),
        ))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
        let text = serde::de::value::StringDeserializer::<E>::new(text.to_owned());
        Ok(List(T::deserialize(text).into_iter().collect()))
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(List(T::deserialize(serde::de::value::U64Deserializer::<E>::new(number)).into_iter().collect()))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(List::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(List::default())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(List::default())
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(List::default())
    }
}

/// Reads a report that is one object. `field` gets each key and says whether it is the one that such a report must
/// have, which an error calls `needed`.
pub fn report<'a>(
    input: &Input<'a>,
    needed: &'static str,
    mut field: impl FnMut(&mut Reader<'a>, &str) -> Result<bool, ParseError>,
) -> Result<(), ParseError> {
    let mut reader = Reader::new(input);
    let mut is_report = false;
    reader.object(|reader, key| {
        is_report |= field(reader, key)?;
        Ok(())
    })?;
    reader.finish()?;
    if is_report { Ok(()) } else { Err(ParseError::new(ParseErrorKind::Missing(needed))) }
}

/// For documents that look the same for many tools because nothing was found: whether the file's name holds one of
/// these words. What the content can tell, the name is never asked.
pub fn is_named(input: &Input<'_>, words: &[&str]) -> bool {
    let name = input.name.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
    words.iter().any(|word| name.contains(word))
}

/// An array without elements.
pub fn is_empty_array(input: &Input<'_>) -> bool {
    input.text.trim().strip_prefix('[').is_some_and(|rest| rest.trim_start() == "]")
}

/// The line with this number, in a listing whose lines begin with their number.
pub fn listed_line<'a>(listing: &Text<'a>, line: u32) -> Option<Cow<'a, str>> {
    let number = line.to_string();
    let find = |text: &str| -> Option<std::ops::Range<usize>> {
        let found =
            text.lines().find_map(|line| line.strip_prefix(&*number)?.strip_prefix([' ', '\t', ':']))?.trim();
        let start = found.as_ptr() as usize - text.as_ptr() as usize;
        (!found.is_empty()).then_some(start..start + found.len())
    };
    match &listing.0 {
        Cow::Borrowed(text) => text.get(find(text)?).map(Cow::Borrowed),
        Cow::Owned(text) => text.get(find(text)?).map(|found| Cow::Owned(found.to_owned())),
    }
}
