//! `cargo xtask audit` and `cargo xtask screens`: every screen in both themes, looked at by axe-core and Lighthouse, and
//! painted into `docs/screens`.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::process::{self, cargo, output, program, root, target};
use crate::server::Server;
use crate::{app, chromium};

/// Pinned, so that a new version's other rules do not look like a change of ours.
const PACKAGES: [&str; 3] = ["lighthouse@12", "axe-core@4", "puppeteer-core@24"];
/// What every category of Lighthouse must reach.
const LEAST_SCORE: u64 = 97;
/// Elements of a page with a long list.
const MOST_NODES: u64 = 3000;

/// What can be chosen.
#[derive(clap::Args)]
pub struct Arguments {
    /// Without Lighthouse, which takes most of the time.
    #[arg(long)]
    quick: bool,
    /// A binary that is there instead of one that is built: it must hold the app.
    #[arg(long)]
    binary: Option<PathBuf>,
}

/// Judges every screen.
///
/// # Errors
/// Where a tool is missing, or a screen falls short.
pub fn audit(arguments: &Arguments) -> Result<(), String> {
    let mut short = Vec::new();
    look(arguments, &json!({ "axe": true, "lighthouse": !arguments.quick }), &mut |said| {
        println!("      {}", line(said));
        short.extend(shortcomings(said));
    })?;
    if short.is_empty() {
        Ok(())
    } else {
        Err(format!("{} shortcomings:\n{}", short.len(), short.join("\n")))
    }
}

/// Paints every screen.
///
/// # Errors
/// Where a tool is missing.
pub fn screens(arguments: &Arguments) -> Result<(), String> {
    let pictures = root().join("docs/screens");
    std::fs::create_dir_all(&pictures).map_err(|error| format!("{}: {error}", pictures.display()))?;
    let plan = json!({ "pictures": pictures });
    look(arguments, &plan, &mut |said| println!("      {}", line(said)))
}

/// Every screen of the sample history, with the keys that open what has no address.
fn list() -> Value {
    let screen = |name: &str, path: &str| json!({ "name": name, "path": path });
    json!([
        screen("projects", "/"),
        screen("project", "/p/bookstore"),
        screen("project-folders", "/p/bookstore?group=folder"),
        screen("module", "/p/bookstore/module?path=services/checkout"),
        screen("hotspots", "/p/bookstore/hotspots"),
        screen("tests", "/p/bookstore/tests"),
        screen("tests-flaky", "/p/bookstore/tests?view=flaky"),
        screen("tests-grid", "/p/bookstore/tests?view=grid"),
        screen("test", "/p/bookstore/tests/1"),
        screen("findings", "/p/bookstore/findings"),
        screen("runs", "/p/bookstore/runs"),
        screen("run", "/p/bookstore/runs/12"),
        screen("files", "/p/bookstore/runs/12/files"),
        screen("file", "/p/bookstore/file?path=services/checkout/checkout/basket.py"),
        screen("compare", "/p/bookstore/compare?from=1&to=12"),
        screen("set-up", "/p/bookstore/set-up"),
        screen("admin", "/admin"),
        screen("not-found", "/p/none"),
        { "name": "search", "path": "/p/bookstore", "keys": ["/", "c", "a", "r", "t"] },
        { "name": "keys", "path": "/p/bookstore", "keys": ["?"] },
        { "name": "project-phone", "path": "/p/bookstore", "width": 390 },
    ])
}

