//! From bytes to text: compression and archives are unwrapped, encodings brought to UTF-8.
//!
//! Nothing is written to disk and no name inside an archive is ever used as a path.

mod budget;
mod encoding;
mod tar;
mod zip;

use std::borrow::Cow;
use std::io::Read;

use plimsoll_format::{LimitName, Limits, ParseError, ParseErrorKind, Warning};

use budget::Budget;
pub use encoding::decode;

/// One text out of a file.
#[derive(Debug)]
pub struct Document<'a> {
    /// The file's name; for a file in an archive `archive.zip!inner.xml`.
    pub name: String,
    /// The content in UTF-8, without a byte order mark.
    pub text: Cow<'a, str>,
    /// What was lost on the way.
    pub warnings: Vec<Warning>,
}

impl Document<'_> {
    /// The name as a format wants to see it: without the ending of a compression.
    pub fn input_name(&self) -> &str {
        let name = self.name.as_str();
        [".gz", ".zst", ".gzip", ".zstd"].iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name)
    }
}

/// A text, or the name of what could not be unwrapped and why.
pub type Entry<'a> = Result<Document<'a>, (String, ParseError)>;

/// Unwraps gzip, zstd, zip, tar and compressed tar, and hands on each text that is inside; of a plain file, itself.
///
/// The limits hold for all that comes out of the file together.
pub fn open(name: &str, bytes: &[u8], limits: &Limits, each: &mut dyn FnMut(Entry<'_>)) {
    let size = bytes.len() as u64;
    if size > limits.file_bytes {
        return each(Err((name.to_owned(), ParseError::limit(LimitName::FileBytes, limits.file_bytes))));
    }
    let mut budget = Budget::new(limits, size);
    unwrap(name, Content::Borrowed(bytes), 0, &mut budget, each);
}

/// Bytes from the file itself, or from inside of it.
type Content<'a> = Cow<'a, [u8]>;

fn unwrap(
    name: &str,
    bytes: Content<'_>,
    depth: u64,
    budget: &mut Budget<'_>,
    each: &mut dyn FnMut(Entry<'_>),
) {
    let wrapping = Wrapping::of(&bytes);
    if wrapping.is_some() && depth > budget.limits.archive_depth {
        let error = ParseError::limit(LimitName::ArchiveDepth, budget.limits.archive_depth);
        return each(Err((name.to_owned(), error)));
    }
    let outcome = match wrapping {
        None => {
            each(Ok(plain(name, bytes)));
            Ok(())
        }
        Some(Wrapping::Gzip) => {
            // A gzip stream ends with its size; of several, with that of the last.
            let size = bytes.last_chunk::<4>().map_or(0, |size| u32::from_le_bytes(*size));
            let reader = flate2::read::MultiGzDecoder::new(&*bytes);
            decompress(name, reader, u64::from(size), depth, budget, each)
        }
        Some(Wrapping::Zstd) => match zstd::stream::read::Decoder::new(&*bytes) {
            Ok(reader) => {
                let size = zstd::zstd_safe::get_frame_content_size(&bytes).ok().flatten();
                decompress(name, reader, size.unwrap_or_default(), depth, budget, each)
            }
            Err(error) => Err(broken("zstd", &error)),
        },
        Some(Wrapping::Tar) => tar::entries(name, &mut &*bytes, depth, budget, each),
        Some(Wrapping::Zip) => zip::entries(name, &bytes, depth, budget, each),
    };
    if let Err(error) = outcome {
        each(Err((name.to_owned(), error)));
    }
}

fn plain<'a>(name: &str, bytes: Content<'a>) -> Document<'a> {
    let (text, warning) = match bytes {
        Cow::Borrowed(bytes) => decode(bytes),
        Cow::Owned(bytes) => match String::from_utf8(bytes) {
            // What is UTF-8 already needs no second copy, unless it says that it is something else.
            Ok(text) if !encoding::declares_other(text.as_bytes()) => {
                (Cow::Owned(encoding::without_mark(text)), None)
            }
            Ok(text) => owned(decode(text.as_bytes())),
            Err(error) => owned(decode(error.as_bytes())),
        },
    };
    Document { name: name.to_owned(), text, warnings: warning.into_iter().collect() }
}

fn owned((text, warning): (Cow<'_, str>, Option<Warning>)) -> (Cow<'static, str>, Option<Warning>) {
    (Cow::Owned(text.into_owned()), warning)
}

fn decompress(
    name: &str,
    mut reader: impl Read,
    claimed: u64,
    depth: u64,
    budget: &mut Budget<'_>,
    each: &mut dyn FnMut(Entry<'_>),
) -> Result<(), ParseError> {
    let mut bytes = budget.read(&mut reader.by_ref().take(tar::BLOCK), tar::BLOCK)?;
    if tar::is_tar(&bytes) {
        // A compressed tar is read entry by entry: it is never in memory as a whole.
        return tar::entries(name, &mut (&*bytes).chain(reader), depth, budget, each);
    }
    budget.read_more(&mut bytes, &mut reader, claimed)?;
    unwrap(name, Cow::Owned(bytes), depth + 1, budget, each);
    Ok(())
}

#[derive(Clone, Copy)]
enum Wrapping {
    Gzip,
    Zstd,
    Tar,
    Zip,
}

impl Wrapping {
    fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Self::Zstd),
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Self::Zip),
            bytes if tar::is_tar(bytes) => Some(Self::Tar),
            _ => None,
        }
    }
}

fn broken(what: &str, error: &dyn std::fmt::Display) -> ParseError {
    ParseError::new(ParseErrorKind::Syntax(format!("broken {what}: {error}")))
}

/// The name of a file in an archive, for people and for errors.
fn inner_name(outer: &str, inner: &str) -> String {
    let inner: String =
        inner.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect();
    format!("{outer}!{inner}")
}

/// Whether a name inside an archive would lead out of the folder it is unpacked into. It is unpacked nowhere, but an
/// archive that tries is not one that a tool wrote.
fn leads_outside(inner: &str) -> bool {
    let is_drive = matches!(inner.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    is_drive || inner.starts_with(['/', '\\']) || inner.split(['/', '\\']).any(|part| part == "..")
}

fn refused_name() -> ParseError {
    ParseError::new(ParseErrorKind::Unsupported("the name leads out of the archive".to_owned()))
}

#[cfg(test)]
mod tests;
