//! What all workers of the web app share.
//!
//! A worker takes requests ([`ToWorker`](tabella_web_shared::ToWorker)) one after the other, in the order in which they
//! come, and answers each with one [`Event::Done`](tabella_web_shared::Event), with progress before it. What it holds, it
//! holds in its own memory, which goes when the page ends the worker. Which requests those are, and what is held, is for
//! the modules to say: each implements [`Roles`], keeps one [`Server`] and hands it what the page sends.

pub mod board;
pub mod reply;
pub mod serve;
pub mod trouble;

pub use reply::Reply;
pub use serve::{Roles, Server};

/// Whatever a worker frees is erased, so that no copy of a secret stays behind, whoever made it.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);
