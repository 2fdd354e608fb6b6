//! The change feed under writers that roll back, dawdle and stay open.

use crate::bed::Cluster;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio_postgres::Client;
use tokio_postgres::NoTls;

/// What the writers do.
pub struct Writers {
    /// The case, in words.
    pub name: &'static str,
    /// How many write at once, shared out over the applications.
    pub count: usize,
    /// The applications' slugs.
    pub applications: Vec<String>,
    /// How long.
    pub time: Duration,
    /// One transaction in ten rolls back, and one in fifty sleeps before its commit.
    pub misbehave: bool,
    /// One more writer that writes once and commits only at the end.
    pub open_writer: bool,
    /// A reader that holds a snapshot all the while.
    pub held_snapshot: bool,
}

/// The cases of `benches/README.md`.
pub fn cases(applications: Vec<String>) -> Vec<Writers> {
    let twelve = Writers {
        name: "12 writers in 3 applications, rollbacks, slow transactions, an open writer, two servers",
        count: 12,
        applications: applications.clone(),
        time: Duration::from_secs(30),
        misbehave: true,
        open_writer: true,
        held_snapshot: false,
    };
    let many = Writers {
        name: "32 writers, a snapshot held open for a minute",
        count: 32,
        applications,
        time: Duration::from_secs(60),
        misbehave: false,
        open_writer: false,
        held_snapshot: true,
    };
    vec![twelve, many]
}

/// What the feed made of it, read from the database.
#[derive(Debug)]
pub struct Verdict {
    /// Writes that were acknowledged.
    pub acknowledged: u64,
    /// Changes in the feed.
    pub changes: u64,
    /// Entity versions that have no change.
    pub lost: u64,
    /// Entity versions that have two.
    pub doubled: u64,
    /// Positions that are missing between the first and the last.
    pub gaps: u64,
    /// Changes whose version does not follow its entity's last.
    pub out_of_order: u64,
    /// Milliseconds from commit to position, the half and the 99th of a hundred.
    pub lag_ms: (f64, f64),
    /// The most rows that waited in the outboxes at once.
    pub backlog: i64,
    /// Acknowledged writes a second.
    pub per_second: f64,
}

/// Lets the writers write, waits until everything is sequenced, and judges.
pub fn measure(cluster: &Cluster, writers: &Writers) -> Verdict {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let database = connect(cluster).await;
        let mut before = Vec::new();
        for slug in &writers.applications {
            before.push(last_position(&database, slug).await);
        }
        let stop = Arc::new(AtomicBool::new(false));
        let acknowledged = Arc::new(AtomicU64::new(0));
        let mut tasks = Vec::new();
        for number in 0..writers.count {
            let slug = writers.applications[number % writers.applications.len()].clone();
            let client = connect(cluster).await;
            let (stop, acknowledged) = (stop.clone(), acknowledged.clone());
            let misbehave = writers.misbehave;
            tasks.push(tokio::spawn(async move {
                write(client, slug, number as u64, misbehave, &stop, &acknowledged).await;
            }));
        }
        let held = connect(cluster).await;
        if writers.held_snapshot {
            run(&held, "begin isolation level repeatable read; select 1").await;
        }
        let open = connect(cluster).await;
        if writers.open_writer {
            let slug = &writers.applications[0];
            run(
                &open,
                &format!("begin; insert into {slug}.todo (label) values ('open all the while')"),
            )
            .await;
            acknowledged.fetch_add(1, Ordering::Relaxed);
        }
        let mut backlog = 0;
        let began = tokio::time::Instant::now();
        while began.elapsed() < writers.time {
            tokio::time::sleep(Duration::from_millis(500)).await;
            backlog = backlog.max(waiting(&database, &writers.applications).await);
        }
        stop.store(true, Ordering::Relaxed);
        for task in tasks {
            task.await.expect("a writer ends");
        }
        let time = began.elapsed();
        run(&open, "commit").await;
        run(&held, "commit").await;
        while waiting(&database, &writers.applications).await > 0 {
            assert!(began.elapsed() < writers.time * 3, "the outbox does not drain");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let acknowledged = acknowledged.load(Ordering::Relaxed);
        let mut verdict = judge(&database, &writers.applications, &before).await;
        verdict.acknowledged = acknowledged;
        verdict.lost = acknowledged.saturating_sub(verdict.changes - verdict.doubled);
        verdict.backlog = backlog;
        verdict.per_second = acknowledged as f64 / time.as_secs_f64();
        verdict
    })
}

