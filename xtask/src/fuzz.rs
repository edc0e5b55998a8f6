//! `cargo xtask fuzz`: builds the fuzz targets and runs them for so many minutes of processor time each.
//!
//! The targets have cargo-fuzz's layout, but neither it nor a nightly toolchain is needed: the passes that count coverage are in every rustc, and the parsers hold no `unsafe` code that a
//! sanitizer would have to watch.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::process::{cargo, output, program, root, run as run_program, target};

const TARGETS: &[&str] = &[
    "test-results",
    "coverage",
    "static-analysis",
    "security",
    "churn",
    "detection",
    "archives",
    "xml-reader",
    "json-reader",
];

/// What `cargo fuzz` passes to rustc; the last keeps the targets' debug assertions.
const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Cdebug-assertions";

/// Longer inputs are cut: the samples are shorter, and short inputs are tried more often.
const MAX_BYTES: usize = 32 << 10;

/// What can be chosen.
#[derive(clap::Args)]
pub struct Arguments {
    /// The targets; all where none is named.
    targets: Vec<String>,
    /// Minutes of processor time for each target.
    #[arg(long, default_value_t = 1.0)]
    minutes: f64,
}

/// Runs the targets, one after the other, and prints a table of what was done.
///
/// # Errors
/// Where a target cannot be built, or an input made one fail.
pub fn run(arguments: &Arguments) -> Result<(), String> {
    let targets: Vec<&&str> = match arguments.targets.as_slice() {
        [] => TARGETS.iter().collect(),
        names => names
            .iter()
            .map(|name| TARGETS.iter().find(|target| *target == name).ok_or_else(|| unknown(name)))
            .collect::<Result<_, _>>()?,
    };
    let folder = target().join("fuzz");
    let binaries = build(&folder)?;
    println!("| target | minutes of CPU | executions | edges covered | peak memory | result |");
    println!("| --- | --- | --- | --- | --- | --- |");
    let mut failed = Vec::new();
    for name in targets {
        let outcome = Runs { name, folder: &folder }.run(&binaries.join(name), arguments.minutes)?;
        println!("{}", outcome.row);
        failed.extend(outcome.failure);
    }
    if failed.is_empty() { Ok(()) } else { Err(failed.join("\n")) }
}

fn unknown(name: &str) -> String {
    format!("there is no fuzz target `{name}`; there are {}", TARGETS.join(", "))
}

/// Builds all targets; answers with the folder of the programs.
fn build(folder: &Path) -> Result<PathBuf, String> {
    let host = output(program("rustc").arg("-vV"))?;
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).ok_or("rustc names no host")?;
    // With `--target`, the flags are not for build scripts and macros.
    let mut command = cargo();
    command.env("RUSTFLAGS", FLAGS).args(["build", "--quiet", "--target", host]);
    run_program(command.arg("--manifest-path").arg("fuzz/Cargo.toml").arg("--target-dir").arg(folder))?;
    Ok(folder.join(host).join("debug"))
}

struct Runs<'a> {
    name: &'a str,
    folder: &'a Path,
}

struct Outcome {
    row: String,
    failure: Option<String>,
}

