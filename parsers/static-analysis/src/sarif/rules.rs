//! A run's rules, prepared once so that a result only looks them up.

use std::borrow::Cow;
use std::collections::HashMap;

use plimsoll_format::json::{Number, Text};
use plimsoll_model::FindingKind;

use super::wire::{ComponentReference, RuleReference, SarifResult};
use super::wire_tool::{self, MessageStrings, Relationship};
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
    /// Entries of taxonomies that do not say by themselves which weakness they are.
    pub taxa: Vec<RuleReference<'a>>,
    /// Where it stands: the part of the tool, and the place among its rules.
    pub place: (usize, usize),
    messages: MessageStrings<'a>,
}

impl<'a> From<wire_tool::Rule<'a>> for Rule<'a> {
    fn from(rule: wire_tool::Rule<'a>) -> Self {
        let id = if present(&rule.id).is_some() { rule.id.0 } else { rule.key.0 };
        let properties = rule.properties.unwrap_or_default();
        let mut cwe: Vec<Cow<'a, str>> = Vec::new();
        let related: Vec<RuleReference<'a>> = rule
            .relationships
            .0
            .into_iter()
            .filter(Relationship::is_of_all_results)
            .filter_map(|relationship| relationship.target.filter(|target| target.tool_component.is_some()))
            .take(32)
            .collect();
        let (named, taxa): (Vec<_>, Vec<_>) =
            related.into_iter().partition(|target| cwe_of(target).is_some());
        let related = named.iter().filter_map(cwe_of).map(Cow::Owned);
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
            taxa,
            place: (0, 0),
            messages: rule.message_strings,
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

/// Whether a taxonomy of that name is the Common Weakness Enumeration; some tools add its version.
pub fn is_cwe(name: &str) -> bool {
    let starts_with =
        |start: &str| name.get(..start.len()).is_some_and(|name| name.eq_ignore_ascii_case(start));
    starts_with("CWE") || starts_with("Common Weakness Enumeration")
}

/// The CWE number of an entry of that taxonomy.
pub fn cwe_of_taxon(id: &str) -> Option<String> {
    cwe_in_tag(id).or_else(|| cwe_number(id))
}

/// The CWE that a reference is about which names its taxonomy and its entry.
fn cwe_of(reference: &RuleReference<'_>) -> Option<String> {
    is_cwe(&reference.tool_component.as_ref()?.name).then(|| cwe_of_taxon(&reference.id))?
}

/// A part of the tool: the driver, or an extension.
#[derive(Debug, Default)]
struct Part<'a> {
    name: Text<'a>,
    guid: Text<'a>,
    rules: Vec<Rule<'a>>,
    messages: MessageStrings<'a>,
}

/// The rules of the driver and of the extensions.
#[derive(Debug, Default)]
pub struct RuleBook<'a> {
    /// The driver first.
    parts: Vec<Part<'a>>,
    /// By identifier, key or GUID.
    by_id: HashMap<String, (usize, usize)>,
    has_taxa: bool,
}

impl<'a> RuleBook<'a> {
    /// Takes a part of the tool with its rules; the driver comes first.
    pub fn add(&mut self, component: wire_tool::Component<'a>) {
        self.parts.push(Part {
            name: component.name,
            guid: component.guid,
            rules: Vec::new(),
            messages: component.global_message_strings,
        });
        self.add_to_last(component.rules.0);
    }

    /// Takes the rules of a run of SARIF 1.0.0 or 2.0.0.
    pub fn add_to_driver(&mut self, rules: Vec<wire_tool::Rule<'a>>) {
        if self.parts.is_empty() {
            self.add(wire_tool::Component::default());
        }
        self.add_to_last(rules);
    }

    /// Takes over the rules that a run of an older version gave before its tool.
    pub fn keep_driver_rules_of(&mut self, early: Self) {
        let Some(early_driver) = early.parts.into_iter().next() else { return };
        if let Some(driver) = self.parts.first_mut().filter(|driver| driver.rules.is_empty()) {
            driver.rules = early_driver.rules;
            self.by_id.extend(early.by_id);
            self.has_taxa |= early.has_taxa;
        }
    }

