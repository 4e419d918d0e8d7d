//! A bulletin board's client that believes nothing, natively and in the browser.
//!
//! A [`Board`] is what answers at an address, once its key is known; a [`LogView`] is one of its logs. Every
//! checkpoint is verified and held against the last one seen ([`SavedView`]), every entry is hashed into the
//! root of a verified checkpoint, every receipt is checked before it is handed on. What a board merely says of
//! itself (status, lists, counters) is marked as such.
//!
//! A [`Booth`] is an election for a voter: what a ballot is made for, and what became of one.
//!
//! With the feature `keys`: secret keys under a passphrase. With `programs`, native only: what the command-line programs
//! share. With `fixtures`: a board in memory
//! for tests.

pub mod board;
pub mod booth;
pub mod error;
pub mod evidence;
#[cfg(any(test, feature = "fixtures"))]
pub mod fixtures;
pub mod log;
pub mod record;
pub mod sync;
mod tiles;
pub mod transport;
pub mod view;

#[cfg(feature = "programs")]
pub mod changes;
#[cfg(feature = "programs")]
pub mod clock;
#[cfg(feature = "programs")]
pub mod exit;
#[cfg(feature = "programs")]
pub mod invitation;
#[cfg(feature = "keys")]
pub mod keyfile;
#[cfg(feature = "keys")]
pub mod passphrase;
#[cfg(feature = "keys")]
pub mod sealed;
#[cfg(feature = "programs")]
pub mod site;
#[cfg(feature = "programs")]
pub mod table;
#[cfg(feature = "programs")]
pub mod terminal;
#[cfg(feature = "programs")]
pub mod visit;

pub use board::{Board, Found, Posted, Trust};
pub use booth::{Booth, BoothError};
pub use error::{ClientError, Tampering};
pub use evidence::{Contradiction, Fork, ForkKind, WentBack};
pub use log::{Batch, LogView, Witnessed};
pub use sync::ElectionSync;
pub use view::SavedView;

#[cfg(test)]
mod tests;
