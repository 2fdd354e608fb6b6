//! Making a cluster and starting its postmaster.

use crate::db::embedded::ADMINISTRATOR;
use crate::db::embedded::Settings;
use crate::db::embedded::binaries::Binaries;
use crate::db::embedded::cluster::end;
use crate::db::embedded::failed;
use crate::db::embedded::folder;
use crate::db::embedded::folder::Folder;
use crate::db::embedded::launcher;
use crate::db::embedded::postmaster::PidFile;
use crate::db::embedded::postmaster::wait_until;
use crate::error::Error;
use crate::error::Result;
use std::fs::File;
use std::fs::OpenOptions;
use std::net::TcpListener;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

/// How long a cluster may take to be ready, recovery after a crash included.
pub(super) const READY_WITHIN: Duration = Duration::from_secs(60);

/// Bytes from which a log is put aside at the next start.
const LONG_LOG: u64 = 10 << 20;

/// What starting takes.
#[derive(Clone)]
pub(super) struct Parts {
    pub settings: Settings,
    pub folder: Folder,
    pub binaries: Binaries,
    pub port: u16,
    pub process: Arc<AtomicU32>,
}

impl Parts {
    /// `initdb`: with data checksums, passwords on loopback, trust on the private socket.
    pub fn make(&self, password: &str) -> Result<()> {
        let secret = self.folder.socket().join("password");
        folder::write_private(&secret, password)?;
        self.folder.identity.own(&secret)?;
        // Text sorts by code points, the same on every machine and after every upgrade of its libraries.
        let mut made = self.initdb(&secret, "C.UTF-8");
        if made.is_err() {
            made = self.initdb(&secret, "C");
        }
        let _ = std::fs::remove_file(&secret);
        let cluster = self.folder.cluster();
        std::fs::rename(made?, &cluster)
            .map_err(|error| failed(format!("{} cannot be made: {error}", cluster.display())))
    }

    fn initdb(&self, secret: &Path, locale: &str) -> Result<PathBuf> {
        let cluster = self.folder.new_cluster()?;
        let mut command = Command::new(self.binaries.program("initdb"));
        command
            .arg("--pgdata")
            .arg(&cluster)
            .arg("--pwfile")
            .arg(secret)
            .args([
                "--username",
                ADMINISTRATOR,
                "--encoding",
                "UTF8",
                "--locale",
                locale,
            ])
            .args(["--auth-local", "trust", "--auth-host", "scram-sha-256"])
            .args(["--data-checksums", "--no-instructions"])
            .current_dir(&cluster)
            .stdin(Stdio::null());
        if !self.settings.fsync {
            command.arg("--no-sync");
        }
        self.folder.identity.apply(&mut command);
        let output = command
            .output()
            .map_err(|error| failed(format!("initdb cannot be run: {error}")))?;
        if output.status.success() {
            return Ok(cluster);
        }
        Err(failed(format!(
            "initdb could not make a cluster in {}: {}",
            cluster.display(),
            String::from_utf8_lossy(&output.stderr).trim()
        )))
    }

    pub fn free_port(&self) -> Result<u16> {
        let wanted = match self.settings.port {
            0 => self.folder.last_port().unwrap_or(0),
            port => port,
        };
        let bound = TcpListener::bind(("127.0.0.1", wanted)).or_else(|error| {
            if self.settings.port == 0 {
                TcpListener::bind(("127.0.0.1", 0))
            } else {
                Err(error)
            }
        });
        let bound =
            bound.map_err(|error| failed(format!("port {wanted} cannot be used for PostgreSQL: {error}")))?;
        Ok(bound.local_addr().map_err(Error::bug)?.port())
    }

