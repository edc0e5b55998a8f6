//! Reading one value at the speed of its strings.
//!
//! Half of serde_json's time goes into looking for the ends of strings, and that of an ignored value nearly all. Here that
//! is done sixteen bytes at a time. Whatever is unusual (a syntax error, a value of another shape, a number that needs
//! more than a division, half of a surrogate pair, a great depth) ends with [`Unusual`], and the caller reads the same
//! value again through serde_json, whose answer counts, be it a value or an error. So this reader has to be right only
//! where it succeeds.

use std::fmt;

use serde::de::value::{BorrowedStrDeserializer, StringDeserializer};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use crate::block;

/// See the module.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unusual;

impl fmt::Display for Unusual {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unusual JSON")
    }
}

impl std::error::Error for Unusual {}

impl serde::de::Error for Unusual {
    #[cold]
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

/// Values inside of values that are read here; serde_json's own limit is 128.
const MAX_DEPTH: u32 = 100;

pub(super) struct Cursor<'a, 's> {
    text: &'a str,
    pub at: usize,
    depth: u32,
    /// For the strings that hold escapes.
    scratch: &'s mut Vec<u8>,
}

impl<'a, 's> Cursor<'a, 's> {
    pub fn new(text: &'a str, at: usize, depth: u32, scratch: &'s mut Vec<u8>) -> Self {
        Self { text, at, depth, scratch }
    }

    #[inline(always)]
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is no white space; the cursor stands at it.
    #[inline(always)]
    fn token(&mut self) -> Result<u8, Unusual> {
        match self.byte() {
            Some(byte) if byte > b' ' => Ok(byte),
            _ => self.token_after_white(),
        }
    }

    #[inline]
    fn token_after_white(&mut self) -> Result<u8, Unusual> {
        while let Some(block) = block::at(self.text.as_bytes(), self.at) {
            let white = block::equal(block, b' ')
                | block::equal(block, b'\n')
                | block::equal(block, b'\r')
                | block::equal(block, b'\t');
            let length = white.trailing_ones() as usize;
            self.at += length;
            if length < block::WIDTH {
                return self.byte().ok_or(Unusual);
            }
        }
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.byte() {
            self.at += 1;
        }
        self.byte().ok_or(Unusual)
    }

    #[inline(always)]
    fn expect(&mut self, wanted: u8) -> Result<(), Unusual> {
        if self.token()? != wanted {
            return Err(Unusual);
        }
        self.at += 1;
        Ok(())
    }

    /// From inside a string to the next byte that ends its plain part: a quote, a backslash, or a control character.
    #[inline(always)]
    fn find_special(&mut self) -> Result<u8, Unusual> {
        let bytes = self.text.as_bytes();
        while let Some(block) = block::at(bytes, self.at) {
            let special =
                block::equal(block, b'"') | block::equal(block, b'\\') | block::at_most(block, 0x1f);
            if special != 0 {
                self.at += special.trailing_zeros() as usize;
                return self.byte().ok_or(Unusual);
            }
            self.at += block::WIDTH;
        }
        loop {
            match self.byte().ok_or(Unusual)? {
                byte @ (b'"' | b'\\' | 0..=0x1f) => return Ok(byte),
                _ => self.at += 1,
            }
        }
    }

    /// The string that begins here: `Ok(Some)` where it holds no escape; otherwise it is in `scratch`.
    #[inline(always)]
    fn string(&mut self) -> Result<Option<&'a str>, Unusual> {
        self.at += 1;
        let from = self.at;
        match self.find_special()? {
            b'"' => {
                let plain = self.text.get(from..self.at).ok_or(Unusual)?;
                self.at += 1;
                Ok(Some(plain))
            }
            b'\\' => self.escaped_string(from).map(|()| None),
            _ => Err(Unusual),
        }
    }

    fn escaped_string(&mut self, mut from: usize) -> Result<(), Unusual> {
        self.scratch.clear();
        loop {
            let plain = self.text.as_bytes().get(from..self.at).ok_or(Unusual)?;
            self.scratch.extend_from_slice(plain);
            match self.byte().ok_or(Unusual)? {
                b'"' => {
                    self.at += 1;
                    return Ok(());
                }
                b'\\' => {
                    let character = self.escape()?;
                    let mut buffer = [0; 4];
                    self.scratch.extend_from_slice(character.encode_utf8(&mut buffer).as_bytes());
                }
                _ => return Err(Unusual),
            }
            from = self.at;
            self.find_special()?;
        }
    }

