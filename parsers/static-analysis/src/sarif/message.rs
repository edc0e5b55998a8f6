//! From SARIF's messages to plain text.

use std::borrow::Cow;

use plimsoll_format::json::Text;

use super::rules::{Rule, RuleBook};
use super::wire::SarifResult;
use crate::lenient::present;

/// The text that a result is shown with: its own, or the one of its rule that it names, or the rule's name.
pub fn message<'r, 'a>(
    result: &'r SarifResult<'_>,
    rule: Option<&'r Rule<'a>>,
    rules: &'r RuleBook<'a>,
) -> Cow<'r, str> {
    let rare = result.rare.as_deref();
    let formatted = rare.and_then(|rare| rare.formatted_rule_message.as_ref());
    let by_id = || {
        let ids = [
            Some(&result.message.id),
            formatted.map(|message| &message.id),
            rare.map(|rare| &rare.rule_message_id),
        ];
        let id = ids.into_iter().flatten().find_map(present)?;
        rules.message(id, rule, result)
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

/// Texts beyond this are shown as they are: what is done for each result must not cost more than the result.
const MAX: usize = 16 << 10;

/// Puts the arguments in the places of `{0}`, `{1}`, …
fn filled<'t>(text: &'t str, arguments: &[Text<'_>]) -> Cow<'t, str> {
    if arguments.is_empty() || text.len() > MAX || !text.contains('{') {
        return Cow::Borrowed(text);
    }
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(['{', '}']) {
        if filled.len() > MAX {
            break;
        }
        filled.push_str(before);
        let brace = rest.as_bytes().get(before.len()).copied().map_or('{', char::from);
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        let argument = after.split_at_checked(digits).filter(|_| brace == '{').and_then(|(number, after)| {
            let index: usize = number.parse().ok()?;
            Some((arguments.get(index)?, after.strip_prefix('}')?))
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
    if text.len() > MAX || memchr::memchr(b']', text.as_bytes()).is_none() {
        return text;
    }
    let mut plain = String::new();
    // Up to where the text was copied, and where the last bracket was opened since.
    let mut copied = 0;
    let mut opened = None;
    for at in memchr::memchr2_iter(b'[', b']', text.as_bytes()) {
        if text.as_bytes().get(at) == Some(&b'[') {
            opened = Some(at);
            continue;
        }
        let Some(start) = opened.take() else { continue };
        let target = text.get(at + 1..).and_then(|after| after.strip_prefix('(')).unwrap_or_default();
        let digits = target.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 && target.as_bytes().get(digits) == Some(&b')') {
            plain.push_str(text.get(copied..start).unwrap_or_default());
            plain.push_str(text.get(start + 1..at).unwrap_or_default());
            copied = at + digits + 3;
        }
    }
    if copied == 0 {
        return text;
    }
    plain.push_str(text.get(copied..).unwrap_or_default());
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
