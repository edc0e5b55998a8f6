//! What would differ from machine to machine or from replay to replay, set to what the run says.

use std::path::Path;

/// What a run knows of itself.
pub struct Setting<'a> {
    /// The folder that stands in the reports as `/home/ci`.
    pub ci: &'a Path,
    /// Seconds since 1970.
    pub begun: i64,
    /// The build's id.
    pub build: &'a str,
}

/// Takes this machine's folder and addresses in memory out of a report.
pub fn neutral(text: &str, setting: &Setting<'_>) -> String {
    addresses(&text.replace(&*setting.ci.to_string_lossy(), "/home/ci"), setting.build)
}

/// Sets an attribute of the document's first element that has it: `timestamp="…"`.
pub fn attribute(text: &str, name: &str, value: &str) -> String {
    let start = format!(" {name}=\"");
    match text.split_once(&start) {
        Some((before, after)) => match after.split_once('"') {
            Some((_, rest)) => format!("{before}{start}{value}\"{rest}"),
            None => text.to_owned(),
        },
        None => text.to_owned(),
    }
}

/// Sets a member of a JSON document that was written with one member on a line: `"generated_at": "…"`.
pub fn member(text: &str, name: &str, value: &str) -> String {
    let start = format!("\"{name}\": \"");
    match text.split_once(&start) {
        Some((before, after)) => match after.split_once('"') {
            Some((_, rest)) => format!("{before}{start}{value}\"{rest}"),
            None => text.to_owned(),
        },
        None => text.to_owned(),
    }
}

/// Python shows objects with their addresses in memory. They stay in the text, as in life, but are drawn from the build.
fn addresses(text: &str, build: &str) -> String {
    const START: &str = " at 0x";
    let mut pieces = text.split(START);
    let mut out = pieces.next().unwrap_or_default().to_owned();
    let mut seen: Vec<String> = Vec::new();
    for piece in pieces {
        let rest = piece.trim_start_matches(|c: char| c.is_ascii_hexdigit());
        let digits = piece.strip_suffix(rest).unwrap_or_default().to_owned();
        let place = seen.iter().position(|other| *other == digits).unwrap_or_else(|| {
            seen.push(digits);
            seen.len() - 1
        });
        let drawn = (hash(&format!("{build} {place}")) >> 36) << 4;
        out.push_str(&format!("{START}7f{drawn:010x}"));
        out.push_str(rest);
    }
    out
}

/// A number that depends on a text only (FNV-1a with a final mix, so that similar texts are far apart).
pub fn hash(text: &str) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in text.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^ (hash >> 33)
}

#[cfg(test)]
mod tests {
    use super::{Setting, attribute, member, neutral};
    use std::path::Path;

    fn setting() -> Setting<'static> {
        Setting { ci: Path::new("/some/where/ci"), begun: 0, build: "401" }
    }

    #[test]
    fn the_folder_is_replaced_everywhere() {
        assert_eq!(
            neutral("file:///some/where/ci/bookstore/a.py and /some/where/ci", &setting()),
            "file:///home/ci/bookstore/a.py and /home/ci"
        );
    }

    #[test]
    fn equal_addresses_stay_equal() {
        let text = neutral("<A at 0x7fab12> <B at 0x7fab34> <A at 0x7fab12>", &setting());
        let words: Vec<&str> = text.split('>').collect();
        assert_eq!(words.first().map(|w| w.trim()), words.get(2).map(|w| w.trim()));
        assert!(!text.contains("7fab12"));
        assert_eq!(text, neutral("<A at 0x7f0001> <B at 0x7f0002> <A at 0x7f0001>", &setting()));
    }

    #[test]
    fn values_are_set() {
        assert_eq!(
            attribute("<coverage a=\"1\" timestamp=\"9\" b=\"2\">", "timestamp", "5"),
            "<coverage a=\"1\" timestamp=\"5\" b=\"2\">"
        );
        assert_eq!(
            member("{\n  \"generated_at\": \"now\"\n}", "generated_at", "then"),
            "{\n  \"generated_at\": \"then\"\n}"
        );
        assert_eq!(member("{}", "generated_at", "then"), "{}");
    }
}
