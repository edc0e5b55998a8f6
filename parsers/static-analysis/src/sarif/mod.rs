//! # SARIF 2.1.0
//!
//! *Produced by* CodeQL, Semgrep, ESLint, Roslyn, Clang, Trivy, Snyk and many more, see [`DESCRIPTOR`].
//! *Looks like* `{"version": "2.1.0", "runs": [{"tool": {"driver": {…}}, "results": [{…}]}]}`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.
//!
//! The results are streamed, one at a time. What they refer to (rules, files, bases) may stand behind them; see
//! [`run::Run`] for how that is met without a second pass in the usual case.

mod bases;
mod convert;
mod elsewhere;
mod in_place;
mod message;
mod rules;
mod run;
mod taxonomies;
#[cfg(test)]
mod tests;
mod uri;
mod wire;
mod wire_tool;

use plimsoll_format::json::{self, Text};
use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, Warning, WarningCode,
};
use plimsoll_model::ReportKind;

use run::Run;
use wire::SarifResult;

/// See the module.
pub struct Sarif;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "sarif",
    name: "SARIF",
    kind: ReportKind::Findings,
    tools: &[
        "CodeQL",
        "Semgrep",
        "ESLint",
        "Roslyn analyzers",
        "Clang-Tidy",
        "Trivy",
        "Snyk",
        "Checkov",
        "KICS",
        "gosec",
        "golangci-lint",
        "Ruff",
        "PMD",
        "SpotBugs",
        "detekt",
        "Gitleaks",
        "Qodana",
        "Scorecard",
    ],
    globs: &["*.sarif", "*.sarif.json"],
    link: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html",
    version: 2,
    docs: Docs {
        produced_by: "Most analysers have an option for it: `codeql database analyze \
            --format=sarif-latest`, `semgrep --sarif`, `eslint -f @microsoft/eslint-formatter-sarif`, \
            `ruff check --output-format sarif`, `trivy --format sarif`, `golangci-lint run \
            --output.sarif.path`, MSBuild's `ErrorLog=x.sarif,version=2.1`.",
        maps_to: "Each result of each run is a finding. The tool is the driver's name in lower case. The \
            rule is `ruleId`, or that of `ruleIndex` in the driver or in the extension that \
            `toolComponent` names; its short description is the rule's name. The message is \
            `message.text`, or the entry of `message.id` in the rule's `messageStrings`, else in its \
            component's `globalMessageStrings`, with its arguments filled in. The place is the first \
            location that names a file, else the last step of the first code flow that does, else \
            `analysisTarget`: `uri` or `index` into `artifacts`, decoded, with the relative parts of the \
            chain of its `uriBaseId`; absolute bases are source roots; a file in an archive is \
            `archive!file`. The context is the region's snippet, else the logical location's qualified \
            name. The fingerprint is the first by name of `fingerprints`, else of `partialFingerprints`, \
            else `correlationGuid`: of several versions of one the oldest, which two runs are most likely \
            to share. `suppressions` suppress unless one is under review or rejected; results of kind \
            `pass` or `notApplicable` and of baseline state `absent` are suppressed, too. CWE numbers come \
            from tags, from `taxa` and from the rule's relationships (by name, or by GUID or index in the \
            run's `taxonomies`) unless their kind says that not every result is of that weakness. \
            Severity: `security-severity` on the scale of CVSS \
            (from 9 critical, 7 high, 4 medium, above 0 low), where there is one, as GitHub does; else the \
            level: error high, warning medium, note low, none info; a missing level is the configuration \
            override's, the rule's, or `warning`, as the standard says. The kind is told by the rule's \
            tags and identifier, else by the tool.",
        not_read: "Further locations, related locations (the words that link to them stay in the message), the \
            steps of code flows where the result has a location, stacks, graphs, fixes, attachments, web \
            requests and responses, notifications below error, translations, policies, taxonomies other \
            than CWE. External property files are never fetched (warning `external-file`); of inline \
            external properties the results are not read (same warning).",
        quirks: "1.0.0 and 2.0.0 are read as far as they say the same: results, rules, places, suppression \
            states. `results` may be absent or null. Lines below 1 count as absent, with a warning. \
            Semgrep's `requires login` is no fingerprint, and the start column's fingerprint says where, \
            not what. Rules, files, bases and taxonomies may stand behind the results. Trivy's package stands in the lines of the \
            message.",
    },
};

impl Format for Sarif {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()).filter(|head| !head.is_array) else {
            return Confidence::No;
        };
        let schema = head.value("$schema").unwrap_or_default().to_ascii_lowercase();
        if schema.contains("sarif") {
            return Confidence::Certain;
        }
        if head.value("runs") != Some("[") {
            return Confidence::No;
        }
        if head.has_any(&["runs[].tool.driver", "runs[].results"]) {
            return Confidence::Certain;
        }
        let version = head.value("version").unwrap_or_default();
        let has_version = version == "2.1.0" || version.starts_with("2.0.0") || version == "1.0.0";
        let parts = [
            "runs[].tool",
            "runs[].artifacts",
            "runs[].invocations",
            "runs[].originalUriBaseIds",
            "runs[].columnKind",
            "runs[].automationDetails",
            "runs[].versionControlProvenance",
            "runs[].conversion",
        ];
        if has_version || head.has_any(&parts) { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = json::Reader::new(input);
        let has_late_bases = bases::stand_behind(input);
        let mut has_runs = false;
        reader.object(|reader, key| match key {
            "version" => check_version(&reader.read::<Text<'_>>()?),
            "runs" => {
                has_runs = true;
                let mut index = 0;
                reader.array(|reader| {
                    read_run(reader, Run::new(index, reader.position(), has_late_bases), input, sink)?;
                    index += 1;
                    Ok(())
                })
            }
            "inlineExternalProperties" => reader.array(|reader| {
                reader.object(|_, key| {
                    if key == "results" {
                        let message = "results among the inline external properties are not read";
                        sink.warning(Warning::new(WarningCode::ExternalFile, message));
                    }
                    Ok(())
                })
            }),
            _ => Ok(()),
        })?;
        reader.finish()?;
        if has_runs { Ok(()) } else { Err(ParseError::new(ParseErrorKind::Missing("`runs`"))) }
    }
}

fn check_version(version: &str) -> Result<(), ParseError> {
    let is_read = ["1.", "2."].iter().any(|major| version.starts_with(major)) || version.is_empty();
    if is_read {
        return Ok(());
    }
    let version: String = version.chars().take(40).collect();
    Err(ParseError::new(ParseErrorKind::Unsupported(format!("version {version} of SARIF is not read"))))
}

fn read_run<'a>(
    reader: &mut json::Reader<'a>,
    mut run: Run<'a>,
    input: &Input<'a>,
    sink: &mut dyn Sink,
) -> Result<(), ParseError> {
    reader.object(|reader, key| {
        if key != "results" {
            return run.field(reader, key);
        }
        run.before_results(input)?;
        reader.array(|reader| {
            if reader.peek()? == json::Kind::Null {
                return reader.skip();
            }
            let start = reader.position();
            let mut result: SarifResult<'a> = match reader.read_plain() {
                Some(result) => result,
                None => reader.read()?,
            };
            if !result.location.has_file()
                && let Some(found) = elsewhere::find(input, start, reader.position())
            {
                (result.location.file, result.location.region) = (found.file, found.region);
            }
            run.ensure(&result, input)?;
            let finding = convert::finding(&result, &run, sink);
            sink.finding(&finding)
        })
    })?;
    run.report(sink)
}
