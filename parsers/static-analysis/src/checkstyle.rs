//! # Checkstyle XML
//!
//! *Produced by* Checkstyle, and by many linters that borrowed its report, see [`DESCRIPTOR`].
//! *Looks like* `<checkstyle><file name="…"><error line="1" severity="warning" message="…" source="…"/></file></checkstyle>`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use std::borrow::Cow;

use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, Warning, WarningCode, xml,
};
use plimsoll_model::{Finding, FindingKind, ReportKind, Severity};

use crate::emit::{emit, position};
use crate::severity::by_word;

/// See the module.
pub struct Checkstyle;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "checkstyle",
    name: "Checkstyle XML",
    kind: ReportKind::Findings,
    tools: &[
        "Checkstyle",
        "detekt",
        "ktlint",
        "PHP_CodeSniffer",
        "PHPStan",
        "Scalastyle",
        "SwiftLint",
        "ESLint",
        "Stylelint",
        "ShellCheck",
        "Hadolint",
        "golangci-lint",
        "JSHint",
        "vera++",
    ],
    globs: &["checkstyle*.xml", "*-checkstyle.xml", "detekt.xml", "ktlint*.xml", "phpcs*.xml"],
    link: "https://checkstyle.org/",
    version: 1,
    docs: Docs {
        produced_by: "`checkstyle -f xml`, Maven's and Gradle's Checkstyle plugins \
            (`checkstyle-result.xml`), `detekt --report xml:…`, `ktlint --reporter=checkstyle`, `phpcs \
            --report=checkstyle`, `phpstan --error-format=checkstyle`, `swiftlint --reporter checkstyle`, \
            `shellcheck -f checkstyle`, `hadolint -f checkstyle`, `golangci-lint run --out-format \
            checkstyle`.",
        maps_to: "Each `error` is a finding at its `file`. The tool is told by the `source`: \
            `com.puppycrawl.…` is Checkstyle's, `eslint.rules.…` ESLint's, `detekt.…` detekt's, \
            `ShellCheck.…` ShellCheck's, otherwise `checkstyle`. The rule is the source without that \
            beginning (and without Checkstyle's `Check` at the end). Severity: error high, warning medium, \
            info low, ignore info; none unknown.",
        not_read: "`exception` elements become `tool-error` warnings.",
        quirks: "Severities in capitals, lines 0 and missing lines (the whole file), files without errors, \
            several `file` elements of one file. Scalastyle and PHPStan leave `source` out or empty.",
    },
};

const SEVERITIES: [(&str, Severity); 4] = [
    ("error", Severity::High),
    ("warning", Severity::Medium),
    ("info", Severity::Low),
    ("ignore", Severity::Info),
];

impl Format for Checkstyle {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        match xml::head(input.head()) {
            Some(head) if head.root == "checkstyle" => Confidence::Certain,
            _ => Confidence::No,
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = xml::Reader::new(input);
        let root = reader.root()?;
        if root.name() != "checkstyle" {
            return Err(ParseError::new(ParseErrorKind::Missing("`checkstyle`")));
        }
        while let Some(file) = reader.child(&root)? {
            if file.name() != "file" {
                continue;
            }
            let path = file.attribute("name")?.filter(|name| !name.trim().is_empty());
            while let Some(child) = reader.child(&file)? {
                match child.name() {
                    "error" => {
                        let mut finding = read_error(&child, sink)?;
                        finding.path.clone_from(&path);
                        emit(&finding, sink)?;
                    }
                    "exception" => {
                        let text = reader.shown_text(&child, sink)?;
                        let first = text.trim().lines().next().unwrap_or_default().to_owned();
                        sink.warning(Warning::new(WarningCode::ToolError, first));
                    }
                    _ => {}
                }
            }
        }
        reader.finish()
    }
}

fn read_error<'a>(element: &xml::Element<'a>, sink: &mut dyn Sink) -> Result<Finding<'a>, ParseError> {
    let mut finding = Finding::new("checkstyle", crate::NO_RULE, FindingKind::Code, Severity::Unknown, "");
    for attribute in element.attributes() {
        let attribute = attribute?;
        let value = attribute.value()?;
        match attribute.name {
            "line" => finding.line = position(&value),
            "column" => finding.column = position(&value),
            "severity" if !value.is_empty() => finding.severity = by_word(&SEVERITIES, &value, sink),
            "message" => finding.message = value,
            "source" if !value.trim().is_empty() => (finding.tool, finding.rule) = source(value),
            _ => {}
        }
    }
    Ok(finding)
}

/// The tool and the rule that a source stands for.
fn source(source: Cow<'_, str>) -> (Cow<'static, str>, Cow<'_, str>) {
    const TOOLS: [(&str, &str); 9] = [
        ("com.puppycrawl.tools.checkstyle.", "checkstyle"),
        ("eslint.rules.", "eslint"),
        ("stylelint.rules.", "stylelint"),
        ("detekt.", "detekt"),
        ("ShellCheck.", "shellcheck"),
        ("Hadolint.", "hadolint"),
        ("swiftlint.rules.", "swiftlint"),
        ("jshint.", "jshint"),
        ("org.scalastyle.", "scalastyle"),
    ];
    for (prefix, tool) in TOOLS {
        if let Some(rest) = source.strip_prefix(prefix) {
            let rule = match tool {
                // The package of a check says nothing that its name does not.
                "checkstyle" | "scalastyle" => rest.rsplit('.').next().unwrap_or(rest),
                _ => rest,
            };
            let rule = if tool == "checkstyle" { rule.strip_suffix("Check").unwrap_or(rule) } else { rule };
            return (Cow::Borrowed(tool), Cow::Owned(rule.to_owned()));
        }
    }
    (Cow::Borrowed("checkstyle"), source)
}

#[cfg(test)]
mod tests {
    use super::source;

    #[test]
    fn tells_tool_and_rule_by_the_source() {
        for (text, tool, rule) in [
            ("com.puppycrawl.tools.checkstyle.checks.coding.MagicNumberCheck", "checkstyle", "MagicNumber"),
            ("eslint.rules.no-undef", "eslint", "no-undef"),
            ("ShellCheck.SC2086", "shellcheck", "SC2086"),
            ("detekt.MaxLineLength", "detekt", "MaxLineLength"),
            ("PSR12.Files.FileHeader", "checkstyle", "PSR12.Files.FileHeader"),
        ] {
            assert_eq!(source(text.into()), (tool.into(), rule.into()), "{text}");
        }
    }
}
