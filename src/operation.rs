//! What can be asked of Torque, once, for every surface.

pub mod caller;
