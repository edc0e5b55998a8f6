use std::fmt::Write as _;

use super::Target;
use super::random::Random;

/// Surefire's shape: suites of up to 120 tests, stack traces in failures, output in CDATA, escaped names.
pub fn junit(target: &mut Target) -> std::io::Result<()> {
    let mut random = Random::new(1);
    target.write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"acme\">\n")?;
    while target.wants_more() {
        let suite = suite(&mut random);
        target.write(&suite)?;
    }
    target.write("</testsuites>\n")
}

#[derive(Default)]
struct Counts {
    failures: u64,
    errors: u64,
    skipped: u64,
    milliseconds: u64,
}

fn suite(random: &mut Random) -> String {
    let class = format!("com.acme.{}.{}.{}Test", random.word(), random.word(), random.name());
    let tests = random.between(10, 120);
    let (mut cases, mut counts) = (String::new(), Counts::default());
    for index in 0..tests {
        case(random, &class, index, &mut cases, &mut counts);
    }
    format!(
        "  <testsuite name=\"{class}\" tests=\"{tests}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{}\" \
         timestamp=\"2026-05-11T12:00:00\">\n    <properties>\n      <property name=\"java.version\" \
         value=\"17.0.15\"/>\n    </properties>\n{cases}  </testsuite>\n",
        counts.failures,
        counts.errors,
        counts.skipped,
        seconds(counts.milliseconds)
    )
}

fn seconds(milliseconds: u64) -> String {
    format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000)
}

fn case(random: &mut Random, class: &str, index: u64, out: &mut String, counts: &mut Counts) {
    let milliseconds = random.between(0, 120);
    counts.milliseconds += milliseconds;
    let mut name = format!("returns{}_{index}", random.name());
    if random.percent(15) {
        name += &format!("[{index}: &quot;{}&quot; &lt; 9 &amp; {}]", random.word(), random.word());
    }
    let file = class.replace('.', "/");
    let mut line = format!(
        "    <testcase name=\"{name}\" classname=\"{class}\" time=\"{}\" file=\"src/test/java/{file}.java\" line=\"{}\"",
        seconds(milliseconds),
        20 + index * 9
    );
    let share = random.between(0, 99);
    line += match share {
        0..=15 => ">\n",
        _ => "/>\n",
    };
    out.push_str(&line);
    if share > 15 {
        return;
    }
    match share {
        0..=2 => {
            counts.failures += 1;
            let trace = stack(random);
            out.push_str(
                "      <failure message=\"expected: &lt;1&gt; but was: &lt;2&gt;\" type=\"AssertionError\">",
            );
            out.push_str(&trace);
            out.push_str("</failure>\n");
        }
        3 => {
            counts.errors += 1;
            let trace = stack(random);
            out.push_str("      <error message=\"no session\" type=\"IllegalStateException\"><![CDATA[");
            out.push_str(&trace);
            out.push_str("]]></error>\n");
        }
        4..=5 => {
            counts.skipped += 1;
            out.push_str("      <skipped message=\"disabled\"/>\n");
        }
        _ => {}
    }
    if !(4..=5).contains(&share) {
        out.push_str("      <system-out><![CDATA[");
        for _ in 0..random.between(2, 12) {
            let (words, id) = (random.words(7), random.next());
            // Writing into a text cannot fail.
            writeln!(out, "2026-05-11 12:00:00.123 INFO  {words} id={id:016x}").unwrap_or_default();
        }
        out.push_str("]]></system-out>\n");
    }
    out.push_str("    </testcase>\n");
}

fn stack(random: &mut Random) -> String {
    let mut stack = String::from("java.lang.AssertionError: expected another value\n");
    for _ in 0..random.between(12, 40) {
        let (package, name, line) = (random.word(), random.name(), random.between(10, 900));
        stack += &format!("\tat com.acme.{package}.{name}.run({name}.java:{line})\n");
    }
    stack
}
