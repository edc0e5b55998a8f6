//! Other tools on the same files: each as a whole process beside `plimsoll inspect`.
//!
//! They are installed below `target/bench`, at the versions named here. One that cannot be had is named and left out.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::{CASES, file};
use crate::bench::Figure;
use crate::bench::figure::Bar;
use crate::process::{self, cargo, exists, output, program, target};

/// How long a tool may take for one file.
const PATIENCE: Duration = Duration::from_secs(300);

/// Where a tool comes from.
enum Source {
    /// A package of the Python index, and the program that reads a file with it; none where it has a command.
    Python { package: &'static str, script: Option<&'static str> },
    /// A crate, built in release mode.
    Crate,
    /// A Debian package with what it needs.
    Debian { packages: &'static [&'static str] },
}

struct Peer {
    name: &'static str,
    version: &'static str,
    source: Source,
    /// What its own command gets before and after the file.
    arguments: (&'static [&'static str], &'static [&'static str]),
    format: &'static str,
    /// Our speed divided by its.
    bar: f64,
}

const PEERS: [Peer; 6] = [
    Peer {
        name: "junitparser",
        version: "5.0.3",
        source: Source::Python {
            package: "junitparser",
            script: Some(
                "import sys, junitparser\n\
                 xml = junitparser.JUnitXml.fromfile(sys.argv[1])\n\
                 print(sum(len(case.result) + 1 for suite in xml for case in suite))",
            ),
        },
        arguments: (&[], &[]),
        format: "junit",
        bar: 20.0,
    },
    Peer {
        name: "test-results-parser",
        version: "0.6.1",
        source: Source::Python {
            package: "test-results-parser",
            script: Some(
                "import sys, test_results_parser\n\
                 print(len(test_results_parser.parse_junit_xml(open(sys.argv[1], 'rb').read()).testruns))",
            ),
        },
        arguments: (&[], &[]),
        format: "junit",
        bar: 6.0,
    },
    Peer {
        name: "pycobertura",
        version: "4.1.0",
        source: Source::Python {
            package: "pycobertura",
            script: Some(
                "import sys, pycobertura\n\
                 report = pycobertura.Cobertura(sys.argv[1])\n\
                 print(report.total_statements(), report.total_hits())",
            ),
        },
        arguments: (&[], &[]),
        format: "cobertura",
        bar: 35.0,
    },
    Peer {
        name: "grcov",
        version: "0.10.7",
        source: Source::Crate,
        arguments: (&[], &["--output-type", "covdir", "--threads", "1", "--output-path", "/dev/null"]),
        format: "lcov",
        bar: 15.0,
    },
    Peer {
        name: "lcov",
        version: "1.16-1",
        source: Source::Debian { packages: &["lcov", "libjson-perl"] },
        arguments: (&["--summary"], &[]),
        format: "lcov",
        bar: 75.0,
    },
    Peer {
        name: "sarif",
        version: "3.0.5",
        source: Source::Python { package: "sarif-tools", script: None },
        arguments: (&["summary"], &[]),
        format: "sarif",
        bar: 60.0,
    },
];

/// Measures with this binary.
///
/// # Errors
/// Where our own binary does not read its files.
pub fn measure(plimsoll: &Path, report: &mut dyn FnMut(Figure)) -> Result<(), String> {
    for peer in &PEERS {
        let installed = match install(peer) {
            Ok(installed) => installed,
            Err(error) => {
                eprintln!("{} {} is left out: {error}", peer.name, peer.version);
                continue;
            }
        };
        let case = CASES.iter().find(|case| case.format == peer.format).ok_or("there is no such case")?;
        for megabytes in [20, 200] {
            let path = file(case, megabytes)?;
            let figure = compare(plimsoll, peer, &installed, megabytes, &path)?;
            report(figure);
        }
    }
    Ok(())
}

