//! What a worker takes from itself before it reads the first script.

use rustix::event::PollFd;
use rustix::event::PollFlags;
use rustix::event::poll;
use rustix::process::Resource;
use rustix::process::Rlimit;
use rustix::process::setrlimit;

/// The memory of a worker: all of its address space.
const MEMORY: u64 = 512 << 20;

/// No more memory than this, no file or socket beyond the three pipes, no process, no core.
pub fn take() -> rustix::io::Result<()> {
    let limit = |resource, most: u64| {
        setrlimit(
            resource,
            Rlimit {
                current: Some(most),
                maximum: Some(most),
            },
        )
    };
    limit(Resource::Core, 0)?;
    limit(Resource::Nofile, 3)?;
    limit(Resource::Nproc, 0)?;
    #[cfg(target_os = "linux")]
    {
        rustix::thread::set_no_new_privs(true)?;
        rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
    }
    limit(Resource::As, MEMORY)
}

/// Returns when nobody can write to the standard input any more.
pub fn wait_for_end_of_input() {
    let input = std::io::stdin();
    loop {
        let mut watched = [PollFd::new(&input, PollFlags::empty())];
        match poll(&mut watched, None) {
            Err(rustix::io::Errno::INTR) | Ok(0) => {}
            _ => return,
        }
    }
}
