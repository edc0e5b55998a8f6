//! Durations, times and host names of a JUnit file.
//!
//! The tests of the bookstore take microseconds, and how many depends on the machine. Each gets a duration that is drawn
//! from its name, shaken a little from build to build, so that the bytes are the same in each replay while trends look
//! like those of a real project. Suites stand in the order of their names: Vitest writes them in the order in which it
//! found their files, which is another one now and then.

use super::history::{History, Step};
use super::normalise::{Setting, hash};
use super::time;

/// Sets durations, times and host names.
pub fn normalise(text: &str, history: &History, step: &Step, setting: &Setting<'_>) -> String {
    let text = &in_order(text);
    let durations = durations(text, history, step, setting);
    let mut suites = durations.suites.iter();
    let mut cases = durations.cases.iter();
    let mut out = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Other(text) => out.push_str(text),
            Piece::Tag(tag) => match name_of(tag) {
                "testsuites" => out.push_str(&set(tag, "time", durations.total)),
                "testsuite" => {
                    let tag = set(tag, "time", suites.next().copied().unwrap_or_default());
                    let tag = super::normalise::attribute(
                        &tag,
                        "timestamp",
                        &time::rfc3339(setting.begun).replace('Z', "+00:00"),
                    );
                    out.push_str(&super::normalise::attribute(&tag, "hostname", "ci-runner"));
                }
                "testcase" => out.push_str(&set(tag, "time", cases.next().copied().unwrap_or_default())),
                _ => out.push_str(tag),
            },
        }
    }
    out
}

/// Sorts the suites by their opening tags, which begin with the name. Suites in suites are not met here.
fn in_order(text: &str) -> String {
    const END: &str = "</testsuite>";
    let Some((start, end)) = text.find("<testsuite ").zip(text.rfind(END)) else { return text.to_owned() };
    let (Some(before), Some(suites), Some(after)) =
        (text.get(..start), text.get(start..end + END.len()), text.get(end + END.len()..))
    else {
        return text.to_owned();
    };
    let mut blocks: Vec<&str> = suites.split_inclusive(END).map(str::trim_start).collect();
    let gap = suites
        .split_inclusive(END)
        .nth(1)
        .map_or("", |block| block.strip_suffix(block.trim_start()).unwrap_or(""));
    blocks.sort_unstable();
    format!("{before}{}{after}", blocks.join(gap))
}

/// Milliseconds of each test and suite, in the order of the file.
#[derive(Default)]
struct Durations {
    cases: Vec<f64>,
    suites: Vec<f64>,
    total: f64,
}

fn durations(text: &str, history: &History, step: &Step, setting: &Setting<'_>) -> Durations {
    let mut found = Durations::default();
    for piece in pieces(text) {
        let Piece::Tag(tag) = piece else { continue };
        match name_of(tag) {
            "testsuite" => found.suites.push(0.0),
            "testcase" => {
                let test = format!(
                    "{}::{}",
                    attribute(tag, "classname").unwrap_or_default(),
                    attribute(tag, "name").unwrap_or_default()
                );
                let milliseconds = duration(&test, history, step, setting.build);
                found.cases.push(milliseconds);
                found.total += milliseconds;
                if let Some(suite) = found.suites.last_mut() {
                    *suite += milliseconds;
                }
            }
            _ => {}
        }
    }
    found
}

/// Most tests take one to twenty milliseconds, a few take more.
fn duration(test: &str, history: &History, step: &Step, build: &str) -> f64 {
    let share = |text: &str| (hash(text) >> 11) as f64 / (1_u64 << 53) as f64;
    let mut milliseconds = (share(test) * 3.0 + share(&format!("{test} tail")).powi(12) * 3.0).exp();
    for slow in &history.slow_tests {
        if test.contains(&slow.test) && slow.from.as_deref().is_none_or(|from| step.id.as_str() >= from) {
            milliseconds = slow.milliseconds.unwrap_or(milliseconds) * slow.factor;
        }
    }
    milliseconds * (0.85 + 0.3 * share(&format!("{test} {build}")))
}

/// Sets the seconds of a tag, with as many decimals as the tool writes.
fn set(tag: &str, name: &str, milliseconds: f64) -> String {
    let decimals =
        attribute(tag, name).and_then(|value| value.split_once('.')).map_or(3, |(_, text)| text.len());
    super::normalise::attribute(tag, name, &format!("{:.*}", decimals.min(6), milliseconds / 1000.0))
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split_once(&format!(" {name}=\"")).and_then(|(_, rest)| rest.split_once('"')).map(|(value, _)| value)
}

