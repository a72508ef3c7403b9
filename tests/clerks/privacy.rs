//! No clerk is read or stored: what the ledger has room for, what the log has names for, and what is asked of the server.
//!
//! Whoever adds a column or a field adds it here, after a thought about what it tells of a person.

use std::collections::BTreeSet;

use crate::desk::{BEARBEITET, Desk, FLENSBURG, INBOX, KIEL, ZU_LOESCHEN};
use crate::support::{binary, ledger, mails};

/// Everything the ledger keeps: tables with their columns, in the order of the names.
const COLUMNS: &[(&str, &str)] = &[
    ("event", "agentur art at grund id operation regel regelwerk rolle von_agentur vorgang"),
    ("folder", "beobachtet_am id name postfach vermisst_seit"),
    ("gespraech", "message_id_hash vorgang"),
    ("kennung", "kennung kopie letzter_zyklus nur_eine schluessel verlust_am"),
    ("lauf", "ended_at id program_version started_at"),
    ("loeschlauf", "anzahl at klasse"),
    ("nebenstueck", "altbestand eingang entlinkt fingerprint folder gesehen_am uid uidvalidity verlassen_am"),
    (
        "operation",
        "attempt grund id intended_at kind kopie_uid settled_at source_folder source_uid source_uidvalidity state target_folder target_uid target_uidnext target_uidvalidity vorgang weg",
    ),
    ("postfach", "id name vergessen_bis wiederaufgebaut_am"),
    ("regelwerk", "first_used_at id program_version version"),
    ("stand", "agentur anderswo au bearbeitet status vorgang vorher"),
    ("tageswert", "agentur groesse postfach tag wert"),
    ("versuch", "abstuerze fehler folder program_version uid uidvalidity zuletzt_am"),
    (
        "vorgang",
        "abgeschlossen agentur betriebsart eingang entlinkt entscheidung entschieden_am evidenz festgehalten fingerprint folder gone_at groessenklasse grund haltegrund id kopfzeile_anfangs merkmal offen_seit postfach regel regelwerk uebergeben_am uid uidvalidity vermisst_runden vorgangsart zweiter",
    ),
];

/// Everything the log says, by the names of its fields.
const FIELDS: &[&str] = &[
    "agentur",
    "art",
    "commands",
    "complete",
    "count",
    "decided",
    "folder",
    "folders",
    "grund",
    "level",
    "mailbox",
    "message",
    "milliseconds",
    "moved",
    "path",
    "reconciled",
    "seen",
    "stay",
    "timestamp",
    "uid",
    "vorgang",
];

/// What is asked of messages.
const ITEMS: [&str; 4] = [
    "(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[]<0.65536>)",
    "(UID FLAGS INTERNALDATE RFC822.SIZE)",
    "(UID FLAGS)",
    "(UID INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID DATE FROM RECEIVED)])",
];

/// What is said to the server at all: who else is there, and what others have done, can be asked with none of it.
const VERBS: [&str; 9] =
    ["CAPABILITY", "EXAMINE", "LIST", "LOGIN", "LOGOUT", "SELECT", "STATUS", "UID FETCH", "UID MOVE"];

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
    let known =
        COLUMNS.iter().flat_map(|(table, columns)| columns.split(' ').map(move |column| format!("{table}.{column}")));
    assert_eq!(ledger::columns(&desk.config.state_dir()), known.collect::<Vec<_>>());
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    let unknown: Vec<&&str> = fields.iter().filter(|field| !FIELDS.contains(field)).collect();
    assert!(unknown.is_empty(), "fields of the log: {unknown:?}");
    let fetches = commands.iter().filter_map(|command| command.strip_prefix("UID FETCH ")?.split_once(' '));
    let items: BTreeSet<&str> = fetches.map(|(_, items)| items).collect();
    assert_eq!(items.into_iter().collect::<Vec<_>>(), ITEMS);
    let verbs: BTreeSet<String> = commands.iter().map(|command| verb(command)).collect();
    assert_eq!(verbs.into_iter().collect::<Vec<_>>(), VERBS);
}

fn verb(command: &str) -> String {
    let words: Vec<&str> = command.split(' ').take(if command.starts_with("UID ") { 2 } else { 1 }).collect();
    words.join(" ")
}
