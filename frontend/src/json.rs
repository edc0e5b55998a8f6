//! Reads the API's JSON.
//!
//! `serde_json` would do, but the app is downloaded: for every structure it leaves two readers behind, one for objects
//! and one for arrays, and errors with places and words. The answers of the own server are objects of known shape, so
//! this reader takes structures from objects only and says no more than where it stopped. It is a sixth of the size.
//! Depth is limited, because an answer that nests deeper than the contract is no answer of this server.

use std::fmt;

use serde::de::{
    self, DeserializeOwned, DeserializeSeed, EnumAccess, IntoDeserializer, VariantAccess, Visitor,
};

use crate::browser;

/// A text as JSON writes it. What little the app sends is put together by hand.
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                out.push('\\');
                out.push(character);
            }
            control if u32::from(control) < 0x20 => out.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

/// Deeper than any answer.
const DEPTH: u8 = 32;

/// Where reading stopped, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Error(pub usize);

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "what stands at byte {} is not what was expected", self.0)
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    fn custom<T: fmt::Display>(_message: T) -> Self {
        Self(0)
    }

    fn invalid_type(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self(0)
    }

    fn invalid_value(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self(0)
    }

    fn invalid_length(_: usize, _: &dyn de::Expected) -> Self {
        Self(0)
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self(0)
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self(0)
    }

    fn missing_field(_: &'static str) -> Self {
        Self(0)
    }

    fn duplicate_field(_: &'static str) -> Self {
        Self(0)
    }
}

/// Reads a text as a whole.
///
/// # Errors
/// Where the text is no JSON, or not of this type.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    let mut reader = Reader { text, at: 0, depth: 0 };
    let value = T::deserialize(&mut reader).map_err(|error| Error(error.0.max(reader.at)))?;
    match reader.peek() {
        None => Ok(value),
        Some(_) => Err(reader.error()),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: u8,
}

impl Reader<'_> {
    fn error(&self) -> Error {
        Error(self.at)
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that means something.
    fn peek(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.byte() {
            self.at += 1;
        }
        self.byte()
    }

    fn expect(&mut self, byte: u8) -> Result<(), Error> {
        if self.peek() == Some(byte) {
            self.at += 1;
            return Ok(());
        }
        Err(self.error())
    }

    fn word(&mut self, word: &str) -> bool {
        let is_there =
            self.peek().is_some() && self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word));
        if is_there {
            self.at += word.len();
        }
        is_there
    }

    fn enter(&mut self, byte: u8) -> Result<(), Error> {
        self.expect(byte)?;
        self.depth += 1;
        if self.depth > DEPTH { Err(self.error()) } else { Ok(()) }
    }

    fn leave(&mut self, byte: u8) -> Result<(), Error> {
        self.depth -= 1;
        self.expect(byte)
    }

    fn number(&mut self) -> Result<&str, Error> {
        self.peek();
        let start = self.at;
        while let Some(b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E') = self.byte() {
            self.at += 1;
        }
        self.text.get(start..self.at).filter(|number| !number.is_empty()).ok_or(Error(start))
    }

    fn string(&mut self) -> Result<String, Error> {
        self.expect(b'"')?;
        let mut out = String::new();
        loop {
            let start = self.at;
            while self.byte().is_some_and(|byte| byte != b'"' && byte != b'\\' && byte >= 0x20) {
                self.at += 1;
            }
            out.push_str(self.text.get(start..self.at).ok_or(Error(start))?);
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => {
                    self.at += 1;
                    let escaped = self.escaped()?;
                    out.push(escaped);
                }
                _ => return Err(self.error()),
            }
        }
    }

    fn escaped(&mut self) -> Result<char, Error> {
        let byte = self.byte().ok_or(Error(self.at))?;
        self.at += 1;
        Ok(match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let unit = self.hex()?;
                // Characters beyond the first 65,536 stand as two units.
                let code = if (0xd800..0xdc00).contains(&unit) && self.word("\\u") {
                    let low = self.hex()?;
                    0x1_0000 + ((unit - 0xd800) << 10) + (low.wrapping_sub(0xdc00) & 0x3ff)
                } else {
                    unit
                };
                char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            _ => return Err(self.error()),
        })
    }

    fn hex(&mut self) -> Result<u32, Error> {
        let digits = self.text.get(self.at..self.at + 4).ok_or(Error(self.at))?;
        let unit = u32::from_str_radix(digits, 16).map_err(|_| Error(self.at))?;
        self.at += 4;
        Ok(unit)
    }
}

macro_rules! numbers {
    ($($method:ident $visit:ident $type:ty),+ $(,)?) => {
        $(
            fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
                let at = self.at;
                visitor.$visit(self.number()?.parse::<$type>().map_err(|_| Error(at))?)
            }
        )+
    };
}

