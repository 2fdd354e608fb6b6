//! The embedded database: made, joined, recovered, refused, never left behind.

use crate::support::cluster;
use crate::support::cluster::temporary_folder;
use crate::support::database::connect;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;
use std::time::Instant;
use torque::db::embedded::Embedded;
use torque::db::embedded::Folder;
use torque::db::embedded::Settings;

fn settings(name: &str) -> Settings {
    let mut settings = cluster::settings(&temporary_folder(name));
    settings.max_connections = 20;
    settings
}

/// A cluster whose acknowledged writes must survive.
fn durable(name: &str) -> Settings {
    let mut settings = settings(name);
    settings.fsync = true;
    settings
}

fn kill(process: u32) {
    let pid = rustix::process::Pid::from_raw(i32::try_from(process).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
}

fn runs(process: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{process}/stat")).is_ok_and(|stat| {
        !stat
            .rsplit(')')
            .next()
            .unwrap_or_default()
            .trim()
            .starts_with('Z')
    })
}

async fn within(limit: Duration, mut holds: impl AsyncFnMut() -> bool) -> bool {
    let started = Instant::now();
    while started.elapsed() < limit {
        if holds().await {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    false
}

#[tokio::test]
async fn a_cluster_is_made_with_checksums_and_stops_with_its_starter() {
    let settings = settings("made");
    let embedded = Embedded::start(settings.clone()).await.unwrap();
    assert!(embedded.is_new());
    let process = embedded.process_id().unwrap();
    let client = connect(&embedded.url()).await;
    let row = client
        .query_one(
            "select current_setting('data_checksums'), current_setting('listen_addresses'), current_database()::text",
            &[],
        )
        .await
        .unwrap();
    assert_eq!(
        (
            row.get::<_, String>(0),
            row.get::<_, String>(1),
            row.get::<_, String>(2)
        ),
        ("on".to_owned(), "127.0.0.1".to_owned(), "torque".to_owned())
    );
    let owner = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(format!("/proc/{process}")).unwrap());
    assert_ne!(owner, 0, "PostgreSQL never runs as root");
    embedded.stop().await;
    assert!(!runs(process));
    assert!(!settings.data_dir.join("postgres/postmaster.pid").exists());
}

#[tokio::test]
async fn loopback_asks_for_the_password_and_only_its_user_enters_the_sockets_folder() {
    let settings = settings("trust");
    let embedded = Embedded::start(settings.clone()).await.unwrap();
    let port = std::fs::read_to_string(settings.data_dir.join("port")).unwrap();
    let secret = std::fs::read_to_string(settings.data_dir.join("secret")).unwrap();
    for (password, accepted) in [("wrong", false), (secret.as_str(), true)] {
        let url = format!("postgresql://postgres:{password}@127.0.0.1:{port}/torque?sslmode=disable");
        let connected = tokio_postgres::connect(&url, tokio_postgres::NoTls).await;
        assert_eq!(connected.is_ok(), accepted);
    }
    for name in ["run", "postgres"] {
        let metadata = std::fs::metadata(settings.data_dir.join(name)).unwrap();
        assert_eq!(
            std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o077,
            0,
            "{name}"
        );
    }
    let metadata = std::fs::metadata(settings.data_dir.join("secret")).unwrap();
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777,
        0o600
    );
    embedded.stop().await;
}

#[tokio::test]
async fn a_running_cluster_is_joined_and_left_running() {
    let settings = settings("joined");
    let first = Embedded::start(settings.clone()).await.unwrap();
    let guest = Embedded::start(settings).await.unwrap();
    assert!(guest.is_guest() && !first.is_guest());
    assert_eq!(guest.process_id(), first.process_id());
    guest.stop().await;
    assert!(runs(first.process_id().unwrap()), "a guest stops nothing");
    connect(&first.url())
        .await
        .query_one("select 1", &[])
        .await
        .unwrap();
    first.stop().await;
}

#[tokio::test]
async fn a_killed_postmaster_is_started_again_and_keeps_what_was_acknowledged() {
    let embedded = Embedded::start(durable("killed")).await.unwrap();
    let client = connect(&embedded.url()).await;
    client
        .batch_execute("create table kept (number int); insert into kept select generate_series(1, 80)")
        .await
        .unwrap();
    let before = embedded.process_id().unwrap();
    kill(before);
    let url = embedded.url();
    let came_back = within(Duration::from_secs(20), async || {
        let Ok((client, connection)) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await else {
            return false;
        };
        tokio::spawn(connection);
        let Ok(row) = client.query_one("select count(*) from kept", &[]).await else {
            return false;
        };
        assert_eq!(row.get::<_, i64>(0), 80);
        true
    })
    .await;
    assert!(came_back, "the cluster was started again");
    assert_ne!(embedded.process_id(), Some(before));
    embedded.stop().await;
}

