//! A trustee at a board, natively and in a browser: follow the log, do the step that is due, state and decrypt.
//!
//! What is due is decided by [`crate::ceremony`] and [`crate::tally`] from the verified record. Here is what a step needs
//! of the world: the board ([`Session`], with [`anchors`]), and what the trustee keeps ([`Keeper`]): the key, the share of
//! the election's key, and which view of the log the trustee set out to decrypt ([`intent`]). A program keeps these in
//! a folder, a page in the [`Memory`] of one visit.
//!
//! ```text
//! session.advance(…)             what is new on the log, verified
//! ceremony::act(keeper, session) one step of the ceremony, by what was read
//! TallyRun::act(keeper, session) one step of the tally, likewise
//! ```
//!
//! Every step can be asked again after whatever happened. [`strength`] and [`paper`] are about the key itself.

pub mod anchors;
pub mod ceremony;
pub mod intent;
pub mod keeper;
pub mod memory;
pub mod paper;
pub mod session;
pub mod strength;
pub mod tally;

pub use anchors::{AnchorError, Anchors};
pub use keeper::{Intent, Keeper, Plan, StepError};
pub use memory::{Memory, MemoryError};
pub use session::{Notebook, Session, SessionError, is_passing};
pub use tally::TallyRun;

#[cfg(test)]
mod tests;
