//! What the system says of a running process.

use std::time::Duration;

/// The most memory it has ever had, in bytes.
pub fn peak_memory(process: u32) -> u64 {
    status(process, "VmHWM:") << 10
}

/// The memory it has now, in bytes.
pub fn memory(process: u32) -> u64 {
    status(process, "VmRSS:") << 10
}

pub fn threads(process: u32) -> u64 {
    status(process, "Threads:")
}

/// A number that the kernel tells of a process.
fn status(process: u32, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("the process runs");
    let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("Linux tells it");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

/// What its open files are: paths, `socket:[number]`, `pipe:[number]`.
pub fn open_files(process: u32) -> Vec<String> {
    let entries = std::fs::read_dir(format!("/proc/{process}/fd")).expect("the process runs");
    // One may be closed before it is looked at.
    let targets = entries.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok());
    targets.map(|target| target.display().to_string()).collect()
}

/// How many connections it has to this port of this machine.
pub fn connections(process: u32, port: u16) -> usize {
    let files = open_files(process);
    let table = std::fs::read_to_string(format!("/proc/{process}/net/tcp")).expect("the process runs");
    let far_end = format!(":{port:04X}");
    let is_ours = |line: &&str| {
        // Number, near end, far end, state (01: established), 5 more, inode.
        let fields: Vec<&str> = line.split_whitespace().collect();
        fields[2].ends_with(&far_end)
            && fields[3] == "01"
            && files.iter().any(|file| *file == format!("socket:[{}]", fields[9]))
    };
    table.lines().skip(1).filter(is_ours).count()
}

/// The processor time it has used so far, in user and system mode, in steps of ten milliseconds.
pub fn processor_time(process: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).expect("the process runs");
    // After the name in parentheses: state, then 10 fields, then utime and stime in hundredths of a second.
    let (_, fields) = stat.rsplit_once(") ").expect("a name in parentheses");
    let ticks = fields.split(' ').skip(11).take(2).map(|field| field.parse::<u64>().expect("a number"));
    Duration::from_millis(ticks.sum::<u64>() * 10)
}

/// Whether it runs; a zombie does not.
pub fn runs(process: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, fields)| !fields.starts_with(['Z', 'X']))
}
