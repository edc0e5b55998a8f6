use plimsoll_format::{Confidence, Format, Input};

/// Why it is not known how to read a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DetectError {
    /// No format claims it.
    #[error("no supported format was recognised")]
    Unknown,
    /// Several formats claim it and none is surer than the others.
    #[error("the file could be {} or {}: name the format", .0, .1)]
    Ambiguous(&'static str, &'static str),
}

/// Finds the format of an input by its content.
///
/// # Errors
/// Where no format claims it, or two are equally sure.
pub fn detect(input: &Input<'_>) -> Result<&'static dyn Format, DetectError> {
    let mut best: Option<(Confidence, &'static dyn Format)> = None;
    let mut rival = None;
    for format in crate::formats() {
        let confidence = format.sniff(input);
        if confidence == Confidence::No {
            continue;
        }
        match best {
            Some((sure, _)) if confidence < sure => {}
            Some((sure, _)) if confidence == sure => rival = Some(format),
            _ => {
                best = Some((confidence, format));
                rival = None;
            }
        }
    }
    match (best, rival) {
        (None, _) => Err(DetectError::Unknown),
        (Some((_, format)), None) => Ok(format),
        (Some((_, format)), Some(rival)) => {
            Err(DetectError::Ambiguous(format.descriptor().id, rival.descriptor().id))
        }
    }
}
