//! Who PostgreSQL runs as: the person who started Torque, or, for root, somebody lesser.

use crate::db::embedded::failed;
use crate::error::Result;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// A user that processes run as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// The user's and the group's number, where it is not the running user.
    other: Option<(u32, u32)>,
}

/// Users that root becomes, the first that exists.
const LESSER: &[&str] = &["postgres", "torque", "nobody"];

impl Identity {
    /// Who the cluster belongs to: for root the owner of what is there, else a lesser user.
    pub fn find(cluster: &Path) -> Result<Self> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self { other: None });
        }
        if let Ok(metadata) = std::fs::metadata(cluster)
            && metadata.uid() != 0
        {
            return Ok(Self {
                other: Some((metadata.uid(), metadata.gid())),
            });
        }
        let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
        let found = LESSER.iter().find_map(|name| numbers_of(&users, name));
        match found {
            Some(numbers) => Ok(Self { other: Some(numbers) }),
            None => Err(failed(
                "PostgreSQL does not run as root, and this machine has no user `postgres`, `torque` or `nobody`: \
                 make one, or start Torque as an ordinary user",
            )),
        }
    }

    /// The command as this user.
    pub fn apply(self, command: &mut Command) {
        if let Some((user, group)) = self.other {
            command.uid(user).gid(group);
        }
    }

    /// Hands a file or folder over to this user.
    pub fn own(self, path: &Path) -> Result<()> {
        let Some((user, group)) = self.other else {
            return Ok(());
        };
        std::os::unix::fs::chown(path, Some(user), Some(group))
            .map_err(|error| failed(format!("{} cannot be handed over: {error}", path.display())))
    }

    /// Whether this user can walk to a folder; the running user can, or says so when it cannot.
    pub fn reaches(self, path: &Path) -> bool {
        let Some((user, group)) = self.other else {
            return true;
        };
        path.ancestors().all(|folder| match std::fs::metadata(folder) {
            Ok(metadata) => may_enter(&metadata, user, group),
            // Not made yet; its parent decides.
            Err(_) => true,
        })
    }
}

fn may_enter(metadata: &Metadata, user: u32, group: u32) -> bool {
    let bit = if metadata.uid() == user {
        0o100
    } else if metadata.gid() == group {
        0o010
    } else {
        0o001
    };
    metadata.mode() & bit != 0
}

/// The numbers of a user in the text of `/etc/passwd`.
fn numbers_of(users: &str, name: &str) -> Option<(u32, u32)> {
    let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::numbers_of;

    #[test]
    fn a_user_is_found_by_its_whole_name() {
        let users = "root:x:0:0::/root:/bin/sh\npostgres2:x:7:8::/:\npostgres:x:101:104:,,,:/var:/bin/bash\n";
        assert_eq!(numbers_of(users, "postgres"), Some((101, 104)));
        assert_eq!(numbers_of(users, "nobody"), None);
    }
}
