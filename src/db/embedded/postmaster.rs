//! The postmaster as its files tell: which process it is, and whether it is ready.

use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;
use std::time::Instant;

/// What `postmaster.pid` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PidFile {
    pub process: u32,
    pub port: u16,
    pub socket_folder: PathBuf,
    pub status: String,
}

impl PidFile {
    /// Reads the file of a cluster, if there is one and it is complete.
    pub fn read(cluster: &Path) -> Option<Self> {
        Self::parse(&std::fs::read_to_string(cluster.join("postmaster.pid")).ok()?)
    }

    fn parse(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        Some(Self {
            process: lines.first()?.parse().ok()?,
            port: lines.get(3)?.parse().ok()?,
            socket_folder: PathBuf::from(lines.get(4)?),
            status: (*lines.get(7)?).to_owned(),
        })
    }

    /// Removes the lock file of the dead postmaster's socket, which PostgreSQL believes for as long as any process
    /// has its number. One of another postmaster stays.
    pub fn remove_socket_lock(&self) {
        let socket = self.socket_folder.join(format!(".s.PGSQL.{}", self.port));
        let lock = socket.with_extension(format!("{}.lock", self.port));
        let is_its_own = std::fs::read_to_string(&lock)
            .is_ok_and(|text| text.lines().next().map(str::trim) == Some(self.process.to_string().as_str()));
        if is_its_own {
            // Whatever cannot be removed PostgreSQL names when it starts.
            let _ = std::fs::remove_file(lock);
            let _ = std::fs::remove_file(socket);
        }
    }

    pub fn is_ready(&self) -> bool {
        self.status == "ready"
    }

    /// Whether the process exists, is PostgreSQL's and serves this very cluster: numbers are used again.
    pub fn is_alive(&self, cluster: &Path) -> bool {
        serves(self.process, cluster)
    }
}

#[cfg(target_os = "linux")]
fn serves(process: u32, cluster: &Path) -> bool {
    let folder = PathBuf::from(format!("/proc/{process}"));
    let Ok(stat) = std::fs::read_to_string(folder.join("stat")) else {
        return false;
    };
    // `4711 (postgres) S …`; a Z has ended and only waits to be noticed.
    let name = stat.split(['(', ')']).nth(1);
    let state = stat
        .rsplit(')')
        .next()
        .and_then(|rest| rest.split_whitespace().next());
    if name != Some("postgres") || state == Some("Z") {
        return false;
    }
    // A postmaster stands in its data folder. Where a container does not let us look, it counts as alive:
    // better to wait for a stranger than to start a second one on the same files.
    std::fs::read_link(folder.join("cwd")).map_or(true, |cwd| cwd == cluster)
}

#[cfg(not(target_os = "linux"))]
fn serves(process: u32, cluster: &Path) -> bool {
    let output = std::process::Command::new("ps")
        .args(["-o", "command=", "-p", &process.to_string()])
        .output();
    output.is_ok_and(|output| {
        let command = String::from_utf8_lossy(&output.stdout).into_owned();
        command.contains("postgres") && command.contains(&cluster.display().to_string())
    })
}

/// Waits until a condition holds.
pub fn wait_until(within: Duration, mut holds: impl FnMut() -> bool) -> bool {
    let started = Instant::now();
    loop {
        if holds() {
            return true;
        }
        if started.elapsed() >= within {
            return false;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[cfg(test)]
mod tests {
    use super::PidFile;
    use std::path::Path;
    use std::path::PathBuf;

    #[test]
    fn the_eighth_line_says_whether_it_is_ready() {
        let text = "4711\n/data/postgres\n1700000000\n54321\n/data/run\n127.0.0.1\n  123 456\nready   \n";
        let file = PidFile::parse(text).unwrap();
        assert_eq!(file.process, 4711);
        assert_eq!(file.port, 54321);
        assert_eq!(file.socket_folder, PathBuf::from("/data/run"));
        assert!(file.is_ready());
        assert_eq!(PidFile::parse("4711\n/data/postgres\n"), None);
    }

    #[test]
    fn a_process_that_is_not_postgres_does_not_count() {
        let file = PidFile {
            process: std::process::id(),
            port: 1,
            socket_folder: PathBuf::new(),
            status: "ready".to_owned(),
        };
        assert!(!file.is_alive(Path::new("/")));
    }
}
