//! The files that `tabella-web-build` built, inside this program.

use rust_embed::RustEmbed;

use super::App;

#[derive(RustEmbed)]
#[folder = "$TABELLA_WEB_APP"]
struct Built;

impl App {
    /// The web app that was there when this program was compiled; an [`App`] without files if there was none.
    pub fn embedded() -> Self {
        Self::new(Built::iter().filter_map(|path| Some((path.to_string(), Built::get(&path)?.data))))
    }
}
