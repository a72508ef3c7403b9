//! imapfilter with the configuration that somebody who knows it well would write for this job.
//!
//! - The server searches (`UID SEARCH ... TO`), one question for each Agentur. The alternative, matching here, makes
//!   imapfilter fetch header fields message by message: as many round trips as there are mails.
//! - TO matches a part of an address. Where one address is a part of another one (`essen@` and `giessen@`), the other is
//!   excluded.
//! - All mails of an Agentur are moved at once. imapfilter knows no MOVE: it copies, marks as deleted and expunges.
//!   Expunging is switched off until the last move, where closing the mailbox does it for all.
//! - One process for each mailbox, side by side. No TLS and no NAMESPACE, because the others go without, too.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use crate::lab::Lab;
use crate::offices::Agentur;
use crate::support::dovecot::{PASSWORD, SC_REGIONS};

const PRELUDE: &str = "
options.timeout = 600
options.starttls = false
options.namespace = false
options.info = false
options.expunge = false
";

/// One command for each mailbox.
pub fn commands(lab: &Lab, address: SocketAddr, dir: &Path) -> Vec<Command> {
    let commands = SC_REGIONS.iter().enumerate().map(|(account, user)| {
        let file = dir.join(format!("{user}.lua"));
        std::fs::write(&file, configuration(&lab.agenturen, account, address)).expect("the directory is ours");
        let mut command = Command::new("imapfilter");
        // It keeps certificates below the home directory.
        command.arg("-c").arg(file).env("HOME", dir);
        command
    });
    commands.collect()
}

fn configuration(agenturen: &[Agentur], account: usize, address: SocketAddr) -> String {
    let user = SC_REGIONS[account];
    let mut lua = format!(
        "{PRELUDE}\naccount = IMAP {{ server = '{}', port = {}, username = '{user}', password = '{PASSWORD}' }}\n\
         inbox = account['INBOX']\n\nroutes = {{\n",
        address.ip(),
        address.port()
    );
    let all: Vec<&String> = agenturen.iter().flat_map(|agentur| &agentur.addresses).collect();
    for agentur in agenturen.iter().filter(|agentur| agentur.account == account) {
        let queries: Vec<String> = agentur.addresses.iter().map(|address| query(address, &all)).collect();
        let query = queries.iter().skip(1).fold(queries[0].clone(), |one, other| format!("OR ({one}) ({other})"));
        writeln!(lua, "  {{ '{query}', '{}' }},", agentur.folder).expect("writing to a string cannot fail");
    }
    lua.push_str(
        "}
found = {}
for _, route in ipairs(routes) do
  local messages = Set(inbox:send_query(route[1]))
  if #messages > 0 then table.insert(found, { messages, route[2] }) end
end
for index, group in ipairs(found) do
  options.close = index == #found
  group[1]:move_messages(account[group[2]])
end
",
    );
    lua
}

fn query(address: &str, all: &[&String]) -> String {
    let address = address.to_lowercase();
    let mut query = format!("TO \"{address}\"");
    for other in
        all.iter().map(|other| other.to_lowercase()).filter(|other| *other != address && other.contains(&address))
    {
        write!(query, " NOT TO \"{other}\"").expect("writing to a string cannot fail");
    }
    query
}
