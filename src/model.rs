//! The model document: what an application is made of, as plain types. No I/O.

pub mod filter;