    fn escape(&mut self) -> Result<char, Unusual> {
        self.at += 1;
        let character = match self.byte().ok_or(Unusual)? {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            byte @ (b'"' | b'\\' | b'/') => char::from(byte),
            b'u' => {
                let digits = self.text.get(self.at + 1..self.at + 5).ok_or(Unusual)?;
                if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                    return Err(Unusual);
                }
                self.at += 4;
                let code = u32::from_str_radix(digits, 16).map_err(|_| Unusual)?;
                char::from_u32(code).ok_or(Unusual)?
            }
            _ => return Err(Unusual),
        };
        self.at += 1;
        Ok(character)
    }

    fn skip_string(&mut self) -> Result<(), Unusual> {
        self.at += 1;
        loop {
            match self.find_special()? {
                b'"' => {
                    self.at += 1;
                    return Ok(());
                }
                b'\\' => {
                    self.escape()?;
                }
                _ => return Err(Unusual),
            }
        }
    }

    /// Passes over one value, checking its syntax.
    pub fn skip(&mut self) -> Result<(), Unusual> {
        // One bit for each value that is open, the lowest for the innermost: whether it is an object.
        let mut open = 0_u128;
        let mut depth = self.depth;
        let bottom = depth;
        loop {
            let is_object = match self.token()? {
                b'"' => {
                    self.skip_string()?;
                    None
                }
                b'{' => Some(true),
                b'[' => Some(false),
                b'-' | b'0'..=b'9' => {
                    self.number()?;
                    None
                }
                _ => {
                    self.literal()?;
                    None
                }
            };
            let mut is_begun = false;
            if let Some(is_object) = is_object {
                if depth >= MAX_DEPTH {
                    return Err(Unusual);
                }
                self.at += 1;
                depth += 1;
                open = open << 1 | u128::from(is_object);
                is_begun = true;
            }
            // What comes after a value, or at the beginning of one that holds others.
            loop {
                if depth == bottom {
                    return Ok(());
                }
                let is_object = open & 1 == 1;
                let token = self.token()?;
                if token == if is_object { b'}' } else { b']' } {
                    self.at += 1;
                    depth -= 1;
                    open >>= 1;
                    is_begun = false;
                    continue;
                }
                if !is_begun {
                    if token != b',' {
                        return Err(Unusual);
                    }
                    self.at += 1;
                }
                if is_object {
                    if self.token()? != b'"' {
                        return Err(Unusual);
                    }
                    self.skip_string()?;
                    self.expect(b':')?;
                }
                break;
            }
        }
    }

    fn literal(&mut self) -> Result<Option<bool>, Unusual> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let (value, length) = match rest {
            [b't', b'r', b'u', b'e', ..] => (Some(true), 4),
            [b'f', b'a', b'l', b's', b'e', ..] => (Some(false), 5),
            [b'n', b'u', b'l', b'l', ..] => (None, 4),
            _ => return Err(Unusual),
        };
        self.at += length;
        self.ends_here()?;
        Ok(value)
    }

    /// After a number or a literal nothing may follow that could be a part of it.
    #[inline]
    fn ends_here(&self) -> Result<(), Unusual> {
        match self.byte() {
            None | Some(b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t') => Ok(()),
            Some(_) => Err(Unusual),
        }
    }

    fn number(&mut self) -> Result<Number, Unusual> {
        let is_negative = self.byte() == Some(b'-');
        self.at += usize::from(is_negative);
        let (whole, digits) = self.digits(0);
        let has_zero_before = digits > 1 && self.text.as_bytes().get(self.at - digits) == Some(&b'0');
        if digits == 0 || has_zero_before || digits > 15 {
            return Err(Unusual);
        }
        if self.byte() != Some(b'.') {
            self.ends_here()?;
            return match is_negative {
                false => Ok(Number::Natural(whole)),
                // Negative zero is a number with a point for serde_json.
                true if whole == 0 => Err(Unusual),
                true => Ok(Number::Negative(-(whole as i64))),
            };
        }
        self.at += 1;
        let (all, decimals) = self.digits(whole);
        if decimals == 0 || digits + decimals > 15 {
            return Err(Unusual);
        }
        self.ends_here()?;
        // Both are exact, so that the quotient is the nearest number there is.
        let value = all as f64 / 10_u64.pow(decimals as u32) as f64;
        Ok(Number::Real(if is_negative { -value } else { value }))
    }

    #[inline]
    fn digits(&mut self, mut value: u64) -> (u64, usize) {
        let from = self.at;
        while let Some(digit @ b'0'..=b'9') = self.byte() {
            value = value.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
            self.at += 1;
        }
        (value, self.at - from)
    }

    /// As text; it was put together from pieces of text.
    fn scratch(&self) -> Result<&str, Unusual> {
        std::str::from_utf8(self.scratch).map_err(|_| Unusual)
    }

    #[inline(always)]
    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Unusual>) -> Result<T, Unusual> {
        if self.depth >= MAX_DEPTH {
            return Err(Unusual);
        }
        self.depth += 1;
        self.at += 1;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }
}

