//! The words of SARIF for the tool and its rules.

use std::fmt;
use std::marker::PhantomData;

use plimsoll_format::json::Text;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

use super::wire::{Message, Properties, RuleReference};
use crate::lenient::{List, present, push};

/// The tool, with its extensions.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Tool<'a> {
    #[serde(borrow)]
    pub driver: Option<Component<'a>>,
    pub extensions: List<Component<'a>>,
    /// 1.0.0 and 2.0.0.
    pub name: Text<'a>,
}

/// A part of a tool, or a taxonomy.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Component<'a> {
    #[serde(borrow)]
    pub name: Text<'a>,
    pub guid: Text<'a>,
    pub rules: Rules<'a>,
    pub taxa: List<Taxon<'a>>,
    /// Messages that belong to no rule alone.
    pub global_message_strings: MessageStrings<'a>,
}

/// An entry of a taxonomy.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Taxon<'a> {
    #[serde(borrow)]
    pub id: Text<'a>,
    pub guid: Text<'a>,
}

/// Rules by index; in 1.0.0 and 2.0.0 a map by key.
#[derive(Debug, Default)]
pub struct Rules<'a>(pub Vec<Rule<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for Rules<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RulesVisitor).map(Rules)
    }
}

struct RulesVisitor;

impl<'de> Visitor<'de> for RulesVisitor {
    type Value = Vec<Rule<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list or a map of rules")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut rules = Vec::new();
        while let Some(rule) = seq.next_element::<Option<Rule<'de>>>()? {
            // A place without a rule keeps its index.
            push(&mut rules, rule.unwrap_or_default())?;
        }
        Ok(rules)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut rules = Vec::new();
        while let Some((key, rule)) = map.next_entry::<Text<'de>, Option<Rule<'de>>>()? {
            push(&mut rules, Rule { key, ..rule.unwrap_or_default() })?;
        }
        Ok(rules)
    }
}

/// A rule, as the tool describes it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Rule<'a> {
    /// 1.0.0 and 2.0.0: the key in the map.
    #[serde(skip)]
    pub key: Text<'a>,
    #[serde(borrow)]
    pub id: Text<'a>,
    pub guid: Text<'a>,
    pub name: Message<'a>,
    pub short_description: Message<'a>,
    pub help_uri: Text<'a>,
    #[serde(alias = "configuration")]
    pub default_configuration: Option<Configuration<'a>>,
    /// 1.0.0.
    pub default_level: Text<'a>,
    #[serde(alias = "messageFormats")]
    pub message_strings: MessageStrings<'a>,
    pub properties: Option<Properties<'a>>,
    pub relationships: List<Relationship<'a>>,
    pub deprecated_ids: List<Text<'a>>,
}

/// How a rule is set. In 1.0.0 a bare word that says whether it is.
#[derive(Debug, Default)]
pub struct Configuration<'a> {
    pub level: Text<'a>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Configuration<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize, Default)]
        #[serde(default)]
        struct Fields<'a> {
            #[serde(borrow, alias = "defaultLevel")]
            level: Text<'a>,
        }

        let fields = deserializer.deserialize_any(ObjectOnly(PhantomData::<Fields<'a>>))?;
        Ok(Self { level: fields.level })
    }
}

/// A link from a rule to an entry of a taxonomy.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Relationship<'a> {
    #[serde(borrow)]
    pub target: Option<RuleReference<'a>>,
    pub kinds: List<Text<'a>>,
}

impl Relationship<'_> {
    /// Whether a result of the rule falls into the entry. By the standard the kinds `equal` and `superset` say so; what
    /// is only `relevant`, which a missing kind stands for, is what most tools write for the weakness itself. The other
    /// kinds say that it need not, or that it is another weakness that comes before or after this one.
    pub fn is_of_all_results(&self) -> bool {
        const OTHERS: [&str; 7] =
            ["subset", "disjoint", "incomparable", "canFollow", "canPrecede", "willFollow", "willPrecede"];
        self.kinds.0.is_empty() || self.kinds.0.iter().any(|kind| !OTHERS.contains(&&**kind))
    }
}

/// Messages by identifier.
#[derive(Debug, Default)]
pub struct MessageStrings<'a>(pub Vec<(Text<'a>, Message<'a>)>);

impl MessageStrings<'_> {
    /// The text of the message of this identifier.
    pub fn get(&self, id: &str) -> Option<&str> {
        self.0.iter().find(|(found, _)| &**found == id).and_then(|(_, message)| present(&message.text))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for MessageStrings<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct StringsVisitor;

        impl<'de> Visitor<'de> for StringsVisitor {
            type Value = Vec<(Text<'de>, Message<'de>)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of messages")
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Vec::new())
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut strings = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    push(&mut strings, entry)?;
                }
                Ok(strings)
            }
        }

        deserializer.deserialize_any(StringsVisitor).map(MessageStrings)
    }
}

/// An object; a bare word in its place, as 1.0.0 has it, is passed over.
struct ObjectOnly<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de> + Default> Visitor<'de> for ObjectOnly<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(T::default())
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(T::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(serde::de::value::MapAccessDeserializer::new(map))
    }
}
