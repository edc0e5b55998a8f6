use plimsoll_format::{
    Descriptor, Format, Input, Limits, ParseError, ParseErrorKind, Sink, Warning, WarningCode, json,
};

use crate::{DetectError, Document, LimitSink, detect};

/// Why a report could not be read. The text fits after "cannot read report: ".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// It is not known how.
    #[error(transparent)]
    Detect(#[from] DetectError),
    /// It is broken, or meets a limit.
    #[error(transparent)]
    Parse(#[from] ParseError),
}

/// What became of one report.
#[derive(Debug)]
pub struct Report<S> {
    /// The file's name; for a file in an archive `archive.zip!inner.xml`.
    pub name: String,
    /// Its format, where that was recognised.
    pub format: Option<&'static Descriptor>,
    /// The sink with all that the report holds.
    pub outcome: Result<S, ReadError>,
}

/// Reads a file: unwraps it, and for each report inside finds the format (unless the caller names it), asks for a sink
/// and parses.
///
/// A file in an archive that is no report is in the answer, too: as one that was not recognised.
pub fn read<S: Sink>(
    name: &str,
    bytes: &[u8],
    limits: &Limits,
    format: Option<&'static dyn Format>,
    mut sink_for: impl FnMut(&str, &'static Descriptor) -> S,
) -> Vec<Report<S>> {
    let mut reports = Vec::new();
    crate::open(name, bytes, limits, &mut |entry| {
        reports.push(match entry {
            Err((name, error)) => Report { name, format: None, outcome: Err(error.into()) },
            Ok(document) => read_document(document, limits, format, &mut sink_for),
        });
    });
    reports
}

fn read_document<S: Sink>(
    mut document: Document<'_>,
    limits: &Limits,
    format: Option<&'static dyn Format>,
    sink_for: &mut impl FnMut(&str, &'static Descriptor) -> S,
) -> Report<S> {
    let warnings = std::mem::take(&mut document.warnings);
    let input = Input::new(document.input_name(), &document.text, limits);
    let found = match format {
        Some(format) => Ok(format),
        None if input.text.trim().is_empty() => Err(ParseError::new(ParseErrorKind::Empty).into()),
        None => detect(&input).map_err(ReadError::from),
    };
    let (format, outcome) = match found {
        Err(error) => (None, Err(error)),
        Ok(format) => {
            let mut read = |text: &str, warnings: &[Warning]| {
                let mut sink = sink_for(&document.name, format.descriptor());
                warnings.iter().cloned().for_each(|warning| sink.warning(warning));
                let input = Input::new(document.input_name(), text, limits);
                parse(format, &input, &mut sink).map(|()| sink)
            };
            let outcome = read(&document.text, &warnings).or_else(|error| {
                // Careless tools end a list with a comma. Such a report is read once more, without them.
                let is_syntax = matches!(error.kind, ParseErrorKind::Syntax(_));
                let mended = is_syntax.then(|| json::without_trailing_commas(&document.text)).flatten();
                let Some(mended) = mended else { return Err(error) };
                let message = format!("a comma stands before a closing bracket: {error}");
                let warning = Warning::new(WarningCode::MendedSyntax, message);
                read(&mended, &[warnings.as_slice(), &[warning]].concat()).map_err(|_| error)
            });
            (Some(format.descriptor()), outcome.map_err(ReadError::from))
        }
    };
    Report { name: document.name, format, outcome }
}

/// Parses one input within the limits `items` and `text_bytes`.
///
/// # Errors
/// Those of the format, and the limits.
pub fn parse(format: &dyn Format, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
    format.parse(input, &mut LimitSink::new(sink, input.limits))
}
