//! The contract that every report format fulfils.
//!
//! A [`Format`] is a pure function from bytes to items: it opens no file, reads no clock, spawns nothing. It *pushes*
//! each item into a [`Sink`] as it meets it and never builds the whole report, so memory does not grow with the file.

mod block;
mod descriptor;
mod error;
mod input;
mod limits;
mod number;
mod sink;
mod warning;

pub mod json;
pub mod text;
pub mod xml;

pub use descriptor::{Descriptor, Docs};
pub use error::{ParseError, ParseErrorKind};
pub use input::{Confidence, Input};
pub use limits::{LimitName, Limits};
pub use number::{parse_duration_us, parse_number, seconds_to_us};
pub use sink::Sink;
pub use warning::{Warning, WarningCode};

/// One wire format of one tool (or of a family of tools that write the same).
pub trait Format: Sync {
    /// What the format is, for the help, the documentation and the tests.
    fn descriptor(&self) -> &'static Descriptor;

    /// Whether the input looks like this format, judged by its name and its first [`Input::HEAD`] bytes only.
    fn sniff(&self, input: &Input<'_>) -> Confidence;

    /// Reads the whole input and pushes what it holds.
    ///
    /// # Errors
    ///
    /// [`ParseError`] where the input cannot be read to its end. Items that were pushed before stay valid, but the
    /// report counts as unreadable.
    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError>;
}
