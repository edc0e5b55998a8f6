//! A run's rules, prepared once so that a result only looks them up.

use std::borrow::Cow;
use std::collections::HashMap;

use plimsoll_format::json::{Number, Text};
use plimsoll_model::FindingKind;

use super::wire::{ComponentReference, Message, RuleReference, SarifResult};
use super::wire_tool;
use crate::lenient::present;

/// What is known of one rule.
#[derive(Debug, Default)]
pub struct Rule<'a> {
    pub id: Cow<'a, str>,
    pub name: Option<Cow<'a, str>>,
    pub help_uri: Option<Cow<'a, str>>,
    pub level: Option<Cow<'a, str>>,
    /// `security-severity`, 0 to 10.
    pub score: Option<f64>,
    pub kind: Option<FindingKind>,
    pub cwe: Vec<Cow<'a, str>>,
    pub aliases: Vec<Cow<'a, str>>,
    messages: Vec<(Text<'a>, Message<'a>)>,
}

impl<'a> Rule<'a> {
    /// The rule's message of this identifier.
    pub fn message(&self, id: &str) -> Option<&str> {
        self.messages.iter().find(|(found, _)| &**found == id).and_then(|(_, message)| present(&message.text))
    }
}

impl<'a> From<wire_tool::Rule<'a>> for Rule<'a> {
    fn from(rule: wire_tool::Rule<'a>) -> Self {
        let id = if present(&rule.id).is_some() { rule.id.0 } else { rule.key.0 };
        let properties = rule.properties.unwrap_or_default();
        let mut cwe: Vec<Cow<'a, str>> = Vec::new();
        let related =
            rule.relationships.0.into_iter().filter_map(|relationship| cwe_of(relationship.target?));
        let tagged = properties.tags.0.iter().filter_map(|tag| cwe_in_tag(tag)).map(Cow::Owned);
        let listed = properties
            .cwe
            .0
            .iter()
            .filter_map(|cwe| cwe_in_tag(cwe).or_else(|| cwe_number(cwe)))
            .map(Cow::Owned);
        for found in related.chain(tagged).chain(listed).take(32) {
            if !cwe.contains(&found) {
                cwe.push(found);
            }
        }
        let score = properties.score();
        let kind = kind_of(&id, &rule.name.text, &properties.tags.0, score.is_some() || !cwe.is_empty());
        let name = [rule.short_description.text, rule.name.text]
            .into_iter()
            .filter(|name| present(name).is_some())
            .map(|name| name.0)
            .find(|name| *name != id && name.len() <= 200 && !name.contains('\n'));
        let level = rule.default_configuration.map(|configuration| configuration.level).unwrap_or_default();
        let level = if present(&level).is_some() { level } else { rule.default_level };
        let is_vulnerability = kind == Some(FindingKind::Vulnerability);
        Self {
            id,
            name,
            help_uri: rule.help_uri.non_empty(),
            level: level.non_empty(),
            score,
            kind,
            cwe,
            aliases: if is_vulnerability {
                rule.deprecated_ids.0.into_iter().filter_map(Text::non_empty).take(32).collect()
            } else {
                Vec::new()
            },
            messages: rule.message_strings.0,
        }
    }
}

