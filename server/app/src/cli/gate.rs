use std::process::ExitCode;

use plimsoll_api::{GatePage, GateStanding};

use super::source::Source;
use super::{print, table};

/// Exit status where the gate fails.
const CLOSED: u8 = 2;

/// Whose gate, and how it is told.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    source: Source,
    /// A rule for which there is not enough data fails the gate, too.
    #[arg(long)]
    strict: bool,
    /// Print the answer as JSON, as the API gives it.
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let page = arguments.source.open()?.gate()?;
    if arguments.json {
        let json = serde_json::to_string_pretty(&page).map_err(|error| error.to_string())?;
        print(&format!("{json}\n"))?;
    } else {
        print(&told(&page))?;
    }
    Ok(if is_closed(&page, arguments.strict) { ExitCode::from(CLOSED) } else { ExitCode::SUCCESS })
}

fn is_closed(page: &GatePage, is_strict: bool) -> bool {
    page.summary.standing == Some(GateStanding::Fail) || (is_strict && page.summary.not_enough_data > 0)
}

/// A line per answer, the whole in the last one.
fn told(page: &GatePage) -> String {
    let Some(standing) = page.summary.standing else {
        return format!("{}\n", page.hint.as_deref().unwrap_or("No gate is set."));
    };
    let rows: Vec<Vec<String>> = page
        .rules
        .iter()
        .map(|rule| vec![word(rule.standing).to_owned(), rule.rule.clone(), rule.reason.clone()])
        .collect();
    let summary = &page.summary;
    let against = page.baseline.map(|run| format!(", compared with run #{run}")).unwrap_or_default();
    format!(
        "{}\nThe gate of run #{}{against}: {} ({} pass, {} fail, {} without enough data).\n",
        table::render(&["", "rule", "why"], &rows),
        page.run,
        word(standing),
        summary.passed,
        summary.failed,
        summary.not_enough_data
    )
}

/// A standing in words.
pub fn word(standing: GateStanding) -> &'static str {
    match standing {
        GateStanding::Pass => "pass",
        GateStanding::Fail => "FAIL",
        GateStanding::NotEnoughData => "not enough data",
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_api::{GateRule, GateSummary, RunState};

    use super::*;

    fn page(standing: Option<GateStanding>, not_enough_data: u64) -> GatePage {
        let rule = |standing| GateRule {
            rule: "coverage >= 80%".to_owned(),
            line: 1,
            module: None,
            standing,
            found: None,
            wanted: None,
            reason: "Coverage: 79.5 %, wanted at least 80.0 %.".to_owned(),
        };
        GatePage {
            run: 4,
            state: RunState::Complete,
            baseline: Some(3),
            summary: GateSummary { standing, passed: 0, failed: 1, not_enough_data },
            rules: standing.map(rule).into_iter().collect(),
            hint: standing.is_none().then(|| "No gate is set. Write one.".to_owned()),
        }
    }

    #[test]
    fn only_a_failure_closes_the_gate_unless_it_is_strict() {
        for (standing, without, is_strict, expect) in [
            (Some(GateStanding::Pass), 0, true, false),
            (Some(GateStanding::Pass), 1, false, false),
            (Some(GateStanding::Pass), 1, true, true),
            (Some(GateStanding::Fail), 0, false, true),
            (Some(GateStanding::NotEnoughData), 1, false, false),
            (Some(GateStanding::NotEnoughData), 1, true, true),
            (None, 0, true, false),
        ] {
            assert_eq!(is_closed(&page(standing, without), is_strict), expect, "{standing:?} {is_strict}");
        }
    }

    #[test]
    fn it_is_told_with_both_sides() {
        let text = told(&page(Some(GateStanding::Fail), 0));
        assert!(text.contains("FAIL  coverage >= 80%  Coverage: 79.5 %, wanted at least 80.0 %."), "{text}");
        assert!(
            text.ends_with(
                "The gate of run #4, compared with run #3: FAIL (0 pass, 1 fail, 0 without enough data).\n"
            ),
            "{text}"
        );
        assert_eq!(told(&page(None, 0)), "No gate is set. Write one.\n");
    }
}