enum Number {
    Natural(u64),
    Negative(i64),
    Real(f64),
}

impl<'de> Deserializer<'de> for &mut Cursor<'de, '_> {
    type Error = Unusual;

    #[inline]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unusual> {
        match self.token()? {
            b'"' => match self.string()? {
                Some(plain) => visitor.visit_borrowed_str(plain),
                None => visitor.visit_str(self.scratch()?),
            },
            b'{' => self.deeper(|cursor| {
                let value = visitor.visit_map(Items { cursor, is_begun: false })?;
                cursor.expect(b'}')?;
                Ok(value)
            }),
            b'[' => self.deeper(|cursor| {
                let value = visitor.visit_seq(Items { cursor, is_begun: false })?;
                cursor.expect(b']')?;
                Ok(value)
            }),
            b'-' | b'0'..=b'9' => match self.number()? {
                Number::Natural(number) => visitor.visit_u64(number),
                Number::Negative(number) => visitor.visit_i64(number),
                Number::Real(number) => visitor.visit_f64(number),
            },
            _ => match self.literal()? {
                Some(value) => visitor.visit_bool(value),
                None => visitor.visit_unit(),
            },
        }
    }

    #[inline]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unusual> {
        if self.token()? == b'n' {
            self.literal()?;
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unusual> {
        // serde_json's own types, such as its raw values, are known to itself alone.
        if name.starts_with('$') { Err(Unusual) } else { visitor.visit_newtype_struct(self) }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unusual> {
        if self.token()? != b'"' {
            return Err(Unusual);
        }
        match self.string()? {
            Some(plain) => visitor.visit_enum(BorrowedStrDeserializer::new(plain)),
            None => visitor.visit_enum(StringDeserializer::new(self.scratch()?.to_owned())),
        }
    }

    #[inline]
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unusual> {
        self.skip()?;
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier
    }
}

/// What is inside of an object or an array.
struct Items<'c, 'a, 's> {
    cursor: &'c mut Cursor<'a, 's>,
    is_begun: bool,
}

impl Items<'_, '_, '_> {
    /// Whether there is another one; the cursor then stands at it.
    #[inline(always)]
    fn has_next(&mut self, close: u8) -> Result<bool, Unusual> {
        let token = self.cursor.token()?;
        if token == close {
            return Ok(false);
        }
        if !self.is_begun {
            self.is_begun = true;
            return Ok(true);
        }
        if token != b',' {
            return Err(Unusual);
        }
        self.cursor.at += 1;
        // No comma may stand before the end.
        if self.cursor.token()? == close { Err(Unusual) } else { Ok(true) }
    }
}

impl<'de> SeqAccess<'de> for Items<'_, 'de, '_> {
    type Error = Unusual;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Unusual> {
        if self.has_next(b']')? { seed.deserialize(&mut *self.cursor).map(Some) } else { Ok(None) }
    }
}

impl<'de> MapAccess<'de> for Items<'_, 'de, '_> {
    type Error = Unusual;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Unusual> {
        if !self.has_next(b'}')? {
            return Ok(None);
        }
        if self.cursor.byte() != Some(b'"') {
            return Err(Unusual);
        }
        seed.deserialize(Key { cursor: self.cursor }).map(Some)
    }

    #[inline]
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Unusual> {
        self.cursor.expect(b':')?;
        seed.deserialize(&mut *self.cursor)
    }
}

/// The key at which the cursor stands: always a string.
struct Key<'c, 'a, 's> {
    cursor: &'c mut Cursor<'a, 's>,
}

