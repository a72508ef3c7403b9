//! `make demo`: the whole job on a private server, with sample mails, in a minute.
//!
//! Starts a Dovecot of its own with five mailboxes as Exchange would show them, delivers the sample mails, lets the
//! real binary route them, marks a few as a clerk would, and shows what went where and why. Leaves nothing behind,
//! also after Ctrl-C.

#[path = "../support/mod.rs"]
mod support;

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{ContentArrangement, Table};
use postweiche::cli::words;
use postweiche::store::Reader;
use serde_json::Value;
use support::binary;
use support::config::ConfigDir;
use support::dovecot::{Dovecot, Options, SC_REGIONS};
use support::imap_client::Mail;
use support::ledger;

/// How many mails the demo's clerk works on.
const MARKED: usize = 4;

fn main() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    heading("1. A private mail server with five shared mailboxes");
    let dovecot = Dovecot::start(Options::default());
    let offices = offices(repository);
    for (region, folders) in &offices {
        dovecot.create_folders(region, folders);
    }
    let folders: usize = offices.values().map(Vec::len).sum();
    println!("{} mailboxes, {folders} Agentur folders, on {}", SC_REGIONS.len(), dovecot.address());

    heading("2. Mail comes in");
    let samples = samples(repository);
    for region in SC_REGIONS {
        let mails: Vec<Mail> = samples.iter().filter(|sample| sample.region == region).map(Sample::mail).collect();
        dovecot.deliver(region, "INBOX", &mails);
        println!("{region:12} {:>3} mails", mails.len());
    }

    heading("3. Postweiche routes it");
    let config = ConfigDir::for_dovecot(&dovecot);
    route(&config);

    heading("4. What went where, and why");
    let places = places(&dovecot);
    println!("{}", decisions(&config, &samples, &places));

    heading("5. A clerk works on some of it");
    work_as_a_clerk(&dovecot, &places);

    heading("6. Twice more: nothing is done twice, and two looks have seen what the clerk did");
    route(&config);
    route(&config);

    heading("7. The life of the mail that may be deleted");
    print!("{}", life(&config));

    heading("8. What the ledger says");
    println!("{}", report(&config));
    println!("No subject, address, name, text or customer number of any mail is in it.");
}

fn heading(text: &str) {
    if std::io::stdout().is_terminal() {
        println!("\n\x1b[1m{text}\x1b[0m\n");
    } else {
        println!("\n{text}\n");
    }
}

/// Target folders per region, from the shipped master data, each with the folders that clerks mark with.
fn offices(repository: &Path) -> BTreeMap<String, Vec<String>> {
    let mut offices: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut rows = csv::Reader::from_path(repository.join("config/stammdaten/agenturen.csv")).expect("shipped data");
    for row in rows.deserialize::<HashMap<String, String>>() {
        let row = row.expect("shipped data");
        let folder = format!("INBOX/{}", row["ordner"]);
        let folders = offices.entry(row["sc_region"].clone()).or_default();
        folders.push(format!("{folder}/Bearbeitet"));
        folders.push(format!("{folder}/Zu löschen"));
        folders.push(folder);
    }
    for folders in offices.values_mut() {
        folders.sort();
    }
    offices
}

struct Sample {
    file: PathBuf,
    region: String,
}

impl Sample {
    fn mail(&self) -> Mail {
        Mail::new(fs::read(&self.file).expect("a sample mail"))
    }

    fn name(&self) -> String {
        self.file.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }
}

fn samples(repository: &Path) -> Vec<Sample> {
    let dir = repository.join("tests/samples");
    let mut rows = csv::Reader::from_path(dir.join("truth.csv")).expect("the truth beside the samples");
    rows.deserialize::<HashMap<String, String>>()
        .map(|row| row.expect("a row of the truth"))
        .map(|row| Sample { file: dir.join(&row["file"]), region: row["region"].clone() })
        .collect()
}

/// Runs one cycle as an admin would, with the progress bar of the program.
fn route(config: &ConfigDir) {
    // The summary says it all; the log of a service would only stand in its way here.
    let status = binary::command(&["once"], &config.file()).env("POSTWEICHE_LOG", "error").status();
    let status = status.expect("the binary starts");
    assert!(status.success(), "postweiche once: {status}");
}

