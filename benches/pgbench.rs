//! The rates that PostgreSQL reaches by itself, by its own `pgbench`.

use std::io::Write;
use std::process::Command;

/// What `pgbench` reports.
pub struct Rate {
    /// Transactions a second.
    pub per_second: f64,
}

/// Runs a script with prepared statements, in sessions with these settings (`-c name=value`).
pub fn run(url: &str, script: &str, settings: &str, connections: usize, seconds: u64) -> Rate {
    let mut file = std::env::temp_dir();
    file.push(format!("torque-bench-{}.sql", std::process::id()));
    let mut writer = std::fs::File::create(&file).expect("a temporary file");
    writer.write_all(script.as_bytes()).expect("a temporary file");
    let output = Command::new("pgbench")
        .args(["--no-vacuum", "--protocol=prepared", "--jobs=1"])
        .arg(format!("--client={connections}"))
        .arg(format!("--time={seconds}"))
        .arg(format!("--file={}", file.display()))
        .arg(url)
        .env("PGOPTIONS", settings)
        .output()
        .expect("pgbench is in the PATH (postgresql-contrib)");
    let _ = std::fs::remove_file(&file);
    let text = String::from_utf8_lossy(&output.stdout);
    let number = |label: &str| {
        text.lines()
            .find_map(|line| {
                line.strip_prefix(label)?
                    .split_whitespace()
                    .next()?
                    .parse::<f64>()
                    .ok()
            })
            .unwrap_or_else(|| panic!("pgbench: {text}{}", String::from_utf8_lossy(&output.stderr)))
    };
    let failed = number("number of failed transactions: ");
    assert!(failed == 0.0, "{failed} transactions of pgbench failed");
    Rate {
        per_second: number("tps = "),
    }
}
