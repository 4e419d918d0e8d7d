//! Tools for tests of where secrets go.
//!
//! * [`mark`]: memory is marked as secret for valgrind, which then reports every branch and every memory address that
//!   depends on it;
//! * [`heap`]: an allocator that looks for secrets in the blocks that are given back to it.

pub mod heap;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
pub mod mark;
