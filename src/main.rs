//! The `torque` binary: parse the arguments, assemble, serve, drain.

use mimalloc::MiMalloc;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    torque::cli::run()
}
