//! Boards that lie to a real browser. Each visit succeeds first through the honest proxy; then the proxy lies, the page
//! refuses in words that a voter understands, and what must not happen does not.

mod ballot;
mod board;
mod changed;
mod programs;
mod record;
mod scene;
mod workers;
