//! Results in words, or as JSON.

use std::io::{self, Write as _};

use serde::Serialize;

use super::answers::Spread;
use super::process::Cpu;
use super::{Measures, ingest, kill, pieces};

/// Bytes in a mebibyte.
const MIB: f64 = 1_048_576.0;

/// Prints a report: as JSON, or in the words that `say` gives.
///
/// # Errors
/// When nobody reads.
pub(super) fn show<T: Serialize>(json: bool, report: &T, say: fn(&T) -> Vec<String>) -> anyhow::Result<()> {
    let text = if json { serde_json::to_string_pretty(report)? } else { say(report).join("\n") };
    writeln!(io::stdout().lock(), "{text}")?;
    Ok(())
}

pub(super) fn measures(m: &Measures) -> Vec<String> {
    let (p, a, s) = (&m.pipeline, &m.answers, &m.start);
    let b = &p.batches;
    let mut lines = vec![
        format!(
            "Through the pipeline: {:.0} messages/s ({} over {} conversations in {:.2} s)",
            p.per_second, p.messages, p.conversations, p.seconds
        ),
        format!("  bare commits:       {:.0} single-row commits/s", p.commits.per_second),
        format!("  ratio:              {:.2}", p.ratio),
        format!("  connections:        {} for each of the two; {} processors", p.connections, p.processors),
        format!("  processor time:     bullpen {}, Postgres {}", cpu(p.cpu), cpu(p.postgres_cpu)),
        format!(
            "  batches of at most: {} heard, {} lanes with {} events each, {} posts leased, {} receipts",
            b.intake, b.engine_lanes, b.engine_events_of_a_lane, b.delivery, b.receipts
        ),
        format!(
            "From mention to first post: {} questions at {} a second in {} threads",
            a.questions, a.rate, a.conversations
        ),
        format!("  on the stream:      {}", spread(a.arrived_ms)),
        format!("  written down:       {}", spread(a.stored_ms)),
        format!("  processor time:     bullpen {}, Postgres {}", cpu(a.cpu), cpu(a.postgres_cpu)),
        format!(
            "Start to ready: {:.0} ms with a warm database (median of {}), {:.0} ms with a new one",
            s.warm_median_ms,
            s.warm_ms.len(),
            s.first_ms
        ),
        format!("Resident memory a minute after ready: {}", mib(s.resident_bytes)),
    ];
    lines.extend(faults(&p.faults));
    lines
}

pub(super) fn kill(k: &kill::Report) -> Vec<String> {
    let mut lines = vec![
        format!(
            "Killed {} times in {:.0} s, {} times with Postgres, {} times before it was ready (seed {})",
            k.kills, k.seconds, k.with_postgres, k.before_ready, k.seed
        ),
        counts(&k.counts),
    ];
    lines.extend(faults(&k.faults));
    lines
}

pub(super) fn ingest(i: &ingest::Report) -> Vec<String> {
    let mut lines = vec![
        format!(
            "From Discord's gateway to the committed row: {:.0} messages/s ({} over {} channels in {:.2} s)",
            i.per_second, i.messages, i.channels, i.seconds
        ),
        format!("  bare commits:   {:.0} single-row commits/s", i.commits.per_second),
        format!("  ratio:          {:.2}", i.ratio),
        format!("  processor time: bullpen and the stand-in {}, Postgres {}", cpu(i.cpu), cpu(i.postgres_cpu)),
        format!(
            "Resident memory: {} after a tenth, {} at the end ({:+.1} %)",
            mib(i.resident_at_tenth),
            mib(i.resident_at_end),
            i.growth_percent.unwrap_or_default()
        ),
    ];
    lines.extend(faults(&i.faults));
    lines
}

pub(super) fn pieces(p: &pieces::Report) -> Vec<String> {
    let mut lines = vec![
        format!("{} pieces, {} at once, in {:.0} s", p.counts.asked, p.at_once, p.seconds),
        counts(&p.counts),
        format!(
            "Resident memory: {} at the hundredth piece, {} at the end ({:+.1} %)",
            mib(p.resident_at_100),
            mib(p.resident_at_end),
            p.growth_percent.unwrap_or_default()
        ),
    ];
    lines.extend(faults(&p.faults));
    lines
}

fn counts(c: &super::verify::Counts) -> String {
    format!(
        "{} pieces asked for, {} done, {} published; {} posts, {} messages in {} threads; {} approvals",
        c.asked, c.done, c.published, c.posts, c.messages, c.threads, c.approvals
    )
}

fn faults(faults: &[String]) -> Vec<String> {
    if faults.is_empty() {
        return vec!["Nothing was lost, doubled or out of order.".to_owned()];
    }
    faults.iter().map(|fault| format!("WRONG: {fault}")).collect()
}

fn spread(s: Spread) -> String {
    format!("p50 {:.1} ms, p90 {:.1} ms, p99 {:.1} ms, longest {:.1} ms", s.p50, s.p90, s.p99, s.max)
}

fn cpu(cpu: Cpu) -> String {
    format!("{:.1} s ({:.1} s of it in the kernel)", cpu.total_s(), cpu.system_s)
}

fn mib(bytes: Option<u64>) -> String {
    bytes.map_or_else(|| "not known on this system".to_owned(), |bytes| format!("{:.1} MiB", bytes as f64 / MIB))
}
