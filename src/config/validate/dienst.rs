//! `[dienst]`.

use std::path::PathBuf;
use std::time::Duration;

use super::Surroundings;
use super::password::secret_source;
use crate::config::Dienst;
use crate::config::table::{Findings, TableReader};

/// Where the ledger lies if neither the file nor systemd says so.
const STATE_DIR: &str = "/var/lib/postweiche";

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;

pub fn read(table: Option<TableReader<'_>>, surroundings: &Surroundings, findings: &mut Findings) -> Dienst {
    let empty = toml::de::DeTable::new();
    let mut table = table.unwrap_or_else(|| TableReader::new("[dienst]", 0..0, &empty));
    let state_dir = table.text(findings, "state_dir").map(|dir| surroundings.resolve(dir.get_ref()));
    let hash_key = secret_source(&mut table, findings, "hash_key", surroundings);
    let mut seconds = |key, range, default| Duration::from_secs(table.number(findings, key, range, default));
    let dienst = Dienst {
        state_dir: match (state_dir, &surroundings.state_directory) {
            (Some(dir), _) => dir,
            (None, Some(dir)) => dir.clone(),
            (None, None) => PathBuf::from(STATE_DIR),
        },
        poll_interval: seconds("poll_interval_seconds", 1..=DAY, 30),
        hash_key,
        connect_timeout: seconds("connect_timeout_seconds", 1..=HOUR, 20),
        greeting_timeout: seconds("greeting_timeout_seconds", 1..=HOUR, 30),
        read_timeout: seconds("read_timeout_seconds", 1..=HOUR, 60),
        command_timeout: seconds("command_timeout_seconds", 1..=HOUR, 120),
        retry_initial: seconds("retry_initial_seconds", 1..=DAY, 5),
        retry_max: seconds("retry_max_seconds", 1..=DAY, 900),
        move_batch: small(table.number(findings, "move_batch", 1..=1000, 50)),
        pipeline_depth: small(table.number(findings, "pipeline_depth", 1..=64, 8)),
        beobachtung: Duration::from_secs(table.number(findings, "beobachtung_seconds", 1..=DAY, 60)),
        beobachtung_befehle: table.number(findings, "beobachtung_befehle_pro_minute", 1..=100_000, 600),
    };
    in_order(
        &mut table,
        findings,
        ("retry_initial_seconds", dienst.retry_initial),
        ("retry_max_seconds", dienst.retry_max),
    );
    in_order(
        &mut table,
        findings,
        ("read_timeout_seconds", dienst.read_timeout),
        ("command_timeout_seconds", dienst.command_timeout),
    );
    table.finish(findings);
    dienst
}

fn small(number: u64) -> usize {
    usize::try_from(number).expect("the range ends at 1000")
}

/// Reports a smaller value that is larger than the larger one; at least one of the two is in the file then.
fn in_order(
    table: &mut TableReader<'_>,
    findings: &mut Findings,
    (smaller_key, smaller): (&'static str, Duration),
    (larger_key, larger): (&'static str, Duration),
) {
    if smaller <= larger {
        return;
    }
    let span = [smaller_key, larger_key].into_iter().find_map(|key| table.value(key)).map(|value| value.span());
    let title = format!("[dienst]: \"{smaller_key}\" is larger than \"{larger_key}\"");
    let label = format!("{} s against {} s", smaller.as_secs(), larger.as_secs());
    findings.push(findings.error(span.unwrap_or(table.header()), title).label(label));
}
