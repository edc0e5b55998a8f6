//! [`Cursor`] as serde sees it.

use serde::de::value::{BorrowedStrDeserializer, StringDeserializer};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::cursor::{Cursor, Number, Unusual};

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

    use crate::json::cursor::Cursor;

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
