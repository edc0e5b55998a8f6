use serde::Deserialize;

use super::Reader;
use crate::{Input, ParseError, ParseErrorKind, Sink, Warning, WarningCode, text};

/// Reads one document after the other, whatever stands between them: nothing, white space or line ends.
///
/// # Errors
/// Those of `each`, and where the text is empty or malformed.
pub fn documents<'a>(
    input: &Input<'a>,
    mut each: impl FnMut(&mut Reader<'a>) -> Result<(), ParseError>,
) -> Result<(), ParseError> {
    let mut reader = Reader::new(input);
    if reader.is_at_end() {
        return Err(ParseError::new(ParseErrorKind::Empty));
    }
    while !reader.is_at_end() {
        let before = reader.position();
        each(&mut reader)?;
        if reader.position() == before {
            reader.skip()?;
        }
    }
    Ok(())
}

/// Reads one document a line. Lines that are no JSON object (a build tool's own words between them) are left out and
/// counted in one warning; a last line that is cut gets one of its own.
///
/// # Errors
/// Those of `each`, and where the text is empty or no line could be read.
pub fn lines<'a, T: Deserialize<'a>>(
    input: &Input<'a>,
    sink: &mut dyn Sink,
    mut each: impl FnMut(&mut dyn Sink, T) -> Result<(), ParseError>,
) -> Result<(), ParseError> {
    let mut first_bad = None;
    let mut good = 0_u64;
    let mut bad = 0_u64;
    let mut cut = None;
    for line in text::lines(input.text) {
        let document = line.text.trim();
        if document.is_empty() {
            continue;
        }
        // A line that ends with the file's last line end is whole; only what comes after it can be cut.
        let is_last = line.offset + line.text.len() >= input.text.len();
        match serde_json::from_str::<T>(document) {
            Ok(value) => {
                good += 1;
                each(sink, value).map_err(|error| error.in_path(format!("line {}", line.number)))?;
            }
            Err(error) if is_last && document.starts_with('{') && error.is_eof() => cut = Some(line.number),
            Err(_) => {
                bad += 1;
                first_bad.get_or_insert(line);
            }
        }
    }
    if let Some(number) = cut {
        sink.warning(Warning::new(
            WarningCode::Truncated,
            format!("line {number}, the last, is cut and was left out"),
        ));
    }
    match (good, first_bad) {
        (0, None) if cut.is_none() => Err(ParseError::new(ParseErrorKind::Empty)),
        (0, None) => Err(ParseError::new(ParseErrorKind::Truncated("the only line is cut".to_owned()))),
        (0, Some(line)) => {
            Err(ParseError::new(ParseErrorKind::Syntax("no line is a JSON object of this format".to_owned()))
                .in_path(format!("line {}", line.number))
                .at(line.offset as u64))
        }
        (_, Some(line)) => {
            let message =
                format!("{bad} lines are no JSON of this format, the first is line {}", line.number);
            sink.warning(Warning::new(WarningCode::SkippedElement, message));
            Ok(())
        }
        (_, None) => Ok(()),
    }
}
