//! What all charts share: the canvas, the axes, the labels at the line ends, and the way from colours to classes.

use std::fmt::Write;

use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;

use super::{Chart, Ink, Unit};

/// Plotters knows whole pixels only: drawing at twice the size keeps slopes smooth.
const SCALE: u32 = 2;
/// A label at the end of a line needs this much height.
const LABEL_HEIGHT: i32 = 15 * SCALE as i32;

pub type Plot<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

const INKS: [(Ink, u8, &str); 10] = [
    (Ink::First, 0x11, "i1"),
    (Ink::Second, 0x12, "i2"),
    (Ink::Third, 0x13, "i3"),
    (Ink::Bad, 0x14, "ibad"),
    (Ink::Critical, 0x15, "ic"),
    (Ink::High, 0x16, "ih"),
    (Ink::Medium, 0x17, "im"),
    (Ink::Low, 0x18, "il"),
    (Ink::Grid, 0x19, "igrid"),
    (Ink::Text, 0x1a, "itext"),
];

/// The colour that stands for an ink until it becomes a class.
pub fn colour(ink: Ink) -> RGBColor {
    let blue = INKS.iter().find(|(known, _, _)| *known == ink).map_or(0x1a, |(_, blue, _)| *blue);
    RGBColor(0, 0, blue)
}

/// Draws axes, then what `draw` draws, then the labels of the series' ends.
pub fn paint(
    chart: &Chart,
    (low, high): (f64, f64),
    ends: Vec<(Ink, String, f64)>,
    draw: impl FnOnce(&mut Plot<'_, '_>) -> Option<()>,
) -> Option<String> {
    let (width, height) = if chart.is_narrow { (358, 190) } else { (560, 200) };
    let size = (width * SCALE, height * SCALE);
    let mut svg = String::new();
    let mut hits = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        let last = chart.points.len().saturating_sub(1);
        #[expect(clippy::cast_precision_loss, reason = "a number of runs")]
        let right = (last as f64).max(1.0);
        let longest = ends.iter().map(|(_, text, _)| text.chars().count()).max().unwrap_or(0);
        let mut plot = ChartBuilder::on(&root)
            .margin_top(10 * SCALE)
            .margin_left(2 * SCALE)
            .margin_right((longest as u32 * 7 + 12) * SCALE)
            .x_label_area_size(22 * SCALE)
            .y_label_area_size(44 * SCALE)
            .build_cartesian_2d(0.0..right, low..high)
            .ok()?;
        let text = (FontFamily::SansSerif, 14 * SCALE).into_font().color(&colour(Ink::Text));
        let labels = if chart.is_narrow { 4 } else { 7 };
        plot.configure_mesh()
            .disable_x_mesh()
            .axis_style(TRANSPARENT)
            .y_labels(4)
            .x_labels(labels.min(chart.points.len()).max(1))
            .bold_line_style(colour(Ink::Grid).stroke_width(SCALE))
            .light_line_style(TRANSPARENT)
            .label_style(text)
            .x_label_formatter(&|at| label_at(chart, *at))
            .y_label_formatter(&|value| axis_value(chart.unit, *value))
            .draw()
            .ok()?;
        draw(&mut plot)?;
        let area = plot.plotting_area();
        let mut placed: Vec<(i32, Ink, String)> = ends
            .into_iter()
            .map(|(ink, text, value)| (area.map_coordinate(&(right, value)).1, ink, text))
            .collect();
        let (_, bottom) = area.map_coordinate(&(0.0, low));
        spread(&mut placed, bottom);
        let x = area.map_coordinate(&(right, low)).0 + 8 * SCALE as i32;
        for (y, ink, text) in placed {
            let style = (FontFamily::SansSerif, 14 * SCALE).into_font().color(&colour(ink));
            root.draw_text(&text, &style, (x, y - 7 * SCALE as i32)).ok()?;
        }
        write_hits(&mut hits, chart, |at| {
            let (x, top) = area.map_coordinate(&(at, high));
            (x, top, bottom)
        })?;
        root.present().ok()?;
    }
    if !svg.trim_end().ends_with("</svg>") {
        svg.push_str("</svg>");
    }
    dress(&svg, chart, size, &hits)
}

