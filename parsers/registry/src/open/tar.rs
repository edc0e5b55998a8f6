use std::borrow::Cow;
use std::io::{ErrorKind, Read};

use plimsoll_format::{ParseError, ParseErrorKind};

use super::{Budget, Entry, inner_name, leads_outside, refused_name, unwrap};

/// Everything in a tar comes in blocks of this size.
pub(super) const BLOCK: u64 = 512;

/// A name or a set of attributes longer than this is not what a tool writes.
const MAX_LONG_NAME: u64 = 64 << 10;

type Header = [u8; BLOCK as usize];

pub(super) fn is_tar(bytes: &[u8]) -> bool {
    bytes.get(257..262) == Some(b"ustar")
}

pub(super) fn entries(
    outer: &str,
    reader: &mut impl Read,
    depth: u64,
    budget: &mut Budget<'_>,
    each: &mut dyn FnMut(Entry<'_>),
) -> Result<(), ParseError> {
    let mut long_name = None;
    while let Some(header) = read_header(reader)? {
        let size = number(header.get(124..136).unwrap_or_default())
            .ok_or_else(|| super::broken("tar", &"a size is no number"))?;
        budget.entry()?;
        let kind = header.get(156).copied().unwrap_or_default();
        let mut body = reader.by_ref().take(size);
        match kind {
            b'L' if size <= MAX_LONG_NAME => long_name = Some(until_zero(&budget.read(&mut body, size)?)),
            b'x' if size <= MAX_LONG_NAME => {
                long_name = pax_path(&budget.read(&mut body, size)?).or(long_name)
            }
            0 | b'0' => {
                let name = long_name.take().unwrap_or_else(|| short_name(&header));
                let bytes = budget.read(&mut body, size)?;
                if (bytes.len() as u64) < size {
                    return Err(cut());
                }
                let full = inner_name(outer, &name);
                if leads_outside(&name) {
                    each(Err((full, refused_name())));
                } else {
                    unwrap(&full, Cow::Owned(bytes), depth + 1, budget, each);
                }
            }
            // Folders, links and devices hold no report.
            _ => {
                long_name = None;
                drain(&mut body, budget)?;
            }
        }
        drain(&mut reader.by_ref().take((BLOCK - size % BLOCK) % BLOCK), budget)?;
    }
    Ok(())
}

/// The next header; `None` at the end, which two empty blocks mark, or simply nothing.
fn read_header(reader: &mut impl Read) -> Result<Option<Header>, ParseError> {
    let mut header: Header = [0; BLOCK as usize];
    match reader.read_exact(&mut header) {
        Ok(()) if header.iter().all(|byte| *byte == 0) => Ok(None),
        Ok(()) if is_tar(&header) => Ok(Some(header)),
        Ok(()) => Err(super::broken("tar", &"a header is missing")),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(super::broken("tar", &error)),
    }
}

fn drain(reader: &mut impl Read, budget: &mut Budget<'_>) -> Result<(), ParseError> {
    budget.skip(reader)
}

fn cut() -> ParseError {
    ParseError::new(ParseErrorKind::Truncated("a file in the archive is cut".to_owned()))
}

/// Octal, or binary where the first bit says so.
fn number(field: &[u8]) -> Option<u64> {
    match field {
        [0x80, rest @ ..] => {
            rest.iter().try_fold(0_u64, |sum, byte| Some(sum.checked_mul(256)? + u64::from(*byte)))
        }
        _ => {
            let digits = until_zero(field);
            let digits = digits.trim();
            if digits.is_empty() { Some(0) } else { u64::from_str_radix(digits, 8).ok() }
        }
    }
}

fn short_name(header: &Header) -> String {
    let name = until_zero(header.get(..100).unwrap_or_default());
    let prefix = until_zero(header.get(345..500).unwrap_or_default());
    // GNU's own header has times where the standard one has the prefix.
    let is_standard = header.get(257..263) == Some(b"ustar\0");
    if is_standard && !prefix.is_empty() { format!("{prefix}/{name}") } else { name }
}

fn until_zero(bytes: &[u8]) -> String {
    let end = memchr::memchr(0, bytes).unwrap_or(bytes.len());
    String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned()
}

/// `30 path=some/name\n`
fn pax_path(attributes: &[u8]) -> Option<String> {
    let attributes = String::from_utf8_lossy(attributes);
    let value = attributes.lines().find_map(|line| line.split_once(' ')?.1.strip_prefix("path="))?;
    Some(value.to_owned())
}
