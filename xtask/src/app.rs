//! Builds the browser app: compiles it for wasm32, binds it to JavaScript, gives every file a name made of its content
//! and compresses it, so that the server has nothing left to do but to send it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use wasm_bindgen_cli_support::Bindgen;

use crate::chromium;
use crate::process::{cargo, exists, output, program, root, run, target};

/// What all files of the first load may weigh together, compressed with Brotli.
pub const FIRST_BUDGET_BYTES: u64 = 200_000;

/// What the whole app may weigh, compressed with Brotli: the first load and the pages that are fetched after it.
pub const BUDGET_BYTES: u64 = 400_000;

/// What a file of WebAssembly may weigh before compression: the browser compiles all of it.
pub const WASM_BUDGET_BYTES: u64 = 1_000_000;

/// What the app weighs, compressed with Brotli.
#[derive(Debug, Clone, Copy)]
pub struct Weight {
    /// All files that the first page needs, in bytes.
    pub first: u64,
    /// The files of the pages after it, in bytes.
    pub later: u64,
}

const WASM: &str = "wasm32-unknown-unknown";

/// Builds the app into `target/app` and says what it weighs.
///
/// # Errors
/// Where a step fails, with what to do.
pub fn build() -> Result<Weight, String> {
    ensure_target()?;
    // What is split later must say where it refers to what; only the last step of the build need know.
    run(cargo()
        .args(["rustc", "--quiet", "--package", "plimsoll-frontend", "--lib", "--features", "split"])
        .args([
            "--crate-type",
            "cdylib",
            "--profile",
            "wasm-release",
            "--target",
            WASM,
            "--",
            "-Clink-arg=--emit-relocs",
        ]))?;
    let parts = split(&target().join(WASM).join("wasm-release/plimsoll_frontend.wasm"))?;
    let bound = target().join("app-bound");
    Bindgen::new()
        .input_path(shrink(&parts.first)?)
        .web(true)
        .and_then(|bindgen| {
            bindgen
                .typescript(false)
                .remove_name_section(true)
                .remove_producers_section(true)
                // The later part finds its functions in the first one's table.
                .keep_lld_exports(true)
                .out_name("plimsoll")
                .generate(&bound)
        })
        .map_err(|error| format!("cannot bind {}: {error:#}", parts.first.display()))?;
    assemble(&bound, &parts, &target().join("app"))
}

/// The app in parts: what opens first, and what is fetched after it.
struct Parts {
    first: PathBuf,
    later: Vec<PathBuf>,
    /// The JavaScript that fetches the later ones.
    loader: PathBuf,
}

/// The loader's name and that of the bound app's JavaScript, as they name each other before they are given their own.
const LOADER: &str = "./pages.js";
const MAIN: &str = "./plimsoll.js";

fn split(wasm: &Path) -> Result<Parts, String> {
    let folder = target().join("app-split");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(describe(&folder))?;
    }
    let input = read(wasm)?;
    let first = folder.join("plimsoll.wasm");
    let mut options = wasm_split_cli_support::Options::new(&input);
    options.output_dir = &folder;
    options.main_out_path = &first;
    options.link_name = LOADER;
    options.main_module = MAIN;
    let done = wasm_split_cli_support::transform(options)
        .map_err(|error| format!("cannot split {}: {error:#}", wasm.display()))?;
    Ok(Parts { first: first.clone(), later: done.split_modules, loader: folder.join(LOADER) })
}

/// What Binaryen does to the app: functions that differ in constants only become one, which takes a tenth off the code
/// and makes it no larger when it is compressed. Its `-Oz` would take a seventh off, but what it makes compresses worse.
const PASSES: [&str; 14] = [
    "--duplicate-function-elimination",
    "--dce",
    "--remove-unused-names",
    "--remove-unused-brs",
    "--optimize-instructions",
    "--precompute",
    "--merge-similar-functions",
    "--rse",
    "--merge-locals",
    "--coalesce-locals",
    "--reorder-locals",
    "--vacuum",
    "--remove-unused-module-elements",
    "--shrink-level=2",
];

/// Gives the smaller app. Where Binaryen is not installed the app is only larger; what is shipped and what is judged is
/// made with it ([`ensure_optimiser`]). It comes before wasm-bindgen: Debian's Binaryen mistakes one table for the other
/// in what wasm-bindgen writes.
fn shrink(wasm: &Path) -> Result<PathBuf, String> {
    const FEATURES: [&str; 6] = [
        "bulk-memory",
        "sign-ext",
        "mutable-globals",
        "nontrapping-float-to-int",
        "reference-types",
        "multivalue",
    ];
    if !exists("wasm-opt") {
        println!("      app: not made smaller, because there is no wasm-opt (Debian's package binaryen)");
        return Ok(wasm.to_owned());
    }
    let small = wasm.with_extension("small.wasm");
    let mut command = program("wasm-opt");
    command.args(FEATURES.map(|feature| format!("--enable-{feature}"))).args(PASSES);
    run(command.arg(wasm).arg("-o").arg(&small))?;
    Ok(small)
}

