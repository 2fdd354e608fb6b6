//! The hidden `torque exec`: becomes another program that ends with its parent.
//!
//! The signal of the parent's death is set here, by a safe call in a process of
//! its own, because between fork and exec only unsafe code could do it. Changing
//! the user clears the signal, so the user is changed before this runs.

use crate::db::embedded::failed;
use crate::db::embedded::identity::Identity;
use crate::error::Result;
use std::ffi::OsString;
use std::fs::File;
use std::os::fd::AsRawFd;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// The name of the hidden subcommand.
pub const LAUNCHER_COMMAND: &str = "exec";

/// A program with arguments that will run as `identity` and end with the calling thread.
pub(super) struct Launch {
    pub command: Command,
    /// Kept open until the command has been spawned.
    _program: Option<File>,
}

/// Prepares the launch of `program`.
///
/// The launcher is opened here and run through `/proc/self/fd`: its path need
/// not be reachable for the user it runs as (a project in root's home).
pub(super) fn prepare(launcher: &Path, identity: Identity, program: &Path) -> Result<Launch> {
    if !cfg!(target_os = "linux") {
        let mut command = Command::new(program);
        identity.apply(&mut command);
        return Ok(Launch {
            command,
            _program: None,
        });
    }
    let file = File::open(launcher)
        .map_err(|error| failed(format!("{} cannot be opened: {error}", launcher.display())))?;
    let mut command = Command::new(format!("/proc/self/fd/{}", file.as_raw_fd()));
    command
        .arg(LAUNCHER_COMMAND)
        .arg(std::process::id().to_string())
        .arg(program);
    identity.apply(&mut command);
    Ok(Launch {
        command,
        _program: Some(file),
    })
}

/// Performs `torque exec PARENT PROGRAM ARGUMENTS…`; returns only when it fails.
pub fn launch(arguments: impl IntoIterator<Item = OsString>) -> String {
    let mut arguments = arguments.into_iter();
    let parent = arguments.next().and_then(|pid| pid.to_str()?.parse::<u32>().ok());
    let (Some(parent), Some(program)) = (parent, arguments.next()) else {
        return "exec wants a process id and a program".to_owned();
    };
    if let Err(error) = end_with(parent) {
        return error;
    }
    let error = Command::new(&program).args(arguments).exec();
    format!("{}: {error}", program.display())
}

#[cfg(target_os = "linux")]
fn end_with(parent: u32) -> std::result::Result<(), String> {
    // SIGINT is PostgreSQL's fast shutdown.
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::INT))
        .map_err(|error| error.to_string())?;
    let alive = rustix::process::getppid()
        .is_some_and(|pid| u32::try_from(pid.as_raw_nonzero().get()).is_ok_and(|pid| pid == parent));
    if alive {
        Ok(())
    } else {
        Err("the parent has ended".to_owned())
    }
}

#[cfg(not(target_os = "linux"))]
fn end_with(_parent: u32) -> std::result::Result<(), String> {
    Ok(())
}
