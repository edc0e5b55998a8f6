//! Embeds the browser app: writes a table of the files that `cargo xtask app` left in the target folder.
//!
//! Without them (a plain `cargo build`) the table is empty, and the server says on its pages how to build the app.

use std::path::{Path, PathBuf};

fn main() {
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default());
    // OUT_DIR is <target>/<profile>/build/<package>/out.
    let app = out.ancestors().nth(4).unwrap_or(&out).join("app");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", app.display());
    let mut table = String::from("&[\n");
    let mut files = Vec::new();
    list(&app, &app, &mut files);
    files.sort();
    for name in files {
        let path = app.join(&name);
        table += &format!(
            "    ({name:?}, include_bytes!({:?}), include_bytes!({:?})),\n",
            path.display().to_string(),
            format!("{}.br", path.display())
        );
    }
    table.push_str("]\n");
    if let Err(error) = std::fs::write(out.join("assets.rs"), table) {
        println!("cargo::error=cannot write the table of assets: {error}");
    }
}

/// The names of the files that have a compressed form beside them, below `folder`, with forward slashes.
fn list(root: &Path, folder: &Path, names: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            list(root, &path, names);
        } else if path.extension().is_none_or(|extension| extension != "br")
            && let Ok(name) = path.strip_prefix(root)
        {
            names.push(name.to_string_lossy().replace('\\', "/"));
        }
    }
}
