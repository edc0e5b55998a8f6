//! Changes to a report that follow its structure: whole elements, values and lines are removed, repeated, nested and
//! swapped, and values replaced by such as break careless code. The fuzz targets use the same.

use std::ops::Range;

/// Xorshift: small, the same at each run, and good enough to damage files with.
pub struct Random(u64);

impl Random {
    /// A sequence of its own for each seed.
    pub fn new(seed: u64) -> Self {
        // Neighbouring seeds must not begin alike, and zero would stay zero.
        Self(seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number from 0 to below `bound`; 0 where `bound` is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound.max(1) as u64) as usize
    }

    fn pick<'a>(&mut self, of: &[&'a [u8]]) -> &'a [u8] {
        of.get(self.below(of.len())).copied().unwrap_or_default()
    }
}

/// Pieces of syntax, and what stands for text of another encoding.
const TOKENS: &[&[u8]] = &[
    b"<",
    b">",
    b"/>",
    b"</",
    b"<a>",
    b"</a>",
    b"<!--",
    b"-->",
    b"<?",
    b"?>",
    b"<![CDATA[",
    b"]]>",
    b"<!DOCTYPE a [",
    b"&#0;",
    b"&#xD800;",
    b"&x;",
    b"&amp;",
    b"&",
    b"\"",
    b"'",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"{}",
    b"[]",
    b"{\"a\":",
    b"\\u0000",
    b"\\ud800",
    b"\\",
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xc3\xa9",
    b"\xe2\x80\xa8",
    b"\r\n",
    b"\r",
    b"\t",
    b"\x1b[31m",
    b"%",
    b"%2",
    b"%00",
    b"../",
    b"file:///",
    b"C:\\",
    b" ",
];

/// Values that break careless code.
const VALUES: &[&[u8]] = &[
    b"",
    b"0",
    b"-0",
    b"-1",
    b"1",
    b"4294967295",
    b"4294967296",
    b"18446744073709551615",
    b"18446744073709551616",
    b"-9223372036854775808",
    b"99999999999999999999",
    b"1e999",
    b"-1e999",
    b"1e-999",
    b"NaN",
    b"Infinity",
    b"1,234.5",
    b"0x10",
    b"null",
    b"true",
    b"false",
    b"{}",
    b"[]",
    b"[null]",
    b"\"\"",
    b"100%",
    b"100% (0/0)",
    b"50% (3/2)",
    b"(18446744073709551615/1)",
    b"0001-01-01T00:00:00Z",
    b"9999-99-99T99:99:99.999999999+99:99",
    b"/",
    b"\\",
    b"pkg:a/b@c",
    b"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H",
    b"CVE-",
    b"a:1:1",
    b"\xf0\x9f\x98\x80",
];

/// Makes between one and four changes.
pub fn mutate(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for _ in 0..=random.below(4) {
        match random.below(9) {
            0 => {
                let at = random.below(out.len() + 1);
                let token = random.pick(TOKENS);
                replace(&mut out, at..at, token);
            }
            1 | 2 => {
                let place = value(&out, random);
                let with = random.pick(VALUES);
                replace(&mut out, place, with);
            }
            3 => {
                let (to, from) = (value(&out, random), value(&out, random));
                let with = out.get(from).unwrap_or_default().to_vec();
                replace(&mut out, to, &with);
            }
            4 => {
                let place = piece(&out, random);
                replace(&mut out, place, b"");
            }
            5 => {
                let place = piece(&out, random);
                let again = out.get(place.clone()).unwrap_or_default().to_vec();
                let times = 1 + random.below(3);
                replace(&mut out, place.end..place.end, &again.repeat(times));
            }
            6 => {
                let (from, to) = (piece(&out, random), piece(&out, random));
                let moved = out.get(from).unwrap_or_default().to_vec();
                replace(&mut out, to, &moved);
            }
            7 => {
                let end = random.below(out.len() + 1);
                let begin = random.below(end + 1).max(end.saturating_sub(24));
                replace(&mut out, begin..end, b"");
            }
            _ => {
                let at = random.below(out.len());
                if let Some(byte) = out.get_mut(at) {
                    *byte = random.below(256) as u8;
                }
            }
        }
    }
    out
}

fn replace(out: &mut Vec<u8>, place: Range<usize>, with: &[u8]) {
    let end = place.end.min(out.len());
    out.splice(place.start.min(end)..end, with.iter().copied());
}

/// A word, a number, or what stands between two quotes.
fn value(bytes: &[u8], random: &mut Random) -> Range<usize> {
    let at = random.below(bytes.len());
    let ends: fn(u8) -> bool = if random.below(2) == 0 {
        |byte| matches!(byte, b'"' | b'\'' | b'\n' | b'<' | b'>')
    } else {
        |byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'.' | b'-' | b'_')
    };
    let before = bytes.get(..at).unwrap_or_default();
    let after = bytes.get(at..).unwrap_or_default();
    let begin = before.iter().rposition(|byte| ends(*byte)).map_or(0, |place| place + 1);
    let end = after.iter().position(|byte| ends(*byte)).map_or(bytes.len(), |length| at + length);
    begin..end
}

/// An element with all that is in it, a bracketed value, or a line.
fn piece(bytes: &[u8], random: &mut Random) -> Range<usize> {
    let from = random.below(bytes.len());
    let rest = bytes.get(from..).unwrap_or_default();
    let open = rest.iter().position(|byte| matches!(byte, b'<' | b'{' | b'[' | b'\n')).unwrap_or(0);
    let begin = from + open;
    let rest = bytes.get(begin..).unwrap_or_default();
    let length = match rest.first() {
        Some(b'<') => element(rest),
        Some(open @ (b'{' | b'[')) => bracketed(rest, *open, if *open == b'{' { b'}' } else { b']' }),
        _ => rest.iter().skip(1).position(|byte| *byte == b'\n').map_or(rest.len(), |length| length + 1),
    };
    begin..begin + length
}

fn element(rest: &[u8]) -> usize {
    let tag_end = rest.iter().position(|byte| *byte == b'>').map_or(rest.len(), |place| place + 1);
    let tag = rest.get(1..tag_end).unwrap_or_default();
    let name_end =
        tag.iter().position(|byte| matches!(byte, b' ' | b'>' | b'/' | b'\n')).unwrap_or(tag.len());
    let name = tag.get(..name_end).unwrap_or_default();
    if name.is_empty() || tag.ends_with(b"/>") {
        return tag_end;
    }
    let close = [b"</".as_slice(), name, b">"].concat();
    let inside = rest.get(tag_end..).unwrap_or_default();
    let found = inside.windows(close.len()).position(|window| window == close);
    found.map_or(tag_end, |place| tag_end + place + close.len())
}

fn bracketed(rest: &[u8], open: u8, close: u8) -> usize {
    let mut depth = 0_usize;
    for (index, byte) in rest.iter().enumerate() {
        if *byte == open {
            depth += 1;
        } else if *byte == close {
            depth -= 1;
            if depth == 0 {
                return index + 1;
            }
        }
    }
    rest.len()
}
