//! All sample mails in all five mailboxes, and what must hold of them whatever the server is like.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::Path;

use serde_json::Value;

use super::binary::{self, Outcome};
use super::canary::Canaries;
use super::config::{ConfigDir, Postfach};
use super::dovecot::{Dovecot, Options, SC_REGIONS};
use super::imap_client::{Mail, Snapshot, Trace};
use super::ledger;
use super::mails::{Agentur, Sample, agenturen, samples};
use super::proxy::transcript::{Transcript, writes};
use super::proxy::{Proxy, pass};

/// A sample as it was delivered.
struct Delivered {
    sample: Sample,
    trace: Trace,
}

/// Five mailboxes with the folders of their Agenturen and the samples in INBOX, seen through a proxy.
pub struct SampleRun {
    dovecot: Dovecot,
    agenturen: Vec<Agentur>,
    delivered: Vec<Delivered>,
    before: BTreeMap<&'static str, Snapshot>,
    transcript: Transcript,
    _proxy: Proxy,
    config: ConfigDir,
}

impl SampleRun {
    /// `reach` gives the address at which the program reaches the server.
    pub fn new(reach: impl FnOnce(&Dovecot) -> SocketAddr) -> SampleRun {
        let dovecot = Dovecot::start(Options::default());
        let (agenturen, samples) = (agenturen(), samples());
        let (mut delivered, mut before) = (Vec::new(), BTreeMap::new());
        for region in SC_REGIONS {
            let folders: Vec<&str> =
                agenturen.iter().filter(|agentur| agentur.region == region).map(|agentur| &*agentur.folder).collect();
            assert!(folders.len() > 20, "{region} has its Agenturen");
            dovecot.create_folders(region, &folders);
            let of_region: Vec<&Sample> = samples.iter().filter(|sample| sample.region == region).collect();
            let mails: Vec<Mail> =
                of_region.iter().enumerate().map(|(number, sample)| dressed(number, sample)).collect();
            dovecot.deliver(region, "INBOX", &mails);
            let mut client = dovecot.client(region);
            before.insert(region, client.snapshot());
            client.examine("INBOX");
            let traces = client.fetch_all().into_iter().map(Trace::from);
            delivered
                .extend(of_region.into_iter().cloned().zip(traces).map(|(sample, trace)| Delivered { sample, trace }));
        }
        assert_eq!(delivered.len(), samples.len(), "every sample belongs to one of the five regions");
        let transcript = Transcript::default();
        let proxy = Proxy::filtering(reach(&dovecot), transcript.before(pass()));
        let config = ConfigDir::new(SC_REGIONS.map(|region| Postfach::plain(region, proxy.address())), "");
        SampleRun { dovecot, agenturen, delivered, before, transcript, _proxy: proxy, config }
    }

    fn snapshots(&self) -> BTreeMap<&'static str, Snapshot> {
        SC_REGIONS.map(|region| (region, self.dovecot.client(region).snapshot())).into()
    }

    /// Routes them all. Nothing is lost, doubled or altered, no mail lies in a wrong folder, and the sums agree.
    pub fn check_first_run(&self) -> Routed<'_> {
        let first = binary::once(&self.config.file()).expect_code(0);
        let after = self.snapshots();
        assert_eq!(contents(&self.before), contents(&after), "nothing is lost, doubled or altered");
        let places = places(&self.delivered, &after);
        check_targets(self, &places);
        check_sums(self, &first);
        Routed { run: self, after, places }
    }

    fn folder_of(&self, slug: &str) -> &str {
        let agentur = self.agenturen.iter().find(|agentur| agentur.slug == slug);
        &agentur.unwrap_or_else(|| panic!("no Agentur {slug}")).folder
    }
}

/// The samples where the program put them.
pub struct Routed<'a> {
    run: &'a SampleRun,
    after: BTreeMap<&'static str, Snapshot>,
    places: BTreeMap<&'a Path, String>,
}

impl Routed<'_> {
    /// `explain` says of each sample what `once` did with it.
    pub fn check_explanations(&self) {
        check_explanations(self.run, &self.places);
    }

    /// A second run changes nothing, neither there nor here, and sends nothing that could.
    pub fn check_second_run(&self) {
        check_second_run(self.run, &self.after);
    }

    /// Nothing of any mail is in what the program keeps and says, however talkative the log is.
    pub fn check_secrecy(&self) {
        check_secrecy(self.run);
    }
}

/// Some mails are read, some carry a keyword, each has a time of arrival of its own.
fn dressed(number: usize, sample: &Sample) -> Mail {
    let flags: &[&str] = [&["\\Seen"][..], &[], &["\\Seen", "$MDNSent"], &["Wichtig"]][number % 4];
    Mail {
        flags: flags.iter().map(|flag| flag.to_string()).collect(),
        internaldate: Some(format!("16-Apr-2024 {:02}:{:02}:{:02} +0200", 9 + number / 50, number % 50, number % 60)),
        ..Mail::new(sample.bytes.clone())
    }
}

/// The folder in which each sample lies. A sample that lies nowhere, twice or changed is a failure.
fn places<'a>(delivered: &'a [Delivered], now: &BTreeMap<&'static str, Snapshot>) -> BTreeMap<&'a Path, String> {
    let place = |one: &'a Delivered| {
        let folders: Vec<&String> = now[&*one.sample.region]
            .iter()
            .flat_map(|(folder, traces)| traces.iter().filter(|trace| **trace == one.trace).map(move |_| folder))
            .collect();
        let file = one.sample.file.as_path();
        let [folder] = folders[..] else { panic!("{}: unchanged in {folders:?}", file.display()) };
        (file, folder.clone())
    };
    delivered.iter().map(place).collect()
}