#[tokio::test]
async fn a_killed_starter_takes_its_postmaster_along_and_the_next_one_recovers() {
    let settings = durable("starter");
    let mut starter = Command::new(cluster::TORQUE)
        .args(["server", "--bind", "127.0.0.1:0"])
        .arg("--set")
        .arg(format!("database.data_dir={}", settings.data_dir.display()))
        .current_dir(&settings.data_dir)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let pid_file = settings.data_dir.join("postgres/postmaster.pid");
    let process_in = |path: &Path| -> Option<u32> {
        let text = std::fs::read_to_string(path).ok()?;
        text.contains("ready")
            .then(|| text.lines().next()?.parse().ok())?
    };
    assert!(within(Duration::from_secs(30), async || process_in(&pid_file).is_some()).await);
    let postmaster = process_in(&pid_file).unwrap();
    starter.kill().unwrap();
    starter.wait().unwrap();
    assert!(
        within(Duration::from_secs(15), async || !runs(postmaster)).await,
        "the postmaster ends with its parent"
    );
    let embedded = Embedded::start(settings).await.unwrap();
    connect(&embedded.url())
        .await
        .query_one("select 1", &[])
        .await
        .unwrap();
    embedded.stop().await;
}

#[tokio::test]
async fn a_stale_pid_file_that_names_somebody_elses_process_is_seen_through() {
    let settings = settings("stale");
    Embedded::start(settings.clone()).await.unwrap().stop().await;
    let pid_file = settings.data_dir.join("postgres/postmaster.pid");
    let port = std::fs::read_to_string(settings.data_dir.join("port")).unwrap();
    // This test's own process: alive, and not PostgreSQL. A crash leaves both files.
    let (process, run) = (std::process::id(), settings.data_dir.join("run"));
    let stale = format!(
        "{process}\n{}\n1700000000\n{port}\n{}\n127.0.0.1\n  123 456\nready   \n",
        settings.data_dir.join("postgres").display(),
        run.display()
    );
    std::fs::write(&pid_file, stale).unwrap();
    let socket_lock = format!(
        "{process}\n{}\n1700000000\n{port}\n{}\n",
        settings.data_dir.join("postgres").display(),
        run.display()
    );
    std::fs::write(run.join(format!(".s.PGSQL.{}.lock", port.trim())), socket_lock).unwrap();
    let embedded = Embedded::start(settings).await.unwrap();
    assert!(!embedded.is_guest());
    assert_ne!(embedded.process_id(), Some(std::process::id()));
    connect(&embedded.url())
        .await
        .query_one("select 1", &[])
        .await
        .unwrap();
    embedded.stop().await;
}

#[tokio::test]
async fn data_of_another_major_version_is_refused_with_the_way_out() {
    let settings = settings("major");
    Embedded::start(settings.clone()).await.unwrap().stop().await;
    std::fs::write(settings.data_dir.join("postgres/PG_VERSION"), "9\n").unwrap();
    let refusal = Embedded::start(settings).await.err().unwrap();
    for part in ["PostgreSQL 9", "pg_dump", "pg_restore"] {
        assert!(refusal.message.contains(part), "{part}: {}", refusal.message);
    }
}

#[tokio::test]
async fn without_programs_the_message_says_what_to_install_or_set() {
    let mut settings = settings("programs");
    settings.postgres_bin = Some(PathBuf::from("/nonexistent"));
    let refusal = Embedded::start(settings).await.err().unwrap();
    assert!(refusal.message.contains("/nonexistent"), "{}", refusal.message);
    assert!(
        refusal.message.contains("database.postgres_bin"),
        "{}",
        refusal.message
    );
}

#[test]
fn a_second_server_on_a_folder_is_told_where_the_first_answers() {
    let settings = settings("locked");
    let folder = Folder::open(&settings).unwrap();
    let mut lock = folder.lock_for_server().unwrap();
    lock.note("http://127.0.0.1:4711").unwrap();
    assert_eq!(folder.served_at().as_deref(), Some("http://127.0.0.1:4711"));
    let refusal = folder.lock_for_server().unwrap_err();
    assert!(
        refusal.message.contains("http://127.0.0.1:4711"),
        "{}",
        refusal.message
    );
    drop(lock);
    assert_eq!(folder.served_at(), None, "nobody has it");
    folder.lock_for_server().unwrap();
}

#[tokio::test]
async fn a_cluster_that_was_never_finished_is_made_anew() {
    let settings = settings("unfinished");
    std::fs::create_dir_all(settings.data_dir.join("postgres.new/base")).unwrap();
    let embedded = Embedded::start(settings).await.unwrap();
    assert!(embedded.is_new());
    embedded.stop().await;
}
