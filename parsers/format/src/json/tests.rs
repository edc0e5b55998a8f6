use serde::Deserialize;

use super::{Kind, Number, Reader, Text, document, documents, head, lines};
use crate::{Input, LimitName, Limits, ParseErrorKind, Sink, Warning, WarningCode};

#[derive(Default)]
struct Warnings(Vec<Warning>);

impl Sink for Warnings {
    fn warning(&mut self, warning: Warning) {
        self.0.push(warning);
    }
}

#[derive(Debug, Deserialize)]
struct Item<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(default)]
    line: Number,
    #[serde(default, borrow)]
    note: Option<Text<'a>>,
    #[serde(default, deserialize_with = "super::or_default", borrow)]
    tags: Vec<Text<'a>>,
}

fn ids(text: &str) -> Result<Vec<String>, crate::ParseError> {
    let limits = Limits { depth: 8, ..Limits::default() };
    let mut found = Vec::new();
    let mut reader = Reader::new(&Input::new("", text, &limits));
    reader.object(|reader, key| match key {
        "runs" => reader.array(|reader| {
            reader.object(|reader, key| match key {
                "items" => reader.array(|reader| {
                    let item: Item<'_> = reader.read()?;
                    found.push(item.id.to_string());
                    Ok(())
                }),
                _ => Ok(()),
            })
        }),
        "deep" => nested(reader),
        _ => Ok(()),
    })?;
    reader.finish()?;
    Ok(found)
}

fn nested(reader: &mut Reader<'_>) -> Result<(), crate::ParseError> {
    match reader.peek()? {
        Kind::Array => reader.array(nested),
        _ => reader.skip(),
    }
}

#[track_caller]
fn check(text: &str, expect: &[&str]) {
    assert_eq!(ids(text).expect(text), expect, "{text}");
}

