//! Changes: a shape, a sign and a colour. Direction says what moved, colour whether it is good.

use leptos::prelude::*;
use plimsoll_api::Tone;

use crate::components::badge::tone_class;
use crate::format::{self, Direction};

/// Which direction is the good one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// Coverage.
    More,
    /// Failing tests, findings.
    Less,
    /// Number of tests.
    Neither,
}

/// Whether a movement is good.
pub fn tone_of(direction: Direction, better: Better) -> Tone {
    match (direction, better) {
        (Direction::Flat, _) | (_, Better::Neither) => Tone::Neutral,
        (Direction::Up, Better::More) | (Direction::Down, Better::Less) => Tone::Good,
        _ => Tone::Bad,
    }
}

fn draw(direction: Direction, amount: String, unit: &str, better: Better) -> AnyView {
    let label = match direction {
        Direction::Flat => "unchanged".to_owned(),
        _ => format!("{} {amount}{unit}", direction.words()),
    };
    let title = format!("{label} against the baseline");
    view! {
        <span class=format!("change {}", tone_class(tone_of(direction, better))) title=title>
            <span aria-hidden="true">{direction.mark()} {(!amount.is_empty()).then(|| format!("\u{202f}{amount}"))}</span>
            <span class="sr">{label}</span>
        </span>
    }
    .into_any()
}

/// How coverage moved; nothing where it could not be compared.
pub fn coverage(centipoints: Option<i64>) -> Option<AnyView> {
    let (direction, amount) = format::coverage_change(centipoints?);
    Some(draw(direction, amount, " points", Better::More))
}

/// How findings moved, from those that came and those that went: both numbers, because 3 new and 3 fixed is not "=".
pub fn findings(new: Option<u64>, fixed: Option<u64>) -> Option<AnyView> {
    let (new, fixed) = (new?, fixed?);
    if new == 0 && fixed == 0 {
        return Some(draw(Direction::Flat, String::new(), "", Better::Less));
    }
    let new = (new > 0).then(|| draw(Direction::Up, format::count(new), " new", Better::Less));
    let fixed = (fixed > 0).then(|| draw(Direction::Down, format::count(fixed), " fixed", Better::Less));
    Some(view! { {new} " " {fixed} }.into_any())
}

/// How a count moved.
pub fn count(before: u64, after: u64, better: Better) -> AnyView {
    let (direction, amount) = format::count_change(before, after);
    draw(direction, amount, "", better)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_says_whether_it_is_good() {
        for (direction, better, tone) in [
            (Direction::Up, Better::More, Tone::Good),
            (Direction::Down, Better::More, Tone::Bad),
            (Direction::Up, Better::Less, Tone::Bad),
            (Direction::Down, Better::Less, Tone::Good),
            (Direction::Up, Better::Neither, Tone::Neutral),
            (Direction::Flat, Better::Less, Tone::Neutral),
        ] {
            assert_eq!(tone_of(direction, better), tone, "{direction:?} {better:?}");
        }
    }
}
