//! Reading one value at the speed of its strings.
//!
//! Half of serde_json's time goes into looking for the ends of strings, and that of an ignored value nearly all. Here that
//! is done sixteen bytes at a time. Whatever is unusual (a syntax error, a value of another shape, a number that needs
//! more than a division, half of a surrogate pair, a great depth) ends with [`Unusual`], and the caller reads the same
//! value again through serde_json, whose answer counts, be it a value or an error. So this reader has to be right only
//! where it succeeds.

use std::fmt;

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
    pub fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is no white space; the cursor stands at it.
    #[inline(always)]
    pub fn token(&mut self) -> Result<u8, Unusual> {
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
    pub fn expect(&mut self, wanted: u8) -> Result<(), Unusual> {
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
    pub fn string(&mut self) -> Result<Option<&'a str>, Unusual> {
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

    pub fn skip_string(&mut self) -> Result<(), Unusual> {
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

    pub fn literal(&mut self) -> Result<Option<bool>, Unusual> {
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

    pub fn number(&mut self) -> Result<Number, Unusual> {
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
    pub fn scratch(&self) -> Result<&str, Unusual> {
        std::str::from_utf8(self.scratch).map_err(|_| Unusual)
    }

    #[inline(always)]
    pub fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Unusual>) -> Result<T, Unusual> {
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

/// A number as it is written.
pub(super) enum Number {
    Natural(u64),
    Negative(i64),
    Real(f64),
}
