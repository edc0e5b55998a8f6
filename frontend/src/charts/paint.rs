//! What all charts share: the frame, the axes, the labels at the line ends. Lines and areas are drawn by plotters; all
//! that is text is escaped.

use plotters::prelude::{Circle, PathElement, Polygon};

use super::canvas::{Plot, class, draw_on, style};
use super::{Chart, Ink, Unit};
use crate::format::fixed;

/// A label at the end of a line needs this much height.
const LABEL_HEIGHT: f64 = 15.0;

/// Where things stand in a chart, in the units of its view box.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// The whole picture.
    pub width: f64,
    /// The whole picture.
    pub height: f64,
    /// Where the first point stands.
    pub left: f64,
    /// Where the last point stands.
    pub right: f64,
    /// Where the greatest value stands.
    pub top: f64,
    /// Where the least value stands.
    pub bottom: f64,
    /// The least value.
    pub low: f64,
    /// The greatest value.
    pub high: f64,
}

impl Frame {
    fn of(chart: &Chart, (low, high): (f64, f64), longest_label: usize) -> Self {
        let (width, height) = if chart.is_narrow { (358.0, 190.0) } else { (560.0, 200.0) };
        #[expect(clippy::cast_precision_loss, reason = "letters of a label")]
        let right = width - (longest_label as f64 * 6.6 + 12.0);
        Self { width, height, left: 48.0, right, top: 10.0, bottom: height - 24.0, low, high }
    }

    /// From a share of the width.
    pub fn x(&self, at: f64) -> f64 {
        self.left + at * (self.right - self.left)
    }

    /// From a value.
    pub fn y(&self, value: f64) -> f64 {
        let share = (value.clamp(self.low, self.high) - self.low) / (self.high - self.low);
        self.bottom - share * (self.bottom - self.top)
    }

    /// The point that is nearest to a share of the whole picture's width.
    pub fn nearest(&self, chart: &Chart, share: f64) -> Option<usize> {
        let x = share * self.width;
        let distance = |at: f64| (self.x(at) - x).abs();
        let mut best: Option<(usize, f64)> = None;
        for (index, point) in chart.points.iter().enumerate() {
            let far = distance(point.at);
            if best.is_none_or(|(_, nearest)| far < nearest) {
                best = Some((index, far));
            }
        }
        best.map(|(index, _)| index)
    }
}

/// A picture and where things stand in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    /// The markup.
    pub svg: String,
    /// Where things stand.
    pub frame: Frame,
}

/// Draws axes, then what `draw` draws, then the labels of the series' ends.
pub fn paint(
    chart: &Chart,
    range: (f64, f64),
    ends: Vec<(Ink, String, f64)>,
    draw: impl FnOnce(&Frame, &Plot<'_>),
) -> Drawing {
    let longest = ends.iter().map(|(_, text, _)| text.chars().count()).max().unwrap_or(0);
    let frame = Frame::of(chart, range, longest);
    let mut body = String::new();
    mesh(chart, &frame, &mut body);
    draw_on(&mut body, &frame, |plot| draw(&frame, plot));
    let mut placed: Vec<(f64, Ink, String)> =
        ends.into_iter().map(|(ink, text, value)| (frame.y(value), ink, text)).collect();
    spread(&mut placed, frame.bottom);
    for (y, ink, text) in placed {
        write_text(&mut body, class(ink), "start", frame.right + 8.0, y + 4.0, &text);
    }
    let Frame { width, height, .. } = frame;
    let svg = format!(
        "<svg class=\"plot\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}. {}\">{body}</svg>",
        fixed(width, 0),
        fixed(height, 0),
        escape(chart.title),
        escape(&chart.description()),
    );
    Drawing { svg, frame }
}

fn mesh(chart: &Chart, frame: &Frame, out: &mut String) {
    let step = step(chart.unit, frame.high - frame.low);
    let mut value = (frame.low / step).ceil() * step;
    while value <= frame.high + step * 1e-6 {
        draw_on(out, frame, |plot| line(plot, Ink::Grid, vec![(0.0, value), (1.0, value)]));
        let text = axis_value(chart.unit, value);
        write_text(out, "itext", "end", frame.left - 6.0, frame.y(value) + 4.0, &text);
        value += step;
    }
    let room = if chart.is_narrow { 70.0 } else { 62.0 };
    let mut free = f64::NEG_INFINITY;
    let last = chart.points.last().map_or(0.0, |point| frame.x(point.at));
    for (index, point) in chart.points.iter().enumerate() {
        let x = frame.x(point.at);
        let is_last = index + 1 == chart.points.len();
        if is_last || (x >= free && x + room <= last) {
            write_text(out, "itext", "middle", x, frame.height - 6.0, &point.label);
            free = x + room;
        }
    }
}

/// The distance of grid lines: about four of them, at numbers that people say.
fn step(unit: Unit, range: f64) -> f64 {
    const TIMES: [f64; 16] =
        [1e3, 2e3, 5e3, 1e4, 1.5e4, 3e4, 6e4, 1.2e5, 3e5, 6e5, 9e5, 1.8e6, 3.6e6, 7.2e6, 1.44e7, 3.6e7];
    let wanted = range / 4.0;
    if unit == Unit::Duration
        && let Some(step) = TIMES.into_iter().find(|step| *step >= wanted && wanted > 500.0)
    {
        return step;
    }
    let mut power = 1.0;
    while power * 10.0 <= wanted {
        power *= 10.0;
    }
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|digit| digit * power).find(|step| *step >= wanted).unwrap_or(power)
}