impl Runs<'_> {
    fn run(&self, binary: &Path, minutes: f64) -> Result<Outcome, String> {
        let [corpus, seeds, artifacts] =
            ["corpus", "seeds", "artifacts"].map(|kind| self.folder.join(kind).join(self.name));
        for folder in [&corpus, &artifacts] {
            fs::create_dir_all(folder)
                .map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
        }
        self.write_seeds(&seeds)
            .map_err(|error| format!("cannot write the seeds of {}: {error}", self.name))?;
        let log = self.folder.join(format!("{}.log", self.name));
        let log_file =
            File::create(&log).map_err(|error| format!("cannot write {}: {error}", log.display()))?;
        let mut command = Command::new(binary);
        command.arg(&corpus).arg(&seeds);
        command.args(["-timeout=10", "-rss_limit_mb=1024", "-print_final_stats=1", "-verbosity=1"]);
        command.arg(format!("-max_len={MAX_BYTES}"));
        command.arg(format!("-artifact_prefix={}/", artifacts.display()));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log_file);
        let mut child = command.spawn().map_err(|error| format!("cannot start {}: {error}", self.name))?;
        let seconds = until(&mut child, minutes * 60.0)?;
        child.wait().map_err(|error| format!("lost {}: {error}", self.name))?;
        let text = fs::read(&log).map_err(|error| format!("cannot read {}: {error}", log.display()))?;
        Ok(self.judge(&String::from_utf8_lossy(&text), seconds, &log))
    }

    /// Seeds of its own, and the samples, each behind a line that says how to read it. A family's target lets those of
    /// other families be.
    fn write_seeds(&self, folder: &Path) -> std::io::Result<()> {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        fs::create_dir_all(folder)?;
        let own = root().join("fuzz/seeds").join(self.name);
        for file in own.is_dir().then(|| fs::read_dir(&own)).transpose()?.into_iter().flatten() {
            let file = file?;
            fs::copy(file.path(), folder.join(file.file_name()))?;
        }
        for (format, sample) in samples()? {
            let bytes = fs::read(&sample)?;
            let head = bytes.trim_ascii_start().first().copied();
            let header = match self.name {
                "archives" => continue,
                "detection" => "report".to_owned(),
                "xml-reader" if head == Some(b'<') => "\u{4}\u{3}\u{1}\u{4}\u{5}\u{2}\u{4}".to_owned(),
                "json-reader" if matches!(head, Some(b'{' | b'[')) => {
                    "\u{4}\u{4}\u{3}\u{1}\u{4}\u{2}".to_owned()
                }
                "xml-reader" | "json-reader" => continue,
                _ => format,
            };
            let name = sample.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let kept = bytes.get(..MAX_BYTES).unwrap_or(&bytes);
            fs::write(folder.join(format!("{header}-{name}")), [header.as_bytes(), b"\n", kept].concat())?;
        }
        Ok(())
    }

    fn judge(&self, log: &str, seconds: f64, path: &Path) -> Outcome {
        let stat = |name: &str| {
            let line = log.lines().rev().find_map(|line| line.strip_prefix(name));
            line.map_or("?", str::trim)
        };
        let edges = log.lines().rev().find_map(|line| line.split("cov: ").nth(1)?.split(' ').next());
        let artifact = log.lines().find_map(|line| line.split("Test unit written to ").nth(1));
        let mut row = String::new();
        write!(
            row,
            "| {} | {:.1} | {} | {} | {} MiB | {} |",
            self.name,
            seconds / 60.0,
            stat("stat::number_of_executed_units:"),
            edges.unwrap_or("?"),
            stat("stat::peak_rss_mb:"),
            if artifact.is_some() { "FAILED" } else { "nothing found" },
        )
        .unwrap_or_default();
        let failure = artifact
            .map(|file| format!("{}: the input {file} made it fail; {} says how", self.name, path.display()));
        Outcome { row, failure }
    }
}

/// Every sample with its format's id.
fn samples() -> std::io::Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for folder in fs::read_dir(root().join("sample-reports"))? {
        let folder = folder?;
        let id = folder.file_name().to_string_lossy().into_owned();
        if id == "bookstore" || !folder.file_type()?.is_dir() {
            continue;
        }
        for file in fs::read_dir(folder.path())? {
            let path = file?.path();
            let name = path.to_string_lossy();
            if path.is_file() && !name.ends_with(".golden.json") && !name.ends_with("README.md") {
                found.push((id.clone(), path));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Waits until the program ends or has used so many seconds of processor time, and then asks it to end. Processor time,
/// not that of the clock: what else runs on the machine must not make the run a shorter one.
fn until(child: &mut Child, seconds: f64) -> Result<f64, String> {
    let pid = child.id().to_string();
    let mut used = 0.0;
    let mut is_asked = false;
    while child.try_wait().map_err(|error| error.to_string())?.is_none() {
        std::thread::sleep(Duration::from_millis(200));
        used = processor_seconds(&pid).unwrap_or(used);
        if used >= seconds && !is_asked {
            is_asked = true;
            run_program(Command::new("kill").args(["-INT", &pid]))?;
        }
    }
    Ok(used)
}

/// User and system time of a process, where the system has `/proc`; the clock's unit is a hundredth of a second there.
fn processor_seconds(pid: &str) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let ticks: u64 = fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?;
    (ticks > 0).then_some(ticks as f64 / 100.0)
}
