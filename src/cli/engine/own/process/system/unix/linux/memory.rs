//! How much memory the checkpoints of a session hold, and how much they may.
//!
//! A checkpoint shares its pages with the worker until one of them writes, so its own size says little: what counts is
//! what all of them occupy beyond the worker.

use std::fs;
use std::path::Path;

/// Older checkpoints are discarded when all of them hold more than this part of the memory that would be free without.
const PART: u64 = 16;

/// A worker smaller than this is not examined.
const SMALL: u64 = 32 << 20;

/// Do the checkpoints hold more than they may?
pub fn is_too_much(worker: i32, checkpoints: &[i32], _: u64) -> bool {
    if field(&format!("/proc/{worker}/status"), "VmRSS:").is_none_or(|size| size < SMALL) {
        return false;
    }
    match (held(worker, checkpoints), available()) {
        (Some(held), Some(available)) => held > (available + held) / PART,
        _ => false,
    }
}

/// The bytes of the checkpoints that they do not share with the worker.
pub fn held(worker: i32, checkpoints: &[i32]) -> Option<u64> {
    let share = |pid: i32| field(&format!("/proc/{pid}/smaps_rollup"), "Pss_Anon:");
    let all: u64 = checkpoints.iter().filter_map(|pid| share(*pid)).sum();
    let own = field(&format!("/proc/{worker}/smaps_rollup"), "Anonymous:")?;
    Some((all + share(worker)?).saturating_sub(own))
}

/// The bytes that programs can still get: the system's, or what a limit on our control group leaves.
fn available() -> Option<u64> {
    let of_system = field("/proc/meminfo", "MemAvailable:")?;
    let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let limits = groups.lines().filter_map(|line| {
        let mut parts = line.splitn(3, ':').skip(1);
        let (controllers, path) = (parts.next()?, parts.next()?);
        match controllers {
            "" => left_in_group("/sys/fs/cgroup", path, ["memory.max", "memory.current", "inactive_file "]),
            _ if controllers.split(',').any(|controller| controller == "memory") => {
                let files = ["memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file "];
                left_in_group("/sys/fs/cgroup/memory", path, files)
            }
            _ => None,
        }
    });
    Some(limits.fold(of_system, u64::min))
}

/// The least that the group and the groups above it leave. What only caches files is counted as free.
fn left_in_group(root: &str, path: &str, [limit, usage, cached]: [&str; 3]) -> Option<u64> {
    let number = |file: &Path| fs::read_to_string(file).ok()?.trim().parse::<u64>().ok();
    let left = |group: &Path| {
        let stat = fs::read_to_string(group.join("memory.stat")).unwrap_or_default();
        let cached = stat.lines().find_map(|line| line.strip_prefix(cached)?.trim().parse::<u64>().ok());
        let used = number(&group.join(usage))?.saturating_sub(cached.unwrap_or(0));
        Some(number(&group.join(limit))?.saturating_sub(used))
    };
    let group = Path::new(root).join(path.trim_start_matches('/'));
    group.ancestors().take_while(|group| group.starts_with(root)).filter_map(left).min()
}

/// A line such as `VmRSS:   1234 kB`, in bytes.
fn field(file: &str, name: &str) -> Option<u64> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_leaves_what_its_limit_or_one_above_it_leaves() {
        let root = tempfile::tempdir().unwrap();
        let inner = root.path().join("a/b");
        fs::create_dir_all(&inner).unwrap();
        fs::write(root.path().join("a/memory.max"), "1000\n").unwrap();
        fs::write(root.path().join("a/memory.current"), "900\n").unwrap();
        fs::write(root.path().join("a/memory.stat"), "anon 1\ninactive_file 300\n").unwrap();
        fs::write(inner.join("memory.max"), "max\n").unwrap();
        fs::write(inner.join("memory.current"), "500\n").unwrap();
        let files = ["memory.max", "memory.current", "inactive_file "];
        assert_eq!(left_in_group(root.path().to_str().unwrap(), "/a/b", files), Some(400));
        assert_eq!(left_in_group(root.path().to_str().unwrap(), "/none", files), None);
        assert!(available().is_some_and(|free| free > 0));
    }
}
