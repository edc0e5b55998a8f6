use std::fmt::Write;

use plimsoll_format::Format;

const HEADINGS: [&str; 5] = ["Test results", "Coverage", "Static analysis", "Security", "Change"];

/// The text of `SUPPORTED-FORMATS.md`, made from the formats' descriptors.
pub fn supported_formats() -> String {
    let mut page = String::from(
        "# Supported formats\n\n\
         This page is generated from the parsers' own descriptions: do not edit it. A report's format is recognised by \
         its content; file names only help to find reports in a folder. gzip, zstd, zip and tar are unwrapped, UTF-16 \
         and declared Latin-1 are brought to UTF-8.\n",
    );
    for (heading, family) in HEADINGS.into_iter().zip(crate::families()) {
        push(
            &mut page,
            format_args!("\n## {heading}\n\n| format | id | written by |\n| --- | --- | --- |\n"),
        );
        for format in family {
            let descriptor = format.descriptor();
            let (id, name, tools) = (descriptor.id, descriptor.name, descriptor.tools.join(", "));
            push(&mut page, format_args!("| [{name}](#{id}) | `{id}` | {tools} |\n"));
        }
    }
    for format in crate::formats() {
        push_format(&mut page, format);
    }
    page
}

fn push_format(page: &mut String, format: &dyn Format) {
    let descriptor = format.descriptor();
    let globs: Vec<String> = descriptor.globs.iter().map(|glob| format!("`{glob}`")).collect();
    push(page, format_args!("\n<a id=\"{}\"></a>\n## {}\n\n", descriptor.id, descriptor.name));
    push(
        page,
        format_args!(
            "`{}` · {} · {} · [description]({})\n",
            descriptor.id,
            descriptor.kind.as_str(),
            globs.join(" "),
            descriptor.link
        ),
    );
    let docs = &descriptor.docs;
    for (heading, text) in [
        ("Produced by", docs.produced_by),
        ("Maps to", docs.maps_to),
        ("Not read", docs.not_read),
        ("Quirks", docs.quirks),
    ] {
        if !text.trim().is_empty() {
            push(page, format_args!("\n**{heading}.** {}\n", text.trim()));
        }
    }
}

/// Writing into a `String` cannot fail.
fn push(page: &mut String, text: std::fmt::Arguments<'_>) {
    page.write_fmt(text).unwrap_or_default();
}
