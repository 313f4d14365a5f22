//! The limits that control groups set, and how much of a user's limit on processes is left.

use std::fs;
use std::path::{Path, PathBuf};

use nix::unistd::geteuid;

use super::super::super::Limit;
use super::super::posix;

/// Where each version of control groups is, and its files: of memory, and of processes.
const ROOT: &str = "/sys/fs/cgroup";
const UNIFIED: [&str; 4] = ["memory.max", "memory.events", "pids.max", "pids.current"];
const SEPARATE: [&str; 4] = ["memory.limit_in_bytes", "memory.oom_control", "pids.max", "pids.current"];

/// Beyond this, version 1 means that there is no limit.
const ENDLESS: u64 = 1 << 60;

pub fn memory_limit() -> Option<Limit> {
    let groups = groups("memory");
    let limits = groups.iter().filter_map(|(group, files)| number(&group.join(files[0])));
    let of_group = limits.filter(|amount| *amount < ENDLESS).min();
    let of_group = of_group.map(|amount| Limit { amount, left: None, option: None });
    // The smaller one is met first.
    [posix::memory_limit(), of_group].into_iter().flatten().min_by_key(|limit| limit.amount)
}

pub fn process_limit() -> Option<Limit> {
    let groups = groups("pids");
    let of_groups = groups.iter().filter_map(|(group, files)| {
        let amount = number(&group.join(files[2]))?;
        let left = number(&group.join(files[3])).map(|used| amount.saturating_sub(used));
        Some(Limit { amount, left, option: None })
    });
    let of_user =
        posix::process_limit().map(|limit| Limit { left: Some(limit.amount.saturating_sub(tasks())), ..limit });
    of_groups.chain(of_user).min_by_key(|limit| limit.left)
}

pub fn memory_kills() -> u64 {
    let groups = groups("memory");
    let counts = groups.iter().filter_map(|(group, files)| {
        let text = fs::read_to_string(group.join(files[1])).ok()?;
        text.lines().find_map(|line| line.strip_prefix("oom_kill ")?.trim().parse::<u64>().ok())
    });
    counts.max().unwrap_or(0)
}

/// The processes and threads of this user.
fn tasks() -> u64 {
    let own = geteuid().to_string();
    let threads = |status: &str| {
        let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next());
        (field("Uid:") == Some(&own)).then(|| field("Threads:")?.parse::<u64>().ok()).flatten()
    };
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| threads(&fs::read_to_string(entry.path().join("status")).ok()?)).sum()
}

/// The control groups of this process for a controller and all groups above, each with its version's files.
fn groups(controller: &str) -> Vec<(PathBuf, [&'static str; 4])> {
    groups_in(&fs::read_to_string("/proc/self/cgroup").unwrap_or_default(), Path::new(ROOT), controller)
}

fn groups_in(list: &str, root: &Path, controller: &str) -> Vec<(PathBuf, [&'static str; 4])> {
    let mut found = Vec::new();
    for line in list.lines() {
        let mut parts = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (parts.next(), parts.next()) else { continue };
        let (root, files) = match controllers {
            "" => (root.to_owned(), UNIFIED),
            _ if controllers.split(',').any(|one| one == controller) => (root.join(controller), SEPARATE),
            _ => continue,
        };
        let group = root.join(path.trim_start_matches('/'));
        let above = group.ancestors().take_while(|group| group.starts_with(&root));
        found.extend(above.map(|group| (group.to_owned(), files)));
    }
    found
}

fn number(file: &Path) -> Option<u64> {
    fs::read_to_string(file).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_groups_of_both_versions_are_found_with_those_above() {
        let cases = [
            ("0::/a/b\n", "memory", vec![("/r/a/b", "memory.max"), ("/r/a", "memory.max"), ("/r", "memory.max")]),
            (
                "4:cpu,memory:/a\n8:pids:/\n",
                "memory",
                vec![("/r/memory/a", "memory.limit_in_bytes"), ("/r/memory", "memory.limit_in_bytes")],
            ),
            ("8:pids:/\n", "memory", vec![]),
        ];
        for (list, controller, expected) in cases {
            let found = groups_in(list, Path::new("/r"), controller);
            let found: Vec<_> = found.iter().map(|(group, files)| (group.to_str().unwrap(), files[0])).collect();
            assert_eq!(found, expected, "{list}");
        }
        assert!(tasks() >= 1);
    }
}
