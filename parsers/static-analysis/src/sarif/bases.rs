//! The places that files are relative to: `originalUriBaseIds` of a run, §3.14.14 of the standard.

use std::borrow::Cow;

use plimsoll_format::json::Text;
use plimsoll_format::{Input, LimitName, ParseError, json};

use super::uri::{is_absolute, percent_decoded};
use super::wire::ArtifactLocation;
use crate::lenient::{MAX_ELEMENTS, present};

/// The bases of a run by name.
#[derive(Debug, Default)]
pub struct Bases<'a>(Vec<(Text<'a>, ArtifactLocation<'a>)>);

impl<'a> Bases<'a> {
    /// Reads the object of them.
    ///
    /// # Errors
    /// Where it is malformed, or has too many.
    pub fn read(reader: &mut json::Reader<'a>) -> Result<Self, ParseError> {
        let mut bases = Vec::new();
        reader.object(|reader, name| {
            // A bare string in 2.0.0.
            let base = match reader.peek()? {
                json::Kind::Object => reader.read()?,
                _ => ArtifactLocation { uri: reader.read()?, ..ArtifactLocation::default() },
            };
            if bases.len() == MAX_ELEMENTS {
                return Err(ParseError::limit(LimitName::Items, MAX_ELEMENTS as u64));
            }
            bases.push((Text(Cow::Owned(name.to_owned())), base));
            Ok(())
        })?;
        Ok(Self(bases))
    }

    /// What stands before a path that is relative to this base: the relative parts of the base and of those that it is
    /// itself relative to. Empty where the base is an absolute place, which is a source root, or unknown.
    ///
    /// A loop, which the standard forbids, makes the bases worth nothing: the path alone is what is known.
    pub fn prefix(&self, base: &str) -> String {
        let mut prefix = String::new();
        let mut names = vec![base];
        while let Some(base) = names.last().and_then(|name| self.get(name)) {
            let uri = present(&base.uri).unwrap_or_default();
            if is_absolute(uri) {
                break;
            }
            let slash = if uri.is_empty() || uri.ends_with('/') { "" } else { "/" };
            prefix.insert_str(0, slash);
            prefix.insert_str(0, uri);
            let Some(next) = present(&base.uri_base_id) else { break };
            if names.contains(&next) || names.len() == MAX_STEPS {
                return String::new();
            }
            names.push(next);
        }
        prefix
    }

    fn get(&self, name: &str) -> Option<&ArtifactLocation<'a>> {
        self.0.iter().find(|(found, _)| &**found == name).map(|(_, base)| base)
    }

    /// The absolute ones: below them the run's relative files are to be found.
    pub fn roots(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let absolute =
            self.0.iter().filter_map(|(_, base)| present(&base.uri).filter(|uri| is_absolute(uri)));
        absolute.map(|uri| percent_decoded(Cow::Borrowed(uri)))
    }

    /// Whether any of them is a folder below another one.
    fn has_folders(&self) -> bool {
        self.0.iter().any(|(_, base)| present(&base.uri).is_some_and(|uri| !is_absolute(uri)))
    }
}

/// No tree of bases is deeper.
const MAX_STEPS: usize = 32;

/// How much of the file's end is looked at.
const TAIL: usize = 64 << 10;

/// Whether bases that are folders stand at the end of the file, behind the results that need them. Hardly any do: those
/// that stand there are absolute, and nothing has to be read twice for them.
pub fn stand_behind(input: &Input<'_>) -> bool {
    const KEY: &str = "\"originalUriBaseIds\"";
    let start = input.text.floor_char_boundary(input.text.len().saturating_sub(TAIL));
    let Some(tail) = input.text.get(start..) else { return false };
    let Some(at) = memchr::memmem::find(tail.as_bytes(), KEY.as_bytes()) else { return false };
    let text = tail.get(at + KEY.len()..).unwrap_or_default().trim_start().trim_start_matches(':');
    let mut reader = json::Reader::new(&Input { text, ..*input });
    Bases::read(&mut reader).is_ok_and(|bases| bases.has_folders())
}

/// The names that tools use for the root of the repository; nothing needs to be looked up for them, unless bases are
/// folders and stand behind the results.
pub fn is_repository_root(base: &str) -> bool {
    let base = base.strip_prefix('%').and_then(|base| base.strip_suffix('%')).unwrap_or(base);
    ["SRCROOT", "ROOTPATH", "REPOROOT", "PROJECTROOT", "PROJECT_ROOT", "ROOT"].contains(&base)
}

#[cfg(test)]
mod tests {
    use plimsoll_format::{Input, Limits, json};

    use super::{Bases, stand_behind};

    /// The standard's own example, and what its procedure says of the others.
    #[test]
    fn joins_relative_bases() {
        let limits = Limits::default();
        let text = r#"{
                "PROJECTROOT": {"uri": "file:///C:/Users/ci/code/TheProject/"},
                "SRCROOT": {"uri": "src/", "uriBaseId": "PROJECTROOT"},
                "LIB": {"uri": "lib", "uriBaseId": "SRCROOT"},
                "HIDDEN": {"description": {"text": "removed on purpose"}},
                "BELOW": {"uri": "deep/", "uriBaseId": "HIDDEN"},
                "LOST": {"uri": "x/", "uriBaseId": "NOWHERE"},
                "A": {"uri": "a/", "uriBaseId": "B"},
                "B": {"uri": "b/", "uriBaseId": "A"},
                "OLD": "file:///old/"
            }"#;
        let bases = Bases::read(&mut json::Reader::new(&Input::new("", text, &limits))).unwrap();
        for (name, expect) in [
            ("PROJECTROOT", ""),
            ("SRCROOT", "src/"),
            ("LIB", "src/lib/"),
            ("HIDDEN", ""),
            ("BELOW", "deep/"),
            ("LOST", "x/"),
            ("A", ""),
            ("UNKNOWN", ""),
        ] {
            assert_eq!(bases.prefix(name), expect, "{name}");
        }
        let roots: Vec<_> = bases.roots().collect();
        assert_eq!(roots, ["file:///C:/Users/ci/code/TheProject/", "file:///old/"]);
    }

    #[test]
    fn sees_folders_at_the_end() {
        let limits = Limits::default();
        for (text, expect) in [
            (r#"{"runs": [{"results": [], "originalUriBaseIds": {"S": {"uri": "src/"}}}]}"#, true),
            (r#"{"runs": [{"results": [], "originalUriBaseIds": {"S": {"uri": "file:///src/"}}}]}"#, false),
            (r#"{"runs": [{"results": [], "originalUriBaseIds": {"S": 7"#, false),
            (r#"{"runs": [{"results": []}]}"#, false),
        ] {
            assert_eq!(stand_behind(&Input::new("", text, &limits)), expect, "{text}");
        }
    }
}
