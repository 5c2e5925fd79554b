//! How Postgres is set up: for one department on a desktop, and never at the cost of what was committed.

use std::path::Path;

use crate::socket::PORT;

/// What the cluster is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Work that must outlive a power cut.
    Department,
    /// A test suite's data, which nobody will miss.
    Throwaway,
}

/// For every cluster. Given on the command line, where neither a file nor `alter system` can override them.
const ALWAYS: &[(&str, &str)] = &[
    ("listen_addresses", ""),
    ("unix_socket_permissions", "0700"),
    ("password_encryption", "scram-sha-256"),
    // No replica will ever follow: the smallest log.
    ("wal_level", "minimal"),
    ("max_wal_senders", "0"),
    // Queries here are short; compiling them costs more than it saves.
    ("jit", "off"),
    ("max_parallel_workers_per_gather", "0"),
    ("shared_buffers", "96MB"),
    ("maintenance_work_mem", "32MB"),
    ("min_wal_size", "64MB"),
    ("max_wal_size", "512MB"),
    ("checkpoint_timeout", "10min"),
    // Queues and leases are updated all the time: clean up after them soon.
    ("autovacuum_naptime", "15s"),
    ("autovacuum_max_workers", "2"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    ("log_destination", "stderr"),
    ("logging_collector", "off"),
    ("log_checkpoints", "off"),
    ("log_line_prefix", "%m [%p] "),
    // Statements are short: to write the name of each into the list of processes costs more than it tells.
    ("update_process_title", "off"),
    // Statements and the details of errors quote rows, and what people wrote does not belong in a log.
    ("log_error_verbosity", "terse"),
    ("log_min_error_statement", "panic"),
];

const DURABLE: &[(&str, &str)] =
    &[("fsync", "on"), ("full_page_writes", "on"), ("synchronous_commit", "on"), ("max_connections", "60")];

const FLEETING: &[(&str, &str)] =
    &[("fsync", "off"), ("full_page_writes", "off"), ("synchronous_commit", "off"), ("max_connections", "200")];

/// The arguments of `postgres` after its data directory.
pub(crate) fn arguments(purpose: Purpose, socket: &Path) -> Vec<String> {
    let by_purpose = match purpose {
        Purpose::Department => DURABLE,
        Purpose::Throwaway => FLEETING,
    };
    let place = [format!("port={PORT}"), format!("unix_socket_directories={}", socket.display())];
    let fixed = ALWAYS.iter().chain(by_purpose).map(|(name, value)| format!("{name}={value}"));
    place.into_iter().chain(fixed).flat_map(|setting| ["-c".to_owned(), setting]).collect()
}
