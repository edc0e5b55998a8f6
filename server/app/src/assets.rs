//! The browser app, embedded in the binary: every file as it is and compressed with Brotli at build time.

/// A file of the browser app.
#[derive(Debug, Clone, Copy)]
pub struct Asset {
    /// Its path below the app's root: `index.html`, `assets/plimsoll-0123456789abcdef.wasm`.
    pub name: &'static str,
    /// As it is.
    pub bytes: &'static [u8],
    /// Compressed with Brotli.
    pub brotli: &'static [u8],
}

static ASSETS: &[(&str, &[u8], &[u8])] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

impl Asset {
    /// Finds a file by its path.
    pub fn find(name: &str) -> Option<Self> {
        let index = ASSETS.binary_search_by_key(&name, |(name, ..)| name).ok()?;
        ASSETS.get(index).map(|&(name, bytes, brotli)| Self { name, bytes, brotli })
    }

    /// The page that starts the app; absent in a binary that was built without it.
    pub fn index() -> Option<Self> {
        Self::find("index.html")
    }

    /// The media type by the file's extension.
    pub fn media_type(&self) -> &'static str {
        match self.name.rsplit('.').next() {
            Some("html") => "text/html; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("wasm") => "application/wasm",
            Some("svg") => "image/svg+xml",
            _ => "application/octet-stream",
        }
    }

    /// Whether its name is made of its content, so that it may be kept for ever.
    pub fn is_immutable(&self) -> bool {
        self.name.starts_with("assets/")
    }
}
