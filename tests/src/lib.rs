//! Whole elections with the real programs as separate processes, each with a folder of its own.
//!
//! * [`process`]: the programs, run to their end or in the background;
//! * [`parent`]: programs that end with the one that started them;
//! * [`world`]: administrator, registrar, trustees, board and voters, and what each of them does;
//! * [`guide`]: a trustee who answers questions;
//! * [`small`]: small elections and what tests ask of them;
//! * [`usage`]: what processes use;
//! * [`ballots`]: the real ballots of `tests/data`, and what their totals must be.

pub mod ballots;
pub mod guide;
pub mod parent;
pub mod process;
pub mod proxy;
pub mod small;
pub mod usage;
pub mod world;
