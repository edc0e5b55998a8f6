//! # detect-secrets JSON
//!
//! *Produced by* detect-secrets, see [`DESCRIPTOR`].
//! *Looks like* `{"version": "1.5.0", "plugins_used": […], "results": {"settings.py": [{"type": "…", …}]}}`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use plimsoll_format::json::{self, Number, Text};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink};
use plimsoll_model::{Finding, FindingKind, ReportKind, Severity, Suppression};
use serde::Deserialize;

use crate::lenient::{List, entries, present, report};

/// See the module.
pub struct DetectSecrets;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "detect-secrets",
    name: "detect-secrets JSON",
    kind: ReportKind::Findings,
    tools: &["detect-secrets"],
    globs: &[".secrets.baseline", "detect-secrets*.json", "*secrets*.json"],
    link: "https://github.com/Yelp/detect-secrets",
    version: 1,
    docs: Docs {
        produced_by: "`detect-secrets scan > secrets.json`; the baseline file `.secrets.baseline` is the same.",
        maps_to: "Each secret of each file in `results` is a secret: rule `type`, fingerprint `hashed_secret`, which is \
            a hash already in the report. What an audit marked as no secret (`is_secret` false) is suppressed. The \
            tool gives no severity: a verified secret is critical, any other medium.",
        not_read: "Plugins, filters, the time of the scan.",
        quirks: "Reports of before version 1 leave `filename` out: the key is the file.",
    },
};

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Secret<'a> {
    #[serde(rename = "type")]
    kind: Text<'a>,
    hashed_secret: Text<'a>,
    is_verified: Option<bool>,
    is_secret: Option<bool>,
    line_number: Number,
}

impl Format for DetectSecrets {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()).filter(|head| !head.is_array) else {
            return Confidence::No;
        };
        let is_secret = |path: &str| path.starts_with("results.") && path.ends_with(".hashed_secret");
        let is_detect_secrets =
            head.value("plugins_used") == Some("[") || head.fields.iter().any(|(path, _)| is_secret(path));
        if is_detect_secrets { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        report(input, "`results`", |reader, key| {
            if key == "results" {
                entries(reader, sink, |sink, file, secrets: List<Secret<'_>>| {
                    for secret in secrets {
                        sink.finding(&finding(secret, file))?;
                    }
                    Ok(())
                })?;
            }
            Ok(key == "results")
        })
    }
}

fn finding<'a>(secret: Secret<'a>, file: &str) -> Finding<'a> {
    let severity = if secret.is_verified == Some(true) { Severity::Critical } else { Severity::Medium };
    let message = format!("{} in the code", secret.kind);
    let mut finding = Finding::new("detect-secrets", secret.kind, FindingKind::Secret, severity, message);
    finding.path = Some(file.to_owned().into());
    finding.line = secret.line_number.position();
    finding.fingerprint = present(secret.hashed_secret);
    if secret.is_secret == Some(false) {
        let reason = Some("marked as no secret in an audit".into());
        finding.suppression = Some(Suppression { place: "external", reason });
    }
    finding
}
