//! Scripts: JavaScript that runs in child processes of this binary, and nowhere else.
//!
//! The JavaScript engine has no limit on memory, its native loops cannot be
//! stopped, and brackets nested deep enough abort the process that parses them.
//! So every script is parsed and run by `torque js-worker` (`worker.rs`): a
//! child without environment, files or network, with a limit on its memory, that
//! the pool (`pool.rs`) kills when its time is over. Frames of JSON go to it and
//! come back (`frame.rs`); what comes back is read as what a stranger sends.

mod child;
mod fault;
mod frame;
mod pool;
mod source;
mod worker;

pub use fault::Fault;
pub use fault::Kind;
pub use frame::Line;
pub use pool::Ask;
pub use pool::Pool;
pub use pool::Ran;
pub use source::ROOTS;
pub use source::Script;
pub use worker::WORKER_COMMAND;
pub use worker::work;

/// The most bytes of a frame in either direction.
const MOST_BYTES: usize = 1_048_576;
