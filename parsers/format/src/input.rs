/// A report's text and the name under which it came.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The file's name or path as the client gave it; may be empty.
    pub name: &'a str,
    /// The whole content: already decompressed, brought to UTF-8, without a byte order mark.
    pub text: &'a str,
    /// The bounds that the readers keep.
    pub limits: &'a crate::Limits,
}

impl<'a> Input<'a> {
    /// How many bytes detection may look at.
    pub const HEAD: usize = 4096;

    /// An input with a name.
    pub fn new(name: &'a str, text: &'a str, limits: &'a crate::Limits) -> Self {
        Self { name, text, limits }
    }

    /// The part that detection looks at: at most [`Input::HEAD`] bytes, cut between two characters.
    pub fn head(&self) -> &'a str {
        let end = self.text.floor_char_boundary(Self::HEAD);
        self.text.get(..end).unwrap_or(self.text)
    }
}

/// How sure a format is that an input is its own. Of several formats the surest wins; two that are equally sure are
/// an error that names both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// It is something else.
    No,
    /// It could be: the shape fits, but nothing names the format.
    Maybe,
    /// A mark that other formats could carry, too.
    Likely,
    /// A mark that only this format has.
    Certain,
}
