//! The bulletin board as a program: what strangers send becomes entries of logs, durable and signed, or is refused
//! with a reason.
//!
//! ```text
//! http --submit--> queue --> sequencer (engine: order; core: rules) --commit--> store
//!  ^                              |
//!  +--------- snapshot <--publish-+
//! ```
//!
//! * [`store`]: where the logs lie; its text is the contract of a write;
//! * [`engine`]: who decides the order of entries;
//! * [`sequencer`]: the one writer; its text is the crash story;
//! * [`publish`]: what readers see;
//! * [`http`]: the interface; handlers parse, call, encode;
//! * [`witnesses`]: having heads cosigned, and asking witnesses before anything is signed;
//! * [`mirror`], [`backup`], [`recovery`]: copies of the logs, and the way back from them;
//! * [`serve`]: connections, their bounds, and TLS;
//! * [`config`], [`log`], [`metrics`]: what an operator sets and sees;
//! * [`programs`]: what the programs of operator, administrator and registrar do.
//!
//! The rules themselves are in `tabella-board-core`, the same for board, verifier and clients.

pub mod backup;
pub mod config;
pub mod engine;
pub mod http;
pub mod keyfile;
pub mod log;
pub mod metrics;
pub mod mirror;
pub mod programs;
pub mod publish;
pub mod recovery;
pub mod sequencer;
pub mod serve;
pub mod store;
pub mod witnesses;
