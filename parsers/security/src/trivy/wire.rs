use plimsoll_format::json::{Number, Text};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::lenient::List;

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct Vulnerability<'a> {
    #[serde(rename = "VulnerabilityID")]
    pub vulnerability_id: Text<'a>,
    #[serde(rename = "VendorIDs")]
    pub vendor_ids: List<Text<'a>>,
    pub pkg_name: Text<'a>,
    pub pkg_path: Text<'a>,
    pub pkg_identifier: Option<Identifier<'a>>,
    pub installed_version: Text<'a>,
    pub fixed_version: Text<'a>,
    pub severity_source: Text<'a>,
    #[serde(rename = "PrimaryURL")]
    pub primary_url: Text<'a>,
    pub title: Text<'a>,
    pub description: Text<'a>,
    pub severity: Text<'a>,
    #[serde(rename = "CweIDs")]
    pub cwe_ids: List<Text<'a>>,
    #[serde(rename = "CVSS", deserialize_with = "plimsoll_format::json::or_default")]
    pub cvss: Scores<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct Identifier<'a> {
    #[serde(rename = "PURL")]
    pub purl: Text<'a>,
}

/// The scores by their source.
#[derive(Default)]
pub struct Scores<'a>(pub Vec<SourceScore<'a>>);

/// A score with its source and its vector.
pub struct SourceScore<'a> {
    pub source: Text<'a>,
    pub score: f64,
    pub vector: Text<'a>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Scores<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ScoresVisitor)
    }
}

struct ScoresVisitor;

impl<'de> serde::de::Visitor<'de> for ScoresVisitor {
    type Value = Scores<'de>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("scores by source")
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut scores = Vec::new();
        while let Some((source, wire)) = map.next_entry::<Text<'de>, Score<'de>>()? {
            let versions = [
                (wire.v40_score, wire.v40_vector),
                (wire.v3_score, wire.v3_vector),
                (wire.v2_score, wire.v2_vector),
            ];
            let newest = versions.into_iter().find_map(|(score, vector)| Some((score.0?, vector)));
            if let Some((score, vector)) = newest {
                scores.push(SourceScore { source, score, vector });
            }
        }
        Ok(Scores(scores))
    }
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
struct Score<'a> {
    v40_score: Number,
    v3_score: Number,
    v2_score: Number,
    v40_vector: Text<'a>,
    v3_vector: Text<'a>,
    v2_vector: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct Misconfiguration<'a> {
    #[serde(rename = "ID")]
    pub id: Text<'a>,
    #[serde(rename = "AVDID")]
    pub avd_id: Text<'a>,
    pub title: Text<'a>,
    pub description: Text<'a>,
    pub message: Text<'a>,
    pub severity: Text<'a>,
    #[serde(rename = "PrimaryURL")]
    pub primary_url: Text<'a>,
    pub status: Text<'a>,
    pub cause_metadata: Option<Cause<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct Cause<'a> {
    pub resource: Text<'a>,
    pub start_line: Number,
    pub end_line: Number,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct Secret<'a> {
    #[serde(rename = "RuleID")]
    pub rule_id: Text<'a>,
    pub category: Text<'a>,
    pub severity: Text<'a>,
    pub title: Text<'a>,
    pub start_line: Number,
    pub end_line: Number,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct Licence<'a> {
    pub severity: Text<'a>,
    pub category: Text<'a>,
    pub pkg_name: Text<'a>,
    pub file_path: Text<'a>,
    pub name: Text<'a>,
    pub link: Text<'a>,
}

/// A finding that was taken out of the others; which sort `finding` is of stands in `kind`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Modified<'a> {
    #[serde(rename = "Type", default, borrow)]
    pub kind: Text<'a>,
    #[serde(default, borrow)]
    pub status: Text<'a>,
    #[serde(default, borrow)]
    pub statement: Text<'a>,
    #[serde(borrow)]
    pub finding: &'a RawValue,
}
