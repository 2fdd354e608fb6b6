//! The cluster's life: made once, started, watched, restarted, stopped.
//!
//! One permanent thread owns the postmaster: the signal of a parent's death
//! fires when the *thread* that started the child ends. It also starts the
//! postmaster again when somebody else ended it.

use crate::db::embedded::ADMINISTRATOR;
use crate::db::embedded::Settings;
use crate::db::embedded::binaries::Binaries;
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
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;
use std::time::Instant;
use std::time::SystemTime;

/// How long a cluster may take to be ready, recovery after a crash included.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// How long it may take to stop before it is made to.
const STOPPED_WITHIN: Duration = Duration::from_secs(15);

/// A cluster that runs.
pub struct Cluster {
    parts: Parts,
    /// The thread that owns the postmaster; none when somebody else started it.
    keeper: Option<Keeper>,
}

/// What starting takes.
#[derive(Clone)]
struct Parts {
    settings: Settings,
    folder: Folder,
    binaries: Binaries,
    port: u16,
    process: Arc<AtomicU32>,
}

struct Keeper {
    stop: mpsc::Sender<()>,
    thread: JoinHandle<()>,
}

impl Cluster {
    /// Joins the running cluster of a folder, or starts it, making it first where there is none.
    pub fn open(settings: Settings, folder: Folder, password: &str) -> Result<Self> {
        let cluster = folder.cluster();
        let _lock = folder.lock_for_start()?;
        let binaries = Binaries::find(
            settings.postgres_bin.as_deref(),
            &settings.project,
            folder.made_by(),
            &cluster,
        )?;
        let mut parts = Parts {
            settings,
            folder,
            binaries,
            port: 0,
            process: Arc::new(AtomicU32::new(0)),
        };
        if let Some(running) = running(&cluster) {
            parts.port = running.port;
            parts.process.store(running.process, Ordering::Relaxed);
            return Ok(Self { parts, keeper: None });
        }
        if !parts.folder.has_cluster() {
            parts.make(password)?;
        }
        let keeper = parts.start()?;
        Ok(Self {
            parts,
            keeper: Some(keeper),
        })
    }

    pub fn port(&self) -> u16 {
        self.parts.port
    }

    pub fn socket_folder(&self) -> PathBuf {
        self.parts.folder.socket()
    }

    pub fn binaries(&self) -> &Binaries {
        &self.parts.binaries
    }

    pub fn is_ours(&self) -> bool {
        self.keeper.is_some()
    }

    pub fn process_id(&self) -> Option<u32> {
        Some(self.parts.process.load(Ordering::Relaxed)).filter(|process| *process != 0)
    }

    /// Stops the cluster, whoever started it, and starts it here.
    pub fn restart(&mut self) -> Result<()> {
        self.stop_ours();
        let cluster = self.parts.folder.cluster();
        if let Some(running) = running(&cluster) {
            interrupt(running.process);
            if !wait_until(STOPPED_WITHIN, || PidFile::read(&cluster).is_none()) {
                return Err(failed("the running PostgreSQL does not stop"));
            }
        }
        self.keeper = Some(self.parts.start()?);
        Ok(())
    }

