//! A real Chromium on the web app, driven through W3C WebDriver, and boards that lie to it.

pub mod browser;
pub mod fair;
pub mod liar;
pub mod marked;
pub mod tour;
pub mod trustee;
pub mod voter;
