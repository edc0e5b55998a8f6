//! What a run says besides its results, and when that has to be known.

use std::collections::HashMap;

use plimsoll_format::{Input, LimitName, ParseError, Sink, Warning, WarningCode, json};

use super::bases::{Bases, is_repository_root};
use super::rules::{Rule, RuleBook, index};
use super::taxonomies::Taxonomies;
use super::wire::{
    Artifact, ExternalReferences, Invocation, LogicalLocation, Notification, Override, SarifResult,
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
    /// Bases that are folders may stand behind the results.
    has_late_bases: bool,
    /// A result was read as if its base were the root of the repository.
    assumed_root: Option<String>,
    is_complete: bool,
    has_tool: bool,
    /// In lower case.
    pub tool: String,
    pub rules: RuleBook<'a>,
    artifacts: Option<Vec<Artifact<'a>>>,
    logical_locations: Option<Vec<LogicalLocation<'a>>>,
    taxonomies: Option<Taxonomies<'a>>,
    invocations: Option<Vec<Invocation<'a>>>,
    /// The invocations' levels by the rules' places, once a result needed them.
    overrides: Option<HashMap<(usize, usize), String>>,
    bases: Option<Bases<'a>>,
    external: Vec<String>,
}

impl<'a> Run<'a> {
    /// The run of this index, which begins at this byte, and of which nothing else is known yet but whether bases that
    /// are folders stand at the end of the file.
    pub fn new(index: u64, start: usize, has_late_bases: bool) -> Self {
        Self { index, start, has_late_bases, ..Self::default() }
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
            "taxonomies" => self.taxonomies = Some(reader.read::<List<Component<'a>>>()?.into()),
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
                self.invocations = Some(invocations);
            }
            "originalUriBaseIds" => self.bases = Some(Bases::read(reader)?),
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
        if !self.is_complete {
            self.meet(result, input)?;
        }
        if self.overrides.is_none() && present(&result.level).is_none() {
            self.settle_overrides();
        }
        Ok(())
    }

    fn meet(&mut self, result: &SarifResult<'a>, input: &Input<'a>) -> Result<(), ParseError> {
        let file = &result.location.file;
        let logical = result.location.logical.first();
        let rare = result.rare.as_deref();
        let needs_artifacts = self.artifacts.is_none() && file.uri.is_empty() && index(file.index).is_some();
        let needs_bases = self.bases.is_none()
            && present(&file.uri_base_id)
                .is_some_and(|base| self.has_late_bases || !is_repository_root(base));
        let needs_logical = self.logical_locations.is_none()
            && logical.is_some_and(|logical| present(&logical.fully_qualified_name).is_none());
        let names_taxa = self.rules.has_taxa() || rare.is_some_and(|rare| !rare.taxa.is_empty());
        let needs_taxonomies = self.taxonomies.is_none() && names_taxa;
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
        } else if self.assumed_root.is_none() && self.bases.is_none() {
            self.assumed_root = present(&file.uri_base_id).map(ToOwned::to_owned);
        }
        Ok(())
    }

    fn settle_overrides(&mut self) {
        let mut overrides = HashMap::new();
        for given in self.invocations.iter().flatten().flat_map(|invocation| &invocation.overrides) {
            let place = given.descriptor.as_ref().and_then(|descriptor| self.rules.place_of(descriptor));
            let level = given.configuration.as_ref().and_then(|configuration| present(&configuration.level));
            if let (Some(place), Some(level)) = (place, level) {
                overrides.entry(place).or_insert_with(|| level.to_owned());
            }
        }
        self.overrides = Some(overrides);
    }

    /// Reads this run once from its beginning, and nothing else: the whole stays linear however many runs there are.
    fn read_ahead(&mut self, input: &Input<'a>) -> Result<(), ParseError> {
        let mut ahead = Run::new(self.index, self.start, false);
        let text = input.text.get(self.start..).unwrap_or_default();
        let mut reader = json::Reader::new(&Input { text, ..*input });
        reader.object(|reader, key| ahead.field(reader, key)).map_err(|mut error| {
            error.offset = error.offset.map(|offset| offset + self.start as u64);
            error.path = format!("runs[{}].{}", self.index, error.path);
            error
        })?;
        ahead.is_complete = true;
        ahead.assumed_root = self.assumed_root.take();
        if !ahead.has_tool {
            ahead.take_tool(Tool::default());
        }
        *self = ahead;
        Ok(())
    }

    /// The file of an index.
    pub fn artifact(&self, at: usize) -> Option<&Artifact<'a>> {
        self.artifacts.as_ref()?.get(at)
    }

    /// See [`Bases::prefix`].
    pub fn prefix(&self, base: &str) -> String {
        self.bases.as_ref().map(|bases| bases.prefix(base)).unwrap_or_default()
    }

    /// The name of a function, class or resource.
    pub fn logical_name<'r>(&'r self, logical: &'r LogicalLocation<'_>) -> Option<&'r str> {
        let by_index = || self.logical_locations.as_ref()?.get(index(logical.index)?);
        present(&logical.fully_qualified_name)
            .or_else(|| present(&by_index()?.fully_qualified_name))
            .or_else(|| present(&logical.name))
    }

    /// The CWE numbers of the taxonomy entries that a result or its rule names.
    pub fn cwe_of(&self, result: &SarifResult<'_>, rule: Option<&Rule<'_>>) -> Vec<String> {
        let unknown = Taxonomies::default();
        let taxonomies = self.taxonomies.as_ref().unwrap_or(&unknown);
        let named = result.rare.iter().flat_map(|rare| &rare.taxa).take(32);
        let named = named.filter_map(|reference| taxonomies.cwe_of(reference));
        let related =
            rule.iter().flat_map(|rule| &rule.taxa).filter_map(|reference| taxonomies.cwe_of(reference));
        named.chain(related).collect()
    }

    /// The level that the invocation gave to this rule instead of the rule's own.
    pub fn override_of(&self, rule: &Rule<'_>) -> Option<&str> {
        self.overrides.as_ref()?.get(&rule.place).map(|level| &**level)
    }

    /// After the results: what the run says of itself and of its other files.
    pub fn report(&self, sink: &mut dyn Sink) -> Result<(), ParseError> {
        for root in self.bases.iter().flat_map(Bases::roots) {
            sink.source_root(&root)?;
        }
        if let Some(base) = &self.assumed_root
            && let folder = self.prefix(base)
            && !folder.is_empty()
        {
            let message = format!(
                "runs[{}] says behind its results that `{base}` is the folder `{folder}`: their paths were read without it",
                self.index
            );
            sink.warning(Warning::new(WarningCode::MissingPath, message));
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
