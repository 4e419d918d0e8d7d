//! What the programs `tabella-board`, `tabella-admin` and `tabella-registrar` do beside asking and printing. The last
//! two are clients: they believe a board no more than voters do.

pub mod board;
pub mod manifest_file;
pub mod roll;
pub mod session;
