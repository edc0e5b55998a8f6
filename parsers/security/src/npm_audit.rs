//! # npm audit JSON
//!
//! *Produced by* npm, pnpm and Yarn 2 and 3, see [`DESCRIPTOR`].
//! *Looks like* `{"auditReportVersion": 2, "vulnerabilities": {"lodash": {"via": [{…}]}}, "metadata": {…}}` or
//! `{"actions": […], "advisories": {"1065": {…}}, "metadata": {…}}`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use std::collections::HashSet;

use plimsoll_format::json::{self, Kind, Number, Reader, Text};
use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, Warning, WarningCode,
};
use plimsoll_model::ReportKind;
use serde::Deserialize;

use crate::lenient::{element, entries, is_next};
use crate::npm_advisory::{Advisory, finding};

/// See the module.
pub struct NpmAudit;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "npm-audit",
    name: "npm audit JSON",
    kind: ReportKind::Findings,
    tools: &["npm", "pnpm", "Yarn"],
    globs: &["npm-audit*.json", "pnpm-audit*.json", "*audit*.json"],
    link: "https://docs.npmjs.com/cli/commands/npm-audit",
    version: 2,
    docs: Docs {
        produced_by: "`npm audit --json`, `pnpm audit --json`, `yarn npm audit --json` of Yarn 2 and 3.",
        maps_to: "Version 2 (npm 7 and later): each advisory among the `via` of a package is one finding, however \
            many packages it reaches. Version 1 (npm 6, pnpm, Yarn 2 and 3): each of `advisories` is one. The rule is \
            the CVE where there is one (version 1), else the GHSA of the URL, else the number; all are aliases. \
            Severity, from npm's words: critical critical, high high, moderate medium, low low, info and none info.",
        not_read: "Packages that are only affected through others, `actions`, `effects`, `nodes`, dependency paths, \
            the recommendation's text. The report names no file, so the findings have no path.",
        quirks: "`metadata.vulnerabilities.total` of version 2 counts packages and is compared with them; that of \
            version 1 counts dependency paths and is not. A fixed version is known in version 2 only where the fix \
            is an update of the package itself.",
    },
};

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"), rename_all = "camelCase")]
struct Fix<'a> {
    name: Text<'a>,
    version: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Metadata {
    vulnerabilities: Option<Totals>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Totals {
    total: Number,
}

impl Format for NpmAudit {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()).filter(|head| !head.is_array) else {
            return Confidence::No;
        };
        let is_second = head.has("auditReportVersion")
            || (head.value("vulnerabilities") == Some("{")
                && head
                    .fields
                    .iter()
                    .any(|(path, _)| path.starts_with("vulnerabilities.") && path.ends_with(".via")));
        let is_first = head.value("advisories") == Some("{")
            && (head.has_any(&["actions", "muted", "metadata"])
                || head.fields.iter().any(|(path, _)| {
                    path.ends_with(".vulnerable_versions") || path.ends_with(".module_name")
                }));
        let is_first = is_first || head.has_all(&["actions[].action", "actions[].resolves"]);
        if is_first || is_second { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = Reader::new(input);
        let (mut packages, mut total, mut has_advisories) = (None, None, false);
        reader.object(|reader, key| match key {
            "advisories" => {
                has_advisories = true;
                entries(reader, sink, |sink, key, advisory: Advisory<'_>| {
                    let finding = finding(advisory, key, sink);
                    sink.finding(&finding)
                })
            }
            "vulnerabilities" => {
                packages = Some(affected_packages(reader, sink)?);
                Ok(())
            }
            "metadata" => {
                let metadata: Option<Metadata> = element(reader, sink)?;
                total = metadata
                    .and_then(|metadata| metadata.vulnerabilities)
                    .and_then(|totals| totals.total.count());
                Ok(())
            }
            _ => Ok(()),
        })?;
        reader.finish()?;
        if let (Some(packages), Some(total)) = (packages, total)
            && packages != total
        {
            let message = format!("the total is {total}, but {packages} packages are listed");
            sink.warning(Warning::new(WarningCode::TotalMismatch, message));
        }
        let is_report = has_advisories || packages.is_some();
        if is_report { Ok(()) } else { Err(ParseError::new(ParseErrorKind::Missing("`vulnerabilities`"))) }
    }
}

/// The packages of version 2; how many there are.
fn affected_packages(reader: &mut Reader<'_>, sink: &mut dyn Sink) -> Result<u64, ParseError> {
    let mut count = 0;
    let mut seen = HashSet::new();
    if !is_next(reader, Kind::Object, sink)? {
        return Ok(0);
    }
    reader.object(|reader, _| {
        count += 1;
        let mut advisories: Vec<Advisory<'_>> = Vec::new();
        let mut fix = Fix::default();
        if !is_next(reader, Kind::Object, sink)? {
            return Ok(());
        }
        reader.object(|reader, key| {
            match key {
                "via" if reader.peek()? == Kind::Array => reader.array(|reader| {
                    if reader.peek()? == Kind::Object {
                        advisories.extend(element::<Advisory<'_>>(reader, sink)?);
                    }
                    Ok(())
                })?,
                "fixAvailable" if reader.peek()? == Kind::Object => {
                    fix = element(reader, sink)?.unwrap_or_default();
                }
                _ => {}
            }
            Ok(())
        })?;
        for mut advisory in advisories {
            if !seen.insert(advisory.identity()) {
                continue;
            }
            if fix.name == advisory.name {
                advisory.patched_versions = fix.version.clone();
            }
            let finding = finding(advisory, "", sink);
            sink.finding(&finding)?;
        }
        Ok(())
    })?;
    Ok(count)
}
