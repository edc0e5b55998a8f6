//! # Trivy JSON
//!
//! *Produced by* Trivy, see [`DESCRIPTOR`].
//! *Looks like* `{"SchemaVersion": 2, "ArtifactName": "…", "Results": [{"Target": "…", "Vulnerabilities": [{…}]}]}`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

mod convert;
mod wire;

use plimsoll_format::json::{self, Kind, Reader, Text};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink};
use plimsoll_model::ReportKind;

use crate::lenient::{element, elements, is_next};
use convert::Target;

/// See the module.
pub struct Trivy;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "trivy",
    name: "Trivy JSON",
    kind: ReportKind::Findings,
    tools: &["Trivy"],
    globs: &["trivy*.json", "*trivy*.json"],
    link: "https://trivy.dev/latest/docs/configuration/reporting/#json",
    version: 2,
    docs: Docs {
        produced_by: "`trivy fs --format json -o trivy.json .`, and the same of `image`, `config`, `repo`, `sbom`, \
            `vm`, `rootfs` and `k8s`, with any of `--scanners vuln,misconfig,secret,license`.",
        maps_to: "Each entry of `Vulnerabilities` is a vulnerability, each of `Misconfigurations` that is no pass a \
            misconfiguration, each of `Secrets` a secret, each of `Licenses` a licence finding. Packages keep their \
            version, fixed version and package URL; CVSS is that of the source that gave the severity, else NVD's, \
            else the highest. A vulnerability's path is `PkgPath`, or the target where that is a lock file. What \
            `--show-suppressed` lists under `ExperimentalModifiedFindings`, and misconfigurations of status \
            `EXCEPTION`, are suppressed findings. Severity, from Trivy's own five words: CRITICAL critical, HIGH \
            high, MEDIUM medium, LOW low, UNKNOWN unknown.",
        not_read: "Package lists, layers, metadata of the image, references but the first, custom resources, the \
            matched text of a secret, the texts of licences. Passed checks count nowhere.",
        quirks: "Schema 1 is a bare array of results. `k8s` reports nest the results under `Resources`, `Findings`, \
            `Vulnerabilities` and `Misconfigurations`. `Results` is absent where nothing was found. Reports written \
            by a redirect in PowerShell are UTF-16.",
    },
};

impl Format for Trivy {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()) else { return Confidence::No };
        let result = ["Class", "Type", "Vulnerabilities", "Misconfigurations", "Secrets"];
        let is_trivy = if head.is_array {
            head.has("Target") && head.has_any(&result)
        } else {
            (head.has("SchemaVersion")
                && head.has_any(&["ArtifactName", "ArtifactType", "Results", "ClusterName"]))
                || (head.has_all(&["ArtifactName", "ArtifactType"]))
                || (head.has("Results[].Target"))
                || (head.has("ClusterName")
                    && head.has_any(&["Resources", "Findings", "Vulnerabilities", "Misconfigurations"]))
        };
        if is_trivy { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = Reader::new(input);
        let mut is_trivy = false;
        if reader.peek()? == Kind::Array {
            is_trivy = true;
            results(&mut reader, input, sink)?;
        } else {
            reader.object(|reader, key| match key {
                "Results" => {
                    is_trivy = true;
                    results(reader, input, sink)
                }
                "Resources" | "Findings" | "Vulnerabilities" | "Misconfigurations" => {
                    is_trivy = true;
                    resources(reader, input, sink)
                }
                "SchemaVersion" | "ArtifactName" | "ClusterName" => {
                    is_trivy = true;
                    Ok(())
                }
                _ => Ok(()),
            })?;
        }
        reader.finish()?;
        if is_trivy { Ok(()) } else { Err(ParseError::new(ParseErrorKind::Missing("`Results`"))) }
    }
}

/// The resources of a cluster; each has results of its own.
fn resources<'a>(reader: &mut Reader<'a>, input: &Input<'a>, sink: &mut dyn Sink) -> Result<(), ParseError> {
    if !is_next(reader, Kind::Array, sink)? {
        return Ok(());
    }
    reader.array(|reader| {
        if !is_next(reader, Kind::Object, sink)? {
            return Ok(());
        }
        reader.object(|reader, key| if key == "Results" { results(reader, input, sink) } else { Ok(()) })
    })
}

fn results<'a>(reader: &mut Reader<'a>, input: &Input<'a>, sink: &mut dyn Sink) -> Result<(), ParseError> {
    if !is_next(reader, Kind::Array, sink)? {
        return Ok(());
    }
    reader.array(
        |reader| if is_next(reader, Kind::Object, sink)? { result(reader, input, sink) } else { Ok(()) },
    )
}

fn result<'a>(reader: &mut Reader<'a>, input: &Input<'a>, sink: &mut dyn Sink) -> Result<(), ParseError> {
    let start = reader.position();
    let mut target = Target::default();
    reader.object(|reader, key| {
        if matches!(key, "Vulnerabilities" | "Misconfigurations" | "Secrets" | "Licenses")
            && target.name.is_none()
        {
            target = target_of(start, input)?;
        }
        match key {
            "Target" => target.name = element::<Text<'a>>(reader, sink)?,
            "Class" => target.class = element(reader, sink)?.unwrap_or_default(),
            "Type" => target.ecosystem = element(reader, sink)?.unwrap_or_default(),
            "Vulnerabilities" => {
                if !is_next(reader, Kind::Array, sink)? {
                    return Ok(());
                }
                return reader.array(|reader| {
                    let wire = match reader.read_plain() {
                        Some(wire) => Some(wire),
                        None => element(reader, sink)?,
                    };
                    let Some(wire) = wire else { return Ok(()) };
                    let finding = convert::vulnerability(wire, &target, sink);
                    sink.finding(&finding)
                });
            }
            "Misconfigurations" => {
                return elements(reader, sink, |sink, wire| {
                    match convert::misconfiguration(wire, &target, sink) {
                        Some(finding) => sink.finding(&finding),
                        None => Ok(()),
                    }
                });
            }
            "Secrets" => {
                return elements(reader, sink, |sink, wire| {
                    let finding = convert::secret(wire, &target, sink);
                    sink.finding(&finding)
                });
            }
            "Licenses" => {
                return elements(reader, sink, |sink, wire| {
                    let finding = convert::licence(wire, &target, sink);
                    sink.finding(&finding)
                });
            }
            "ExperimentalModifiedFindings" => {
                return elements(reader, sink, |sink, wire| convert::modified(wire, &target, sink));
            }
            _ => {}
        }
        Ok(())
    })
}

/// What a result is about, for files in which the findings stand before it (keys in alphabetical order).
fn target_of<'a>(start: usize, input: &Input<'a>) -> Result<Target<'a>, ParseError> {
    let rest = Input { text: input.text.get(start..).unwrap_or_default(), ..*input };
    let mut target = Target { name: Some(Text::default()), ..Target::default() };
    Reader::new(&rest).object(|reader, key| {
        match key {
            "Target" => target.name = reader.read()?,
            "Class" => target.class = reader.read()?,
            "Type" => target.ecosystem = reader.read()?,
            _ => {}
        }
        Ok(())
    })?;
    Ok(target)
}