    fn stop_ours(&mut self) {
        if let Some(keeper) = self.keeper.take() {
            // An ended thread has stopped it already.
            let _ = keeper.stop.send(());
            let _ = keeper.thread.join();
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop_ours();
    }
}

/// The cluster's running postmaster. One that is stopping is waited for; a stale file is removed.
fn running(cluster: &Path) -> Option<PidFile> {
    let mut found = None;
    wait_until(READY_WITHIN, || match PidFile::read(cluster) {
        Some(file) if file.is_alive(cluster) => {
            let ready = file.is_ready();
            found = Some(file);
            ready
        }
        Some(file) => {
            // Its number may belong to somebody else by now, which PostgreSQL could not tell.
            tracing::info!(
                process = file.process,
                "removing the pid file of a dead PostgreSQL"
            );
            let _ = std::fs::remove_file(cluster.join("postmaster.pid"));
            found = None;
            true
        }
        None => {
            found = None;
            true
        }
    });
    found.filter(PidFile::is_ready)
}

fn interrupt(process: u32) {
    signal(process, rustix::process::Signal::INT);
}

fn signal(process: u32, signal: rustix::process::Signal) {
    if let Some(pid) = i32::try_from(process)
        .ok()
        .and_then(rustix::process::Pid::from_raw)
    {
        // It may have ended meanwhile, which is what was wanted.
        let _ = rustix::process::kill_process(pid, signal);
    }
}

impl Parts {
    /// `initdb`: with data checksums, passwords on loopback, trust on the private socket.
    fn make(&self, password: &str) -> Result<()> {
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

    /// Starts the postmaster on a thread of its own and waits until it is ready.
    fn start(&mut self) -> Result<Keeper> {
        self.port = self.free_port()?;
        self.folder.remember_port(self.port)?;
        let (stop, stopped) = mpsc::channel();
        let (ready, readiness) = mpsc::channel();
        let parts = self.clone();
        let thread = std::thread::Builder::new()
            .name("postgres".to_owned())
            .spawn(move || match parts.spawn_ready() {
                Ok(child) => {
                    let _ = ready.send(Ok(()));
                    parts.keep(child, &stopped);
                }
                Err(error) => {
                    let _ = ready.send(Err(error));
                }
            })
            .map_err(Error::bug)?;
        match readiness.recv() {
            Ok(Ok(())) => Ok(Keeper { stop, thread }),
            Ok(Err(error)) => Err(error),
            Err(error) => Err(Error::bug(error)),
        }
    }

    fn free_port(&self) -> Result<u16> {
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
    fn spawn_ready(&self) -> Result<Child> {
        let started = Instant::now();
        loop {
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

    /// Watches the postmaster until told to stop it.
    fn keep(&self, mut child: Child, stopped: &mpsc::Receiver<()>) {
        let program = self.binaries.program("postgres");
        let mut built = modified(&program);
        let mut looked = Instant::now();
        loop {
            match stopped.recv_timeout(Duration::from_millis(200)) {
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                _ => return end(&mut child),
            }
            if looked.elapsed() > Duration::from_secs(10) {
                looked = Instant::now();
                let now = modified(&program);
                if now.is_some() && now != built {
                    built = now;
                    tracing::warn!("PostgreSQL was upgraded under the running database: restarting it");
                    end(&mut child);
                }
            }
            if let Ok(Some(status)) = child.try_wait() {
                tracing::warn!(%status, "the embedded database ended; starting it again");
                child = match self.spawn_again(stopped) {
                    Some(child) => child,
                    None => return,
                };
            }
        }
    }

    /// Starts the postmaster again, until it runs or nobody wants it any more.
    fn spawn_again(&self, stopped: &mpsc::Receiver<()>) -> Option<Child> {
        loop {
            running(&self.folder.cluster());
            match self.spawn_ready() {
                Ok(child) => return Some(child),
                Err(error) => tracing::error!(%error, "the embedded database does not start"),
            }
            match stopped.recv_timeout(Duration::from_secs(2)) {
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                _ => return None,
            }
        }
    }
}

fn modified(program: &Path) -> Option<SystemTime> {
    std::fs::metadata(program).ok()?.modified().ok()
}

/// A fast shutdown; an immediate one when that takes too long.
fn end(child: &mut Child) {
    interrupt(child.id());
    let ended = wait_until(STOPPED_WITHIN, || {
        matches!(child.try_wait(), Ok(Some(_)) | Err(_))
    });
    if !ended {
        tracing::warn!("PostgreSQL does not stop: stopping it at once");
        signal(child.id(), rustix::process::Signal::QUIT);
        let _ = child.wait();
    }
}
