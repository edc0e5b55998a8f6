//! Values that accept what tools really write, beyond what the JSON reader itself tolerates.

use std::fmt;
use std::marker::PhantomData;

use plimsoll_format::json::Text;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// The text, unless it is absent or blank.
pub fn present<'t>(text: &'t Text<'_>) -> Option<&'t str> {
    let text: &str = text;
    // Nearly all texts begin with something visible: then nothing else needs to be looked at.
    let is_visible = text.as_bytes().first().is_some_and(|byte| *byte > b' ' && *byte < 0x80);
    (is_visible || !text.trim().is_empty()).then_some(text)
}

/// How many elements a list inside of one item may have. The items themselves are streamed and have no such bound; what
/// belongs to one of them is held in memory, where a list of `{}` would take a hundred times the file's size.
pub const MAX_ELEMENTS: usize = 1_000_000;

/// A list; `null` and anything that is no list count as an empty one, a lone text as a list of one.
#[derive(Debug, Clone, PartialEq)]
pub struct List<T>(pub Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
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
        while let Some(item) = seq.next_element()? {
            push(&mut items, item)?;
        }
        Ok(List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        drain_map(map).map(|()| List::default())
    }

    fn visit_borrowed_str<E: serde::de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
        T::deserialize(serde::de::value::BorrowedStrDeserializer::new(text)).map(|item| List(vec![item]))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
        T::deserialize(serde::de::value::StringDeserializer::new(text.to_owned()))
            .map(|item| List(vec![item]))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(List::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
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

/// Adds one more, within the bound.
pub fn push<T, E: serde::de::Error>(items: &mut Vec<T>, item: T) -> Result<(), E> {
    if items.len() == MAX_ELEMENTS {
        return Err(E::custom(format!("a list inside of an item has more than {MAX_ELEMENTS} elements")));
    }
    items.push(item);
    Ok(())
}

/// Passes over a list.
pub fn drain_seq<'de, A: SeqAccess<'de>>(mut seq: A) -> Result<(), A::Error> {
    while seq.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

/// Passes over an object.
pub fn drain_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<(), A::Error> {
    while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(())
}

#[cfg(test)]
mod tests {
    use plimsoll_format::json::Text;

    use super::{List, MAX_ELEMENTS, present};

    #[test]
    fn takes_what_is_no_list() {
        for (json, expect) in [
            (r#"["a", 1, null]"#, vec!["a", "1", ""]),
            (r#""a""#, vec!["a"]),
            (r#""\u0061""#, vec!["a"]),
            ("null", vec![]),
            ("7", vec![]),
            (r#"{"a": ["b"]}"#, vec![]),
        ] {
            let list: List<Text<'_>> = serde_json::from_str(json).unwrap();
            assert_eq!(list.0.iter().map(|text| &**text).collect::<Vec<_>>(), expect, "{json}");
        }
    }

    #[test]
    fn bounds_what_is_held_in_memory() {
        let many = format!("[{}1]", "1,".repeat(MAX_ELEMENTS));
        assert!(serde_json::from_str::<List<u8>>(&many).is_err());
        assert!(serde_json::from_str::<List<u8>>(&many.replacen("1,", "", 1)).is_ok());
    }

    #[test]
    fn knows_blank_texts() {
        for (text, is_present) in
            [("a", true), (" a", true), ("é", true), ("", false), (" \n", false), ("\u{a0}", false)]
        {
            assert_eq!(present(&Text(text.into())).is_some(), is_present, "{text:?}");
        }
    }
}
