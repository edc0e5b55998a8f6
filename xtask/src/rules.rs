//! The rules of the architecture, executed. `ARCHITECTURE.md` names each with its check.

use crate::app::{BUDGET_BYTES, FIRST_BUDGET_BYTES, WASM_BUDGET_BYTES, Weight, code_bytes, ensure_target};
use crate::process::{self, cargo, output};

/// A crate and what it must never depend on, directly or through others.
const NEVER: &[(&str, &[&str])] = &[
    ("plimsoll-model", &["plimsoll-format", "quick-xml", "serde_json", "rusqlite"]),
    ("plimsoll-format", &["rusqlite", "actix-web", "plimsoll-api", "plimsoll-store"]),
    (
        "plimsoll-test-results",
        &["plimsoll-coverage", "plimsoll-static-analysis", "plimsoll-security", "plimsoll-churn", "rusqlite"],
    ),
    (
        "plimsoll-coverage",
        &[
            "plimsoll-test-results",
            "plimsoll-static-analysis",
            "plimsoll-security",
            "plimsoll-churn",
            "rusqlite",
        ],
    ),
    (
        "plimsoll-static-analysis",
        &["plimsoll-test-results", "plimsoll-coverage", "plimsoll-security", "plimsoll-churn", "rusqlite"],
    ),
    (
        "plimsoll-security",
        &[
            "plimsoll-test-results",
            "plimsoll-coverage",
            "plimsoll-static-analysis",
            "plimsoll-churn",
            "rusqlite",
        ],
    ),
    (
        "plimsoll-churn",
        &[
            "plimsoll-test-results",
            "plimsoll-coverage",
            "plimsoll-static-analysis",
            "plimsoll-security",
            "rusqlite",
        ],
    ),
    ("plimsoll-registry", &["plimsoll-store", "plimsoll-api", "rusqlite", "actix-web"]),
    ("plimsoll-analysis", &["rusqlite", "actix-web", "plimsoll-store", "quick-xml"]),
    ("plimsoll-store", &["actix-web", "quick-xml", "plimsoll-registry"]),
    ("plimsoll-api", &["rusqlite", "actix-web", "plimsoll-format", "plimsoll-store"]),
    (
        "plimsoll-frontend",
        &["rusqlite", "actix-web", "plimsoll-format", "plimsoll-store", "plimsoll-registry"],
    ),
];

/// What must compile for wasm32.
const FOR_WASM: &[&str] = &["plimsoll-model", "plimsoll-api", "plimsoll-frontend"];

/// Checks the crate edges and that the browser's crates compile for wasm32.
///
/// # Errors
/// Each rule that is broken.
pub fn run() -> Result<(), String> {
    let mut broken = Vec::new();
    for (package, forbidden) in NEVER {
        let tree = output(cargo().args([
            "tree",
            "--package",
            package,
            "--edges",
            "normal,build",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ]))?;
        for name in *forbidden {
            if tree.lines().skip(1).any(|line| line.split(' ').next() == Some(name)) {
                broken.push(format!("{package} depends on {name}"));
            }
        }
    }
    // Only one crate sees the database.
    let users = output(cargo().args([
        "tree",
        "--workspace",
        "--invert",
        "rusqlite",
        "--depth",
        "1",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ]))?;
    for line in users.lines().skip(1) {
        let name = line.split(' ').next().unwrap_or_default();
        if !name.is_empty() && name != "plimsoll-store" && name != "xtask" {
            broken.push(format!("{name} sees rusqlite; only plimsoll-store may"));
        }
    }
    if !broken.is_empty() {
        return Err(format!("the crate edges of ARCHITECTURE.md are broken: {}", broken.join("; ")));
    }
    ensure_target()?;
    for package in FOR_WASM {
        process::run(cargo().args([
            "check",
            "--quiet",
            "--package",
            package,
            "--target",
            "wasm32-unknown-unknown",
        ]))?;
    }
    Ok(())
}

/// Checks that the app's first load, all of it, and its code are within their budgets.
///
/// # Errors
/// Where it is larger.
pub fn check_size(weight: Weight) -> Result<(), String> {
    for (what, bytes, budget) in [
        ("the app's first load weighs", weight.first, FIRST_BUDGET_BYTES),
        ("the app weighs", weight.first + weight.later, BUDGET_BYTES),
    ] {
        if bytes > budget {
            return Err(format!("{what} {bytes} bytes compressed; the budget is {budget}"));
        }
    }
    let wasm = code_bytes()?;
    if wasm > WASM_BUDGET_BYTES {
        return Err(format!("the app's code weighs {wasm} bytes; the budget is {WASM_BUDGET_BYTES}"));
    }
    Ok(())
}