#[test]
fn streams_elements_and_skips_the_rest() {
    check(
        r#"{"runs":[{"x":{"items":[1]},"items":[{"id":"a"},{"id":7}]},{"items":null}],"z":1.5}"#,
        &["a", "7"],
    );
    check(r#" { } "#, &[]);
    check("null", &[]);
    check(r#"{"runs":null}"#, &[]);
    check(r#"{"a\u0062":"\"}","runs":[{"items":[{"id":"q\n"},],}]}"#, &["q\n"]);
}

#[test]
fn errors_name_the_place() {
    let error = |text: &str| ids(text).expect_err(text).to_string();
    assert_eq!(
        error(r#"{"runs":[{"items":[{"id":"a"},{"id":[]}]}]}"#),
        "invalid type: sequence, expected a text, in runs[0].items[1], at byte 37"
    );
    assert_eq!(
        error("{\"runs\":[\n{\"items\":[\n{\"id\":\"a\""),
        "the file ends too early: EOF while parsing an object, in runs[0].items[0], at byte 29"
    );
    assert_eq!(error("{\"a\" 1}"), "expected `:`, found `1`, at byte 5");
    assert_eq!(error("[]"), "expected an object, found `[`, at byte 0");
    assert_eq!(error("{} x"), "expected the end of the file, found `x`, at byte 3");
    assert_eq!(error("{\"runs\":["), "the file ends too early: a value is missing, in runs[0], at byte 9");
    assert_eq!(error("  "), "the file is empty");
}

#[test]
fn depth_is_limited() {
    let limit = |text: &str| ids(text).expect_err("deep").kind;
    let own = format!("{{\"deep\":{}", "[".repeat(100_000));
    assert_eq!(limit(&own), ParseErrorKind::Limit { name: LimitName::Depth, max: 8 });
    // What is skipped is not kept on the stack, however deep it is.
    let skipped = format!("{{\"other\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(ids(&skipped).is_ok());
}

#[test]
fn values_are_lenient_and_borrow() {
    let limits = Limits::default();
    let text = r#"{"id":"a","line":"12","note":null,"tags":null}"#;
    let item: Item<'_> = document(&Input::new("", text, &limits)).expect("item");
    assert!(matches!(item.id.0, std::borrow::Cow::Borrowed("a")));
    assert_eq!((item.line.position(), item.note, item.tags.len()), (Some(12), None, 0));
    let text = r#"{"id":true,"line":{"a":[]},"note":"","tags":["x",1.5]}"#;
    let item: Item<'_> = document(&Input::new("", text, &limits)).expect("item");
    assert_eq!((&*item.id, item.line.position()), ("true", None));
    assert_eq!(item.tags.iter().map(|tag| &**tag).collect::<Vec<_>>(), ["x", "1.5"]);
    assert_eq!((Number(Some(-1.0)).position(), Number(Some(0.0)).count()), (None, Some(0)));
}

#[test]
fn trailing_commas_are_taken_away() {
    let mended = super::without_trailing_commas;
    assert_eq!(
        mended("{\"a\": [1, 2,\n], \"b\": {\"c\": \",]\",} ,}").as_deref(),
        Some("{\"a\": [1, 2\n], \"b\": {\"c\": \",]\"} }")
    );
    assert_eq!(mended("[\"\\\",]\", 1,]").as_deref(), Some("[\"\\\",]\", 1]"));
    for other in ["[1, 2]", "{\"a\": \",]\"}", "text,]", "", "[\"endless,]", "[1,\\"] {
        assert_eq!(mended(other), None, "{other}");
    }
}

#[test]
fn several_documents_and_lines() {
    let limits = Limits::default();
    let mut seen = Vec::new();
    documents(&Input::new("", "{\"id\":1}\n{\n\"id\":2}{\"id\":3} [4]", &limits), |reader| {
        if reader.peek()? == Kind::Object {
            let item: Item<'_> = reader.read()?;
            seen.push(item.id.to_string());
        }
        Ok(())
    })
    .expect("documents");
    assert_eq!(seen, ["1", "2", "3"]);

    let mut warnings = Warnings::default();
    let mut seen = Vec::new();
    let text = "building\n{\"id\":1}\r\n\n{broken}\n{\"id\":2}\n{\"id\":";
    lines(&Input::new("", text, &limits), &mut warnings, |_, item: Item<'_>| {
        seen.push(item.id.to_string());
        Ok(())
    })
    .expect("lines");
    assert_eq!(seen, ["1", "2"]);
    assert_eq!(
        warnings.0.iter().map(|warning| warning.code).collect::<Vec<_>>(),
        [WarningCode::Truncated, WarningCode::SkippedElement]
    );
    let error = lines(&Input::new("", "a\nb", &limits), &mut warnings, |_, _: Item<'_>| Ok(()));
    assert!(matches!(error.expect_err("no line").kind, ParseErrorKind::Syntax(_)));
}

#[test]
fn head_knows_keys_and_values() {
    let found =
        head(r#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x\"y", "rules": [{"id": "cut"#)
            .expect("head");
    assert!(!found.is_array && !found.is_whole);
    assert_eq!(found.value("version"), Some("2.1.0"));
    assert_eq!(found.value("runs[].tool.driver.name"), Some("x\\\"y"));
    assert_eq!(found.value("runs[].tool.driver.rules[].id"), Some("cut"));
    assert!(found.has_all(&["runs", "runs[].tool"]) && !found.has("tool"));

    let found = head(r#"[{"a":1,"b":[]},{"c":null}]"#).expect("head");
    assert!(found.is_array && found.is_whole);
    assert_eq!((found.value("a"), found.value("b"), found.value("c")), (Some("1"), Some("["), Some("null")));

    assert!(head("{\"a\":1}\n{\"b\":2}").expect("lines").has("b"));
    assert!(head("{foo} bar").is_none());
    assert!(head("[section]\nkey=1").is_none());
    assert!(head("text").is_none());
}
