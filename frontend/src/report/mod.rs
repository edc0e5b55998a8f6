//! The static report: one HTML file, drawn by the app's own components.
//!
//! It needs no script, asks nobody for anything, and is the same for the same data, byte for byte: no clock, no random
//! numbers, no order that depends on memory. Links to other pages of the app become links within the page, or text.

mod shorten;
mod view;

use leptos::prelude::*;
use plimsoll_api::{HeadlineItem, Hotspot, RunPage, TrendPoint};

use crate::charts::escape;
use crate::components::time::Now;
use crate::link::LinkMode;
use crate::text;

pub use shorten::Cut;

/// What a report shows.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportData {
    /// The project's name for people.
    pub project: String,
    /// The run with its comparison, modules and uploads.
    pub page: RunPage,
    /// The state in words; may be empty.
    pub headline: Vec<HeadlineItem>,
    /// The runs of the branch up to this one, oldest first; empty without a history.
    pub history: Vec<TrendPoint>,
    /// The hottest files, the hottest first; empty without churn.
    pub hotspots: Vec<Hotspot>,
    /// The version of Plimsoll that writes the report.
    pub version: String,
    /// How many bytes the file may have. What does not fit is shortened in the order of [`Cut`], and the report says
    /// so; the numbers always stay.
    pub budget_bytes: Option<usize>,
}

const STYLE: &str = concat!(
    include_str!("../../styles/10-tokens.css"),
    include_str!("../../styles/20-base.css"),
    include_str!("../../styles/30-frame.css"),
    include_str!("../../styles/40-table.css"),
    include_str!("../../styles/50-parts.css"),
    include_str!("../../styles/60-pictures.css"),
    include_str!("../../styles/70-phone.css"),
    include_str!("../../styles/80-print.css"),
);

/// Nothing is loaded and nothing runs, whatever may have slipped into the page.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/// Draws a report.
pub fn render_report(data: &ReportData) -> String {
    let mut cuts = vec![];
    let mut html = render(data, &cuts);
    let Some(budget) = data.budget_bytes else { return html };
    let mut shortened = data.clone();
    for cut in Cut::ORDER {
        if html.len() <= budget {
            break;
        }
        if cut.apply(&mut shortened) {
            cuts.push(cut);
            html = render(&shortened, &cuts);
        }
    }
    html
}

fn render(data: &ReportData, cuts: &[Cut]) -> String {
    let body = Owner::new().with(|| {
        provide_context(LinkMode::Report);
        provide_context(Now(None));
        view::view(data, cuts).to_html()
    });
    // Leptos marks the places where text nodes meet, for a browser app that takes over. There is none here.
    let body = body.replace("<!>", "");
    let title = format!("{} · run #{} · Plimsoll", text::line(&data.project), data.page.run.number);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{}</title>\n<style>{}</style>\n</head>\n<body class=\"report\">\n{body}\n</body>\n</html>\n",
        escape(&title),
        lean(STYLE),
    )
}