impl<'de> de::Deserializer<'de> for &mut Reader<'de> {
    type Error = Error;

    numbers! {
        deserialize_u8 visit_u8 u8,
        deserialize_u16 visit_u16 u16,
        deserialize_u32 visit_u32 u32,
        deserialize_u64 visit_u64 u64,
        deserialize_i8 visit_i8 i8,
        deserialize_i16 visit_i16 i16,
        deserialize_i32 visit_i32 i32,
        deserialize_i64 visit_i64 i64,
        deserialize_f32 visit_f32 f32,
        deserialize_f64 visit_f64 f64,
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.peek() {
            Some(b'"') => self.deserialize_string(visitor),
            Some(b'{') => self.deserialize_map(visitor),
            Some(b'[') => self.deserialize_seq(visitor),
            Some(b't' | b'f') => self.deserialize_bool(visitor),
            Some(b'n') => self.deserialize_unit(visitor),
            _ => {
                let at = self.at;
                let number = self.number()?;
                match number.parse::<u64>() {
                    Ok(number) => visitor.visit_u64(number),
                    Err(_) => visitor.visit_f64(browser::parse_number(number).ok_or(Error(at))?),
                }
            }
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let is_true = self.word("true");
        if is_true || self.word("false") { visitor.visit_bool(is_true) } else { Err(self.error()) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.word("null") { visitor.visit_unit() } else { Err(self.error()) }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.word("null") { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_string(self.string()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_string(self.string()?)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_str(&self.string()?)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.enter(b'[')?;
        let value = visitor.visit_seq(Items { reader: self, is_first: true, end: b']' })?;
        self.leave(b']')?;
        Ok(value)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.enter(b'{')?;
        let value = visitor.visit_map(Items { reader: self, is_first: true, end: b'}' })?;
        self.leave(b'}')?;
        Ok(value)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_enum(Word(self.string()?))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_any(visitor)
    }

    serde::forward_to_deserialize_any! { i128 u128 char bytes byte_buf unit_struct tuple tuple_struct }
}

/// The items of an array or of an object.
struct Items<'r, 'de> {
    reader: &'r mut Reader<'de>,
    is_first: bool,
    end: u8,
}

impl Items<'_, '_> {
    fn has_next(&mut self) -> Result<bool, Error> {
        if self.reader.peek() == Some(self.end) {
            return Ok(false);
        }
        if !std::mem::take(&mut self.is_first) {
            self.reader.expect(b',')?;
        }
        Ok(true)
    }
}

impl<'de> de::SeqAccess<'de> for Items<'_, 'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        if self.has_next()? { seed.deserialize(&mut *self.reader).map(Some) } else { Ok(None) }
    }
}

impl<'de> de::MapAccess<'de> for Items<'_, 'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        if self.has_next()? { seed.deserialize(&mut *self.reader).map(Some) } else { Ok(None) }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        self.reader.expect(b':')?;
        seed.deserialize(&mut *self.reader)
    }
}

/// A variant of an enum without content: the contract has no others outside of tagged objects.
struct Word(String);

impl<'de> EnumAccess<'de> for Word {
    type Error = Error;
    type Variant = NoContent;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, NoContent), Error> {
        Ok((seed.deserialize(self.0.into_deserializer())?, NoContent))
    }
}

struct NoContent;

impl<'de> VariantAccess<'de> for NoContent {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, Error> {
        Err(Error(0))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Error> {
        Err(Error(0))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], _: V) -> Result<V::Value, Error> {
        Err(Error(0))
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_api::Page;
    use serde::Serialize;

    use super::*;
    use crate::fixtures;

    fn check<T: Serialize + DeserializeOwned + PartialEq + fmt::Debug>(value: T) {
        let text = serde_json::to_string(&value).unwrap();
        assert_eq!(read::<T>(&text), Ok(value), "{text}");
        let spaced =
            serde_json::to_string_pretty(&serde_json::from_str::<serde_json::Value>(&text).unwrap()).unwrap();
        assert!(read::<T>(&spaced).is_ok(), "{spaced}");
        // Every beginning of an answer is an error and never a panic.
        for beginning in (0..text.len()).step_by(7).filter_map(|end| text.get(..end)) {
            assert!(read::<T>(beginning).is_err(), "{beginning}");
        }
    }

    #[test]
    fn reads_every_answer_of_the_contract() {
        check(Page { items: vec![fixtures::summary()], next: Some("x".to_owned()), total: 1 });
        check(fixtures::project());
        check(fixtures::module_page());
        check(fixtures::run_page());
        check(fixtures::test_page());
        check(fixtures::file());
        check(fixtures::file_lines());
        check(fixtures::facets());
        check(fixtures::comparison());
        check(Page { items: vec![fixtures::file_row()], next: None, total: 1 });
        check(Page { items: vec![fixtures::finding(), fixtures::vulnerability()], next: None, total: 2 });
        check(plimsoll_api::ErrorBody { error: fixtures::run_page().uploads[1].error.clone().unwrap() });
    }

    #[test]
    fn reads_what_serde_json_reads() {
        for text in [r#""a\"\\\/\b\f\n\r\tä\u00e9\ud83d\ude00""#, r#""\ud800""#, r#"" ""#, r#""lone \u0041""#]
        {
            let expected = serde_json::from_str::<String>(text).ok();
            let got = read::<String>(text);
            if expected.is_some() {
                assert_eq!(got.ok(), expected, "{text}");
            }
        }
        for text in ["0", "-1.5e3", "12", "1e-7", "  7  "] {
            assert_eq!(read::<f64>(text).unwrap(), serde_json::from_str::<f64>(text).unwrap(), "{text}");
        }
        assert_eq!(read::<Vec<Option<bool>>>("[true, null ,false]"), Ok(vec![Some(true), None, Some(false)]));
    }

    #[test]
    fn what_is_no_json_is_an_error() {
        for text in ["", "[1,]", "[1 2]", "[", "\"", "\"\\", "\"\\u12\"", "nul", "[1]x", "{\"a\"}", "\"\n\""]
        {
            assert!(read::<serde_json::Value>(text).is_err(), "{text}");
        }
        assert!(read::<serde_json::Value>(&"[".repeat(100_000)).is_err());
        assert_eq!(read::<Vec<u8>>("[1, x]"), Err(Error(4)));
    }

    #[test]
    fn fields_that_this_app_does_not_know_are_skipped() {
        let text = r#"{"later":[{"deep":{"a":[1,"x",null]}}],"items":[1],"next":null,"total":1,"more":true}"#;
        assert_eq!(read::<Page<u8>>(text), Ok(Page { items: vec![1], next: None, total: 1 }));
    }
}