/// All mails of an account, wherever they lie.
fn contents(snapshots: &BTreeMap<&'static str, Snapshot>) -> BTreeMap<&'static str, Vec<Trace>> {
    let all = |snapshot: &Snapshot| {
        let mut traces: Vec<Trace> = snapshot.values().flatten().cloned().collect();
        traces.sort();
        traces
    };
    snapshots.iter().map(|(region, snapshot)| (*region, all(snapshot))).collect()
}

/// No mail lies in a wrong folder, and what kind of mail and addresses alone decide has arrived.
fn check_targets(run: &SampleRun, places: &BTreeMap<&Path, String>) {
    let mut wrong = Vec::new();
    for Delivered { sample, .. } in &run.delivered {
        let place = places[sample.file.as_path()].as_str();
        let target = if sample.has_agentur() { run.folder_of(&sample.ziel_streng) } else { "INBOX" };
        let must_have_moved = sample.entscheidend == "A";
        if place != target && (place != "INBOX" || must_have_moved) {
            wrong.push(format!("{} lies in {place} instead of {target}", sample.file.display()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Per mailbox: what was seen was moved or left, and the numbers are those of the server.
fn check_sums(run: &SampleRun, outcome: &Outcome) {
    let mut moved_in_all = 0;
    for region in SC_REGIONS {
        let mailbox = outcome.mailbox(region);
        let left = mailbox["left"].as_object().expect("reasons").values().map(number).sum::<u64>();
        let (seen, moved) = (number(&mailbox["seen"]), number(&mailbox["moved"]));
        let snapshot = &run.snapshots()[region];
        assert_eq!(seen, run.before[region]["INBOX"].len() as u64, "{region}");
        assert_eq!(seen, moved + left, "{region}: {mailbox}");
        assert_eq!(left, snapshot["INBOX"].len() as u64, "{region}");
        assert_eq!((&mailbox["ok"], &mailbox["error"]), (&Value::Bool(true), &Value::Null), "{region}");
        moved_in_all += moved;
    }
    assert!(moved_in_all > 15, "moved {moved_in_all}");
    assert_eq!(ledger::events(&run.config.state_dir(), "uebergeben"), moved_in_all);
    assert_eq!(ledger::events(&run.config.state_dir(), "eingegangen"), run.delivered.len() as u64);
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn check_explanations(run: &SampleRun, places: &BTreeMap<&Path, String>) {
    let keys = [
        "datei",
        "postfach",
        "vorgangsart",
        "entscheidung",
        "agentur",
        "ordner",
        "regel",
        "grund",
        "evidenz",
        "regelwerk",
    ];
    for region in SC_REGIONS {
        let files = run.delivered.iter().filter(|one| one.sample.region == region);
        let files: Vec<&str> = files.map(|one| one.sample.file.to_str().expect("plain names")).collect();
        let arguments = [&["explain", "--mailbox", region, "--format", "json"], &files[..]].concat();
        let answer = binary::run(&arguments, &run.config.file()).expect_code(0);
        let lines: Vec<Value> =
            answer.stdout.lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect();
        assert_eq!(lines.len(), files.len(), "{region}");
        for (line, file) in lines.iter().zip(files) {
            let object = line.as_object().expect("an object");
            let found: BTreeSet<&str> = object.keys().map(String::as_str).collect();
            assert!(found.is_superset(&keys.into()), "{file} has {found:?}");
            assert_eq!((line["datei"].as_str(), line["postfach"].as_str()), (Some(file), Some(region)));
            let place = places[Path::new(file)].as_str();
            assert_eq!(line["ordner"].as_str().unwrap_or("INBOX"), place, "{line}");
            assert_eq!(line["agentur"].is_null(), place == "INBOX", "{line}");
            assert_eq!(line["entscheidung"] == "uebergeben", place != "INBOX", "{line}");
        }
    }
}

fn check_second_run(run: &SampleRun, after: &BTreeMap<&'static str, Snapshot>) {
    let first = run.transcript.take();
    assert!(!writes(&first).is_empty(), "the first run went through the proxy");
    let second = binary::once(&run.config.file()).expect_code(0);
    let summary = second.json();
    assert_eq!((&summary["write_commands"], &summary["events"]), (&0.into(), &0.into()), "{summary}");
    for region in SC_REGIONS {
        assert_eq!(second.mailbox(region)["moved"], 0, "{region}");
    }
    let commands = run.transcript.take();
    assert!(commands.iter().any(|command| command.starts_with("SELECT")), "the second run went through the proxy");
    assert_eq!(writes(&commands), [""; 0], "the second run sent these");
    assert_eq!(&run.snapshots(), after);
}

fn check_secrecy(run: &SampleRun) {
    // Once more from the beginning, so that every mail passes the log.
    std::fs::remove_dir_all(run.config.state_dir()).expect("the directory is ours");
    for region in SC_REGIONS {
        let mails: Vec<Mail> = run
            .delivered
            .iter()
            .filter(|one| one.sample.region == region)
            .enumerate()
            .map(|(number, one)| dressed(number, &one.sample))
            .collect();
        run.dovecot.deliver(region, "INBOX", &mails);
    }
    let mut talkative = binary::command(&["once"], &run.config.file());
    talkative.envs([("POSTWEICHE_LOG", "trace"), ("RUST_LOG", "trace")]);
    let outcome = binary::finish(&mut talkative).expect_code(0).expect_words(&["decided"]);
    let mut canaries = Canaries::default();
    run.delivered.iter().for_each(|one| canaries.extend(Canaries::of_mail(&one.sample.bytes)));
    assert!(canaries.len() > 200, "{} canaries", canaries.len());
    canaries.check_directory(&run.config.state_dir());
    canaries.check("what it said", (outcome.stdout + &outcome.stderr).as_bytes());
}
