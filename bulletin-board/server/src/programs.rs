//! What the programs `tabella-admin` and `tabella-registrar` do beside asking and printing. Both are clients: they
//! believe a board no more than voters do.

pub mod manifest_file;
pub mod roll;
pub mod session;
