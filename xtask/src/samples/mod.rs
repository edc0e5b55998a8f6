//! `cargo xtask samples`: makes `sample-reports/bookstore/runs/` again from `sample-reports/bookstore/source/`.
//!
//! The history is replayed commit by commit in a temporary git repository, and for each build the real tools run on
//! what is checked out. What differs from machine to machine is set afterwards (see [`normalise`]), so that two replays
//! write the same bytes.

mod advisories;
mod git;
mod history;
mod junit;
mod normalise;
mod reports;
mod time;
mod toolbox;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use walkdir::WalkDir;

use crate::process;
use git::Repository;
use history::{History, Run, Step};
use toolbox::Toolbox;

/// What can be chosen.
#[derive(clap::Args)]
pub struct Arguments {
    /// Only say which files differ from those in `sample-reports/bookstore/runs`.
    #[arg(long)]
    check: bool,
    /// Stop after so many runs and replace nothing.
    #[arg(long)]
    first: Option<usize>,
}

/// Replays the history of the bookstore.
///
/// # Errors
/// Where a tool is missing or fails in a way that is not a finding, and with `--check` where the bytes differ.
pub fn run(arguments: &Arguments) -> Result<(), String> {
    let bookstore = process::root().join("sample-reports/bookstore");
    let source = bookstore.join("source");
    let committed = bookstore.join("runs");
    // The committed runs are replaced at the very end, so that a replay that fails leaves them as they were.
    let made = process::target().join("samples/runs");
    let history = History::read(&source)?;
    let toolbox = Toolbox::prepare(&source, &process::target().join("samples"))?;
    let repository = Repository::create(&toolbox.checkout)?;
    empty(&made)?;

    let total = history.steps.iter().map(|step| step.runs.len()).sum::<usize>();
    let total = arguments.first.map_or(total, |first| first.min(total));
    let mut number = 0;
    'steps: for step in &history.steps {
        commit(&repository, step, &source)?;
        for build in &step.runs {
            if number == total {
                break 'steps;
            }
            number += 1;
            println!("[{number}/{total}] build {} of {}: {}", build.build, step.id, step.message);
            write_run(&history, &toolbox, &repository, step, build, &made.join(format!("{number:03}")))?;
        }
    }
    if arguments.check {
        compare(&committed, &made, arguments.first)
    } else if arguments.first.is_some() {
        println!("{}", made.display());
        Ok(())
    } else {
        empty(&committed)?;
        copy_tree(&made, &committed)
    }
}

/// Brings the working tree to a step and commits it.
fn commit(repository: &Repository, step: &Step, source: &Path) -> Result<(), String> {
    repository.switch(&step.branch, step.from.as_deref())?;
    if let Some(branch) = &step.squash {
        repository.squash(branch)?;
    }
    for (old, new) in &step.renames {
        repository.rename(old, new)?;
    }
    for path in &step.deletions {
        repository.remove(path)?;
    }
    let files = source.join("steps").join(&step.id);
    if files.is_dir() {
        copy_tree(&files, repository.folder())?;
    }
    repository.commit(&step.message, &step.date)
}

/// Runs the tools for one build and writes its folder.
fn write_run(
    history: &History,
    toolbox: &Toolbox,
    repository: &Repository,
    step: &Step,
    build: &Run,
    folder: &Path,
) -> Result<(), String> {
    make_folder(folder)?;
    let begun = time::seconds(&step.date)? + build.delay_seconds;
    let uploads = reports::write(history, toolbox, repository, step, build, begun, folder)?;
    let mut parents = repository.first_parents()?;
    let commit = if parents.is_empty() { String::new() } else { parents.remove(0) };
    let uploads: Vec<serde_json::Value> = uploads
        .iter()
        .map(|upload| {
            serde_json::json!({ "file": upload.file, "category": upload.category, "shard": upload.shard })
        })
        .collect();
    let run = serde_json::json!({
        "commit": commit,
        "branch": step.branch,
        "pull_request": build.pull_request,
        "base_branch": "main",
        "build": build.build,
        "time": time::rfc3339(begun),
        "parents": parents,
        "uploads": uploads,
    });
    let text = serde_json::to_string_pretty(&run).map_err(|error| error.to_string())?;
    write(&folder.join("run.json"), format!("{text}\n").as_bytes())
}

/// Says which files of two folders differ.
fn compare(committed: &Path, made: &Path, first: Option<usize>) -> Result<(), String> {
    let committed_files = list(committed)?;
    let made_files = list(made)?;
    let mut different = Vec::new();
    for path in &made_files {
        if !committed_files.contains(path) || !same(&committed.join(path), &made.join(path)) {
            different.push(path.display().to_string());
        }
    }
    if first.is_none() {
        different.extend(
            committed_files
                .iter()
                .filter(|path| !made_files.contains(*path))
                .map(|path| path.display().to_string()),
        );
    }
    if different.is_empty() {
        println!("{} files are the same", made_files.len());
        return Ok(());
    }
    Err(format!("{} files differ from the committed ones: {}", different.len(), different.join(", ")))
}

fn same(left: &Path, right: &Path) -> bool {
    matches!((fs::read(left), fs::read(right)), (Ok(left), Ok(right)) if left == right)
}

/// The files below a folder, by their paths from there.
fn list(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.map_err(|error| error.to_string())?;
        if entry.file_type().is_file() {
            let path = entry.path().strip_prefix(folder).map_err(|error| error.to_string())?;
            files.push(path.to_owned());
        }
    }
    Ok(files)
}

/// Copies what stands in one folder over another.
fn copy_tree(from: &Path, to: &Path) -> Result<(), String> {
    for path in list(from)? {
        let target = to.join(&path);
        if let Some(parent) = target.parent() {
            make_folder(parent)?;
        }
        let bytes = read(&from.join(&path))?;
        write(&target, &bytes)?;
    }
    Ok(())
}

/// Makes a folder anew, without what was in it.
fn empty(folder: &Path) -> Result<(), String> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    make_folder(folder)
}

fn make_folder(folder: &Path) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn read_text(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
}

/// Runs a tool whose exit status 1 says that it found something, which is no failure here.
fn run_tool(command: &mut Command) -> Result<String, String> {
    let shown = format!("{command:?}");
    let output = command.output().map_err(|error| format!("cannot start {shown}: {error}"))?;
    match output.status.code() {
        Some(0 | 1) => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        _ => Err(format!(
            "{shown} failed ({}):\n{}{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )),
    }
}