/// Folder of every mail, by mailbox and the digest of its bytes.
fn places(dovecot: &Dovecot) -> HashMap<(String, String), (String, u32)> {
    let mut places = HashMap::new();
    for region in SC_REGIONS {
        let mut client = dovecot.client(region);
        for folder in client.list() {
            if client.examine(&folder).exists == 0 {
                continue;
            }
            for mail in client.fetch_all() {
                places.insert((region.to_owned(), message_id(&mail.bytes)), (folder.clone(), mail.uid));
            }
        }
        client.logout();
    }
    places
}

fn message_id(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let line = text.lines().find(|line| line.to_ascii_lowercase().starts_with("message-id:")).unwrap_or_default();
    line.split_once(':').map(|(_, id)| id.trim().to_owned()).unwrap_or_default()
}

/// One row per mail: where the server has it, and what `explain` says about it.
fn decisions(config: &ConfigDir, samples: &[Sample], places: &HashMap<(String, String), (String, u32)>) -> Table {
    let mut table = table(["Mailbox", "Mail", "Kind", "Lies in", "Why"]);
    for region in SC_REGIONS {
        let samples: Vec<_> = samples.iter().filter(|sample| sample.region == region).collect();
        let mut arguments = vec!["explain", "--mailbox", region, "--format", "json"];
        arguments.extend(samples.iter().map(|sample| sample.file.to_str().expect("sample files have plain names")));
        let answers = binary::run(&arguments, &config.file()).expect_code(0).stdout;
        for (sample, answer) in samples.into_iter().zip(answers.lines()) {
            let answer: Value = serde_json::from_str(answer).expect("one JSON object a line");
            let id = message_id(&sample.mail().bytes);
            let folder = places.get(&(region.to_owned(), id)).map_or("?", |(folder, _)| folder.as_str());
            let folder = folder.strip_prefix("INBOX/").unwrap_or("(stays)");
            let kind = answer["vorgangsart"].as_str().unwrap_or_default();
            table.add_row([region, &sample.name(), kind, folder, &why(&answer)]);
        }
    }
    table
}

/// The reason, with the words of the mail that decided if it was one kind of evidence.
fn why(answer: &Value) -> String {
    let mut why = words::reason(answer["grund"].as_str().unwrap_or_default()).to_owned();
    let pieces = answer["evidenz"].as_array().into_iter().flatten();
    let decided: Vec<&str> = pieces
        .filter(|piece| answer["entscheidung"] == "uebergeben" && piece["art"] == answer["grund"])
        .filter_map(|piece| piece["wortlaut"].as_str())
        .collect();
    if !decided.is_empty() {
        why.push_str(&format!(" ({})", decided.join(", ")));
    }
    why
}

/// Moves a few handed-over mails into the folders that say "done" and "may be deleted", as a QuickStep does.
fn work_as_a_clerk(dovecot: &Dovecot, places: &HashMap<(String, String), (String, u32)>) {
    let mut handed_over: Vec<_> = places
        .iter()
        .filter(|(_, (folder, _))| folder != "INBOX")
        .map(|((region, _), place)| (region, place))
        .collect();
    handed_over.sort();
    for (number, (region, (folder, uid))) in handed_over.into_iter().step_by(5).take(MARKED).enumerate() {
        let mark = if number == MARKED - 1 { "Zu löschen" } else { "Bearbeitet" };
        let mut client = dovecot.client(region);
        client.select(folder);
        client.move_to(&[*uid], &format!("{folder}/{mark}"));
        client.logout();
        println!("{region:12} a mail of {} is marked \"{mark}\"", folder.trim_start_matches("INBOX/"));
    }
}

/// What `postweiche verlauf` tells of the Vorgang that the clerk has marked for deletion.
fn life(config: &ConfigDir) -> String {
    let marked = ledger::number(&config.state_dir(), "SELECT max(vorgang) FROM event WHERE art = 'loeschvorgemerkt'");
    binary::run(&["verlauf", &marked.to_string()], &config.file()).expect_code(0).stdout
}

/// Decisions as the ledger counts them.
fn report(config: &ConfigDir) -> Table {
    let rows = Reader::open(&config.state_dir()).and_then(|ledger| ledger.summary()).expect("the ledger is readable");
    let mut table = table(["Mailbox", "Decision", "Agentur", "Reason", "Mails", "Handed over"]);
    for row in rows {
        table.add_row([
            row.postfach,
            row.entscheidung,
            row.agentur.unwrap_or_default(),
            words::reason(&row.grund).to_owned(),
            row.vorgaenge.to_string(),
            row.uebergeben.to_string(),
        ]);
    }
    table
}

fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic).set_header(header);
    // A pipe has no width; this one fits a page.
    if table.width().is_none() {
        table.set_width(140);
    }
    table
}
