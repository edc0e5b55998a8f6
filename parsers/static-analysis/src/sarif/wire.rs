//! The words of SARIF 2.1.0 that are read, and those of 1.0.0 and 2.0.0 that stand in their place.

use std::borrow::Cow;
use std::fmt;

use plimsoll_format::json::{Number, Text};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::in_place::{LocationsInto, MessageInto};
use super::wire_tool::Configuration;
use crate::lenient::{List, drain_seq, present, push};

/// One result. Only what becomes part of a finding is read; the rest of it is passed over without being built.
///
/// It is kept small, and read by hand in place: a result is moved about for each of many, and the moves were a fifth of
/// the time.
#[derive(Debug, Default)]
pub struct SarifResult<'a> {
    pub rule_id: Text<'a>,
    pub rule_index: Number,
    /// The part of the tool whose rule it is, where it is not the driver's.
    pub component: Option<Box<ComponentReference<'a>>>,
    pub kind: Text<'a>,
    pub level: Text<'a>,
    pub message: Message<'a>,
    pub location: Location<'a>,
    pub fingerprints: Fingerprint<'a>,
    pub partial_fingerprints: Fingerprint<'a>,
    pub baseline_state: Text<'a>,
    pub suppressions: Vec<Suppression<'a>>,
    pub rare: Option<Box<Rare<'a>>>,
}

/// The fields that few tools write.
#[derive(Debug, Default)]
pub struct Rare<'a> {
    pub rule_guid: Text<'a>,
    pub correlation_guid: Text<'a>,
    pub taxa: Vec<RuleReference<'a>>,
    pub score: Option<f64>,
    /// 1.0.0: the key of the rule in `run.rules`.
    pub rule_key: Text<'a>,
    /// 1.0.0: the message as a reference to one of the rule's formats.
    pub formatted_rule_message: Option<Message<'a>>,
    /// 2.0.0: the identifier of the message among the rule's.
    pub rule_message_id: Text<'a>,
    /// 1.0.0.
    pub tool_fingerprint_contribution: Text<'a>,
    /// 1.0.0 and 2.0.0.
    pub suppression_states: Vec<Text<'a>>,
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum ResultKey {
    RuleId,
    RuleIndex,
    Rule,
    Kind,
    Level,
    Message,
    Locations,
    Fingerprints,
    PartialFingerprints,
    BaselineState,
    Suppressions,
    CorrelationGuid,
    Taxa,
    Properties,
    RuleKey,
    FormattedRuleMessage,
    RuleMessageId,
    ToolFingerprintContribution,
    SuppressionStates,
    #[serde(other)]
    Other,
}

impl<'de: 'a, 'a> Deserialize<'de> for SarifResult<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ResultVisitor)
    }
}

struct ResultVisitor;

impl<'de> Visitor<'de> for ResultVisitor {
    type Value = SarifResult<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a result")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut result = SarifResult::default();
        while let Some(key) = map.next_key::<ResultKey>()? {
            match key {
                ResultKey::RuleId => {
                    let id: Text<'de> = map.next_value()?;
                    if !id.is_empty() {
                        result.rule_id = id;
                    }
                }
                ResultKey::RuleIndex => {
                    let index: Number = map.next_value()?;
                    if index.0.is_some() {
                        result.rule_index = index;
                    }
                }
                ResultKey::Rule => {
                    let rule: RuleReference<'de> = map.next_value::<Option<_>>()?.unwrap_or_default();
                    if result.rule_id.is_empty() {
                        result.rule_id = rule.id;
                    }
                    if result.rule_index.0.is_none() {
                        result.rule_index = rule.index;
                    }
                    result.component = rule.tool_component.map(Box::new);
                    if present(&rule.guid).is_some() {
                        result.rare.get_or_insert_default().rule_guid = rule.guid;
                    }
                }
                ResultKey::Kind => result.kind = map.next_value()?,
                ResultKey::Level => result.level = map.next_value()?,
                ResultKey::Message => map.next_value_seed(MessageInto(&mut result.message))?,
                ResultKey::Locations => map.next_value_seed(LocationsInto(&mut result.location))?,
                ResultKey::Fingerprints => result.fingerprints = map.next_value()?,
                ResultKey::PartialFingerprints => result.partial_fingerprints = map.next_value()?,
                ResultKey::BaselineState => result.baseline_state = map.next_value()?,
                ResultKey::Suppressions => result.suppressions = map.next_value::<List<_>>()?.0,
                ResultKey::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
                rare => read_rare(rare, &mut map, result.rare.get_or_insert_default())?,
            }
        }
        Ok(result)
    }
}

fn read_rare<'de, A: MapAccess<'de>>(
    key: ResultKey,
    map: &mut A,
    rare: &mut Rare<'de>,
) -> Result<(), A::Error> {
    match key {
        ResultKey::CorrelationGuid => rare.correlation_guid = map.next_value()?,
        ResultKey::Taxa => rare.taxa = map.next_value::<List<_>>()?.0,
        ResultKey::Properties => {
            rare.score = map.next_value::<Option<Properties<'de>>>()?.as_ref().and_then(Properties::score);
        }
        ResultKey::RuleKey => rare.rule_key = map.next_value()?,
        ResultKey::FormattedRuleMessage => rare.formatted_rule_message = map.next_value()?,
        ResultKey::RuleMessageId => rare.rule_message_id = map.next_value()?,
        ResultKey::ToolFingerprintContribution => rare.tool_fingerprint_contribution = map.next_value()?,
        ResultKey::SuppressionStates => rare.suppression_states = map.next_value::<List<_>>()?.0,
        _ => {
            map.next_value::<IgnoredAny>()?;
        }
    }
    Ok(())
}

