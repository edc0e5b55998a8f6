//! A treemap: the area is a size, the shade and the number a score. A table with the same rows always stands beside it.

use leptos::prelude::*;

use crate::components::table::order;
use crate::format::fixed;
use crate::text;

/// A rectangle of the map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
    /// Never negative.
    pub width: f64,
    /// Never negative.
    pub height: f64,
}

impl Rect {
    fn short_side(&self) -> f64 {
        self.width.min(self.height)
    }
}

/// Divides a rectangle into areas in proportion to `sizes` (which should fall), as square as can be:
/// Bruls, Huizing and van Wijk, "Squarified Treemaps", 2000. Sizes that are not positive get no area.
pub fn squarify(sizes: &[f64], whole: Rect) -> Vec<Rect> {
    let positive = |size: f64| if size.is_finite() && size > 0.0 { size } else { 0.0 };
    let total: f64 = sizes.iter().copied().map(positive).sum();
    let nothing = Rect { x: whole.x, y: whole.y, width: 0.0, height: 0.0 };
    if total <= 0.0 {
        return vec![nothing; sizes.len()];
    }
    let scale = whole.width * whole.height / total;
    let areas: Vec<f64> = sizes.iter().map(|size| positive(*size) * scale).collect();
    let mut out = Vec::with_capacity(areas.len());
    let mut free = whole;
    let mut row: Vec<f64> = vec![];
    for area in areas {
        if area <= 0.0 {
            row.push(0.0);
            continue;
        }
        let mut longer = row.clone();
        longer.push(area);
        if row.is_empty() || worst(&longer, free.short_side()) <= worst(&row, free.short_side()) {
            row = longer;
        } else {
            free = place(&row, free, &mut out);
            row = vec![area];
        }
    }
    place(&row, free, &mut out);
    out
}

/// The most elongated rectangle of a row along a side: the aspect ratio, 1 at best.
fn worst(row: &[f64], side: f64) -> f64 {
    let sum: f64 = row.iter().sum();
    let least = row.iter().copied().filter(|area| *area > 0.0).fold(f64::INFINITY, f64::min);
    let most = row.iter().copied().fold(0.0, f64::max);
    if sum <= 0.0 || side <= 0.0 {
        return f64::INFINITY;
    }
    (side * side * most / (sum * sum)).max(sum * sum / (side * side * least))
}

fn place(row: &[f64], free: Rect, out: &mut Vec<Rect>) -> Rect {
    let sum: f64 = row.iter().sum();
    let is_wide = free.width >= free.height;
    let side = free.short_side();
    let thickness = if side > 0.0 { sum / side } else { 0.0 };
    let mut along = 0.0;
    for area in row {
        let length = if thickness > 0.0 { area / thickness } else { 0.0 };
        out.push(if is_wide {
            Rect { x: free.x, y: free.y + along, width: thickness, height: length }
        } else {
            Rect { x: free.x + along, y: free.y, width: length, height: thickness }
        });
        along += length;
    }
    if is_wide {
        Rect { x: free.x + thickness, width: (free.width - thickness).max(0.0), ..free }
    } else {
        Rect { y: free.y + thickness, height: (free.height - thickness).max(0.0), ..free }
    }
}

/// One area of the map.
#[derive(Debug, Clone, PartialEq)]
pub struct Area {
    /// Its size.
    pub size: f64,
    /// 0 to 1: how dark it is.
    pub score: f64,
    /// What stands in it where there is room.
    pub name: String,
    /// The score as it is written below the name.
    pub value: String,
    /// What it says in full.
    pub title: String,
    /// Where it leads.
    pub href: String,
}

/// The step of the scale that a score has: 0 to 4.
pub fn shade(score: f64) -> u8 {
    match score {
        score if score >= 0.6 => 4,
        score if score >= 0.4 => 3,
        score if score >= 0.25 => 2,
        score if score >= 0.1 => 1,
        _ => 0,
    }
}

/// What shades of a treemap say: a choice that stands in the address.
pub struct Measure<T> {
    /// Its value in the address; the first of a list is the one that holds where the address says nothing.
    pub key: &'static str,
    /// Its name.
    pub name: &'static str,
    /// 0 to 1, and as it is written; nothing where it is not known.
    pub of: fn(&T) -> Option<(f64, String)>,
}

/// The one that the address names, else the first.
pub fn chosen<'a, T>(measures: &'a [Measure<T>], key: &str) -> Option<&'a Measure<T>> {
    measures.iter().find(|measure| measure.key == key).or_else(|| measures.first())
}

