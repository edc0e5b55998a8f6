use plimsoll_model::ReportKind;

/// What a format is, apart from how it is read.
#[derive(Debug)]
pub struct Descriptor {
    /// Stable for ever, kebab-case: the sample folder, the CLI value and the URL value.
    pub id: &'static str,
    /// As people call it.
    pub name: &'static str,
    /// What its reports are about.
    pub kind: ReportKind,
    /// The tools that write it.
    pub tools: &'static [&'static str],
    /// File names under which it is usually found; used to look for reports in a folder, never to detect.
    pub globs: &'static [&'static str],
    /// Where the format is described.
    pub link: &'static str,
    /// Raised when the parser's answer for an unchanged file changes, so that the history can be read again.
    pub version: u32,
    /// What `SUPPORTED-FORMATS.md` says of it.
    pub docs: Docs,
}

/// The documentation of one format; the same headings for each.
#[derive(Debug)]
pub struct Docs {
    /// How the tools are told to write it: commands or settings.
    pub produced_by: &'static str,
    /// Which element, attribute or field becomes what in the model, with the severity table where there is one.
    pub maps_to: &'static str,
    /// What is in such files and is not read.
    pub not_read: &'static str,
    /// What real files do that the format's description does not say.
    pub quirks: &'static str,
}