    /// Whether no rule is known.
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// Whether a rule refers to a taxonomy that has to be looked at.
    pub fn has_taxa(&self) -> bool {
        self.has_taxa
    }

    fn add_to_last(&mut self, rules: Vec<wire_tool::Rule<'a>>) {
        let part = self.parts.len().saturating_sub(1);
        let Some(last) = self.parts.last_mut().map(|part| &mut part.rules) else { return };
        for rule in rules {
            let keys = [rule.key.to_string(), rule.guid.to_string()];
            let place = (part, last.len());
            let rule = Rule { place, ..Rule::from(rule) };
            self.has_taxa |= !rule.taxa.is_empty();
            self.by_id.entry(rule.id.to_string()).or_insert(place);
            for key in keys.into_iter().filter(|key| !key.is_empty()) {
                self.by_id.entry(key).or_insert(place);
            }
            last.push(rule);
        }
    }

    /// The rule that a result refers to: by index where that fits the identifier, else by GUID, else by identifier, where
    /// `A/1` is a part of the rule `A`.
    pub fn find(&self, result: &SarifResult<'_>) -> Option<&Rule<'a>> {
        let id = result_rule_id(result);
        let index = index(result.rule_index);
        let part = self.part_of(result);
        let by_index = index.and_then(|index| self.parts.get(part)?.rules.get(index));
        let by_index = by_index.filter(|rule| {
            id.is_none_or(|id| {
                id.strip_prefix(&*rule.id).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
        });
        let by_guid = || self.at(*self.by_id.get(present(&result.rare.as_ref()?.rule_guid)?)?);
        by_index.or_else(by_guid).or_else(|| self.by_id(id?))
    }

    /// The rule of this identifier, or the one that it is a part of.
    pub fn by_id(&self, id: &str) -> Option<&Rule<'a>> {
        let mut id = id;
        for _ in 0..8 {
            if let Some(place) = self.by_id.get(id) {
                return self.at(*place);
            }
            id = id.rsplit_once('/')?.0;
        }
        None
    }

    /// The place of the rule that a reference is about.
    pub fn place_of(&self, reference: &RuleReference<'_>) -> Option<(usize, usize)> {
        let by_key = |key| self.by_id.get(present(key)?).copied();
        let by_index = || {
            let part = reference.tool_component.as_ref().map_or(0, |component| self.part(component));
            Some((part, index(reference.index)?))
        };
        by_key(&reference.guid).or_else(by_index).or_else(|| by_key(&reference.id))
    }

    /// The text that a result names: the rule's own, or the one that the part of the tool has for all its rules.
    pub fn message<'r>(
        &'r self,
        id: &str,
        rule: Option<&'r Rule<'a>>,
        result: &SarifResult<'_>,
    ) -> Option<&'r str> {
        let part = || self.parts.get(rule.map_or_else(|| self.part_of(result), |rule| rule.place.0));
        rule.and_then(|rule| rule.messages.get(id)).or_else(|| part()?.messages.get(id))
    }

    fn at(&self, (part, index): (usize, usize)) -> Option<&Rule<'a>> {
        self.parts.get(part)?.rules.get(index)
    }

    fn part_of(&self, result: &SarifResult<'_>) -> usize {
        result.component.as_deref().map_or(0, |component| self.part(component))
    }

    /// By index, else by GUID, as the standard says; else by name, else the driver.
    fn part(&self, reference: &ComponentReference<'_>) -> usize {
        if let Some(index) = index(reference.index) {
            // Extensions are counted from 0, without the driver.
            return index + 1;
        }
        let by_guid = || {
            let guid = present(&reference.guid)?;
            self.parts.iter().position(|part| part.guid.eq_ignore_ascii_case(guid))
        };
        let by_name = || self.parts.iter().position(|part| *part.name == *reference.name);
        by_guid().or_else(by_name).unwrap_or(0)
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
