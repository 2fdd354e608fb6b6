//! The command line: a client on the roof.

pub mod answer;
pub mod token;