impl<'de> Deserializer<'de> for Key<'_, 'de, '_> {
    type Error = Unusual;

    #[inline]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unusual> {
        match self.cursor.string()? {
            Some(plain) => visitor.visit_borrowed_str(plain),
            None => visitor.visit_str(self.cursor.scratch()?),
        }
    }

    #[inline]
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unusual> {
        self.cursor.skip_string()?;
        visitor.visit_unit()
    }

    // serde_json reads numbers and booleans out of keys; who wants that goes there.
    fn deserialize_option<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Unusual> {
        Err(Unusual)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, _: V) -> Result<V::Value, Unusual> {
        Err(Unusual)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct enum identifier
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::Value;

    use super::Cursor;

    /// What serde_json reads at the beginning of the text, and how far it goes.
    fn expected<'a, T: Deserialize<'a>>(text: &'a str) -> Option<(T, usize)> {
        let mut stream = serde_json::Deserializer::from_str(text).into_iter::<T>();
        let value = stream.next()?.ok()?;
        Some((value, stream.byte_offset()))
    }

    /// Whether the cursor took the text; where it does, serde_json must agree.
    #[track_caller]
    fn check(text: &str) -> bool {
        let mut scratch = Vec::new();
        let mut cursor = Cursor::new(text, 0, 0, &mut scratch);
        let read = Value::deserialize(&mut cursor).ok().map(|value| (value, cursor.at));
        let mut cursor = Cursor::new(text, 0, 0, &mut scratch);
        let skipped = cursor.skip().ok().map(|()| cursor.at);
        if let Some(skipped) = skipped {
            assert_eq!(expected::<serde::de::IgnoredAny>(text).map(|(_, at)| at), Some(skipped), "{text:?}");
        }
        if let Some(read) = read {
            assert_eq!(skipped, Some(read.1), "{text:?}");
            assert_eq!(expected::<Value>(text), Some(read), "{text:?}");
            return true;
        }
        false
    }

    #[test]
    fn takes_what_is_usual() {
        for text in [
            r#"{"a":1,"b":[true,false,null,"x"],"c":{}}"#,
            " { \"a\" : [ ] , \"b\" : { } }\n",
            r#""a \"quoted\" text\n with \u00e9scapes \\ and \/ that is longer than one block""#,
            r#"[0,7,-3,123456789012345,0.5,-2.25,9.8,1234.5678]"#,
            "[\"grüße aus der zeichenkette\",\"日本語\"]",
            "{\n                                \"far\": 1\n}",
            "[[[[[[[[]]]]]]]]",
        ] {
            assert!(check(text), "{text}");
        }
    }

    #[test]
    fn leaves_what_is_unusual() {
        for text in [
            "",
            " ",
            "{",
            "[1,]",
            "{\"a\":1,}",
            "{,}",
            "{1:2}",
            "{\"a\" 1}",
            "[1 2]",
            "01",
            "-",
            "1.",
            ".5",
            "1e3",
            "-0",
            "12345678901234567890",
            "tru",
            "truex",
            "nulll",
            "\"a",
            "\"\u{1}\"",
            r#""\x""#,
            r#""\ud83d\ude00""#,
            r#""\u12""#,
            "[\"\\",
        ] {
            assert!(!check(text), "{text}");
        }
        assert!(!check(&"[".repeat(200)));
        assert!(!check(&format!("{}{}", "[".repeat(110), "]".repeat(110))));
    }

    #[test]
    fn agrees_with_serde_json_on_whatever_it_takes() {
        const PIECES: [&str; 30] = [
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "\"a\"",
            "\"key\":",
            "1",
            "-",
            "0",
            ".",
            "25",
            "e5",
            "true",
            "null",
            " ",
            "\n        ",
            "\\",
            "\\n",
            "\\u0041",
            "é",
            "\"a long text, longer than one block of bytes\"",
            "[1,2]",
            "{\"b\":[]}",
            ",\"c\":",
            "\t",
            "\u{1}",
            "[\"x\",{\"y\":-1.5}]",
        ];
        let mut state = 7_u64;
        let mut taken = 0;
        for _ in 0..200_000 {
            let mut text = String::new();
            let mut next = |bound: usize| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 33) as usize % bound
            };
            for _ in 0..1 + next(9) {
                text.push_str(PIECES[next(PIECES.len())]);
            }
            taken += u32::from(check(&text));
        }
        assert!(taken > 5_000, "{taken}");
    }
}
