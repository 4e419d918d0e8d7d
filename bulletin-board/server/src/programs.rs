//! What the programs `tabella-admin` and `tabella-registrar` do beside asking and printing. Both are clients: they
//! believe a board no more than voters do. And `tabella-board witness`, which watches boards for others.

pub mod manifest_file;
pub mod roll;
pub mod session;
pub mod witness;
