//! No clerk is read or stored: what the ledger has room for, what the log has names for, and what is asked of the server.
//!
//! Whoever adds a column or a field adds it here, after a thought about what it tells of a person.

use std::collections::BTreeSet;

use crate::desk::{BEARBEITET, Desk, FLENSBURG, INBOX, KIEL, ZU_LOESCHEN};
use crate::support::{binary, ledger, mails};

/// Everything the ledger keeps.
const COLUMNS: &[&str] = &[];

/// Everything the log says, by the names of its fields.
const FIELDS: &[&str] = &[];

/// What is asked of messages.
const ITEMS: &[&str] = &[];

/// A day with every kind of work in it. Gives the names of the fields of the log, and the commands.
fn day() -> (Desk, BTreeSet<String>, Vec<String>) {
    let desk = Desk::new(&[mails::to("Kiel", 1), mails::to("niemand", 2)]);
    let mut fields = BTreeSet::new();
    let mut commands = Vec::new();
    let mut look = || {
        let mut once = binary::command(&["--log-format", "json", "once", "--format", "json"], &desk.config.file());
        once.env("POSTWEICHE_LOG", "postweiche=trace");
        let outcome = binary::finish(&mut once).expect_code(0);
        for line in outcome.stderr.lines() {
            let event: serde_json::Value = serde_json::from_str(line).expect("each line is an event");
            names(&event, &mut fields);
        }
        commands.extend(desk.transcript.take());
    };
    look();
    desk.drag(KIEL, BEARBEITET);
    desk.drag(INBOX, FLENSBURG);
    look();
    look();
    desk.drag(BEARBEITET, ZU_LOESCHEN);
    desk.drag(FLENSBURG, INBOX);
    desk.outlook().create("INBOX/Agentur Kiel/Frau Meier");
    look();
    look();
    desk.delete(ZU_LOESCHEN);
    desk.outlook().rename(ZU_LOESCHEN, "INBOX/Agentur Kiel/Kann weg");
    look();
    look();
    look();
    (desk, fields, commands)
}

/// The names of all fields, also of those within others.
fn names(value: &serde_json::Value, into: &mut BTreeSet<String>) {
    for (name, value) in value.as_object().into_iter().flatten() {
        into.insert(name.clone());
        names(value, into);
    }
}

#[test]
fn nothing_tells_who_did_it() {
    let (desk, fields, commands) = day();
    assert_eq!(ledger::columns(&desk.config.state_dir()), COLUMNS);
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    let unknown: Vec<&&str> = fields.iter().filter(|field| !FIELDS.contains(field)).collect();
    assert_eq!(unknown, [&""; 0], "of {fields:?}");
    let fetches = commands.iter().filter_map(|command| command.strip_prefix("UID FETCH ")?.split_once(' '));
    let items: BTreeSet<&str> = fetches.map(|(_, items)| items).collect();
    assert_eq!(items.into_iter().collect::<Vec<_>>(), ITEMS);
    let verbs: BTreeSet<&str> = commands.iter().filter_map(|command| command.split(' ').next()).collect();
    assert_eq!(verbs.into_iter().collect::<Vec<_>>(), [""; 0]);
}
