//! TLS on the way to the database, in the modes that libpq's names promise.

use crate::support::cluster;
use crate::support::cluster::temporary_folder;
use crate::support::database::connect;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use torque::db::Db;
use torque::db::embedded::Embedded;
use torque::db::install;

fn certificate(name: &str) -> String {
    format!("{}/tests/support/tls/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// Gives the cluster a certificate for `localhost`, signed by the test's own authority.
async fn encrypt(embedded: &Embedded, cluster: &Path) {
    for (from, to) in [("server.pem", "server.crt"), ("server.key.pem", "server.key")] {
        let to = cluster.join(to);
        std::fs::copy(certificate(from), &to).unwrap();
        let owner = std::fs::metadata(cluster).unwrap();
        let (user, group) = (
            std::os::unix::fs::MetadataExt::uid(&owner),
            std::os::unix::fs::MetadataExt::gid(&owner),
        );
        std::os::unix::fs::chown(&to, Some(user), Some(group)).unwrap();
        std::fs::set_permissions(&to, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    let client = connect(&embedded.url()).await;
    client.batch_execute("alter system set ssl = on").await.unwrap();
    client.batch_execute("select pg_reload_conf()").await.unwrap();
    for _ in 0..100 {
        let row = client
            .query_one("select current_setting('ssl')", &[])
            .await
            .unwrap();
        if row.get::<_, String>(0) == "on" {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("PostgreSQL does not take the certificate");
}

#[tokio::test]
async fn each_mode_asks_of_the_certificate_what_its_name_says() {
    let folder = temporary_folder("tls");
    let embedded = Embedded::start(cluster::settings(&folder)).await.unwrap();
    encrypt(&embedded, &folder.join("postgres")).await;
    let port = std::fs::read_to_string(folder.join("port")).unwrap();
    let secret = std::fs::read_to_string(folder.join("secret")).unwrap();
    let authority = certificate("authority.pem");
    for (host, query, encrypted) in [
        ("localhost", "sslmode=disable".to_owned(), Some(false)),
        ("localhost", "sslmode=prefer".to_owned(), Some(true)),
        ("127.0.0.1", "sslmode=require".to_owned(), Some(true)),
        ("localhost", "sslmode=verify-full".to_owned(), None),
        (
            "localhost",
            format!("sslmode=verify-full&sslrootcert={authority}"),
            Some(true),
        ),
        (
            "127.0.0.1",
            format!("sslmode=verify-full&sslrootcert={authority}"),
            None,
        ),
        (
            "127.0.0.1",
            format!("sslmode=verify-ca&sslrootcert={authority}"),
            Some(true),
        ),
    ] {
        let url = format!("postgresql://postgres:{secret}@{host}:{port}/torque?{query}");
        let config = cluster::config(&url);
        match (install::install(&config).await, encrypted) {
            (Err(_), None) => {}
            (Err(error), Some(_)) => panic!("{host} {query}: {error:?}"),
            (Ok(_), None) => panic!("{host} {query}: should have been refused"),
            (Ok(logins), Some(encrypted)) => {
                // Over loopback a password is asked for: the one derived for the server's own role.
                assert_eq!(logins.server.user(), "torque_server");
                let db = Db::connect(&config).await.unwrap();
                let row = db
                    .query_one(
                        "select current_user::text, s.ssl from pg_stat_ssl s where s.pid = pg_backend_pid()",
                        &[],
                    )
                    .await
                    .unwrap();
                assert_eq!(row.get::<_, String>(0), "torque_server");
                assert_eq!(row.get::<_, bool>(1), encrypted, "{host} {query}");
            }
        }
    }
    embedded.stop().await;
}
