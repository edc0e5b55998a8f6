//! What a run says besides its results, and when that has to be known.

use std::borrow::Cow;
use std::collections::HashMap;

use plimsoll_format::json::Text;
use plimsoll_format::{Input, LimitName, ParseError, Sink, Warning, WarningCode, json};

use super::rules::{Rule, RuleBook, index};
use super::uri::is_absolute;
use super::wire::{
    Artifact, ArtifactLocation, ExternalReferences, Invocation, LogicalLocation, Notification, Override,
    SarifResult,
};
use super::wire_tool::{Component, Rules, Tool};
use crate::lenient::{List, MAX_ELEMENTS, present};

/// The parts of a run that its results refer to.
///
/// Results are streamed, and nothing says that the parts stand before them. As long as none is missed, one pass does;
/// the first result that refers to a part which was not met makes [`Run::ensure`] read all parts ahead, once.
#[derive(Default)]
pub struct Run<'a> {
    index: u64,
    start: usize,
    is_complete: bool,
    has_tool: bool,
    /// In lower case.
    pub tool: String,
    pub rules: RuleBook<'a>,
    artifacts: Option<Vec<Artifact<'a>>>,
    logical_locations: Option<Vec<LogicalLocation<'a>>>,
    taxonomies: Option<Vec<Component<'a>>>,
    invocations: Option<Vec<Invocation<'a>>>,
    /// The invocations' levels by rule.
    overrides: HashMap<String, String>,
    bases: Option<Vec<(Text<'a>, ArtifactLocation<'a>)>>,
    external: Vec<String>,
}

impl<'a> Run<'a> {
    /// The run of this index, which begins at this byte, and of which nothing else is known yet.
    pub fn new(index: u64, start: usize) -> Self {
        Self { index, start, ..Self::default() }
    }

