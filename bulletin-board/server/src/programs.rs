//! What the programs `tabella-board`, `tabella-admin` and `tabella-registrar` do beside asking and printing. The last
//! two are clients: they believe a board no more than voters do. `tabella-board witness` watches boards for others.

pub mod board;
pub mod interchange;
pub mod manifest_file;
pub mod roll;
pub mod session;
mod signals;
pub mod witness;
