//! What the standard (SARIF 2.1.0 with its errata) says of each part, and what comes out of it here.

use plimsoll_format::{Format, Input, Limits, ParseError, Sink, Warning, WarningCode};
use plimsoll_model::Finding;

use super::Sarif;

#[derive(Default)]
struct Found {
    paths: Vec<String>,
    lines: Vec<Option<u32>>,
    messages: Vec<String>,
    cwe: Vec<String>,
    severities: Vec<&'static str>,
    suppressions: Vec<String>,
    fingerprints: Vec<String>,
    contexts: Vec<String>,
    rules: Vec<String>,
    roots: Vec<String>,
    warnings: Vec<(WarningCode, String)>,
}

impl Sink for Found {
    fn finding(&mut self, finding: &Finding<'_>) -> Result<(), ParseError> {
        let text = |text: &Option<std::borrow::Cow<'_, str>>| text.as_deref().unwrap_or("-").to_owned();
        self.paths.push(text(&finding.path));
        self.lines.push(finding.line);
        self.messages.push(finding.message.to_string());
        self.cwe.push(finding.cwe.join(" "));
        self.severities.push(finding.severity.as_str());
        let suppression = finding.suppression.as_ref();
        self.suppressions
            .push(suppression.map_or_else(|| "-".to_owned(), |s| format!("{} {}", s.place, text(&s.reason))));
        self.fingerprints.push(text(&finding.fingerprint));
        self.contexts.push(text(&finding.context));
        self.rules.push(format!("{}/{}/{}", finding.tool, finding.rule, text(&finding.rule_name)));
        Ok(())
    }

    fn source_root(&mut self, path: &str) -> Result<(), ParseError> {
        self.roots.push(path.to_owned());
        Ok(())
    }

    fn warning(&mut self, warning: Warning) {
        self.warnings.push((warning.code, warning.message));
    }
}

fn read(text: &str) -> Found {
    let mut found = Found::default();
    let limits = Limits::default();
    Sarif.parse(&Input::new("x.sarif", text, &limits), &mut found).unwrap();
    found
}

