//! What the operating system says about this process.

/// Memory in RAM, in bytes; none where there is no `/proc`.
pub(super) fn resident_bytes() -> Option<u64> {
    resident(&std::fs::read_to_string("/proc/self/status").ok()?)
}

fn resident(status: &str) -> Option<u64> {
    let value = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = value.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_from_the_status_of_the_process() {
        assert_eq!(resident("Name:\tx\nVmRSS:\t    12 kB\nThreads:\t1\n"), Some(12 * 1_024));
        assert_eq!(resident("Name:\tx\n"), None);
    }
}
