//! One worker, seen from the server: started without anything, asked, killed when it is late.

use crate::script::Fault;
use crate::script::Kind;
use crate::script::WORKER_COMMAND;
use crate::script::frame;
use crate::script::frame::Answered;
use crate::script::frame::Asked;
use serde::de::DeserializeOwned;
use std::collections::HashSet;
use std::io::Result;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::process::Child as Process;
use tokio::process::ChildStderr;
use tokio::process::ChildStdin;
use tokio::process::ChildStdout;
use tokio::process::Command;
use uuid::Uuid;

/// How long a worker may take to be ready.
const START: Duration = Duration::from_secs(20);
/// How long a worker that has closed its pipes may take to end.
const END: Duration = Duration::from_secs(1);
/// The most bytes of a worker's last words.
const MOST_WORDS: u64 = 4_096;
/// How many runs a worker serves.
const MOST_RUNS: u32 = 2_000;
/// How many scripts a worker keeps.
const MOST_SCRIPTS: usize = 200;

/// A worker. Dropped, it is killed.
pub struct Child {
    /// The application that it serves; one at most in its life.
    pub owner: Option<Uuid>,
    process: Process,
    input: ChildStdin,
    output: ChildStdout,
    words: ChildStderr,
    known: HashSet<String>,
    runs: u32,
}

impl Child {
    /// Starts a worker and waits until it is warm.
    pub async fn start() -> Result<Self> {
        let mut process = Command::new(binary()?)
            .arg(WORKER_COMMAND)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let missing = || std::io::Error::other("a pipe is missing");
        let mut child = Self {
            owner: None,
            input: process.stdin.take().ok_or_else(missing)?,
            output: process.stdout.take().ok_or_else(missing)?,
            words: process.stderr.take().ok_or_else(missing)?,
            process,
            known: HashSet::new(),
            runs: 0,
        };
        match tokio::time::timeout(START, child.read::<()>()).await {
            Ok(Ok(())) => Ok(child),
            Ok(Err(_)) => Err(std::io::Error::other(child.last_words().await.1)),
            Err(_) => Err(std::io::Error::other("the worker for scripts does not start")),
        }
    }

    /// Whether it may serve another run.
    pub fn is_fresh(&self) -> bool {
        self.runs < MOST_RUNS && self.known.len() < MOST_SCRIPTS
    }

    /// Whether it has the script.
    pub fn knows(&self, digest: &str) -> bool {
        self.known.contains(digest)
    }

    /// Asks it. After an error it is of no use any more.
    pub async fn ask(&mut self, asked: &Asked, time: Duration) -> std::result::Result<Answered, Fault> {
        let frame = frame::packed(asked);
        let frame = frame.ok_or_else(|| {
            Fault::new(
                Kind::TooLarge,
                "what the script is given has more than a megabyte",
            )
        })?;
        self.runs += 1;
        let exchange = async {
            self.input.write_all(&frame).await?;
            self.read::<Answered>().await
        };
        match tokio::time::timeout(time, exchange).await {
            Ok(Ok(answered)) => {
                self.known.insert(asked.script.clone());
                Ok(answered)
            }
            Ok(Err(error)) => Err(self.fault(&error).await),
            Err(_) => {
                let _ = self.process.start_kill();
                let message = format!("the script was ended after {} ms", time.as_millis());
                Err(Fault::new(Kind::Timeout, message))
            }
        }
    }

    /// Ends it, and waits until it has ended.
    pub async fn end(mut self) {
        let _ = self.process.kill().await;
    }

    async fn read<T: DeserializeOwned>(&mut self) -> Result<T> {
        let mut head = [0; 4];
        self.output.read_exact(&mut head).await?;
        let mut body = vec![0; frame::length(head)?];
        self.output.read_exact(&mut body).await?;
        serde_json::from_slice(&body).map_err(std::io::Error::other)
    }

    async fn fault(&mut self, error: &std::io::Error) -> Fault {
        let (signal, words) = self.last_words().await;
        let is = |part: &str| words.contains(part);
        if is("memory allocation") || is("capacity overflow") || is("out of memory") {
            return Fault::new(
                Kind::Memory,
                "the script needs more memory than a script may have",
            );
        }
        if is("overflowed its stack") || signal == Some(rustix::process::Signal::SEGV.as_raw()) {
            return Fault::new(
                Kind::Depth,
                "the script is nested too deep, or calls itself too often",
            );
        }
        tracing::warn!(%error, signal, words = words.trim(), "a worker for scripts ended by itself");
        Fault::new(Kind::Worker, "the script has ended its process")
    }

    /// The signal that ended it, and what it said at last.
    async fn last_words(&mut self) -> (Option<i32>, String) {
        let mut words = Vec::new();
        let mut last = (&mut self.words).take(MOST_WORDS);
        let _ = tokio::time::timeout(END, last.read_to_end(&mut words)).await;
        let _ = self.process.start_kill();
        let status = tokio::time::timeout(END, self.process.wait()).await;
        let signal = status.ok().and_then(|status| status.ok()?.signal());
        (signal, String::from_utf8_lossy(&words).into_owned())
    }
}

/// This binary, even when another has taken its place since.
fn binary() -> Result<PathBuf> {
    match cfg!(target_os = "linux") {
        true => Ok(PathBuf::from("/proc/self/exe")),
        false => std::env::current_exe(),
    }
}