async fn connect(cluster: &Cluster) -> Client {
    let (client, connection) = tokio_postgres::connect(&cluster.url("torque"), NoTls)
        .await
        .expect("a connection");
    tokio::spawn(connection);
    client
}

async fn run(client: &Client, sql: &str) {
    client
        .batch_execute(sql)
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error:?}"));
}

async fn last_position(database: &Client, slug: &str) -> i64 {
    let sql = format!("select coalesce(max(pos), 0) from {slug}_data.changes");
    database.query_one(&sql, &[]).await.expect("a position").get(0)
}

async fn waiting(database: &Client, applications: &[String]) -> i64 {
    let mut sum = 0;
    for slug in applications {
        let sql = format!("select count(*) from {slug}_data.outbox");
        sum += database
            .query_one(&sql, &[])
            .await
            .expect("a count")
            .get::<_, i64>(0);
    }
    sum
}

/// Updates one of eight entities of the application, or makes one, again and again.
async fn write(
    client: Client,
    slug: String,
    seed: u64,
    misbehave: bool,
    stop: &AtomicBool,
    acknowledged: &AtomicU64,
) {
    let mut random = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = move |below: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random % below
    };
    let leaf = format!("{slug}_data.entity_todo");
    let entity = |number: u64| format!("00000000-0000-7000-8000-{number:012}");
    let mut round = 0_u64;
    while !stop.load(Ordering::Relaxed) {
        round += 1;
        // Only `label` changes, and always, so that each write is one change.
        let data = format!(r#"{{"label":"writer {seed} round {round}","status":"open"}}"#);
        let write = match next(2) {
            0 => format!("insert into {leaf} (data) values ('{data}')"),
            _ => format!(
                "insert into {leaf} as e (id, data) values ('{}', '{data}') on conflict (id) do update set data = e.data || excluded.data",
                entity(next(8))
            ),
        };
        let rolls_back = misbehave && next(10) == 0;
        let dawdles = misbehave && next(50) == 0;
        let sleep = if dawdles { "; select pg_sleep(0.05)" } else { "" };
        let end = if rolls_back { "rollback" } else { "commit" };
        match client
            .batch_execute(&format!("begin; {write}{sleep}; {end}"))
            .await
        {
            Ok(()) if !rolls_back => {
                acknowledged.fetch_add(1, Ordering::Relaxed);
            }
            Ok(()) => {}
            Err(error) => panic!("{write}: {error:?}"),
        }
    }
}

async fn judge(database: &Client, applications: &[String], before: &[i64]) -> Verdict {
    let mut verdict = Verdict {
        acknowledged: 0,
        changes: 0,
        lost: 0,
        doubled: 0,
        gaps: 0,
        out_of_order: 0,
        lag_ms: (0.0, 0.0),
        backlog: 0,
        per_second: 0.0,
    };
    for (slug, before) in applications.iter().zip(before) {
        let sql = format!(
            "with c as (
               select pos, entity_id, version, at, pg_xact_commit_timestamp(txn::xid) as committed,
                      lag(version) over (partition by entity_id order by pos) as last_version
               from {slug}_data.changes
               where pos > $1 and kind = 'entity'
             )
             select count(*), count(*) - count(distinct (entity_id, version)), max(pos) - $1 - count(*),
                    count(*) filter (where version <> coalesce(last_version, version - 1) + 1),
                    coalesce(percentile_cont(0.5) within group (order by extract(epoch from at - committed)), 0)::float8,
                    coalesce(percentile_cont(0.99) within group (order by extract(epoch from at - committed)), 0)::float8
             from c"
        );
        let row = database
            .query_one(&sql, &[before])
            .await
            .expect("the feed can be read");
        let number = |index: usize| u64::try_from(row.get::<_, i64>(index)).unwrap_or(0);
        verdict.changes += number(0);
        verdict.doubled += number(1);
        verdict.gaps += number(2);
        verdict.out_of_order += number(3);
        verdict.lag_ms.0 = verdict.lag_ms.0.max(row.get::<_, f64>(4) * 1000.0);
        verdict.lag_ms.1 = verdict.lag_ms.1.max(row.get::<_, f64>(5) * 1000.0);
    }
    verdict
}