enum Piece<'a> {
    /// `<name …>`
    Tag(&'a str),
    Other(&'a str),
}

/// Cuts a document into opening tags and what stands between them.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let (before, from) = rest.split_at(start);
        found.push(Piece::Other(before));
        let length = if from.starts_with("<![CDATA[") {
            from.find("]]>").map_or(from.len(), |end| end + 3)
        } else {
            tag_length(from)
        };
        let (tag, after) = from.split_at(length);
        found.push(if tag.starts_with("<!") { Piece::Other(tag) } else { Piece::Tag(tag) });
        rest = after;
    }
    found.push(Piece::Other(rest));
    found
}

/// The bytes up to the `>` that closes a tag; one inside of quotes does not.
fn tag_length(text: &str) -> usize {
    let mut is_quoted = false;
    for (position, character) in text.char_indices() {
        match character {
            '"' => is_quoted = !is_quoted,
            '>' if !is_quoted => return position + 1,
            _ => {}
        }
    }
    text.len()
}

fn name_of(tag: &str) -> &str {
    tag.trim_start_matches('<').split([' ', '>', '/', '\n']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::history::{History, SlowTest, Step};
    use super::super::normalise::Setting;
    use super::{in_order, normalise};

    fn step(id: &str) -> Step {
        Step {
            id: id.to_owned(),
            date: String::new(),
            branch: "main".to_owned(),
            from: None,
            squash: None,
            message: String::new(),
            renames: Vec::new(),
            deletions: Vec::new(),
            runs: Vec::new(),
        }
    }

    fn setting() -> Setting<'static> {
        Setting { ci: Path::new("/ci"), begun: 0, build: "1" }
    }

    #[test]
    fn suites_add_up_and_nothing_else_changes() {
        let slow = SlowTest { test: "b".to_owned(), from: None, milliseconds: Some(100.0), factor: 1.0 };
        let history = History { python_shards: Vec::new(), slow_tests: vec![slow], steps: Vec::new() };
        let text = "<testsuites time=\"0.1\"><testsuite name=\"s\" time=\"9.000\" hostname=\"here\" timestamp=\"now\">\
                    <testcase classname=\"c\" name=\"b > 1\" time=\"0.000\"><failure>a &lt; b</failure></testcase>\
                    <testcase classname=\"c\" name=\"b\" time=\"0.000\" /></testsuite></testsuites>";
        let made = normalise(text, &history, &step("001-a"), &setting());
        assert!(made.contains("<failure>a &lt; b</failure>"));
        assert!(made.contains("hostname=\"ci-runner\""));
        assert!(made.contains("timestamp=\"1970-01-01T00:00:00+00:00\""));
        assert!(made.contains("name=\"b > 1\" time=\"0."));
        let times: Vec<f64> =
            made.split(" time=\"").skip(1).filter_map(|part| part.split('"').next()?.parse().ok()).collect();
        let [total, suite, first, second] = times.as_slice() else { panic!("four times: {times:?}") };
        assert!((suite - first - second).abs() < 0.002 && (total - suite).abs() < 0.06);
        assert!((0.085..=0.115).contains(first));
    }

    #[test]
    fn suites_stand_in_order() {
        let suite = |name: &str| format!("<testsuite name=\"{name}\" tests=\"0\">\n</testsuite>");
        let text = |first: &str, second: &str| {
            format!("<testsuites>\n  {}\n  {}\n</testsuites>\n", suite(first), suite(second))
        };
        assert_eq!(in_order(&text("b", "a")), text("a", "b"));
        assert_eq!(in_order(&text("a", "b")), text("a", "b"));
        assert_eq!(in_order("<testsuites/>"), "<testsuites/>");
    }

    #[test]
    fn a_test_becomes_slower_from_a_step_on() {
        let slow =
            SlowTest { test: "b".to_owned(), from: Some("002".to_owned()), milliseconds: None, factor: 10.0 };
        let history = History { python_shards: Vec::new(), slow_tests: vec![slow], steps: Vec::new() };
        let text = "<testcase classname=\"c\" name=\"b\" time=\"0.000000\"/>";
        let of = |id: &str| -> f64 {
            let made = normalise(text, &history, &step(id), &setting());
            made.split('"').nth(5).and_then(|value| value.parse().ok()).unwrap_or_default()
        };
        assert!(of("001-a") > 0.0);
        assert!((of("002-b") / of("001-a") - 10.0).abs() < 0.1);
    }
}
