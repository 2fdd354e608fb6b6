//! The test bed: a PostgreSQL cluster with its default settings, and servers on it.
//!
//! The cluster keeps fsync on. It records commit times, so that the feed's lag
//! can be read from the database itself.

use std::fs;
use std::net::SocketAddr;
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

/// A cluster of its own that ends, and is removed, with this value.
pub struct Cluster {
    folder: PathBuf,
    postmaster: Child,
    port: u16,
}

impl Cluster {
    /// A new, empty cluster that accepts connections.
    pub fn start() -> Self {
        let folder = std::env::temp_dir().join(format!("torque-bench-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a temporary folder");
        let unprivileged = unprivileged();
        if let Some((uid, gid)) = unprivileged {
            chown(&folder, Some(uid), Some(gid)).expect("root may give its folder away");
        }
        let data = folder.join("data");
        let as_owner = |program: &str| {
            let mut command = Command::new(program);
            command
                .current_dir(&folder)
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            if let Some((uid, gid)) = unprivileged {
                command.uid(uid).gid(gid);
            }
            command
        };
        let made = as_owner("initdb")
            .args([
                "--auth=trust",
                "--username=postgres",
                "--encoding=UTF8",
                "--no-locale",
                "-k",
                "-D",
            ])
            .arg(&data)
            .status()
            .expect("initdb is in the PATH");
        assert!(made.success(), "initdb failed");
        let port = free_port();
        let postmaster = as_owner("postgres")
            .arg("-D")
            .arg(&data)
            .args(["-c", "listen_addresses=127.0.0.1", "-c", &format!("port={port}")])
            .args(["-c", &format!("unix_socket_directories={}", folder.display())])
            .args(["-c", "track_commit_timestamp=on", "-c", "max_connections=200"])
            .spawn()
            .expect("postgres is in the PATH");
        let cluster = Self {
            folder,
            postmaster,
            port,
        };
        wait_for("the cluster", Duration::from_secs(20), || {
            fs::read_to_string(data.join("postmaster.pid")).is_ok_and(|pid| pid.contains("ready"))
        });
        cluster
    }

    /// The URL of a database in it, over its Unix socket.
    pub fn url(&self, database: &str) -> String {
        let folder = self.folder.display().to_string().replace('/', "%2F");
        format!("postgresql://postgres:bench@{folder}:{}/{database}", self.port)
    }

    /// The process that all of PostgreSQL descends from.
    pub fn pid(&self) -> u32 {
        self.postmaster.id()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        stop(&mut self.postmaster, "INT");
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A running `torque server` that is drained with this value.
pub struct Server {
    process: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Server {
    /// Starts a server in `folder` and waits until it is ready. Without a URL it runs its own PostgreSQL.
    pub fn start(folder: &Path, database: Option<&str>) -> Self {
        let address = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let mut command = Command::new(env!("CARGO_BIN_EXE_torque"));
        command
            .current_dir(folder)
            .args(["server", "--bind", &address.to_string(), "--log-level", "warn"])
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        command.env_remove("TORQUE_DATABASE_URL");
        if let Some(url) = database {
            command.env("TORQUE_DATABASE_URL", url);
            // The bench makes its own.
            command.env("TORQUE_SERVER_FIRST_APPLICATION", "false");
        }
        let process = command.spawn().expect("the torque binary");
        let server = Self { process, address };
        wait_for("the server", Duration::from_secs(60), || server.is_ready());
        server
    }

    /// The server's process.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    fn is_ready(&self) -> bool {
        use std::io::Read;
        use std::io::Write;
        let Ok(mut stream) = std::net::TcpStream::connect(self.address) else {
            return false;
        };
        let request = format!(
            "GET /health/ready HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n",
            self.address
        );
        let mut reply = String::new();
        stream.write_all(request.as_bytes()).is_ok()
            && stream.read_to_string(&mut reply).is_ok()
            && reply.starts_with("HTTP/1.1 200")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        stop(&mut self.process, "TERM");
    }
}

/// A folder that is removed with this value.
pub struct Folder(pub PathBuf);

impl Folder {
    /// A new, empty folder.
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("torque-bench-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a temporary folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn stop(process: &mut Child, signal: &str) {
    let _ = Command::new("kill")
        .args(["-s", signal, &process.id().to_string()])
        .status();
    let _ = process.wait();
}

/// PostgreSQL refuses to run as root: whose it is then.
fn unprivileged() -> Option<(u32, u32)> {
    let id = |kind: &str, name: &[&str]| -> Option<u32> {
        let output = Command::new("id").arg(kind).args(name).output().ok()?;
        String::from_utf8(output.stdout).ok()?.trim().parse().ok()
    };
    let is_root = id("-u", &[])? == 0;
    let user = ["postgres", "nobody"]
        .into_iter()
        .find(|user| id("-u", &[user]).is_some())?;
    is_root.then_some((id("-u", &[user])?, id("-g", &[user])?))
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("its address").port()
}

/// Waits until it holds, looking again every millisecond.
pub fn wait_for(what: &str, at_most: Duration, holds: impl Fn() -> bool) -> Duration {
    let began = Instant::now();
    while !holds() {
        assert!(
            began.elapsed() < at_most,
            "{what} was not ready after {at_most:?}"
        );
        std::thread::sleep(Duration::from_millis(1));
    }
    began.elapsed()
}