fn look(arguments: &Arguments, what: &Value, say: &mut dyn FnMut(&Value)) -> Result<(), String> {
    chromium::ensure()?;
    let tools = tools()?;
    let binary = match &arguments.binary {
        Some(binary) => binary.clone(),
        None => {
            app::build()?;
            process::run(cargo().args(["build", "--quiet", "--profile", "demo", "--package", "plimsoll"]))?;
            target().join("demo/plimsoll")
        }
    };
    let data = target().join("audit-data");
    if data.exists() {
        std::fs::remove_dir_all(&data).map_err(|error| format!("{}: {error}", data.display()))?;
    }
    process::run(
        program(&binary)
            .args(["ingest", "--quiet", "--project", "bookstore", "--data"])
            .arg(&data)
            .arg(root().join("sample-reports/bookstore/runs")),
    )?;
    let token = output(program(&binary).args(["token", "create", "--data"]).arg(&data))?;
    let server = Server::start(&binary, &data)?;
    let mut plan = json!({
        "token": token.trim(),
        "origin": server.url(),
        "chromium": process::find("chromium")?,
        "themes": ["light", "dark"],
        "screens": list(),
    });
    if let (Some(plan), Some(what)) = (plan.as_object_mut(), what.as_object()) {
        plan.extend(what.clone());
    }
    let file = tools.join("plan.json");
    std::fs::write(&file, plan.to_string()).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut node = program("node")
        .arg(root().join("xtask/src/audit/audit.mjs"))
        .arg(&tools)
        .arg(&file)
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("node: {error}; the audit needs Node"))?;
    for text in node.stdout.take().into_iter().flat_map(|out| BufReader::new(out).lines()) {
        let text = text.map_err(|error| error.to_string())?;
        let said = serde_json::from_str(&text).map_err(|error| format!("{error}: {text}"))?;
        say(&said);
    }
    let status = node.wait().map_err(|error| error.to_string())?;
    drop(server);
    if status.success() { Ok(()) } else { Err(format!("the audit itself ended with {status}")) }
}

/// The folder with the tools, installed by npm if they are not there.
fn tools() -> Result<PathBuf, String> {
    let tools = target().join("audit-tools");
    if PACKAGES
        .iter()
        .all(|package| tools.join("node_modules").join(package.split('@').next().unwrap_or(package)).is_dir())
    {
        return Ok(tools);
    }
    std::fs::create_dir_all(&tools).map_err(|error| format!("{}: {error}", tools.display()))?;
    std::fs::write(tools.join("package.json"), "{\"private\":true}\n").map_err(|error| error.to_string())?;
    let install = ["install", "--no-audit", "--no-fund", "--silent", "--prefix"];
    output(program("npm").args(install).arg(&tools).args(PACKAGES))
        .map_err(|error| format!("{error}; the audit needs Node and its npm"))?;
    Ok(tools)
}

fn line(said: &Value) -> String {
    let text = |name: &str| said.get(name).and_then(Value::as_str).unwrap_or_default();
    let nodes = said.get("nodes").map(|nodes| format!(" {nodes} nodes")).unwrap_or_default();
    let axe = said.get("violations").and_then(Value::as_array);
    let axe = axe.map(|found| format!(" axe {}", found.len())).unwrap_or_default();
    let scores = said.get("lighthouse").map(|scores| format!(" {scores}")).unwrap_or_default();
    format!("{} {}{nodes}{axe}{scores}", text("screen"), text("theme"))
}

fn shortcomings(said: &Value) -> Vec<String> {
    let mut short = Vec::new();
    let name = line(said);
    for violation in said.get("violations").and_then(Value::as_array).into_iter().flatten() {
        short.push(format!("{name}: {violation}"));
    }
    if said.get("nodes").and_then(Value::as_u64).is_some_and(|nodes| nodes > MOST_NODES) {
        short.push(format!("{name}: more than {MOST_NODES} elements"));
    }
    for (category, score) in said.get("lighthouse").and_then(Value::as_object).into_iter().flatten() {
        if score.as_u64().is_none_or(|score| score < LEAST_SCORE) {
            short.push(format!(
                "{name}: {category} is below {LEAST_SCORE}: {}",
                said.get("failed").unwrap_or(&Value::Null)
            ));
        }
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_falls_short_is_said() {
        let good = json!({ "screen": "a", "theme": "dark", "nodes": 10, "violations": [] });
        assert!(shortcomings(&good).is_empty());
        let bad = json!({ "screen": "a", "nodes": 3001, "violations": [{ "id": "color-contrast" }] });
        assert_eq!(shortcomings(&bad).len(), 2);
        let slow = json!({ "screen": "a", "lighthouse": { "performance": 96, "seo": 100 }, "failed": ["x"] });
        assert_eq!(shortcomings(&slow).len(), 1);
    }
}