fn axis_value(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Percent => format!("{}\u{202f}%", fixed(value, 0)),
        Unit::Count | Unit::Duration => unit.say(value),
    }
}

/// Moves labels apart that would cover each other, from the top down, and back up from the bottom.
fn spread(labels: &mut [(f64, Ink, String)], bottom: f64) {
    labels.sort_by(|(left, ..), (right, ..)| left.total_cmp(right));
    let mut floor = f64::NEG_INFINITY;
    for (y, _, _) in labels.iter_mut() {
        *y = y.max(floor + LABEL_HEIGHT);
        floor = *y;
    }
    let mut ceiling = bottom + LABEL_HEIGHT;
    for (y, _, _) in labels.iter_mut().rev() {
        *y = y.min(ceiling - LABEL_HEIGHT);
        ceiling = *y;
    }
}

fn write_text(out: &mut String, ink: &str, anchor: &str, x: f64, y: f64, text: &str) {
    let (x, y, text) = (fixed(x, 1), fixed(y, 1), escape(text));
    out.push_str(&format!(
        "<text class=\"f-{ink}\" text-anchor=\"{anchor}\" x=\"{x}\" y=\"{y}\">{text}</text>"
    ));
}

/// A line through points. Drawing on a canvas of text does not fail.
pub fn line(plot: &Plot<'_>, ink: Ink, points: Vec<(f64, f64)>) {
    plot.draw(&PathElement::new(points, style(ink))).ok();
}

/// An area within points.
pub fn area(plot: &Plot<'_>, ink: Ink, points: Vec<(f64, f64)>) {
    plot.draw(&Polygon::new(points, style(ink))).ok();
}

/// A point.
pub fn dot(plot: &Plot<'_>, ink: Ink, place: (f64, f64)) {
    plot.draw(&Circle::new(place, 30, style(ink))).ok();
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
    use super::super::tests::chart;
    use super::*;

    #[test]
    fn labels_do_not_cover_each_other() {
        let at = |y: f64| (y, Ink::First, String::new());
        let mut labels = vec![at(100.0), at(104.0), at(196.0), at(200.0)];
        spread(&mut labels, 200.0);
        let places: Vec<f64> = labels.iter().map(|(y, _, _)| *y).collect();
        assert!(places.windows(2).all(|pair| pair[1] - pair[0] >= LABEL_HEIGHT), "{places:?}");
        assert!(places.iter().all(|y| *y <= 200.0), "{places:?}");
    }

    #[test]
    fn labels_are_escaped() {
        assert_eq!(escape("<a href='\"&"), "&lt;a href=&#39;&quot;&amp;");
    }

    #[test]
    fn grid_lines_stand_at_numbers_that_people_say() {
        for (unit, range, expected) in [
            (Unit::Count, 4.0, 1.0),
            (Unit::Count, 1400.0, 500.0),
            (Unit::Percent, 10.0, 5.0),
            (Unit::Duration, 95_000.0, 30_000.0),
            (Unit::Duration, 4.0, 1.0),
        ] {
            assert_eq!(step(unit, range), expected, "{unit:?} {range}");
        }
    }

    #[test]
    fn the_pointer_finds_the_nearest_point() {
        let chart = chart(vec![vec![Some(1.0); 5]], Unit::Count);
        let frame = Frame::of(&chart, (0.0, 4.0), 0);
        let share = |at: f64| frame.x(at) / frame.width;
        assert_eq!(frame.nearest(&chart, 0.0), Some(0));
        assert_eq!(frame.nearest(&chart, 1.0), Some(4));
        assert_eq!(frame.nearest(&chart, share(0.6)), Some(2));
        assert_eq!(frame.nearest(&Chart { points: vec![], ..chart }, 0.5), None);
    }
}