/// `None` where nothing tells; then the tool decides.
fn kind_of(id: &str, name: &str, tags: &[Text<'_>], is_scored: bool) -> Option<FindingKind> {
    let tagged = |word: &str| tags.iter().any(|tag| tag.eq_ignore_ascii_case(word));
    let named = |word: &str| name.eq_ignore_ascii_case(word);
    if is_advisory(id) || tagged("vulnerability") || name.ends_with("PackageVulnerability") {
        Some(FindingKind::Vulnerability)
    } else if tagged("secret") || tagged("DATADOG_RULE_TYPE:SECRET") || named("Secret") {
        Some(FindingKind::Secret)
    } else if tagged("misconfiguration") || named("Misconfiguration") {
        Some(FindingKind::Misconfiguration)
    } else if tagged("license") || named("License") {
        Some(FindingKind::Licence)
    } else if is_scored || tagged("security") {
        Some(FindingKind::Weakness)
    } else {
        None
    }
}

/// Whether an identifier is one of a known vulnerability.
pub fn is_advisory(id: &str) -> bool {
    const PREFIXES: [&str; 12] = [
        "CVE-", "GHSA-", "SNYK-", "RUSTSEC-", "PYSEC-", "GO-", "OSV-", "MAL-", "npm:", "DSA-", "ELSA-",
        "ALAS",
    ];
    PREFIXES
        .iter()
        .any(|prefix| id.strip_prefix(prefix).is_some_and(|rest| *prefix != "GO-" || rest.starts_with("20")))
}

/// `external/cwe/cwe-079`, `CWE-79: Improper …`, `CWE:79`.
fn cwe_in_tag(tag: &str) -> Option<String> {
    let at = tag.to_ascii_lowercase().rfind("cwe")? + 3;
    cwe_number(tag.get(at..)?.trim_start_matches(['-', ':', '_', ' ']))
}

/// `79` where only a CWE can be meant.
fn cwe_number(text: &str) -> Option<String> {
    let digits = text.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default().trim_start_matches('0');
    (!digits.is_empty() && digits.len() < 6).then(|| format!("CWE-{digits}"))
}

/// The CWE that a reference into a taxonomy of that name is about.
fn cwe_of(reference: RuleReference<'_>) -> Option<Cow<'_, str>> {
    let component = reference.tool_component?;
    if !component.name.eq_ignore_ascii_case("CWE") {
        return None;
    }
    cwe_in_tag(&reference.id).or_else(|| cwe_number(&reference.id)).map(Cow::Owned)
}

/// The rules of the driver and of the extensions.
#[derive(Debug, Default)]
pub struct RuleBook<'a> {
    /// The driver's name first.
    pub names: Vec<Text<'a>>,
    rules: Vec<Vec<Rule<'a>>>,
    by_id: HashMap<String, (usize, usize)>,
}

impl<'a> RuleBook<'a> {
    /// Takes a part of the tool with its rules; the driver comes first.
    pub fn add(&mut self, component: wire_tool::Component<'a>) {
        self.names.push(component.name);
        self.rules.push(Vec::new());
        self.add_to_last(component.rules.0);
    }

    /// Takes the rules of a run of SARIF 1.0.0 or 2.0.0.
    pub fn add_to_driver(&mut self, rules: Vec<wire_tool::Rule<'a>>) {
        if self.rules.is_empty() {
            self.add(wire_tool::Component::default());
        }
        self.add_to_last(rules);
    }

    /// Takes over the rules that a run of an older version gave before its tool.
    pub fn keep_driver_rules_of(&mut self, early: Self) {
        let Some(rules) = early.rules.into_iter().next() else { return };
        if let Some(driver) = self.rules.first_mut().filter(|driver| driver.is_empty()) {
            *driver = rules;
            self.by_id.extend(early.by_id);
        }
    }

    /// Whether no rule is known.
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    fn add_to_last(&mut self, rules: Vec<wire_tool::Rule<'a>>) {
        let component = self.rules.len().saturating_sub(1);
        let Some(last) = self.rules.last_mut() else { return };
        for rule in rules {
            let key = rule.key.to_string();
            let rule = Rule::from(rule);
            let place = (component, last.len());
            self.by_id.entry(rule.id.to_string()).or_insert(place);
            if !key.is_empty() {
                self.by_id.entry(key).or_insert(place);
            }
            last.push(rule);
        }
    }

    /// The rule that a result refers to: by index where that fits the identifier, else by identifier, where `A/1` is
    /// a part of the rule `A`.
    pub fn find(&self, result: &SarifResult<'_>) -> Option<&Rule<'a>> {
        let id = result_rule_id(result);
        let index = index(result.rule_index);
        let component = result.component.as_deref().map_or(0, |component| self.component(component));
        let by_index = index.and_then(|index| self.rules.get(component)?.get(index));
        let by_index = by_index.filter(|rule| {
            id.is_none_or(|id| {
                id.strip_prefix(&*rule.id).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
        });
        by_index.or_else(|| self.by_id(id?))
    }

    /// The rule of this identifier, or the one that it is a part of.
    pub fn by_id(&self, id: &str) -> Option<&Rule<'a>> {
        let mut id = id;
        for _ in 0..8 {
            if let Some((component, index)) = self.by_id.get(id) {
                return self.rules.get(*component)?.get(*index);
            }
            id = id.rsplit_once('/')?.0;
        }
        None
    }

    fn component(&self, component: &ComponentReference<'_>) -> usize {
        match index(component.index) {
            // Extensions are counted from 0, without the driver.
            Some(index) => index + 1,
            None => self.names.iter().position(|name| **name == *component.name).unwrap_or(0),
        }
    }
}

/// The identifier that a result itself gives for its rule.
pub fn result_rule_id<'r>(result: &'r SarifResult<'_>) -> Option<&'r str> {
    present(&result.rule_id).or_else(|| present(&result.rare.as_ref()?.rule_key))
}

/// An index into a list; -1 stands for none.
pub fn index(number: Number) -> Option<usize> {
    usize::try_from(number.count()?).ok()
}

#[cfg(test)]
mod tests {
    use super::{cwe_in_tag, is_advisory};

    #[test]
    fn finds_cwe_numbers() {
        for (tag, expect) in [
            ("external/cwe/cwe-079", Some("CWE-79")),
            ("CWE-94: Improper control", Some("CWE-94")),
            ("CWE:326", Some("CWE-326")),
            ("CWE:", None),
            ("611", None),
            ("security", None),
            ("tag1", None),
        ] {
            assert_eq!(cwe_in_tag(tag).as_deref(), expect, "{tag}");
        }
    }

    #[test]
    fn knows_advisories() {
        assert!(is_advisory("CVE-2024-1"));
        assert!(is_advisory("GO-2024-2611"));
        assert!(!is_advisory("GO-S1023"));
        assert!(!is_advisory("CKV_AWS_1"));
    }
}