/// Moves labels apart that would cover each other, from the top down, and back up from the bottom.
fn spread(labels: &mut [(i32, Ink, String)], bottom: i32) {
    labels.sort_by_key(|(y, _, _)| *y);
    let mut floor = i32::MIN / 2;
    for (y, _, _) in labels.iter_mut() {
        *y = (*y).max(floor + LABEL_HEIGHT);
        floor = *y;
    }
    let mut ceiling = bottom + LABEL_HEIGHT;
    for (y, _, _) in labels.iter_mut().rev() {
        *y = (*y).min(ceiling - LABEL_HEIGHT);
        ceiling = *y;
    }
}

fn label_at(chart: &Chart, at: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index, clamped")]
    let index = at.round().max(0.0) as usize;
    if (at - at.round()).abs() > 1e-6 {
        return String::new();
    }
    chart.points.get(index).map(|point| point.label.clone()).unwrap_or_default()
}

fn axis_value(unit: Unit, value: f64) -> String {
    let is_whole = (value - value.round()).abs() < 1e-6;
    match unit {
        Unit::Percent if is_whole => format!("{value:.0}\u{202f}%"),
        Unit::Percent => format!("{value:.1}\u{202f}%"),
        Unit::Count if !is_whole => String::new(),
        Unit::Count | Unit::Duration => unit.say(value),
    }
}

/// A column over each run: its values on hover, its page on click. Links stay out of the order of the Tab key: the
/// page has a table of the same runs.
fn write_hits(out: &mut String, chart: &Chart, place: impl Fn(f64) -> (i32, i32, i32)) -> Option<()> {
    const MOST: usize = 120;
    if chart.points.iter().all(|point| point.href.is_empty()) {
        return Some(());
    }
    let step = chart.points.len().div_ceil(MOST).max(1);
    for (at, point) in chart.points.iter().enumerate().step_by(step) {
        #[expect(clippy::cast_precision_loss, reason = "an index")]
        let centre = at as f64;
        let half = step as f64 / 2.0;
        let (x, top, bottom) = place(centre);
        let (left, right) = (place(centre - half).0, place(centre + half).0);
        let values: Vec<String> = chart
            .series
            .iter()
            .filter_map(|series| {
                let value = (*series.values.get(at)?)?;
                Some(format!("{} {}", series.label, chart.unit.say(value)))
            })
            .collect();
        let said = if values.is_empty() { "no report".to_owned() } else { values.join(", ") };
        write!(
            out,
            "<a href=\"{}\" tabindex=\"-1\"><title>{} · {}</title><rect class=\"hit\" x=\"{left}\" y=\"{top}\" \
             width=\"{}\" height=\"{}\"/><path class=\"at\" d=\"M{x} {top}V{bottom}\"/></a>",
            escape(&point.href),
            escape(&point.label),
            escape(&said),
            (right - left).max(1),
            (bottom - top).max(1),
        )
        .ok()?;
    }
    Some(())
}

/// Turns plotters' SVG into ours: classes for colours, the page's fonts, a name and a description.
fn dress(svg: &str, chart: &Chart, (width, height): (u32, u32), hits: &str) -> Option<String> {
    let (_, body) = svg.split_once('>')?;
    let mut body = body
        .trim()
        .replace('\n', "")
        .replace(" opacity=\"1\"", "")
        .replace(" font-family=\"sans-serif\"", "");
    for (_, blue, class) in INKS {
        body = body
            .replace(&format!("fill=\"#0000{blue:02X}\""), &format!("class=\"f-{class}\""))
            .replace(&format!("stroke=\"#0000{blue:02X}\""), &format!("class=\"k-{class}\""));
    }
    let body = body.strip_suffix("</svg>")?;
    Some(format!(
        "<svg class=\"plot\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{}. {}\">{body}<g aria-hidden=\"true\">{hits}</g></svg>",
        escape(chart.title),
        escape(&chart.description()),
    ))
}

/// Makes text safe in markup and in attributes.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_do_not_cover_each_other() {
        let at = |y| (y, Ink::First, String::new());
        let mut labels = vec![at(100), at(104), at(396), at(400)];
        spread(&mut labels, 400);
        let places: Vec<i32> = labels.iter().map(|(y, _, _)| *y).collect();
        assert!(places.windows(2).all(|pair| pair[1] - pair[0] >= LABEL_HEIGHT), "{places:?}");
        assert!(places.iter().all(|y| *y <= 400), "{places:?}");
    }

    #[test]
    fn labels_are_escaped() {
        assert_eq!(escape("<a href='\"&"), "&lt;a href=&#39;&quot;&amp;");
    }
}
