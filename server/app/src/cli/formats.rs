use std::process::ExitCode;

use super::{print, table};

/// How the list is shown.
#[derive(clap::Args)]
pub struct Arguments {
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let mut out = String::new();
    let mut rows = Vec::new();
    for format in plimsoll_registry::formats() {
        let descriptor = format.descriptor();
        if arguments.json {
            let line = serde_json::json!({
                "id": descriptor.id, "name": descriptor.name, "kind": descriptor.kind, "tools": descriptor.tools,
                "globs": descriptor.globs, "link": descriptor.link, "version": descriptor.version,
            });
            out.push_str(&format!("{line}\n"));
        } else {
            rows.push(vec![
                descriptor.id.to_owned(),
                descriptor.kind.as_str().to_owned(),
                descriptor.name.to_owned(),
                descriptor.tools.join(", "),
            ]);
        }
    }
    if !arguments.json {
        out = table::render(&["format", "kind", "name", "tools"], &rows);
    }
    print(&out)?;
    Ok(ExitCode::SUCCESS)
}
