//! Reading the parts of a result into the result itself.
//!
//! serde builds a value and moves it into the one around it. For a place inside a region inside a location inside a
//! result that is four moves of a few hundred bytes for each of many results, a fifth of the time. Here each part is
//! filled where it stays.

use std::borrow::Cow;
use std::fmt;

use plimsoll_format::json::{Number, Text};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::wire::{ArtifactLocation, Location, Message, Region};
use crate::lenient::{List, drain_map, drain_seq, present};

/// Implements the seed and what a visitor does with values of another shape: they count as absent.
macro_rules! seed {
    ($name:ident, $what:literal, { $($method:item)* }) => {
        impl<'de> DeserializeSeed<'de> for $name<'_, 'de> {
            type Value = ();

            #[inline]
            fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
                deserializer.deserialize_any(self)
            }
        }

        impl<'de> Visitor<'de> for $name<'_, 'de> {
            type Value = ();

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($what)
            }

            fn visit_unit<E>(self) -> Result<(), E> {
                Ok(())
            }

            $($method)*
        }
    };
}

/// The first of a result's locations that has a file, or else the first.
pub struct LocationsInto<'l, 'a>(pub &'l mut Location<'a>);

seed!(LocationsInto, "a list of locations", {
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        drain_map(map)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        if seq.next_element_seed(LocationInto(self.0))?.is_none() {
            return Ok(());
        }
        while !self.0.has_file() {
            let mut other = Location::default();
            if seq.next_element_seed(LocationInto(&mut other))?.is_none() {
                return Ok(());
            }
            if other.has_file() {
                *self.0 = other;
            }
        }
        drain_seq(seq)
    }
});

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum LocationKey {
    #[serde(alias = "physical_location")]
    PhysicalLocation,
    ResultFile,
    AnalysisTarget,
    LogicalLocations,
    FullyQualifiedLogicalName,
    #[serde(other)]
    Other,
}

/// One location.
pub struct LocationInto<'l, 'a>(pub &'l mut Location<'a>);

seed!(LocationInto, "a location", {
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let location = self.0;
        while let Some(key) = map.next_key::<LocationKey>()? {
            match key {
                LocationKey::PhysicalLocation => map.next_value_seed(PlaceInto(location))?,
                // 1.0.0: the file that the result is in goes before the one that the tool was told to look at.
                LocationKey::ResultFile => {
                    location.is_old = true;
                    location.file = ArtifactLocation::default();
                    location.region = Region::default();
                    map.next_value_seed(PlaceInto(location))?;
                }
                LocationKey::AnalysisTarget if !location.has_file() => {
                    location.is_old = true;
                    map.next_value_seed(PlaceInto(location))?;
                }
                LocationKey::LogicalLocations => location.logical = map.next_value::<List<_>>()?.0,
                LocationKey::FullyQualifiedLogicalName => location.logical_name = map.next_value()?,
                LocationKey::AnalysisTarget | LocationKey::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
});

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum PlaceKey {
    #[serde(alias = "fileLocation")]
    ArtifactLocation,
    Uri,
    UriBaseId,
    Region,
    #[serde(other)]
    Other,
}

struct PlaceInto<'l, 'a>(&'l mut Location<'a>);

seed!(PlaceInto, "a place", {
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Location { file, region, .. } = self.0;
        while let Some(key) = map.next_key::<PlaceKey>()? {
            match key {
                PlaceKey::ArtifactLocation => map.next_value_seed(FileInto(file))?,
                // 1.0.0: without an object around it.
                PlaceKey::Uri => file.uri = map.next_value()?,
                PlaceKey::UriBaseId => file.uri_base_id = map.next_value()?,
                PlaceKey::Region => map.next_value_seed(RegionInto(region))?,
                PlaceKey::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
});

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum FileKey {
    Uri,
    UriBaseId,
    Index,
    #[serde(other)]
    Other,
}

struct FileInto<'l, 'a>(&'l mut ArtifactLocation<'a>);

seed!(FileInto, "a file", {
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<FileKey>()? {
            match key {
                FileKey::Uri => self.0.uri = map.next_value()?,
                FileKey::UriBaseId => self.0.uri_base_id = map.next_value()?,
                FileKey::Index => self.0.index = map.next_value()?,
                FileKey::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
});

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum RegionKey {
    StartLine,
    StartColumn,
    EndLine,
    Snippet,
    #[serde(other)]
    Other,
}

struct RegionInto<'l, 'a>(&'l mut Region<'a>);

seed!(RegionInto, "a region", {
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<RegionKey>()? {
            match key {
                RegionKey::StartLine => self.0.start_line = map.next_value::<Number>()?,
                RegionKey::StartColumn => self.0.start_column = map.next_value()?,
                RegionKey::EndLine => self.0.end_line = map.next_value()?,
                RegionKey::Snippet => map.next_value_seed(SnippetInto(&mut self.0.snippet))?,
                RegionKey::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
});

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum MessageKey {
    Text,
    #[serde(alias = "messageId", alias = "formatId")]
    Id,
    Arguments,
    Markdown,
    #[serde(other)]
    Other,
}

/// A message: an object, or in 1.0.0 a bare text.
pub struct MessageInto<'l, 'a>(pub &'l mut Message<'a>);

seed!(MessageInto, "a text or a message", {
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<(), E> {
        self.0.text = Text(Cow::Borrowed(text));
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.0.text = Text(Cow::Owned(text.to_owned()));
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<MessageKey>()? {
            match key {
                MessageKey::Text => self.0.text = map.next_value()?,
                MessageKey::Id => self.0.id = map.next_value()?,
                MessageKey::Arguments => self.0.arguments = map.next_value::<List<_>>()?.0,
                // Only where there is no plain text, which the standard does not allow, but some tools do.
                MessageKey::Markdown if present(&self.0.text).is_none() => self.0.text = map.next_value()?,
                MessageKey::Markdown | MessageKey::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
});

struct SnippetInto<'l, 'a>(&'l mut Text<'a>);

seed!(SnippetInto, "a text or a snippet", {
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<(), E> {
        *self.0 = Text(Cow::Borrowed(text));
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        *self.0 = Text(Cow::Owned(text.to_owned()));
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<MessageKey>()? {
            match key {
                MessageKey::Text => *self.0 = map.next_value()?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
});
