//! One PostgreSQL cluster for all tests of this binary, in a temporary folder.
//!
//! It is the embedded database, so it ends with this process however that ends.
//! fsync is off; tests of crashes start clusters of their own. Folders of runs
//! that are over are swept at the next start.

use std::path::Path;
use std::path::PathBuf;
use std::sync::OnceLock;
use tokio::sync::mpsc;
use tokio::sync::oneshot;
use torque::cli::assemble;
use torque::cli::first_start;
use torque::config::Config;
use torque::db::embedded::Embedded;
use torque::db::embedded::Settings;
use torque::operation;
use torque::operation::Torque;
use torque::operation::caller::Caller;
use torque::operation::caller::Origin;

/// The program under test.
pub const TORQUE: &str = env!("CARGO_BIN_EXE_torque");

/// What folders of test clusters begin with.
const FOLDER: &str = "torque-test-";

/// The cluster, as tests see it.
pub struct Cluster {
    /// The administrator's URL of a database is this, and its name.
    base_url: String,
    /// An administrator's API key that every clone of the template knows.
    pub admin_key: String,
    asked: mpsc::UnboundedSender<Request>,
}

/// What the cluster's own thread does, one after the other: a template must not be in use while it is cloned.
enum Request {
    Create {
        name: String,
        from_template: bool,
        done: oneshot::Sender<()>,
    },
    Drop {
        name: String,
    },
}

/// The cluster of this test binary; the first call starts it.
pub fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(start)
}

impl Cluster {
    /// The administrator's URL of a database.
    pub fn url(&self, database: &str) -> String {
        format!("{}{database}", self.base_url)
    }

    /// Makes a database, empty or as a clone of the template.
    pub async fn create(&self, name: &str, from_template: bool) {
        let (done, made) = oneshot::channel();
        self.asked
            .send(Request::Create {
                name: name.to_owned(),
                from_template,
                done,
            })
            .expect("the cluster's thread runs");
        made.await.expect("the database was made");
    }

    /// Drops a database, some time soon.
    pub fn drop(&self, name: &str) {
        let _ = self.asked.send(Request::Drop {
            name: name.to_owned(),
        });
    }
}

/// Settings of a cluster in a folder of its own.
pub fn settings(folder: &Path) -> Settings {
    Settings {
        data_dir: folder.to_owned(),
        project: PathBuf::from(env!("CARGO_MANIFEST_DIR")),
        postgres_bin: None,
        port: 0,
        fsync: false,
        launcher: PathBuf::from(TORQUE),
        max_connections: 300,
    }
}

/// The settings that tests work with: no more connections than they need.
pub fn config(url: &str) -> Config {
    let mut config = Config::default();
    url.clone_into(&mut config.database.url);
    config.database.min_connections = 0;
    config.database.max_connections = 8;
    config.database.shared_connections = 2;
    config
}

fn start() -> Cluster {
    sweep();
    let (ready, readiness) = std::sync::mpsc::channel();
    // A permanent thread: the postmaster ends with the thread that started it.
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let folder = std::env::temp_dir().join(format!("{FOLDER}{}", std::process::id()));
            let embedded = Embedded::start(settings(&folder)).await.expect("a cluster");
            let admin_key = fill_template(&embedded.url()).await;
            let (asked, requests) = mpsc::unbounded_channel();
            let base_url = embedded.url_of("");
            ready
                .send(Cluster {
                    base_url,
                    admin_key,
                    asked,
                })
                .expect("a test waits");
            serve(&embedded, requests).await;
        });
    });
    readiness.recv().expect("the cluster starts")
}

/// Installs, deploys the TODO application, and makes a key; leaves no connection behind.
pub async fn fill_template(url: &str) -> String {
    let torque = assemble::torque(config(url))
        .await
        .expect("an installed database");
    first_start::make_application(&torque, Path::new("/nonexistent"))
        .await
        .expect("the TODO application");
    let reply = ask(
        &torque,
        "createApiKey",
        r#"{"name":"tests","permission":"admin"}"#,
    )
    .await;
    reply["key"].as_str().expect("a key").to_owned()
}

async fn ask(torque: &Torque, operation: &str, params: &str) -> serde_json::Value {
    let operation = operation::by_name(operation).expect("an operation");
    let params = serde_json::value::RawValue::from_string(params.to_owned()).expect("JSON");
    let caller = Caller::system(Origin::Cli);
    let reply = operation::perform(torque, &caller, None, operation, &params)
        .await
        .expect("a reply");
    serde_json::from_slice(&reply.0).expect("JSON")
}

async fn serve(embedded: &Embedded, mut requests: mpsc::UnboundedReceiver<Request>) {
    let (client, connection) = tokio_postgres::connect(&embedded.url_of("postgres"), tokio_postgres::NoTls)
        .await
        .expect("a connection");
    tokio::spawn(connection);
    while let Some(request) = requests.recv().await {
        match request {
            Request::Create {
                name,
                from_template,
                done,
            } => {
                let template = if from_template { "torque" } else { "template0" };
                let sql = format!(r#"create database "{name}" template {template}"#);
                // The last connections of the template may still be closing.
                let mut tries = 0;
                while let Err(error) = client.batch_execute(&sql).await {
                    tries += 1;
                    assert!(tries < 50, "{error:?}");
                    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                }
                if from_template {
                    // Rights on a database are not copied with it.
                    let sql = format!(r#"grant create, temporary on database "{name}" to torque_owner"#);
                    client.batch_execute(&sql).await.expect("a grant");
                }
                let _ = done.send(());
            }
            Request::Drop { name } => {
                let _ = client
                    .batch_execute(&format!(r#"drop database if exists "{name}" with (force)"#))
                    .await;
                for kind in ["write", "read", "server", "views", "owner"] {
                    let _ = client
                        .batch_execute(&format!(r#"drop role if exists "{name}_{kind}""#))
                        .await;
                }
            }
        }
    }
}

/// Removes the folders of test runs that are over.
fn sweep() {
    let Ok(entries) = std::fs::read_dir(std::env::temp_dir()) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let process = name
            .strip_prefix(FOLDER)
            .and_then(|rest| rest.split('-').next())
            .and_then(|pid| pid.parse::<u32>().ok());
        let Some(process) = process else { continue };
        let runs = rustix::process::Pid::from_raw(process.try_into().unwrap_or(0))
            .is_some_and(|pid| rustix::process::test_kill_process(pid).is_ok());
        // A cluster outlives its process by a moment.
        let stops = entry.path().join("postgres/postmaster.pid").exists();
        if !runs && !stops {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// A folder for one test, swept like the cluster's.
pub fn temporary_folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("{FOLDER}{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    folder
}
