//! The `torque` binary: parse the arguments, assemble, serve, drain.

fn main() {}
