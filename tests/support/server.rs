//! A real server: the binary, on a free port, over a database of its own.

use crate::support::cluster::TORQUE;
use crate::support::database::TestDatabase;
use crate::support::http;
use crate::support::http::Response;
use serde_json::Value;
use serde_json::json;
use std::io::BufRead;
use std::io::BufReader;
use std::os::unix::process::CommandExt;
use std::process::Child;
use std::process::Command;
use std::process::ExitStatus;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;
use std::time::Instant;

/// A running server. Dropped, it must stop in good order and leave no process behind, else the test fails.
pub struct TestServer {
    /// `http://127.0.0.1:port`.
    pub url: String,
    /// `127.0.0.1:port`.
    pub address: String,
    /// An administrator's API key.
    pub admin_key: String,
    /// Its database.
    pub database: Arc<TestDatabase>,
    child: Child,
    said: Arc<Mutex<String>>,
}

/// An error as JSON-RPC has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// 422 and the like.
    pub code: i64,
    /// The sentence.
    pub message: String,
    /// The facts.
    pub data: Value,
}

impl TestServer {
    /// A server over a fresh clone with the TODO application.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// The same with more arguments for `torque server`.
    pub async fn start_with(arguments: &[&str]) -> Self {
        Self::on(Arc::new(TestDatabase::new().await), arguments).await
    }

    /// A server over a database that may have others.
    pub async fn on(database: Arc<TestDatabase>, arguments: &[&str]) -> Self {
        let mut command = Command::new(TORQUE);
        command
            .args([
                "server",
                "--bind",
                "127.0.0.1:0",
                "--set",
                "database.min_connections=0",
            ])
            .args(arguments)
            .current_dir(std::env::temp_dir())
            .env("TORQUE_DATABASE_URL", &database.url)
            .env("TORQUE_LOGGING_FORMAT", "json")
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary starts");
        let said = Arc::new(Mutex::new(String::new()));
        collect(child.stderr.take().expect("a pipe"), Arc::clone(&said), |_| {});
        let (found, address) = std::sync::mpsc::channel();
        let out = child.stdout.take().expect("a pipe");
        collect(out, Arc::clone(&said), move |line| {
            if let Some((_, url)) = line.split_once(" answers at ") {
                let _ = found.send(url.trim().to_owned());
            }
        });
        let waiting = tokio::task::spawn_blocking(move || address.recv_timeout(Duration::from_secs(60)));
        let url = waiting.await.expect("a thread").unwrap_or_else(|_| {
            let _ = child.kill();
            panic!("the server does not start:\n{}", said.lock().expect("a lock"))
        });
        Self {
            address: url.split_once("://").expect("an address").1.to_owned(),
            admin_key: database.admin_key().to_owned(),
            url,
            database,
            child,
            said,
        }
    }

    /// What the server has printed and logged so far.
    pub fn log(&self) -> String {
        self.said.lock().expect("a lock").clone()
    }

    /// The first line with this in it that the server prints or logs.
    pub async fn line(&self, part: &str) -> String {
        for _ in 0..500 {
            if let Some(line) = self.log().lines().find(|line| line.contains(part)) {
                return line.to_owned();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the server never says {part}:\n{}", self.log());
    }

    /// The server's process id.
    pub fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// A request with the administrator's key.
    pub async fn request(&self, method: &str, path: &str, body: &[u8]) -> Response {
        let bearer = format!("Bearer {}", self.admin_key);
        let mut headers = vec![("authorization", bearer.as_str())];
        if !body.is_empty() {
            headers.push(("content-type", "application/json"));
        }
        http::request(&self.address, method, path, &headers, body)
            .await
            .expect("an answer")
    }

    /// A call of the TODO application, as administrator.
    pub async fn call(&self, method: &str, params: Value) -> Result<Value, Refusal> {
        self.call_at("/app/todo_list/jsonrpc", method, params).await
    }

    /// A call of the endpoint for all applications, as administrator.
    pub async fn call_server(&self, method: &str, params: Value) -> Result<Value, Refusal> {
        self.call_at("/jsonrpc", method, params).await
    }

    async fn call_at(&self, path: &str, method: &str, params: Value) -> Result<Value, Refusal> {
        let call = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let answer = self.request("POST", path, call.to_string().as_bytes()).await;
        let reply = answer.json();
        if let Some(result) = reply.get("result") {
            return Ok(result.clone());
        }
        let error = reply.get("error").unwrap_or(&reply);
        Err(Refusal {
            code: error["code"].as_i64().unwrap_or(i64::from(answer.status)),
            message: error["message"].as_str().unwrap_or_default().to_owned(),
            data: error["data"].clone(),
        })
    }

    /// Sends a signal.
    pub fn signal(&self, signal: rustix::process::Signal) {
        let pid = i32::try_from(self.child.id()).expect("a process id");
        let pid = rustix::process::Pid::from_raw(pid).expect("a process id");
        let _ = rustix::process::kill_process(pid, signal);
    }

    /// Waits for the end, at most so long.
    pub fn wait(&mut self, within: Duration) -> Option<ExitStatus> {
        let started = Instant::now();
        while started.elapsed() < within {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return Some(status);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        None
    }

    /// Kills it without a word.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        let ended_before = self.child.try_wait().ok().flatten();
        let status = ended_before.or_else(|| {
            self.signal(rustix::process::Signal::TERM);
            self.wait(Duration::from_secs(15))
        });
        let group = i32::try_from(self.child.id())
            .ok()
            .and_then(rustix::process::Pid::from_raw);
        if status.is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
        let left = group.is_some_and(|group| rustix::process::test_kill_process_group(group).is_ok());
        if std::thread::panicking() {
            eprintln!("--- the server said:\n{}", self.log());
            return;
        }
        let log = self.log();
        assert!(!left, "the server left processes behind:\n{log}");
        assert!(!log.contains("panicked at"), "the server panicked:\n{log}");
        if ended_before.is_none() {
            assert!(
                status.is_some_and(|status| status.success()),
                "the server did not stop in good order ({status:?}):\n{log}"
            );
        }
    }
}

fn collect(
    pipe: impl std::io::Read + Send + 'static,
    said: Arc<Mutex<String>>,
    on_line: impl Fn(&str) + Send + 'static,
) {
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            on_line(&line);
            let mut said = said.lock().expect("a lock");
            said.push_str(&line);
            said.push('\n');
        }
    });
}
