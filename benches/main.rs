//! Torque's figures: what `benches/README.md` claims, measured in one run.
//!
//! `make bench`, or `cargo bench -- read write feed live start page` for some of
//! them. Every rate is a ratio to PostgreSQL alone on the same database in the
//! same run; every delay is one that people meet. Rates survive a busy machine,
//! delays do not: run it alone.

#![expect(
    clippy::expect_used,
    reason = "a bench prints, and one that cannot go on says so by panicking"
)]

mod bed;
mod compare;
mod feed;
mod live;
mod load;
mod meter;
mod page;
mod pgbench;
mod read;
mod start;
mod store;
mod write;

use bed::Cluster;
use bed::Folder;
use bed::Server;
use compare::Comparison;
use std::time::Duration;

fn main() {
    let asked: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let wants = |figure: &str| asked.is_empty() || asked.iter().any(|word| word == figure);

    let cluster = Cluster::start();
    store::make(&cluster);
    let folder = Folder::new("server");
    let server = Server::start(&folder.0, Some(&cluster.url("torque")));
    let key = store::publish(&cluster);
    if wants("start") {
        let found = start::measure(&cluster);
        println!("\n## start and memory\n");
        println!(
            "first start with an own PostgreSQL: {:.2} s",
            found.first_embedded.as_secs_f64()
        );
        println!("next start with it: {:.2} s", found.next_embedded.as_secs_f64());
        println!(
            "start on a running database: {:.2} s",
            found.running.as_secs_f64()
        );
        println!("memory, idle: {:.1} MB", found.idle as f64 / 1e6);
    }
    if ["read", "write", "page"].iter().any(|figure| wants(figure)) {
        store::fill(&cluster, read::ROWS);
    }
    if wants("page") {
        println!(
            "\n## runtime page ready in Chromium\n\n{}",
            page::measure(&server)
        );
    }
    if wants("read") {
        println!("\n## reads\n");
        read::measure(&cluster, &server, &key);
    }
    if wants("live") {
        println!("\n## plain SQL insert to WebSocket client\n");
        for (clients, inserts, pause) in [(1, 400, 50), (100, 200, 50), (1, 15, 3_000)] {
            let delays = live::measure(
                &server,
                &cluster.url("torque"),
                clients,
                inserts,
                Duration::from_millis(pause),
            );
            println!(
                "{clients} clients, an insert each {pause} ms: p50 {} ms, p99 {} ms, {} frames, {} missing",
                milliseconds(delays.percentile(0.5)),
                milliseconds(delays.percentile(0.99)),
                delays.all.len(),
                delays.missing,
            );
        }
    }
    if wants("write") {
        println!("\n## writes (a flush to disk takes {})\n", store::flush_time());
        write::measure(&cluster, &server, &key);
    }
    if wants("feed") {
        println!("\n## feed\n");
        let second = Server::start(&folder.0, Some(&cluster.url("torque")));
        let applications = store::applications(&cluster, 3);
        for writers in feed::cases(applications) {
            let verdict = feed::measure(&cluster, &writers);
            println!("{}: {verdict:?}", writers.name);
        }
        drop(second);
    }
}

/// One line for a comparison.
fn report(what: &str, found: &Comparison) {
    println!(
        "{what}: {:.2} of pgbench ({:.0}/s of {:.0}/s), p50 {} ms, p99 {} ms, CPU a request {} µs server + {} µs PostgreSQL",
        found.ratio,
        found.torque.rate(),
        found.alone.per_second,
        milliseconds(found.torque.percentile(0.5)),
        milliseconds(found.torque.percentile(0.99)),
        found.cpu.0.as_micros(),
        found.cpu.1.as_micros(),
    );
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1000.0)
}
