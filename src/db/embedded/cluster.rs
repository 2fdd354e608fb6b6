//! The cluster's life: made once, started, watched, restarted, stopped.
//!
//! One permanent thread owns the postmaster: the signal of a parent's death
//! fires when the *thread* that started the child ends. It also starts the
//! postmaster again when somebody else ended it.

use crate::db::embedded::Settings;
use crate::db::embedded::binaries::Binaries;
use crate::db::embedded::failed;
use crate::db::embedded::folder::Folder;
use crate::db::embedded::postmaster::PidFile;
use crate::db::embedded::postmaster::wait_until;
use crate::db::embedded::start::Parts;
use crate::db::embedded::start::READY_WITHIN;
use crate::error::Error;
use crate::error::Result;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;
use std::time::Instant;
use std::time::SystemTime;

/// How long it may take to stop before it is made to.
const STOPPED_WITHIN: Duration = Duration::from_secs(15);

/// A cluster that runs.
pub struct Cluster {
    parts: Parts,
    /// The thread that owns the postmaster; none when somebody else started it.
    keeper: Option<Keeper>,
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
            file.remove_socket_lock();
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
pub(super) fn end(child: &mut Child) {
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
