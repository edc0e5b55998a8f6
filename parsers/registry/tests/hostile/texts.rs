//! Texts that are too long, whatever the syntax around them.

use plimsoll_format::Limits;
use plimsoll_registry::inspect;

fn error_of(name: &str, text: &str, limits: &Limits) -> Option<String> {
    let inspections = inspect(name, text.as_bytes(), limits);
    assert_eq!(inspections.len(), 1);
    inspections.into_iter().next().unwrap().error
}

#[test]
fn a_line_of_a_hundred_megabytes_is_answered() {
    let line = "x".repeat(100 << 20);
    let limits = Limits::default();
    let is_refused = |text: String, by: &str| {
        let error = error_of("report", &text, &limits).unwrap();
        assert!(error.starts_with(by) && error.len() < 4096, "{:.200}", error);
    };
    is_refused(line.clone(), "no supported format");
    is_refused(format!("{{\"a\":\"{line}\"}}"), "no supported format");
    is_refused(format!("<testsuite name=\"{line}\"/>"), "limit `text_bytes` is met: more than 16777216");
    is_refused(
        format!("TN:\nSF:{line}\nDA:1,1\nend_of_record\n"),
        "limit `text_bytes` is met: more than 16777216",
    );
    let shown = format!("<testsuite><testcase name='a'><failure>{line}</failure></testcase></testsuite>");
    assert_eq!(error_of("report", &shown, &limits), None);
}

#[test]
fn a_text_that_names_something_is_refused_in_every_syntax() {
    let limits = Limits { text_bytes: 100, ..Limits::default() };
    let long = "n".repeat(101);
    for text in [
        format!("<testsuite><testcase name='{long}'/></testsuite>"),
        format!(
            "<coverage line-rate='1'><packages><package><classes><class filename='{long}'><lines><line number='1' hits='1'/></lines></class></classes></package></packages></coverage>"
        ),
        format!("TN:\nSF:{long}\nDA:1,1\nend_of_record\n"),
        format!(
            "{{\"Time\":\"2026-01-01T00:00:00Z\",\"Action\":\"pass\",\"Package\":\"p\",\"Test\":\"{long}\",\"Elapsed\":0}}\n"
        ),
        format!(
            "{{\"version\":\"2.1.0\",\"runs\":[{{\"tool\":{{\"driver\":{{\"name\":\"t\"}}}},\"results\":[{{\"ruleId\":\"{long}\",\"message\":{{\"text\":\"m\"}}}}]}}]}}"
        ),
        format!("{long}.py:1:1: F401 unused\n"),
    ] {
        let error = error_of("report", &text, &limits).unwrap_or_else(|| panic!("{text}"));
        assert!(error.starts_with("limit `text_bytes` is met: more than 100, "), "{error}");
    }
}

#[test]
fn a_text_that_is_only_shown_is_shortened_with_a_warning() {
    let limits = Limits { text_bytes: 100, ..Limits::default() };
    let long = "é".repeat(80);
    for text in [
        format!(
            "{{\"version\":\"2.1.0\",\"runs\":[{{\"tool\":{{\"driver\":{{\"name\":\"t\"}}}},\"results\":[{{\"ruleId\":\"r\",\"message\":{{\"text\":\"{long}\"}}}}]}}]}}"
        ),
        format!("a.py:1:1: F401 {long}\n"),
        format!("TAP version 13\n1..1\nnot ok 1 - a\n  ---\n  message: {long}\n  ...\n"),
    ] {
        let inspections = inspect("report", text.as_bytes(), &limits);
        let inspection = inspections.first().unwrap();
        let codes: Vec<_> = inspection.warnings.iter().map(|warning| warning.code.as_str()).collect();
        assert_eq!(inspection.error, None, "{text}");
        assert!(codes.contains(&"shortened-text"), "{codes:?} of {text}");
    }
}

#[test]
fn commas_before_closing_brackets_are_forgiven_with_a_warning() {
    let text = "{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"t\",\"rules\":[{\"id\":\"r\",},]}},\
        \"results\":[{\"ruleId\":\"r\",\"message\":{\"text\":\"a ,] b\",},},]}]}";
    let inspections = inspect("report.sarif", text.as_bytes(), &Limits::default());
    let inspection = inspections.first().unwrap();
    assert_eq!(inspection.error, None);
    assert_eq!(inspection.findings.as_ref().unwrap().total, 1);
    let codes: Vec<_> = inspection.warnings.iter().map(|warning| warning.code.as_str()).collect();
    assert!(codes.contains(&"mended-syntax"), "{codes:?}");
}