/// Installs Binaryen's optimiser if it is not there and can be had.
pub fn ensure_optimiser() {
    if !exists("wasm-opt")
        && exists("apt-get")
        && let Err(error) = chromium::install(&["binaryen"])
    {
        println!("      {error}; the app is built without it");
    }
}

/// Names and notes of the compiler, which no browser needs; in the first part wasm-bindgen drops them.
fn without_custom_sections(wasm: &[u8]) -> Result<Vec<u8>, String> {
    let mut module = wasm_encoder::Module::new();
    for payload in wasmparser::Parser::new(0).parse_all(wasm) {
        let payload = payload.map_err(|error| format!("the app's later part: {error}"))?;
        if let Some((id, range)) = payload.as_section().filter(|(id, _)| *id != 0) {
            let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
            let data = wasm.get(place(range.start)..place(range.end));
            let data = data.ok_or("the app's later part: a section ends behind its file")?;
            module.section(&wasm_encoder::RawSection { id, data });
        }
    }
    Ok(module.finish())
}

/// Adds the wasm32 target of the toolchain in use if it is not there.
///
/// # Errors
/// Where it cannot, with what to do by hand.
pub fn ensure_target() -> Result<(), String> {
    let libraries = output(cargo_rustc().args(["--print", "target-libdir", "--target", WASM]))?;
    if Path::new(libraries.trim()).is_dir() {
        return Ok(());
    }
    if !exists("rustup") {
        return Err(format!(
            "the {WASM} target is missing and there is no rustup to add it: install it with the \
                            package that your Rust came from"
        ));
    }
    run(program("rustup").args(["target", "add", WASM]))
}

fn cargo_rustc() -> std::process::Command {
    program(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
}

fn assemble(bound: &Path, parts: &Parts, out: &Path) -> Result<Weight, String> {
    let frontend = root().join("frontend");
    // The folder is made anew beside the old one, so that a server that is being built never sees half of it.
    let fresh = out.with_extension("new");
    if fresh.exists() {
        fs::remove_dir_all(&fresh).map_err(describe(&fresh))?;
    }
    fs::create_dir_all(fresh.join("assets")).map_err(describe(&fresh))?;
    let (mut total, mut later) = (0, 0);
    let (wasm, size) = write_asset(&fresh, "plimsoll.wasm", &read(&bound.join("plimsoll_bg.wasm"))?)?;
    total += size;
    let mut loader = squeeze_script(&read_text(&parts.loader)?);
    for part in &parts.later {
        let name = part.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let (path, size) = write_asset(&fresh, name, &without_custom_sections(&read(&shrink(part)?)?)?)?;
        later += size;
        loader = loader.replace(&format!("./{name}"), &path);
    }
    // The two import each other, so both have the name of what they are together.
    let bound_script = squeeze_script(&read_text(&bound.join("plimsoll.js"))?);
    let hash = content_name(format!("{bound_script}{loader}").as_bytes());
    let script = format!("/assets/plimsoll-{hash}.js");
    let loader_path = format!("/assets/pages-{hash}.js");
    for (path, text) in [(&script, &bound_script), (&loader_path, &loader)] {
        let text = rename_import(&rename_import(text, LOADER, &loader_path), MAIN, &script);
        total += write(&fresh.join(path.trim_start_matches('/')), text.as_bytes())?;
    }
    let start = read_text(&frontend.join("start.js"))?
        .replace("__PLIMSOLL_JS__", &script)
        .replace("__PLIMSOLL_WASM__", &wasm);
    let mut put = |name: &str, bytes: &[u8]| {
        write_asset(&fresh, name, bytes).inspect(|(_, size)| total += size).map(|(path, _)| path)
    };
    let start = put("start.js", start.as_bytes())?;
    let style = put("style.css", styles(&frontend.join("styles"))?.as_bytes())?;
    let icon = put("favicon.svg", &read(&frontend.join("favicon.svg"))?)?;

    let head = format!(
        "<link rel=\"icon\" type=\"image/svg+xml\" href=\"{icon}\">\n\
         <link rel=\"stylesheet\" href=\"{style}\">\n\
         <link rel=\"modulepreload\" href=\"{script}\">\n\
         <link rel=\"modulepreload\" href=\"{loader_path}\">\n\
         <link rel=\"preload\" href=\"{wasm}\" as=\"fetch\" type=\"application/wasm\" crossorigin>\n\
         <script type=\"module\" src=\"{start}\"></script>"
    );
    let page = without_trunk(&read_text(&frontend.join("index.html"))?);
    if !page.contains("<!-- plimsoll:head -->") {
        return Err(
            "frontend/index.html has no `<!-- plimsoll:head -->`, where the app's files are named".to_owned()
        );
    }
    let page = page.replace("<!-- plimsoll:head -->", &head);
    total += write(&fresh.join("index.html"), page.as_bytes())?;

    if contents(out)? == contents(&fresh)? {
        // The server embeds this folder: left alone, the server need not be linked again.
        fs::remove_dir_all(&fresh).map_err(describe(&fresh))?;
    } else {
        if out.exists() {
            fs::remove_dir_all(out).map_err(describe(out))?;
        }
        fs::rename(&fresh, out).map_err(describe(out))?;
    }
    println!(
        "      app: {:.1} KB for the first load, {:.1} KB for the pages after it, compressed with Brotli",
        total as f64 / 1000.0,
        later as f64 / 1000.0
    );
    Ok(Weight { first: total, later })
}

/// The size of the code that the last build made, in bytes: its largest file, because a browser compiles one at a time.
///
/// # Errors
/// Where there is none.
pub fn code_bytes() -> Result<u64, String> {
    let assets = target().join("app/assets");
    let files = fs::read_dir(&assets).map_err(describe(&assets))?;
    files
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "wasm"))
        .map(|path| fs::metadata(&path).map(|metadata| metadata.len()).map_err(describe(&path)))
        .collect::<Result<Vec<u64>, String>>()?
        .into_iter()
        .max()
        .ok_or_else(|| format!("there is no code in {}", assets.display()))
}

