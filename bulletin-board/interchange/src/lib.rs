//! Results and ballot definitions in the Common Data Format of the National Institute of Standards and Technology, which
//! other programs of elections read and write: SP 1500-100 revision 2 (Election Results Reporting) and SP 1500-20 (Ballot
//! Definition), in JSON. What becomes of what: `docs/interchange.md`.
//!
//! * [`model`]: the classes and attributes that are used, under NIST's names;
//! * [`rules`]: how a contest is marked and decided, in the format's own terms and in full;
//! * [`definition`]: from a manifest to a ballot definition;
//! * [`results`]: from the folded log of an election to its report;
//! * [`import`]: from a ballot definition to what a manifest says of contests and styles.
//!
//! Pure: the time is an argument, and text goes in and comes out. Nothing here is verified; who writes results has verified
//! the record before.

pub mod definition;
pub mod import;
pub mod model;
pub mod results;
pub mod rules;
#[cfg(test)]
mod tests;

pub use definition::ballot_definition;
pub use model::Issuer;
pub use results::{ExportError, election_report};
