//! A run in a few lines of Markdown: for a job's summary, or a comment on a pull request.

use std::path::PathBuf;
use std::process::ExitCode;

use plimsoll_api::{FindingCounts, FindingRow, GatePage, GateStanding, RunPage, TestRow, Tone};

use super::print;
use super::source::Source;

/// Rows of each list.
const SHOWN: usize = 10;

/// Characters of a text that a report brought.
const MOST_CHARS: usize = 160;

/// Whose summary, and where it goes.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    source: Source,
    /// Append to this file instead of printing: "$GITHUB_STEP_SUMMARY", say.
    #[arg(short, long)]
    output: Option<PathBuf>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let opened = arguments.source.open()?;
    // The gate first: it waits until the run is read.
    let gate = opened.gate()?;
    let text = markdown(&opened.page()?, &gate, opened.url().as_deref());
    match &arguments.output {
        None => print(&text)?,
        Some(path) => {
            use std::io::Write as _;
            std::fs::File::options()
                .create(true)
                .append(true)
                .open(path)
                .and_then(|mut file| file.write_all(text.as_bytes()))
                .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn markdown(page: &RunPage, gate: &GatePage, url: Option<&str>) -> String {
    let number = page.run.number;
    let mut parts = Vec::new();
    let run = url.map_or_else(|| format!("Run #{number}"), |url| format!("[Run #{number}]({url})"));
    let against = page.run.baseline.map(|run| format!(", compared with #{run}")).unwrap_or_default();
    parts.push(format!("### {run} of {}{against}\n", code(&page.run.branch)));
    let headline: Vec<String> = page
        .headline
        .iter()
        .map(|item| {
            let text: String = item.parts.iter().map(|part| part.text.as_str()).collect();
            format!("- {} {}\n", mark(item.tone), plain(&text))
        })
        .collect();
    parts.push(headline.concat());
    parts.push(gate_part(gate));
    parts.extend(coverage_part(page));
    parts.extend(lists(page));
    parts.retain(|part| !part.is_empty());
    parts.join("\n")
}

/// What is new against the baseline. Without one all that fails or is found is in the lists, and nothing of it is new.
fn lists(page: &RunPage) -> Vec<String> {
    let changes = page.run.changes.unwrap_or_default();
    let measures = &page.run.measures;
    let found = |findings: Option<FindingCounts>| findings.map_or(0, |findings| findings.total);
    let (failing, findings) = if page.run.baseline.is_some() {
        let new = changes.new_code.unwrap_or(0) + changes.new_security.unwrap_or(0);
        (("Newly failing tests", changes.newly_failing.unwrap_or(0)), ("New findings", new))
    } else {
        let failing = measures.tests.map_or(0, |tests| tests.failing());
        (("Failing tests", failing), ("Findings", found(measures.code) + found(measures.security)))
    };
    let comparison = &page.comparison;
    let tests = comparison.tests.as_ref();
    let tests = tests.and_then(|tests| list(failing.0, &tests.newly_failing, failing.1, test_line));
    let new = comparison.findings.as_ref();
    let new = new.and_then(|changed| list(findings.0, &changed.new, findings.1, finding_line));
    tests.into_iter().chain(new).collect()
}

fn mark(tone: Tone) -> &'static str {
    match tone {
        Tone::Bad => "❌",
        Tone::Warn => "⚠️",
        Tone::Good => "✅",
        Tone::Neutral => "▫️",
    }
}

fn gate_part(gate: &GatePage) -> String {
    let summary = &gate.summary;
    let (word, mark) = match summary.standing {
        None => return "**Gate:** none is set.\n".to_owned(),
        Some(GateStanding::Pass) => ("passes", "✅"),
        Some(GateStanding::Fail) => ("fails", "❌"),
        Some(GateStanding::NotEnoughData) => ("has not enough data", "⚠️"),
    };
    let mut text = format!(
        "**Gate:** {mark} {word} ({} pass, {} fail, {} without enough data)\n",
        summary.passed, summary.failed, summary.not_enough_data
    );
    let open: Vec<String> = gate
        .rules
        .iter()
        .filter(|rule| rule.standing != GateStanding::Pass)
        .map(|rule| {
            let mark = if rule.standing == GateStanding::Fail { "❌" } else { "⚠️" };
            format!("- {mark} {}: {}\n", code(&rule.rule), plain(&rule.reason))
        })
        .collect();
    if !open.is_empty() {
        text.push('\n');
    }
    text.extend(open.iter().take(SHOWN).map(String::as_str));
    text.push_str(&more(open.len().saturating_sub(SHOWN) as u64));
    text
}

fn coverage_part(page: &RunPage) -> Option<String> {
    let percent = page.run.measures.coverage?.line_percent()?;
    #[expect(clippy::cast_precision_loss, reason = "hundredths of a point")]
    let change = page
        .run
        .changes
        .and_then(|changes| changes.coverage_centipoints)
        .map(|change| format!(" ({:+.2} points)", change as f64 / 100.0))
        .unwrap_or_default();
    Some(format!("**Coverage:** {percent:.2} %{change}\n"))
}

fn list<T>(title: &str, rows: &[T], total: u64, line: fn(&T) -> String) -> Option<String> {
    if rows.is_empty() {
        return None;
    }
    let total = total.max(rows.len() as u64);
    let shown = rows.len().min(SHOWN);
    let lines: String = rows.iter().take(SHOWN).map(line).collect();
    Some(format!("**{title}:** {total}\n\n{lines}{}", more(total - shown as u64)))
}

fn more(count: u64) -> String {
    if count == 0 { String::new() } else { format!("- and {count} more\n") }
}

fn test_line(test: &TestRow) -> String {
    let name =
        if test.class.is_empty() { test.name.clone() } else { format!("{} › {}", test.class, test.name) };
    let flaky = if test.is_flaky { " (flaky)" } else { "" };
    format!("- {}{flaky}\n", code(&name))
}

fn finding_line(finding: &FindingRow) -> String {
    let place = match (&finding.path, finding.line) {
        (Some(path), Some(line)) => format!(" in {}", code(&format!("{path}:{line}"))),
        (Some(path), None) => format!(" in {}", code(path)),
        _ => String::new(),
    };
    let what = code(&format!("{} {}", finding.tool, finding.rule));
    format!("- {} {what}{place}: {}\n", finding.severity.as_str(), plain(&finding.message))
}

/// What a report says, as code: nothing in it is Markdown, a link or a mention.
fn code(text: &str) -> String {
    format!("`{}`", shortened(text).replace('`', "'"))
}

/// The same as running text: every sign that Markdown or HTML gives a meaning is taken out of it.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for char in shortened(text).chars() {
        match char {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // Between the sign and the name stands a space without width: nobody is called by a report.
            '@' => out.push_str("@\u{200b}"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '!' => {
                out.push('\\');
                out.push(char);
            }
            char => out.push(char),
        }
    }
    out
}

fn shortened(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line: String = line.chars().filter(|char| !char.is_control()).collect();
    if line.chars().count() <= MOST_CHARS {
        return line;
    }
    line.chars().take(MOST_CHARS).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_report_says_becomes_markdown() {
        assert_eq!(code("a `b`\n@team <b>"), "`a 'b' @team <b>`");
        assert_eq!(
            plain("see [x](http://y) @team <img> **b**"),
            "see \\[x\\](http://y) @\u{200b}team &lt;img&gt; \\*\\*b\\*\\*"
        );
        assert_eq!(shortened(&"x".repeat(500)).chars().count(), MOST_CHARS + 1);
    }

    #[test]
    fn lists_are_counted_whole_and_shown_in_part() {
        let rows: Vec<u8> = (0..12).collect();
        let text = list("Things", &rows, 40, |row| format!("- {row}\n")).unwrap();
        assert!(text.starts_with("**Things:** 40\n\n- 0\n"), "{text}");
        assert!(text.ends_with("- 9\n- and 30 more\n"), "{text}");
        assert_eq!(list::<u8>("Things", &[], 0, |_| String::new()), None);
    }
}