    /// Reads one field of the run, unless it is one that no result needs.
    pub fn field(&mut self, reader: &mut json::Reader<'a>, key: &str) -> Result<(), ParseError> {
        match key {
            "tool" => {
                // The rules are half of a small file.
                let tool: Option<Tool<'a>> = match reader.read_plain() {
                    Some(tool) => tool,
                    None => reader.read()?,
                };
                self.take_tool(tool.unwrap_or_default());
            }
            // 1.0.0, and 2.0.0 in `resources`.
            "rules" => self.rules.add_to_driver(reader.read::<Rules<'a>>()?.0),
            "resources" => reader.object(|reader, key| {
                if key == "rules" {
                    self.rules.add_to_driver(reader.read::<Rules<'a>>()?.0);
                }
                Ok(())
            })?,
            "artifacts" | "files" => self.artifacts = Some(reader.read::<List<Artifact<'a>>>()?.0),
            "logicalLocations" => {
                self.logical_locations = Some(reader.read::<List<LogicalLocation<'a>>>()?.0)
            }
            "taxonomies" => self.taxonomies = Some(reader.read::<List<Component<'a>>>()?.0),
            "invocations" => {
                let mut invocations = Vec::new();
                reader.array(|reader| {
                    let mut invocation = Invocation::default();
                    reader.object(|reader, key| {
                        match key {
                            "executionSuccessful" => invocation.execution_successful = reader.read()?,
                            "toolExecutionNotifications"
                            | "toolConfigurationNotifications"
                            | "toolNotifications"
                            | "configurationNotifications" => {
                                invocation.notifications.extend(reader.read::<List<Notification<'a>>>()?.0);
                            }
                            "ruleConfigurationOverrides" => {
                                invocation.overrides = reader.read::<List<Override<'a>>>()?.0;
                            }
                            _ => {}
                        }
                        Ok(())
                    })?;
                    if invocations.len() == MAX_ELEMENTS {
                        return Err(ParseError::limit(LimitName::Items, MAX_ELEMENTS as u64));
                    }
                    invocations.push(invocation);
                    Ok(())
                })?;
                for other in invocations.iter().flat_map(|invocation| &invocation.overrides) {
                    let id = other.descriptor.as_ref().and_then(|descriptor| present(&descriptor.id));
                    let level =
                        other.configuration.as_ref().and_then(|configuration| present(&configuration.level));
                    if let (Some(id), Some(level)) = (id, level) {
                        self.overrides.entry(id.to_owned()).or_insert_with(|| level.to_owned());
                    }
                }
                self.invocations = Some(invocations);
            }
            "originalUriBaseIds" => {
                let mut bases = Vec::new();
                reader.object(|reader, name| {
                    // A bare string in 2.0.0.
                    let base = match reader.peek()? {
                        json::Kind::Object => reader.read()?,
                        _ => ArtifactLocation { uri: reader.read()?, ..ArtifactLocation::default() },
                    };
                    if bases.len() == MAX_ELEMENTS {
                        return Err(ParseError::limit(LimitName::Items, MAX_ELEMENTS as u64));
                    }
                    bases.push((Text(Cow::Owned(name.to_owned())), base));
                    Ok(())
                })?;
                self.bases = Some(bases);
            }
            "externalPropertyFileReferences" | "externalPropertyFiles" => {
                self.external = reader.read::<ExternalReferences>()?.0;
            }
            _ => {}
        }
        Ok(())
    }

    fn take_tool(&mut self, tool: Tool<'a>) {
        self.has_tool = true;
        let driver = tool.driver.unwrap_or_default();
        let name = present(&driver.name).or_else(|| present(&tool.name)).unwrap_or("sarif");
        self.tool = name.trim().to_lowercase();
        let early = std::mem::take(&mut self.rules);
        self.rules.add(driver);
        for extension in tool.extensions.0 {
            self.rules.add(extension);
        }
        self.rules.keep_driver_rules_of(early);
    }

    /// Reads ahead what the results need and did not come before them.
    pub fn before_results(&mut self, input: &Input<'a>) -> Result<(), ParseError> {
        if self.has_tool { Ok(()) } else { self.read_ahead(input) }
    }

    /// Reads ahead if this result refers to something that was not met yet.
    pub fn ensure(&mut self, result: &SarifResult<'a>, input: &Input<'a>) -> Result<(), ParseError> {
        if self.is_complete {
            return Ok(());
        }
        let file = &result.location.file;
        let logical = result.location.logical.first();
        let rare = result.rare.as_deref();
        let needs_artifacts = self.artifacts.is_none() && file.uri.is_empty() && index(file.index).is_some();
        let needs_bases =
            self.bases.is_none() && present(&file.uri_base_id).is_some_and(|base| !is_repository_root(base));
        let needs_logical = self.logical_locations.is_none()
            && logical.is_some_and(|logical| present(&logical.fully_qualified_name).is_none());
        let needs_taxonomies = self.taxonomies.is_none() && rare.is_some_and(|rare| !rare.taxa.is_empty());
        let needs_overrides = self.invocations.is_none() && present(&result.level).is_none();
        // Up to 2.0.0 the rules stand outside of the tool.
        let names_message = !result.message.id.is_empty()
            || rare.is_some_and(|rare| {
                rare.formatted_rule_message.is_some() || !rare.rule_message_id.is_empty()
            });
        let needs_rules = self.rules.is_empty() && (result.location.is_old || names_message);
        if needs_rules
            || needs_artifacts
            || needs_bases
            || needs_logical
            || needs_taxonomies
            || needs_overrides
        {
            self.read_ahead(input)?;
        }
        Ok(())
    }

    /// Reads this run once from its beginning, and nothing else: the whole stays linear however many runs there are.
    fn read_ahead(&mut self, input: &Input<'a>) -> Result<(), ParseError> {
        let mut ahead = Run::new(self.index, self.start);
        let text = input.text.get(self.start..).unwrap_or_default();
        let mut reader = json::Reader::new(&Input { text, ..*input });
        reader.object(|reader, key| ahead.field(reader, key)).map_err(|mut error| {
            error.offset = error.offset.map(|offset| offset + self.start as u64);
            error.path = format!("runs[{}].{}", self.index, error.path);
            error
        })?;
        ahead.is_complete = true;
        if !ahead.has_tool {
            ahead.take_tool(Tool::default());
        }
        *self = ahead;
        Ok(())
    }

    /// The file of an index.
    pub fn artifact(&self, file: &ArtifactLocation<'_>) -> Option<&ArtifactLocation<'a>> {
        self.artifacts.as_ref()?.get(index(file.index)?)?.location.as_ref()
    }

    /// What stands before a path that is relative to this base: empty where the base is the repository's root or an
    /// absolute place, which [`Run::report`] tells.
    pub fn prefix(&self, base: &str) -> String {
        let mut prefix = String::new();
        let mut name = base;
        // A base may be relative to another one, but not for ever: there are circles.
        for _ in 0..8 {
            let Some(base) = self.base(name) else { break };
            let uri = present(&base.uri).unwrap_or_default();
            if is_absolute(uri) {
                break;
            }
            let slash = if uri.is_empty() || uri.ends_with('/') { "" } else { "/" };
            prefix.insert_str(0, slash);
            prefix.insert_str(0, uri);
            match present(&base.uri_base_id) {
                Some(next) => name = next,
                None => break,
            }
        }
        prefix
    }

    fn base(&self, name: &str) -> Option<&ArtifactLocation<'a>> {
        self.bases.as_ref()?.iter().find(|(found, _)| &**found == name).map(|(_, base)| base)
    }

    /// The name of a function, class or resource.
    pub fn logical_name<'r>(&'r self, logical: &'r LogicalLocation<'_>) -> Option<&'r str> {
        let by_index = || self.logical_locations.as_ref()?.get(index(logical.index)?);
        present(&logical.fully_qualified_name)
            .or_else(|| present(&by_index()?.fully_qualified_name))
            .or_else(|| present(&logical.name))
    }

    /// The CWE numbers of the taxonomy entries that a result names.
    pub fn cwe_of(&self, result: &SarifResult<'_>) -> Vec<String> {
        let mut found = Vec::new();
        for reference in result.rare.iter().flat_map(|rare| &rare.taxa).take(32) {
            let Some(component) = &reference.tool_component else { continue };
            let taxonomy = match index(component.index) {
                Some(index) => self.taxonomies.as_ref().and_then(|all| all.get(index)),
                None => self.taxonomies.iter().flatten().find(|taxonomy| *taxonomy.name == *component.name),
            };
            let name = present(&component.name).or_else(|| present(&taxonomy?.name));
            if !name.is_some_and(|name| name.eq_ignore_ascii_case("CWE")) {
                continue;
            }
            let by_index = || Some(&taxonomy?.taxa.0.get(index(reference.index)?)?.id);
            let id = present(&reference.id).or_else(|| present(by_index()?)).unwrap_or_default();
            let digits = id.trim_start_matches(|c: char| !c.is_ascii_digit());
            if !digits.is_empty() {
                found.push(format!("CWE-{digits}"));
            }
        }
        found
    }

    /// The level that the invocation gave to this rule instead of the rule's own.
    pub fn override_of(&self, rule: &Rule<'_>) -> Option<&str> {
        self.overrides.get(&*rule.id).map(|level| &**level)
    }

    /// After the results: what the run says of itself and of its other files.
    pub fn report(&self, sink: &mut dyn Sink) -> Result<(), ParseError> {
        for (_, base) in self.bases.iter().flatten() {
            if let Some(uri) = present(&base.uri).filter(|uri| is_absolute(uri)) {
                sink.source_root(&super::uri::percent_decoded(Cow::Borrowed(uri)))?;
            }
        }
        if !self.external.is_empty() {
            let message = format!(
                "runs[{}] keeps {} in other files, which are not read",
                self.index,
                self.external.join(", ")
            );
            sink.warning(Warning::new(WarningCode::ExternalFile, message));
        }
        for invocation in self.invocations.iter().flatten() {
            let said = invocation.notifications.iter();
            let mut told = false;
            for notification in said.filter(|notification| notification.level.eq_ignore_ascii_case("error")) {
                let message = present(&notification.message.text).unwrap_or("an error without a message");
                sink.warning(Warning::new(WarningCode::ToolError, format!("{}: {message}", self.tool)));
                told = true;
            }
            if invocation.execution_successful == Some(false) && !told {
                let message = format!("{} did not run to its end", self.tool);
                sink.warning(Warning::new(WarningCode::ToolError, message));
            }
        }
        Ok(())
    }
}

/// The names that tools use for the root of the repository; nothing needs to be looked up for them.
fn is_repository_root(base: &str) -> bool {
    let base = base.strip_prefix('%').and_then(|base| base.strip_suffix('%')).unwrap_or(base);
    ["SRCROOT", "ROOTPATH", "REPOROOT", "PROJECTROOT", "PROJECT_ROOT", "ROOT"].contains(&base)
}