/// The style sheet without its comments and indentation.
fn lean(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("/*") {
        out.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use plimsoll_api::{Comparison, Hotspot, ModuleRow};

    use super::*;
    use crate::fixtures::{self, HOSTILE};

    fn data() -> ReportData {
        ReportData {
            project: "Bookstore".to_owned(),
            page: fixtures::run_page(),
            headline: fixtures::headline(),
            history: fixtures::module_page().history,
            hotspots: vec![fixtures::hotspot("services/search/src/ranking.py", 0.87)],
            version: "0.1.0".to_owned(),
            budget_bytes: None,
        }
    }

    #[test]
    fn a_report_is_one_file_that_does_nothing() {
        let html = render_report(&data());
        assert!(html.starts_with("<!doctype html>") && html.contains("Content-Security-Policy"));
        for said in [
            "Run #412",
            "adds taxes",
            "expected 11.90 but was 11.89",
            "at cart.test.ts:12",
            "Possible SQL injection",
            "services/search/src/ranking.py",
            "total-disagrees",
            "The file ends inside of an element.",
            "<svg class=\"plot\"",
            "Plimsoll 0.1.0",
        ] {
            assert!(html.contains(said), "{said}: {html}");
        }
        for bad in [
            "<script",
            "<link",
            " src=",
            "href=\"/",
            "javascript:",
            " style=\"",
            "<!>",
            "<button",
            "<input",
            "url(",
        ] {
            assert!(!html.contains(bad), "{bad}: {html}");
        }
    }

    #[test]
    fn the_same_data_make_the_same_bytes() {
        assert_eq!(render_report(&data()), render_report(&data()));
    }

    #[test]
    fn nothing_in_a_report_becomes_markup() {
        let mut data = data();
        data.project = HOSTILE.to_owned();
        let run = &mut data.page.run;
        run.branch = HOSTILE.to_owned();
        run.commit = HOSTILE.to_owned();
        run.build = Some(HOSTILE.to_owned());
        run.build_url = Some("javascript:alert(1)".to_owned());
        data.page.modules = vec![ModuleRow { name: HOSTILE.to_owned(), ..fixtures::module(HOSTILE) }];
        data.hotspots = vec![Hotspot { why: HOSTILE.to_owned(), ..fixtures::hotspot(HOSTILE, 0.9) }];
        let comparison = &mut data.page.comparison;
        if let Some(tests) = &mut comparison.tests {
            let test = &mut tests.newly_failing[0];
            test.name = HOSTILE.to_owned();
            test.class = HOSTILE.to_owned();
            test.message = Some(HOSTILE.to_owned());
            test.detail = Some(HOSTILE.to_owned());
        }
        if let Some(findings) = &mut comparison.findings {
            for finding in &mut findings.new {
                finding.message = HOSTILE.to_owned();
                finding.rule = HOSTILE.to_owned();
                finding.tool = HOSTILE.to_owned();
                finding.path = Some(HOSTILE.to_owned());
                finding.help_uri = Some("javascript:alert(1)".to_owned());
            }
        }
        for upload in &mut data.page.uploads {
            upload.name = HOSTILE.to_owned();
            upload.category = Some(HOSTILE.to_owned());
        }
        let html = render_report(&data);
        for bad in ["<script", "onload=\"x\"", "javascript:", "\u{202e}", "\0"] {
            assert!(!html.contains(bad), "{bad:?}");
        }
        assert!(html.contains("‹U+202E›"));
    }

    #[test]
    fn an_empty_run_has_a_report() {
        let mut data = data();
        data.page.comparison = Comparison::default();
        data.page.modules.clear();
        data.page.uploads.clear();
        data.page.baseline = None;
        data.page.run.measures = plimsoll_api::Measures::default();
        data.page.run.changes = None;
        data.headline.clear();
        data.history.clear();
        data.hotspots.clear();
        let html = render_report(&data);
        assert!(html.contains("no report") && html.contains("Nothing can be compared."), "{html}");
    }

    #[test]
    fn a_budget_is_kept_and_what_was_cut_is_said() {
        let mut data = data();
        if let Some(tests) = &mut data.page.comparison.tests {
            let mut test = fixtures::test();
            test.detail = Some("a long stack trace\n".repeat(400));
            tests.newly_failing = vec![test; 100];
        }
        let whole = render_report(&data).len();
        data.budget_bytes = Some(whole);
        assert_eq!(render_report(&data).len(), whole);
        let mut before = whole;
        for budget in [400_000, 120_000, 60_000] {
            data.budget_bytes = Some(budget);
            let html = render_report(&data);
            assert!(html.len() <= budget, "{} > {budget}", html.len());
            assert!(html.len() < before && html.contains("To fit into"), "{budget}");
            before = html.len();
        }
        data.budget_bytes = Some(1);
        let html = render_report(&data);
        assert!(html.contains("1,284") && html.contains("Newly failing tests"), "the numbers stay");
    }
}
