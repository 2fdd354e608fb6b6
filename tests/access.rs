//! Who may do what, and what nobody may: the safety floor from outside.

mod audit;
mod credentials;
mod divided;
mod drain;
mod headers;
mod limits;
mod origins;
mod permissions;
pub mod private;
mod tls;