fn compare(
    plimsoll: &Path,
    peer: &Peer,
    installed: &Installed,
    megabytes: u64,
    path: &Path,
) -> Result<Figure<'static>, String> {
    let bytes = std::fs::metadata(path).map_err(|error| error.to_string())?.len() as f64;
    let mut ours = f64::INFINITY;
    let mut theirs = f64::INFINITY;
    let mut is_stopped = false;
    // In turns, the fastest of each: whatever else the machine does can only add to them.
    for _ in 0..3 {
        for _ in 0..3 {
            ours = ours.min(seconds(program(plimsoll).arg("inspect").arg(path))?.ok_or("plimsoll hangs")?);
        }
        if is_stopped || (theirs.is_finite() && theirs > 20.0) {
            continue;
        }
        let mut command = installed.command(peer);
        match seconds(command.args(peer.arguments.0).arg(path).args(peer.arguments.1))? {
            Some(taken) => theirs = theirs.min(taken),
            None => {
                is_stopped = true;
                theirs = PATIENCE.as_secs_f64();
            }
        }
    }
    let stopped = if is_stopped { ", stopped after 300 s: at most this fast" } else { "" };
    Ok(Figure {
        name: format!(
            "{} {megabytes} MB: plimsoll inspect {ours:.3} s, {} {} {}{theirs:.3} s{stopped}",
            peer.format,
            peer.name,
            peer.version,
            if is_stopped { "> " } else { "" },
        ),
        value: bytes / 1e6 / ours,
        unit: "MB/s",
        reference: bytes / 1e6 / theirs,
        reference_name: peer.name,
        bar: Bar::RatioAtLeast(peer.bar),
    })
}

/// How long a process takes; `None` where it was stopped.
fn seconds(command: &mut Command) -> Result<Option<f64>, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let begun = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("cannot start {name}: {error}"))?;
    loop {
        if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
            let taken = begun.elapsed().as_secs_f64();
            return if status.success() { Ok(Some(taken)) } else { Err(format!("{name} failed ({status})")) };
        }
        if begun.elapsed() > PATIENCE {
            child.kill().and_then(|()| child.wait()).map_err(|error| error.to_string())?;
            return Ok(None);
        }
        std::thread::sleep(Duration::from_micros(500));
    }
}

/// A peer that is there.
struct Installed {
    program: PathBuf,
    /// Where a script in Perl finds its modules.
    perl: Option<PathBuf>,
}

impl Installed {
    fn command(&self, peer: &Peer) -> Command {
        let mut command = program(&self.program);
        if let Source::Python { script: Some(script), .. } = &peer.source {
            command.args(["-c", script]);
        }
        if let Some(perl) = &self.perl {
            command.env("PERL5LIB", perl);
        }
        command
    }
}

fn install(peer: &Peer) -> Result<Installed, String> {
    let bench = target().join("bench");
    std::fs::create_dir_all(&bench).map_err(|error| error.to_string())?;
    match &peer.source {
        Source::Python { package, script } => {
            let bin = bench.join("venv/bin");
            if !bin.exists() {
                output(program("python3").args(["-m", "venv"]).arg(bench.join("venv")))?;
            }
            let wanted = format!("{package}=={}", peer.version);
            output(program(bin.join("pip")).args([
                "install",
                "--quiet",
                "--disable-pip-version-check",
                &wanted,
            ]))?;
            let name = if script.is_some() { "python" } else { peer.name };
            Ok(Installed { program: bin.join(name), perl: None })
        }
        Source::Crate => {
            let installed = bench.join("bin").join(peer.name);
            if !installed.exists() {
                process::run(
                    cargo()
                        .args(["install", "--quiet", "--locked", "--version", peer.version, "--root"])
                        .arg(&bench)
                        .arg(peer.name),
                )?;
            }
            Ok(Installed { program: installed, perl: None })
        }
        Source::Debian { packages } => {
            let folder = bench.join("debian");
            let installed = folder.join("usr/bin").join(peer.name);
            if !installed.exists() {
                if !exists("apt-get") {
                    return Err(
                        "it is taken from Debian's packages, which this system does not have".to_owned()
                    );
                }
                std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
                output(Command::new("apt-get").current_dir(&folder).arg("download").args(*packages))?;
                for entry in std::fs::read_dir(&folder).map_err(|error| error.to_string())? {
                    let path = entry.map_err(|error| error.to_string())?.path();
                    if path.extension().is_some_and(|extension| extension == "deb") {
                        output(program("dpkg").arg("-x").arg(&path).arg(&folder))?;
                    }
                }
            }
            Ok(Installed { program: installed, perl: Some(folder.join("usr/share/perl5")) })
        }
    }
}
