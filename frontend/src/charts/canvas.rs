//! What plotters draws on: SVG in which classes stand for colours, so that one picture fits both themes, print and a
//! report. Plotters counts in whole pixels; one of them is a tenth of a unit of the view box here.

use std::convert::Infallible;
use std::fmt::Write;

use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, DrawingErrorKind};

use super::{Frame, Ink};

/// Pixels of plotters in a unit of the view box.
const TENTHS: f64 = 10.0;

/// What stands in a picture: shares of its width, and values.
pub type Plot<'a> = DrawingArea<Canvas<'a>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// The inks, with the class of each; its place is the colour that stands for it on the way through plotters.
const CLASSES: [(Ink, &str); 10] = [
    (Ink::First, "i1"),
    (Ink::Second, "i2"),
    (Ink::Third, "i3"),
    (Ink::Bad, "ibad"),
    (Ink::Good, "igood"),
    (Ink::Critical, "ic"),
    (Ink::High, "ih"),
    (Ink::Medium, "im"),
    (Ink::Low, "il"),
    (Ink::Grid, "igrid"),
];

/// The class that an ink has.
pub fn class(ink: Ink) -> &'static str {
    CLASSES.iter().find(|(known, _)| *known == ink).map_or("i1", |(_, class)| class)
}

/// An ink, as plotters is told of it.
pub fn style(ink: Ink) -> ShapeStyle {
    let place = CLASSES.iter().position(|(known, _)| *known == ink).and_then(|at| u8::try_from(at).ok());
    RGBColor(0, 0, place.unwrap_or(0)).filled()
}

/// Draws what plotters is asked for within a frame.
pub fn draw_on(out: &mut String, frame: &Frame, draw: impl FnOnce(&Plot<'_>)) {
    #[expect(clippy::cast_possible_truncation, reason = "sizes of a picture")]
    let pixels = |units: f64| (units * TENTHS).round() as i32;
    let size = (pixels(frame.width).unsigned_abs(), pixels(frame.height).unsigned_abs());
    let place = (pixels(frame.left)..pixels(frame.right), pixels(frame.bottom)..pixels(frame.top));
    let area = Canvas { out, size }.into_drawing_area();
    draw(&area.apply_coord_spec(Cartesian2d::new(0.0..1.0, frame.low..frame.high, place)));
}

/// Writes the elements that our charts are made of.
pub struct Canvas<'a> {
    out: &'a mut String,
    size: (u32, u32),
}

impl Canvas<'_> {
    /// Writing to a text does not fail; what `write_fmt` says of it is dropped in this one place.
    fn put(&mut self, arguments: std::fmt::Arguments<'_>) {
        self.out.write_fmt(arguments).ok();
    }

    fn path(&mut self, points: impl IntoIterator<Item = BackendCoord>) {
        for (index, point) in points.into_iter().enumerate() {
            self.out.push(if index == 0 { 'M' } else { 'L' });
            self.point(point, ' ');
        }
    }

    fn point(&mut self, (x, y): BackendCoord, between: char) {
        self.number(x);
        self.out.push(between);
        self.number(y);
    }

    fn number(&mut self, tenths: i32) {
        let sign = if tenths < 0 { "-" } else { "" };
        let tenths = tenths.unsigned_abs();
        match tenths % 10 {
            0 => self.put(format_args!("{sign}{}", tenths / 10)),
            tenth => self.put(format_args!("{sign}{}.{tenth}", tenths / 10)),
        }
    }
}

fn class_of(colour: BackendColor) -> &'static str {
    CLASSES.get(usize::from(colour.rgb.2)).map_or("i1", |(_, class)| class)
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl DrawingBackend for Canvas<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    /// Nothing here is made of single pixels.
    fn draw_pixel(&mut self, _: BackendCoord, _: BackendColor) -> Drawn {
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        self.put(format_args!("<path class=\"k-{}\" d=\"", class_of(style.color())));
        self.path(path);
        self.out.push_str("\"/>");
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        outline: I,
        style: &S,
    ) -> Drawn {
        self.put(format_args!("<path class=\"f-{}\" d=\"", class_of(style.color())));
        self.path(outline);
        self.out.push_str("Z\"/>");
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        (x, y): BackendCoord,
        radius: u32,
        style: &S,
        _: bool,
    ) -> Drawn {
        self.put(format_args!("<circle class=\"f-{}\" cx=\"", class_of(style.color())));
        self.number(x);
        self.out.push_str("\" cy=\"");
        self.number(y);
        self.out.push_str("\" r=\"");
        self.number(i32::try_from(radius).unwrap_or(i32::MAX));
        self.out.push_str("\"/>");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame() -> Frame {
        Frame {
            width: 200.0,
            height: 100.0,
            left: 10.0,
            right: 110.0,
            top: 10.0,
            bottom: 90.0,
            low: 0.0,
            high: 4.0,
        }
    }

    #[test]
    fn plotters_and_the_frame_agree_where_things_stand() {
        let frame = frame();
        for (at, value) in [(0.0, 0.0), (1.0, 4.0), (0.25, 1.0), (0.333, 2.72)] {
            let mut place = (0, 0);
            draw_on(&mut String::new(), &frame, |plot| place = plot.map_coordinate(&(at, value)));
            let (x, y) = (f64::from(place.0) / TENTHS, f64::from(place.1) / TENTHS);
            assert!((x - frame.x(at)).abs() <= 0.11, "{at}: {x}");
            assert!((y - frame.y(value)).abs() <= 0.11, "{value}: {y}");
        }
    }

    #[test]
    fn elements_have_classes_for_colours() {
        let mut out = String::new();
        draw_on(&mut out, &frame(), |plot| {
            plot.draw(&PathElement::new(vec![(0.0, 0.0), (1.0, 4.0)], style(Ink::Grid))).unwrap();
            plot.draw(&Polygon::new(vec![(0.0, 0.0), (0.5, 4.0), (1.0, 0.0)], style(Ink::Critical))).unwrap();
            plot.draw(&Circle::new((1.0, 4.0), 30, style(Ink::Bad))).unwrap();
        });
        assert_eq!(
            out,
            "<path class=\"k-igrid\" d=\"M10 90L110 10\"/><path class=\"f-ic\" d=\"M10 90L60 10L110 90Z\"/>\
             <circle class=\"f-ibad\" cx=\"110\" cy=\"10\" r=\"3\"/>"
        );
    }
}