    /// Starts a postmaster; tried again while remains of a dead one are in the way.
    pub fn spawn_ready(&self) -> Result<Child> {
        let started = Instant::now();
        loop {
            self.turn_log();
            let log_from = std::fs::metadata(self.folder.log()).map_or(0, |log| log.len());
            let mut child = self.spawn()?;
            match self.wait_ready(&mut child) {
                Ok(()) => {
                    self.process.store(child.id(), Ordering::Relaxed);
                    return Ok(child);
                }
                Err(error) => {
                    let said = self.said_since(log_from);
                    let in_the_way = said.contains("postmaster.pid") || said.contains("shared memory block");
                    if !in_the_way || started.elapsed() > Duration::from_secs(10) {
                        return Err(failed(format!("{}: {}", error.message, said.trim())));
                    }
                    std::thread::sleep(Duration::from_millis(100));
                }
            }
        }
    }

    fn spawn(&self) -> Result<Child> {
        let cluster = self.folder.cluster();
        let program = self.binaries.program("postgres");
        let mut launch = launcher::prepare(&self.settings.launcher, self.folder.identity, &program)?;
        let command = &mut launch.command;
        command.arg("-D").arg(&cluster);
        for (name, value) in self.server_settings() {
            command.arg("-c").arg(format!("{name}={value}"));
        }
        command
            .current_dir(&cluster)
            .stdin(Stdio::null())
            .stdout(self.log_file()?)
            .stderr(self.log_file()?);
        command
            .spawn()
            .map_err(|error| failed(format!("{} cannot be run: {error}", program.display())))
    }

    fn server_settings(&self) -> Vec<(&'static str, String)> {
        let on_or_off = |on: bool| if on { "on" } else { "off" }.to_owned();
        vec![
            ("port", self.port.to_string()),
            ("listen_addresses", "127.0.0.1".to_owned()),
            (
                "unix_socket_directories",
                self.folder.socket().display().to_string(),
            ),
            ("unix_socket_permissions", "0700".to_owned()),
            ("max_connections", self.settings.max_connections.to_string()),
            // An application has many leaves, and a look at all of them locks each with its indexes.
            ("max_locks_per_transaction", "256".to_owned()),
            ("password_encryption", "scram-sha-256".to_owned()),
            ("timezone", "UTC".to_owned()),
            ("log_timezone", "UTC".to_owned()),
            ("log_line_prefix", "%m [%p] ".to_owned()),
            ("jit", "off".to_owned()),
            ("wal_compression", "on".to_owned()),
            ("fsync", on_or_off(self.settings.fsync)),
            ("full_page_writes", on_or_off(self.settings.fsync)),
            ("synchronous_commit", on_or_off(self.settings.fsync)),
        ]
    }

    /// Puts a long log aside, so that it holds the last run or two and never fills the disk.
    fn turn_log(&self) {
        let log = self.folder.log();
        if std::fs::metadata(&log).is_ok_and(|log| log.len() > LONG_LOG) {
            // A log that cannot be put aside grows on.
            let _ = std::fs::rename(&log, log.with_extension("log.old"));
        }
    }

    fn log_file(&self) -> Result<File> {
        let path = self.folder.log();
        OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .map_err(|error| failed(format!("{} cannot be written: {error}", path.display())))
    }

    fn wait_ready(&self, child: &mut Child) -> Result<()> {
        let cluster = self.folder.cluster();
        let mut ended = None;
        let settled = wait_until(READY_WITHIN, || {
            if let Ok(Some(status)) = child.try_wait() {
                ended = Some(status);
                return true;
            }
            PidFile::read(&cluster).is_some_and(|file| file.process == child.id() && file.is_ready())
        });
        match ended {
            Some(status) => Err(failed(format!("PostgreSQL ended at once ({status})"))),
            None if settled => Ok(()),
            None => {
                end(child);
                Err(failed("PostgreSQL is not ready after a minute"))
            }
        }
    }

    fn said_since(&self, from: u64) -> String {
        let log = std::fs::read(self.folder.log()).unwrap_or_default();
        let from = usize::try_from(from).unwrap_or(0).min(log.len());
        String::from_utf8_lossy(&log[from..]).into_owned()
    }
}
