//! CPU time and memory of processes, as the kernel counts them (Linux).

use std::fs;
use std::time::Duration;

/// The CPU time that these processes and all their descendants have used.
pub fn cpu(pids: &[u32]) -> Duration {
    let all = processes();
    let mut wanted: Vec<u32> = pids.to_vec();
    let mut next = 0;
    while next < wanted.len() {
        let parent = wanted[next];
        wanted.extend(
            all.iter()
                .filter(|process| process.parent == parent)
                .map(|process| process.pid),
        );
        next += 1;
    }
    let ticks: u64 = all
        .iter()
        .filter(|process| wanted.contains(&process.pid))
        .map(|process| process.ticks)
        .sum();
    // USER_HZ is 100 on every Linux that Rust runs on.
    Duration::from_millis(ticks * 10)
}

/// The memory that this process keeps, in bytes: resident, shared pages counted by their share.
pub fn memory(pid: u32) -> u64 {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    rollup
        .lines()
        .find_map(|line| line.strip_prefix("Pss:"))
        .and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok())
        .map_or(0, |kibibytes| kibibytes * 1024)
}

struct Process {
    pid: u32,
    parent: u32,
    ticks: u64,
}

fn processes() -> Vec<Process> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            // The name in brackets may hold spaces; what follows it does not.
            let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
            let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
            // Its own time, and that of children it has waited for (ended backends).
            let ticks = number(11)? + number(12)? + number(13)? + number(14)?;
            Some(Process {
                pid,
                parent: u32::try_from(number(1)?).ok()?,
                ticks,
            })
        })
        .collect()
}