/// A log of one run with these fields.
fn read_run(fields: &str) -> Found {
    read(&format!(r#"{{"version": "2.1.0", "runs": [{{{fields}}}]}}"#))
}

/// A run of the tool `T` with these results and, before and behind them, these other fields of the run.
fn read_results(before: &str, results: &str, behind: &str) -> Found {
    read_run(&format!(r#""tool": {{"driver": {{"name": "T"}}}}, {before} "results": [{results}] {behind}"#))
}

fn at(file: &str) -> String {
    format!(
        r#""message": {{"text": "m"}}, "locations": [{{"physicalLocation": {{"artifactLocation": {{{file}}}}}}}]"#
    )
}

/// §3.14.14: bases form chains, and may stand behind the results.
#[test]
fn files_are_relative_to_chains_of_bases() {
    let bases = r#""originalUriBaseIds": {
        "PROJECTROOT": {"uri": "file:///C:/code/TheProject/"},
        "SRCROOT": {"uri": "src/", "uriBaseId": "PROJECTROOT"},
        "LIB": {"uri": "lib%20a/", "uriBaseId": "SRCROOT"}}"#;
    let results = ["LIB", "SRCROOT", "PROJECTROOT", "UNKNOWN"]
        .map(|base| format!("{{{}}}", at(&format!(r#""uri": "m%C3%A9.c", "uriBaseId": "{base}""#))))
        .join(",");
    let expect = ["src/lib a/mé.c", "src/mé.c", "mé.c", "mé.c"];
    let found = read_results(&format!("{bases},"), &results, "");
    assert_eq!(found.paths, expect);
    assert_eq!(found.roots, ["file:///C:/code/TheProject/"]);
    assert_eq!(read_results("", &results, &format!(", {bases}")).paths, expect);
    // An absolute file needs no base.
    let absolute = format!("{{{}}}", at(r#""uri": "file:///x/a.c", "uriBaseId": "LIB""#));
    assert_eq!(read_results(&format!("{bases},"), &absolute, "").paths, ["file:///x/a.c"]);
}

#[test]
fn a_base_that_comes_too_late_is_told() {
    // Nothing else makes the run be read ahead: the level is given.
    let result = format!(r#"{{"level": "note", {}}}"#, at(r#""uri": "a.c", "uriBaseId": "%SRCROOT%""#));
    let far = format!(
        r#", "originalUriBaseIds": {{"%SRCROOT%": {{"uri": "src/"}}}}, "properties": {{"x": "{}"}}"#,
        "x".repeat(100_000)
    );
    let found = read_results("", &result, &far);
    assert_eq!(found.paths, ["a.c"]);
    assert_eq!(found.warnings.len(), 1);
    assert!(found.warnings[0].1.contains("`%SRCROOT%` is the folder `src/`"), "{:?}", found.warnings);
}

/// §3.4.5, §3.24.3: files by index, and files inside of files.
#[test]
fn files_are_found_by_index() {
    let artifacts = r#""artifacts": [
        {"location": {"uri": "app.zip"}},
        {"location": {"uri": "/docs/intro.docx"}, "parentIndex": 0},
        {"offset": 17, "parentIndex": 1},
        {"location": {"uri": "own"}, "parentIndex": 3}]"#;
    let results =
        (0..5).map(|index| format!("{{{}}}", at(&format!(r#""index": {index}"#)))).collect::<Vec<_>>();
    let found = read_results("", &results.join(","), &format!(", {artifacts}"));
    assert_eq!(found.paths[..3], ["app.zip", "app.zip!/docs/intro.docx", "app.zip!/docs/intro.docx"]);
    assert!(found.paths[3].starts_with("own!own"), "a circle ends");
    assert_eq!(found.paths[4], "-");
}

/// §3.27.18, §3.36 to §3.38, §3.27.13: where no location names a file.
#[test]
fn flows_and_targets_stand_in_for_a_location() {
    let step = |file: &str, line: u32| {
        format!(
            r#"{{"location": {{"physicalLocation": {{"artifactLocation": {{"uri": "{file}"}}, "region": {{"startLine": {line}}}}}}}}}"#
        )
    };
    let flow = format!(
        r#""codeFlows": [{{"threadFlows": [{{"locations": [{}, {}, {{}}]}}]}}]"#,
        step("source.c", 3),
        step("sink.c", 9)
    );
    let target = r#""analysisTarget": {"uri": "main.c"}"#;
    let results = [
        format!(r#"{{"message": {{"text": "m"}}, {flow}, {target}}}"#),
        format!(r#"{{"message": {{"text": "m"}}, {target}, "locations": [{{}}]}}"#),
        format!("{{{}, {flow}, {target}}}", at(r#""uri": "own.c""#)),
        r#"{"message": {"text": "m"}}"#.to_owned(),
    ];
    let found = read_results("", &results.join(","), "");
    assert_eq!(found.paths, ["sink.c", "main.c", "own.c", "-"]);
    assert_eq!(found.lines, [Some(9), None, None, None]);
    let missing = found.warnings.iter().filter(|(code, _)| *code == WarningCode::MissingPath);
    assert_eq!(missing.count(), 1);
}

/// §3.27.22, §3.11.6: related locations are linked to by number; the words stay.
#[test]
fn the_words_of_links_to_related_locations_stay() {
    let result = r#"{"message": {"text": "hides [the other](0)"}, "relatedLocations": [{"id": 0, "physicalLocation":
        {"artifactLocation": {"uri": "other.c"}}}], "analysisTarget": {"uri": "a.c"}}"#;
    let found = read_results("", result, "");
    assert_eq!((found.messages[0].as_str(), found.paths[0].as_str()), ("hides the other", "a.c"));
}

/// §3.33: by index, or in place.
#[test]
fn logical_locations_are_the_context() {
    let results = r#"
        {"message": {"text": "m"}, "locations": [{"logicalLocations": [{"index": 1}]}]},
        {"message": {"text": "m"}, "locations": [{"logicalLocations": [{"fullyQualifiedName": "a::b", "index": 1}]}]},
        {"message": {"text": "m"}, "locations": [{"logicalLocations": [{"name": "c"}]}]}"#;
    let behind = r#", "logicalLocations": [{"name": "n", "fullyQualifiedName": "n"}, {"fullyQualifiedName": "n::f(int)"}]"#;
    assert_eq!(read_results("", results, behind).contexts, ["n::f(int)", "a::b", "c"]);
}

/// §3.27.8, §3.49.15, §3.53.3: which weaknesses a result falls into.
#[test]
fn weaknesses_come_from_taxonomies() {
    let taxonomies = r#""taxonomies": [
        {"name": "OWASP", "guid": "G-OWASP", "taxa": [{"id": "A01"}]},
        {"name": "CWE", "guid": "G-CWE", "taxa": [{"id": "CWE-22", "guid": "G-22"}, {"id": "327", "guid": "G-327"}]}]"#;
    let relationships = r#""relationships": [
        {"target": {"id": "79", "toolComponent": {"name": "CWE"}}, "kinds": ["superset"]},
        {"target": {"id": "CWE-116", "toolComponent": {"name": "cwe"}}},
        {"target": {"guid": "g-327", "toolComponent": {"guid": "g-cwe"}}, "kinds": ["equal"]},
        {"target": {"index": 0, "toolComponent": {"index": 1}}, "kinds": ["relevant"]},
        {"target": {"id": "A01", "toolComponent": {"index": 0}}, "kinds": ["superset"]},
        {"target": {"id": "200", "toolComponent": {"name": "CWE"}}, "kinds": ["incomparable"]},
        {"target": {"id": "201", "toolComponent": {"name": "CWE"}}, "kinds": ["canPrecede"]},
        {"target": {"id": "OTHER"}, "kinds": ["willFollow"]}]"#;
    let tool = format!(
        r#""tool": {{"driver": {{"name": "T", "rules": [{{"id": "R", {relationships}}}, {{"id": "S"}}]}}}}"#
    );
    let results = format!(
        r#""results": [{{"ruleId": "R", {at}}}, {{"ruleId": "S", {at}, "taxa": [
            {{"index": 1, "toolComponent": {{"name": "CWE"}}}},
            {{"id": "A01", "toolComponent": {{"name": "OWASP", "index": 0}}}},
            {{"id": "CWE-89", "toolComponent": {{"name": "CWE"}}}}]}}]"#,
        at = at(r#""uri": "a.c""#)
    );
    let expect = ["CWE-79 CWE-116 CWE-327 CWE-22", "CWE-327 CWE-89"];
    assert_eq!(read_run(&format!("{tool}, {taxonomies}, {results}")).cwe, expect);
    assert_eq!(read_run(&format!("{results}, {taxonomies}, {tool}")).cwe, expect);
}

/// §3.27.23, §3.35.
#[test]
fn suppressions_count_unless_one_is_open() {
    let cases = [
        ("null", "-"),
        ("[]", "-"),
        (r#"[{"kind": "inSource", "justification": "why"}]"#, "in-source why"),
        (r#"[{"kind": "external", "status": "accepted"}]"#, "external -"),
        (r#"[{"kind": "external", "status": "underReview"}]"#, "-"),
        (r#"[{"kind": "inSource"}, {"kind": "external", "status": "rejected"}]"#, "-"),
    ];
    let results =
        cases.map(|(value, _)| format!(r#"{{{}, "suppressions": {value}}}"#, at(r#""uri": "a.c""#)));
    assert_eq!(read_results("", &results.join(","), "").suppressions, cases.map(|(_, expect)| expect));
}

/// §3.27.24, §3.27.9: what was found in the baseline run only does not count now, nor does what did not fail.
#[test]
fn states_and_kinds_say_whether_a_result_counts() {
    let cases = [
        (r#""baselineState": "new""#, true, "medium"),
        (r#""baselineState": "unchanged""#, true, "medium"),
        (r#""baselineState": "updated""#, true, "medium"),
        (r#""baselineState": "absent""#, false, "medium"),
        (r#""kind": "pass""#, false, "info"),
        (r#""kind": "notApplicable""#, false, "info"),
        (r#""kind": "review""#, true, "info"),
        (r#""kind": "open""#, true, "info"),
        (r#""kind": "fail", "level": "error""#, true, "high"),
    ];
    let results = cases.map(|(fields, ..)| format!("{{{}, {fields}}}", at(r#""uri": "a.c""#)));
    let found = read_results("", &results.join(","), "");
    assert_eq!(found.severities, cases.map(|(_, _, severity)| severity));
    assert_eq!(
        found.suppressions.iter().map(|s| s == "-").collect::<Vec<_>>(),
        cases.map(|(_, counts, _)| counts)
    );
}

/// §3.27.16, §3.27.17, §3.27.4.
#[test]
fn fingerprints_are_chosen_by_name() {
    let cases = [
        (r#""fingerprints": {"h/v2": "two", "h/v1": "one"}, "partialFingerprints": {"p": "part"}"#, "one"),
        (r#""partialFingerprints": {"b/v1": "b", "a/v1": "a"}"#, "a"),
        (r#""partialFingerprints": {"a": "a", "primaryLocationLineHash": "github"}"#, "github"),
        (r#""correlationGuid": "guid""#, "guid"),
        (r#""guid": "only of this one""#, "-"),
    ];
    let results = cases.map(|(fields, _)| format!("{{{}, {fields}}}", at(r#""uri": "a.c""#)));
    assert_eq!(read_results("", &results.join(","), "").fingerprints, cases.map(|(_, expect)| expect));
}

/// §3.11.7, §3.52.3, §3.54.2, §3.27.10: the rule, its messages and its level.
#[test]
fn rules_are_found_in_the_part_that_defines_them() {
    let found = read_run(
        r#""tool": {
            "driver": {"name": "T", "globalMessageStrings": {"all": {"text": "of the driver: {0}"}},
                "rules": [{"id": "R", "shortDescription": {"text": "first"}, "messageStrings": {"own": {"text": "of the rule"}}}]},
            "extensions": [{"name": "E", "guid": "G-E", "globalMessageStrings": {"all": {"text": "of the extension"}},
                "rules": [{"id": "R", "guid": "G-R", "shortDescription": {"text": "second"},
                    "defaultConfiguration": {"level": "note"}}]}]},
        "invocations": [{"executionSuccessful": true, "ruleConfigurationOverrides": [
            {"descriptor": {"index": 0}, "configuration": {"level": "error"}}]}],
        "results": [
            {"ruleId": "R", "ruleIndex": 0, "message": {"id": "own"}},
            {"ruleId": "R", "message": {"id": "all", "arguments": ["x"]}},
            {"rule": {"id": "R", "index": 0, "toolComponent": {"index": 0}}, "message": {"id": "all"}},
            {"rule": {"id": "R", "index": 0, "toolComponent": {"guid": "g-e"}}, "message": {"id": "all"}},
            {"rule": {"guid": "G-R"}, "message": {"id": "all"}}]"#,
    );
    assert_eq!(
        found.messages,
        ["of the rule", "of the driver: x", "of the extension", "of the extension", "of the extension"]
    );
    assert_eq!(found.rules, ["t/R/first", "t/R/first", "t/R/second", "t/R/second", "t/R/second"]);
    assert_eq!(found.severities, ["high", "high", "low", "low", "low"]);
}

/// §3.13.4, §3.14.2, §3.13.5: several runs, and what is kept elsewhere.
#[test]
fn runs_are_apart_and_other_files_are_not_read() {
    let found = read(
        r#"{"version": "2.1.0", "runs": [
            {"tool": {"driver": {"name": "A"}}, "results": [{"ruleId": "a", "message": {"text": "m"}}]},
            {"tool": {"driver": {"name": "B"}}, "results": null},
            {"tool": {"driver": {"name": "C"}}, "externalPropertyFileReferences":
                {"results": [{"location": {"uri": "r.sarif-external-properties"}}], "artifacts": []}}],
        "inlineExternalProperties": [{"runGuid": "x", "results": [{"message": {"text": "m"}}]}]}"#,
    );
    assert_eq!(found.rules, ["a/a/-"]);
    let external: Vec<_> = found
        .warnings
        .iter()
        .filter(|(code, _)| *code == WarningCode::ExternalFile)
        .map(|(_, text)| text)
        .collect();
    assert_eq!(
        external,
        [
            "runs[2] keeps results, artifacts in other files, which are not read",
            "results among the inline external properties are not read"
        ]
    );
}
