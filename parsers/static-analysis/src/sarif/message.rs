//! From SARIF's messages to plain text.

use std::borrow::Cow;

use plimsoll_format::json::Text;

use super::rules::Rule;
use super::wire::SarifResult;
use crate::lenient::present;

/// The text that a result is shown with: its own, or the one of its rule that it names, or the rule's name.
pub fn message<'r>(result: &'r SarifResult<'_>, rule: Option<&'r Rule<'_>>) -> Cow<'r, str> {
    let rare = result.rare.as_deref();
    let formatted = rare.and_then(|rare| rare.formatted_rule_message.as_ref());
    let by_id = || {
        let ids = [
            Some(&result.message.id),
            formatted.map(|message| &message.id),
            rare.map(|rare| &rare.rule_message_id),
        ];
        let id = ids.into_iter().flatten().find_map(present)?;
        rule?.message(id)
    };
    let arguments = match formatted {
        Some(formatted) if result.message.arguments.is_empty() => &formatted.arguments,
        _ => &result.message.arguments,
    };
    match present(&result.message.text).or_else(by_id) {
        Some(text) => without_links(filled(text, arguments)),
        None => Cow::Borrowed(rule.and_then(|rule| rule.name.as_deref()).unwrap_or("no message")),
    }
}

/// Puts the arguments in the places of `{0}`, `{1}`, …
fn filled<'t>(text: &'t str, arguments: &[Text<'_>]) -> Cow<'t, str> {
    if arguments.is_empty() || !text.contains('{') {
        return Cow::Borrowed(text);
    }
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(['{', '}']) {
        filled.push_str(before);
        let brace = rest.as_bytes().get(before.len()).copied().map_or('{', char::from);
        let argument = after.split_once('}').filter(|_| brace == '{').and_then(|(number, after)| {
            let index: usize = number.parse().ok()?;
            Some((arguments.get(index)?, after))
        });
        rest = match argument {
            Some((argument, after)) => {
                filled.push_str(argument);
                after
            }
            // `{{` and `}}` stand for one brace.
            None => {
                filled.push(brace);
                after.strip_prefix(brace).unwrap_or(after)
            }
        };
    }
    filled.push_str(rest);
    Cow::Owned(filled)
}

/// `[words](1)` refers to a related location, which a plain text cannot follow: the words stay.
fn without_links(text: Cow<'_, str>) -> Cow<'_, str> {
    if memchr::memchr(b']', text.as_bytes()).is_none() {
        return text;
    }
    let mut plain = String::new();
    let mut rest = &*text;
    let mut kept = 0;
    while let Some((words, target_and_after)) = rest.get(kept..).and_then(|text| text.split_once(']')) {
        let end = kept + words.len();
        let link = target_and_after.strip_prefix('(').and_then(|target| {
            let digits = target.bytes().take_while(u8::is_ascii_digit).count();
            let after = target.get(digits..)?.strip_prefix(')').filter(|_| digits > 0)?;
            let (outside, words) = rest.get(..end)?.rsplit_once('[')?;
            Some((outside, words, after))
        });
        match link {
            Some((outside, words, after)) => {
                plain.push_str(outside);
                plain.push_str(words);
                rest = after;
                kept = 0;
            }
            None => kept = end + 1,
        }
    }
    if rest.len() == text.len() {
        return text;
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::{filled, without_links};

    #[test]
    fn fills_in_arguments() {
        let arguments = ["x".into(), "y".into()].map(plimsoll_format::json::Text);
        assert_eq!(filled("{1} and {0}, {2}, {{0}}", &arguments), "y and x, {2}, {0}");
        assert_eq!(filled("{0", &arguments), "{0");
        assert_eq!(filled("{0}", &[]), "{0}");
    }

    #[test]
    fn keeps_the_words_of_links() {
        assert_eq!(without_links("a [user value](1) and [b](2).".into()), "a user value and b.");
        assert_eq!(without_links("see [docs](https://x.y)".into()), "see [docs](https://x.y)");
        assert_eq!(without_links("x](1) [y](".into()), "x](1) [y](");
    }
}