/// A reference to a rule or to an entry of a taxonomy.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RuleReference<'a> {
    #[serde(borrow)]
    pub id: Text<'a>,
    pub guid: Text<'a>,
    pub index: Number,
    pub tool_component: Option<ComponentReference<'a>>,
}

/// A reference to a part of the tool, or to a taxonomy.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ComponentReference<'a> {
    #[serde(borrow)]
    pub name: Text<'a>,
    pub guid: Text<'a>,
    pub index: Number,
}

/// A message: a text, or the identifier of one with the values for its placeholders. In 1.0.0 a bare string.
#[derive(Debug, Default)]
pub struct Message<'a> {
    pub text: Text<'a>,
    pub id: Text<'a>,
    pub arguments: Vec<Text<'a>>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Message<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut message = Message::default();
        MessageInto(&mut message).deserialize(deserializer)?;
        Ok(message)
    }
}

/// Where a result is.
#[derive(Debug, Default)]
pub struct Location<'a> {
    pub file: ArtifactLocation<'a>,
    pub region: Region<'a>,
    pub logical: Vec<LogicalLocation<'a>>,
    pub logical_name: Text<'a>,
    /// It is written as in 1.0.0.
    pub is_old: bool,
}

impl Location<'_> {
    /// Whether it names a file.
    pub fn has_file(&self) -> bool {
        !self.file.uri.is_empty() || self.file.index.0.is_some()
    }
}

/// A file.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ArtifactLocation<'a> {
    #[serde(borrow)]
    pub uri: Text<'a>,
    pub uri_base_id: Text<'a>,
    pub index: Number,
}

/// Lines and columns from 1.
#[derive(Debug, Default)]
pub struct Region<'a> {
    pub start_line: Number,
    pub start_column: Number,
    pub end_line: Number,
    /// The code of the region.
    pub snippet: Text<'a>,
}

/// A function, a class, a resource.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LogicalLocation<'a> {
    #[serde(borrow)]
    pub fully_qualified_name: Text<'a>,
    pub name: Text<'a>,
    pub index: Number,
}

/// A suppression in the source or elsewhere.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Suppression<'a> {
    #[serde(borrow)]
    pub kind: Text<'a>,
    #[serde(alias = "state")]
    pub status: Text<'a>,
    pub justification: Text<'a>,
}

/// The best entry of a map of fingerprints.
///
/// The columns' fingerprint says where in its line a result is, not what it is, and Semgrep writes a plea to log in
/// where a fingerprint should be. Of the others, the one whose name comes first counts, and GitHub's before all.
#[derive(Debug, Default)]
pub struct Fingerprint<'a>(pub Option<Cow<'a, str>>);

impl<'de: 'a, 'a> Deserialize<'de> for Fingerprint<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FingerprintVisitor).map(Fingerprint)
    }
}

struct FingerprintVisitor;

impl<'de> Visitor<'de> for FingerprintVisitor {
    type Value = Option<Cow<'de, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of fingerprints")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        drain_seq(seq).map(|()| None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut best: Option<(_, Cow<'de, str>)> = None;
        while let Some((name, value)) = map.next_entry::<Text<'de>, Text<'de>>()? {
            let ignored = &*name == "primaryLocationStartColumnFingerprint" || &*value == "requires login";
            if ignored || present(&value).is_none() {
                continue;
            }
            let order = (!name.starts_with("primaryLocationLineHash"), name.into_cow());
            if best.as_ref().is_none_or(|(best, _)| order < *best) {
                best = Some((order, value.into_cow()));
            }
        }
        Ok(best.map(|(_, value)| value))
    }
}

/// The property bag of a rule or of a result, as far as several tools agree on it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Properties<'a> {
    #[serde(borrow)]
    pub tags: List<Text<'a>>,
    #[serde(rename = "security-severity", alias = "securitySeverity")]
    pub security_severity: Number,
    #[serde(alias = "CWE", alias = "cwes")]
    pub cwe: List<Text<'a>>,
}

impl Properties<'_> {
    /// The security severity; 0 and what is out of its range say nothing.
    pub fn score(&self) -> Option<f64> {
        self.security_severity.0.filter(|score| *score > 0.0 && *score <= 10.0)
    }
}

/// A file of the run, named once and referred to by index.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Artifact<'a> {
    #[serde(borrow, alias = "fileLocation")]
    pub location: Option<ArtifactLocation<'a>>,
    /// The file that this one is inside of: an archive, say.
    #[serde(rename = "parentIndex")]
    pub parent: Number,
}

/// How the tool was run.
#[derive(Debug, Default)]
pub struct Invocation<'a> {
    pub execution_successful: Option<bool>,
    pub notifications: Vec<Notification<'a>>,
    pub overrides: Vec<Override<'a>>,
}

/// What the tool said of its own work.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Notification<'a> {
    #[serde(borrow)]
    pub level: Text<'a>,
    pub message: Message<'a>,
}

/// Another level for a rule than its own.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Override<'a> {
    #[serde(borrow)]
    pub descriptor: Option<RuleReference<'a>>,
    pub configuration: Option<Configuration<'a>>,
}

/// How many entries of each sort the run keeps in other files.
#[derive(Debug, Default)]
pub struct ExternalReferences(pub Vec<String>);

impl<'de> Deserialize<'de> for ExternalReferences {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NamesVisitor;

        impl<'de> Visitor<'de> for NamesVisitor {
            type Value = Vec<String>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("references to other files")
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Vec::new())
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut names = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    let _: IgnoredAny = map.next_value()?;
                    push(&mut names, name)?;
                }
                Ok(names)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
                drain_seq(seq).map(|()| Vec::new())
            }
        }

        deserializer.deserialize_any(NamesVisitor).map(ExternalReferences)
    }
}
