//! The classifications that a run's results fall into: of all of them, the Common Weakness Enumeration is read.

use super::rules::{cwe_of_taxon, index, is_cwe};
use super::wire::{ComponentReference, RuleReference};
use super::wire_tool::Component;
use crate::lenient::{List, present};

/// The taxonomies of a run.
#[derive(Debug, Default)]
pub struct Taxonomies<'a>(Vec<Component<'a>>);

impl<'a> From<List<Component<'a>>> for Taxonomies<'a> {
    fn from(list: List<Component<'a>>) -> Self {
        Self(list.0)
    }
}

impl<'a> Taxonomies<'a> {
    /// The CWE number of the entry that a reference is about; `None` for entries of other taxonomies.
    pub fn cwe_of(&self, reference: &RuleReference<'_>) -> Option<String> {
        let component = reference.tool_component.as_ref()?;
        let taxonomy = self.find(component);
        let name = present(&component.name).or_else(|| present(&taxonomy?.name))?;
        if !is_cwe(name) {
            return None;
        }
        let by_index = || taxonomy?.taxa.0.get(index(reference.index)?);
        let by_guid = || {
            let guid = present(&reference.guid)?;
            taxonomy?.taxa.0.iter().find(|taxon| taxon.guid.eq_ignore_ascii_case(guid))
        };
        let id = present(&reference.id).or_else(|| present(&by_index().or_else(by_guid)?.id))?;
        cwe_of_taxon(id)
    }

    /// By GUID, which is unique; else by index, which counts the run's taxonomies here; else by name.
    fn find(&self, component: &ComponentReference<'_>) -> Option<&Component<'a>> {
        let by_guid = present(&component.guid)
            .and_then(|guid| self.0.iter().find(|taxonomy| taxonomy.guid.eq_ignore_ascii_case(guid)));
        let by_index = || self.0.get(index(component.index)?);
        let by_name = || {
            let name = present(&component.name)?;
            self.0.iter().find(|taxonomy| *taxonomy.name == *name)
        };
        by_guid.or_else(by_index).or_else(by_name)
    }
}