/// A treemap, the largest area first. `label` says what area and shade are.
pub fn treemap(areas: &[Area], is_narrow: bool, label: String) -> AnyView {
    let (width, height) = if is_narrow { (358.0, 260.0) } else { (1152.0, 300.0) };
    let largest_first = order(areas.iter().map(|area| area.size), true);
    let areas: Vec<&Area> = largest_first.into_iter().filter_map(|at| areas.get(at)).collect();
    let sizes: Vec<f64> = areas.iter().map(|area| area.size).collect();
    let places = squarify(&sizes, Rect { x: 0.0, y: 0.0, width, height });
    let cells = areas
        .into_iter()
        .zip(places)
        .filter(|(_, place)| place.width >= 1.0 && place.height >= 1.0)
        .map(|(area, place)| {
            // The narrow text of 11 pixels is about 6.2 pixels a character.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few hundred pixels")]
            let room = ((place.width - 10.0) / 6.2).max(0.0) as usize;
            let label = (place.height >= 18.0 && room >= 4).then(|| {
                let name = text::shorten(&area.name, room.saturating_sub(1)).into_owned();
                view! { <text x=fixed(place.x + 6.0, 1) y=fixed(place.y + 15.0, 1)>{name}</text> }
            });
            let number = (place.height >= 34.0 && room >= 4).then(|| {
                let score = area.value.clone();
                view! { <text class="score" x=fixed(place.x + 6.0, 1) y=fixed(place.y + 30.0, 1)>{score}</text> }
            });
            let cell = view! {
                <g class=format!("area h{}", shade(area.score))>
                    <title>{area.title.clone()}</title>
                    <rect x=fixed(place.x + 0.5, 1) y=fixed(place.y + 0.5, 1)
                        width=fixed((place.width - 1.0).max(0.5), 1) height=fixed((place.height - 1.0).max(0.5), 1) />
                    {label}
                    {number}
                </g>
            };
            crate::link::in_picture(area.href.clone(), cell)
        })
        .collect_view();
    view! { <svg class="treemap" viewBox=format!("0 0 {} {}", fixed(width, 0), fixed(height, 0)) aria-hidden="true">{cells}</svg> <p class="sr">{label} " The table has the same in words."</p> }
        .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: Rect = Rect { x: 0.0, y: 0.0, width: 600.0, height: 400.0 };

    #[test]
    fn the_example_of_the_paper_comes_out() {
        let places =
            squarify(&[6.0, 6.0, 4.0, 3.0, 2.0, 2.0, 1.0], Rect { width: 6.0, height: 4.0, ..WHOLE });
        let first = places[0];
        assert_eq!((first.width, first.height), (3.0, 2.0));
        assert_eq!(places.len(), 7);
    }

    #[test]
    fn areas_are_in_proportion_and_do_not_overlap() {
        let sizes = [100.0, 80.0, 80.0, 40.0, 13.0, 7.0, 1.0, 0.5];
        let places = squarify(&sizes, WHOLE);
        let total: f64 = sizes.iter().sum();
        for (size, place) in sizes.iter().zip(&places) {
            let expected = size / total * 240_000.0;
            assert!((place.width * place.height - expected).abs() < 1e-6, "{size}: {place:?}");
            assert!(place.x >= -1e-9 && place.x + place.width <= 600.0 + 1e-6, "{place:?}");
            assert!(place.y >= -1e-9 && place.y + place.height <= 400.0 + 1e-6, "{place:?}");
        }
        for (at, left) in places.iter().enumerate() {
            for right in places.iter().skip(at + 1) {
                let overlap_x = (left.x + left.width).min(right.x + right.width) - left.x.max(right.x);
                let overlap_y = (left.y + left.height).min(right.y + right.height) - left.y.max(right.y);
                assert!(overlap_x <= 1e-6 || overlap_y <= 1e-6, "{left:?} {right:?}");
            }
        }
    }

    #[test]
    fn odd_sizes_have_no_area() {
        assert_eq!(squarify(&[], WHOLE), []);
        for sizes in [vec![0.0], vec![0.0, f64::NAN, -3.0]] {
            let places = squarify(&sizes, WHOLE);
            assert_eq!(places.len(), sizes.len());
            assert!(places.iter().all(|place| place.width * place.height == 0.0), "{places:?}");
        }
        let places = squarify(&[5.0, 0.0, f64::NAN, 5.0], WHOLE);
        assert_eq!(places.len(), 4);
        assert!(places.iter().all(|place| place.width.is_finite() && place.height.is_finite()), "{places:?}");
    }

    #[test]
    fn shades_grow_with_the_score() {
        let shades: Vec<u8> = [0.0, 0.1, 0.3, 0.5, 0.9].into_iter().map(shade).collect();
        assert_eq!(shades, [0, 1, 2, 3, 4]);
        assert_eq!(shade(f64::NAN), 0);
    }
}