/// Every file of a folder with its bytes, by its path in the folder; none where there is no folder.
fn contents(folder: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>, String> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(inside) = waiting.pop().filter(|inside| inside.exists()) {
        for entry in fs::read_dir(&inside).map_err(describe(&inside))? {
            let path = entry.map_err(describe(&inside))?.path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap_or(&path).to_owned();
                found.insert(name, read(&path)?);
            }
        }
    }
    Ok(found)
}

/// Trunk reads `data-trunk` links from the same page; the product does not need them.
fn without_trunk(page: &str) -> String {
    page.lines().filter(|line| !line.contains("data-trunk")).map(|line| format!("{line}\n")).collect()
}

fn styles(folder: &Path) -> Result<String, String> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .map_err(describe(folder))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "css"))
        .collect();
    files.sort();
    let mut all = String::new();
    for file in files {
        all.push_str(&read_text(&file)?);
    }
    Ok(squeeze(&all))
}

/// Drops comments and the white space at line ends: what Brotli cannot get rid of.
fn squeeze(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("/*") {
        out.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Drops the indentation and the lines that are comments as a whole from generated JavaScript. It has neither template
/// texts nor comments that begin or end within a line of code.
fn squeeze_script(script: &str) -> String {
    let mut out = String::with_capacity(script.len());
    let mut in_comment = false;
    for line in script.lines().map(str::trim) {
        in_comment |= line.starts_with("/*");
        if !in_comment && !line.is_empty() && !line.starts_with("//") {
            out.push_str(line);
            out.push('\n');
        }
        in_comment &= !line.ends_with("*/");
    }
    out
}

/// Writes a file under a name made of its content, and its compressed form beside it.
fn write_asset(folder: &Path, name: &str, bytes: &[u8]) -> Result<(String, u64), String> {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "bin"));
    let name = format!("assets/{stem}-{}.{extension}", content_name(bytes));
    let size = write(&folder.join(&name), bytes)?;
    Ok((format!("/{name}"), size))
}

/// What names a content: the first 16 hexadecimal digits of its BLAKE3 digest.
fn content_name(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().chars().take(16).collect()
}

/// Where a generated script imports `from`, it imports `to` instead.
fn rename_import(script: &str, from: &str, to: &str) -> String {
    ['"', '\''].iter().fold(script.to_owned(), |text, quote| {
        text.replace(&format!("from {quote}{from}{quote}"), &format!("from {quote}{to}{quote}"))
    })
}

fn write(path: &Path, bytes: &[u8]) -> Result<u64, String> {
    fs::write(path, bytes).map_err(describe(path))?;
    let mut compressed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        size_hint: bytes.len(),
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &bytes[..], &mut compressed, &parameters).map_err(describe(path))?;
    let mut name = path.as_os_str().to_owned();
    name.push(".br");
    fs::write(&name, &compressed).map_err(describe(path))?;
    Ok(compressed.len() as u64)
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(describe(path))
}

fn read_text(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(describe(path))
}

fn describe(path: &Path) -> impl Fn(std::io::Error) -> String {
    let path = path.display().to_string();
    move |error| format!("{path}: {error}")
}
