//! Where a result is if its locations do not say.
//!
//! That is rare, and flows are long: they are passed over, and looked at again only for such a result.

use plimsoll_format::{Input, json};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer};

use super::in_place::LocationInto;
use super::wire::{ArtifactLocation, Location};
use crate::lenient::{List, present};

/// The file of the result that stands in this part of the text: the last step of its first flow that names one (a flow
/// ends where the result shows), else the file that the tool was told to look at.
pub fn find<'a>(input: &Input<'a>, start: usize, end: usize) -> Option<Location<'a>> {
    let text = input.text.get(start..end)?.trim_start_matches([',', ' ', '\n', '\r', '\t']);
    let elsewhere: Elsewhere<'a> = json::Reader::new(&Input { text, ..*input }).read().ok()?;
    let Elsewhere { analysis_target, code_flows } = elsewhere;
    let threads = code_flows.0.into_iter().flat_map(|flow| flow.thread_flows.0);
    let mut steps = threads.filter_map(|thread| {
        let steps = thread.locations.0.into_iter().rev();
        steps.filter_map(|step| Some(step.location?.0)).find(Location::has_file)
    });
    steps.next().or_else(|| {
        let file = analysis_target.filter(|file| present(&file.uri).is_some() || file.index.0.is_some())?;
        Some(Location { file, ..Location::default() })
    })
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Elsewhere<'a> {
    #[serde(borrow)]
    analysis_target: Option<ArtifactLocation<'a>>,
    code_flows: List<CodeFlow<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct CodeFlow<'a> {
    #[serde(borrow)]
    thread_flows: List<ThreadFlow<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ThreadFlow<'a> {
    #[serde(borrow)]
    locations: List<Step<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Step<'a> {
    #[serde(borrow)]
    location: Option<StepLocation<'a>>,
}

/// The location of a step, by itself.
#[derive(Debug)]
struct StepLocation<'a>(Location<'a>);

impl<'de: 'a, 'a> Deserialize<'de> for StepLocation<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut location = Location::default();
        LocationInto(&mut location).deserialize(deserializer)?;
        Ok(StepLocation(location))
    }
}
