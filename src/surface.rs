//! The surfaces: how the outside speaks to Torque. They translate, never decide.

pub mod jsonrpc;
pub mod problem;
