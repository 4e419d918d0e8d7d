//! The web app in a real browser. One program, so that browsers are always as many at once as tests may be.

mod keyboard;
mod liars;
mod mishaps;
mod pages;
mod trustees;
mod voting;
mod witnessed;
