use plimsoll_format::{Format, Limits, ParseError, Sink};
use plimsoll_registry::{DetectError, ReadError};

use super::collect::{CollectSink, Collected};
use super::{IngestError, Unreadable};

/// What a file held.
#[derive(Debug, Default)]
pub struct ReadReports {
    /// The reports that could be read: one, or those of an archive.
    pub reports: Vec<Collected>,
    /// What could not be read.
    pub unreadable: Vec<Unreadable>,
}

/// Reads a file, or all reports of an archive.
///
/// # Errors
/// Where the format that is named does not exist. A file that cannot be read is no error but part of the answer.
pub fn read_reports(
    name: &str,
    bytes: &[u8],
    format: Option<&str>,
    limits: &Limits,
) -> Result<ReadReports, IngestError> {
    let format: Option<&'static dyn Format> = match format {
        Some(id) => {
            Some(plimsoll_registry::find(id).ok_or_else(|| IngestError::UnknownFormat(id.to_owned()))?)
        }
        None => None,
    };
    let mut read = ReadReports::default();
    for report in plimsoll_registry::read(name, bytes, limits, format, CollectSink::new) {
        match report.outcome {
            Ok(sink) => read.reports.push(sink.collected),
            Err(error) => read.unreadable.push(Unreadable { name: report.name, error }),
        }
    }
    Ok(read)
}

/// A report whose items come from `fill` and not from a file: what the format's parser would have handed over.
///
/// # Errors
/// Where the format does not exist. What `fill` fails with is part of the answer.
pub fn fill_report(
    name: &str,
    format: &str,
    fill: impl FnOnce(&mut dyn Sink) -> Result<(), ParseError>,
) -> Result<ReadReports, IngestError> {
    let known =
        plimsoll_registry::find(format).ok_or_else(|| IngestError::UnknownFormat(format.to_owned()))?;
    let mut sink = CollectSink::new(name, known.descriptor());
    let mut read = ReadReports::default();
    match fill(&mut sink) {
        Ok(()) => read.reports.push(sink.collected),
        Err(error) => read.unreadable.push(Unreadable { name: name.to_owned(), error: error.into() }),
    }
    Ok(read)
}

impl ReadReports {
    /// Why nothing could be read, where nothing could: the most telling reason. In an archive, a file that is no report
    /// says less than a report that is broken.
    pub fn failure(&self) -> Option<&Unreadable> {
        if !self.reports.is_empty() {
            return None;
        }
        let is_telling =
            |unreadable: &&Unreadable| !matches!(unreadable.error, ReadError::Detect(DetectError::Unknown));
        self.unreadable.iter().find(is_telling).or_else(|| self.unreadable.first())
    }
}
