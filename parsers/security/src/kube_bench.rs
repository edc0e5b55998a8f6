//! # kube-bench JSON
//!
//! *Produced by* kube-bench, see [`DESCRIPTOR`].
//! *Looks like* `{"Controls": [{"id": "1", "node_type": "master", "tests": [{"results": [{…}]}]}], "Totals": {…}}`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use plimsoll_format::json::{self, Kind, Number, Text};
use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, Warning, WarningCode,
};
use plimsoll_model::{Finding, FindingKind, ReportKind, Severity};
use serde::Deserialize;

use crate::lenient::{List, element, elements, first, present};

/// See the module.
pub struct KubeBench;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "kube-bench",
    name: "kube-bench JSON",
    kind: ReportKind::Findings,
    tools: &["kube-bench"],
    globs: &["kube-bench*.json", "*kube-bench*.json", "kubebench*.json"],
    link: "https://github.com/aquasecurity/kube-bench/blob/main/docs/running.md",
    version: 1,
    docs: Docs {
        produced_by: "`kube-bench --json --outputfile kube-bench.json`.",
        maps_to: "Each result of status FAIL or WARN is a misconfiguration: rule `test_number`, message `test_desc` \
            with the reason; the context is the node type. Benchmarks know no severity: FAIL is high, WARN, which asks \
            for a check by hand, low.",
        not_read: "Passed and informational results, audit commands and their output, remediations.",
        quirks: "Old versions write the controls of each node type as a document of its own, or an array of them \
            without `Controls`. The declared numbers of failures and warnings are compared with the results.",
    },
};

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Controls<'a> {
    text: Text<'a>,
    node_type: Text<'a>,
    tests: List<Section<'a>>,
    total_fail: Number,
    total_warn: Number,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Section<'a> {
    results: List<Outcome<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Outcome<'a> {
    test_number: Text<'a>,
    test_desc: Text<'a>,
    status: Text<'a>,
    reason: Text<'a>,
}

/// Either of the shapes that hold controls.
#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Document<'a> {
    #[serde(rename = "Controls")]
    controls: Option<List<Controls<'a>>>,
    #[serde(flatten)]
    own: Option<Controls<'a>>,
}

impl Format for KubeBench {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()) else { return Confidence::No };
        let is_controls = head.has_all(&["node_type", "tests"])
            || head.has_all(&["Controls[].node_type", "Controls[].tests"])
            || head.has_all(&["Controls[].tests[].section", "Controls[].tests[].results"])
            || head.has_all(&["Controls", "Totals.total_pass"]);
        if is_controls { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut is_kube_bench = false;
        json::documents(input, |reader| {
            if reader.peek()? == Kind::Array {
                is_kube_bench = true;
                return elements(reader, sink, report_controls);
            }
            let Some(document) = element::<Document<'_>>(reader, sink)? else { return Ok(()) };
            is_kube_bench |= document.controls.is_some();
            for controls in document.controls.into_iter().flatten() {
                report_controls(sink, controls)?;
            }
            match document.own.filter(|own| !own.tests.0.is_empty() || !own.node_type.is_empty()) {
                Some(own) => {
                    is_kube_bench = true;
                    report_controls(sink, own)
                }
                None => Ok(()),
            }
        })?;
        if is_kube_bench { Ok(()) } else { Err(ParseError::new(ParseErrorKind::Missing("`Controls`"))) }
    }
}

fn report_controls(sink: &mut dyn Sink, controls: Controls<'_>) -> Result<(), ParseError> {
    let (mut failed, mut warned) = (0_u64, 0_u64);
    for outcome in controls.tests.into_iter().flat_map(|section| section.results) {
        let severity = match &*outcome.status {
            "FAIL" => Severity::High,
            "WARN" => Severity::Low,
            "PASS" | "INFO" => continue,
            other => {
                let other: String = other.chars().take(40).collect();
                let message = format!("the status `{other}` of {} is not known", outcome.test_number);
                sink.warning(Warning::new(WarningCode::UnknownOutcome, message));
                continue;
            }
        };
        failed += u64::from(severity == Severity::High);
        warned += u64::from(severity == Severity::Low);
        let text = first([outcome.test_desc, outcome.test_number.clone()]);
        let message = match present(outcome.reason) {
            Some(reason) => format!("{text}\n{reason}").into(),
            None => text,
        };
        let kind = FindingKind::Misconfiguration;
        let mut finding = Finding::new("kube-bench", outcome.test_number, kind, severity, message);
        finding.context = present(controls.node_type.clone());
        sink.finding(&finding)?;
    }
    let declared = (controls.total_fail.count(), controls.total_warn.count());
    if let (Some(fail), Some(warn)) = declared
        && (fail, warn) != (failed, warned)
    {
        let message = format!(
            "{}: {fail} failures and {warn} warnings are declared, {failed} and {warned} are listed",
            controls.text
        );
        sink.warning(Warning::new(WarningCode::TotalMismatch, message));
    }
    Ok(())
}
