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
//! * [`serve`]: connections, their bounds, and TLS;
//! * [`config`], [`log`], [`metrics`]: what an operator sets and sees;
//! * [`programs`]: what the programs of operator, administrator and registrar do.
//!
//! The rules themselves are in `tabella-board-core`, the same for board, verifier and clients.

pub mod config;
pub mod engine;
pub mod http;
pub mod keyfile;
pub mod log;
pub mod metrics;
pub mod programs;
pub mod publish;
pub mod sequencer;
pub mod serve;
pub mod store;
