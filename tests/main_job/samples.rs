//! All sample mails in all five mailboxes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use crate::support::binary::{self, Outcome};
use crate::support::canary::Canaries;
use crate::support::config::{ConfigDir, Postfach};
use crate::support::dovecot::{Dovecot, Options, SC_REGIONS};
use crate::support::imap_client::{Mail, Snapshot, Trace};
use crate::support::ledger;
use crate::support::mails::{Agentur, Sample, agenturen, samples};
use crate::support::proxy::transcript::{Transcript, writes};
use crate::support::proxy::{Proxy, pass};

/// A sample as it was delivered.
struct Delivered {
    sample: Sample,
    trace: Trace,
}

/// Five mailboxes with the folders of their Agenturen and the samples in INBOX, seen through a proxy.
struct Scene {
    dovecot: Dovecot,
    agenturen: Vec<Agentur>,
    delivered: Vec<Delivered>,
    before: BTreeMap<&'static str, Snapshot>,
    transcript: Transcript,
    _proxy: Proxy,
    config: ConfigDir,
}

impl Scene {
    fn set() -> Scene {
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
        let proxy = Proxy::filtering(dovecot.address(), transcript.before(pass()));
        let config = ConfigDir::new(SC_REGIONS.map(|region| Postfach::plain(region, proxy.address())), "");
        Scene { dovecot, agenturen, delivered, before, transcript, _proxy: proxy, config }
    }

    fn snapshots(&self) -> BTreeMap<&'static str, Snapshot> {
        SC_REGIONS.map(|region| (region, self.dovecot.client(region).snapshot())).into()
    }

    fn folder_of(&self, slug: &str) -> &str {
        let agentur = self.agenturen.iter().find(|agentur| agentur.slug == slug);
        &agentur.unwrap_or_else(|| panic!("no Agentur {slug}")).folder
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

#[test]
fn every_sample_goes_where_it_belongs_or_stays() {
    let scene = Scene::set();
    let first = binary::once(&scene.config.file()).expect_code(0);
    let after = scene.snapshots();
    assert_eq!(contents(&scene.before), contents(&after), "nothing is lost, doubled or altered");
    let places = places(&scene.delivered, &after);
    check_targets(&scene, &places);
    check_sums(&scene, &first);
    check_explanations(&scene, &places);
    check_second_run(&scene, &after);
    check_secrecy(&scene);
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
fn check_targets(scene: &Scene, places: &BTreeMap<&Path, String>) {
    let mut wrong = Vec::new();
    for Delivered { sample, .. } in &scene.delivered {
        let place = places[sample.file.as_path()].as_str();
        let target = if sample.has_agentur() { scene.folder_of(&sample.ziel_streng) } else { "INBOX" };
        let must_have_moved = sample.entscheidend == "A";
        if place != target && (place != "INBOX" || must_have_moved) {
            wrong.push(format!("{} lies in {place} instead of {target}", sample.file.display()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Per mailbox: what was seen was moved or left, and the numbers are those of the server.
fn check_sums(scene: &Scene, outcome: &Outcome) {
    let mut moved_in_all = 0;
    for region in SC_REGIONS {
        let mailbox = outcome.mailbox(region);
        let left = mailbox["left"].as_object().expect("reasons").values().map(number).sum::<u64>();
        let (seen, moved) = (number(&mailbox["seen"]), number(&mailbox["moved"]));
        let snapshot = &scene.snapshots()[region];
        assert_eq!(seen, scene.before[region]["INBOX"].len() as u64, "{region}");
        assert_eq!(seen, moved + left, "{region}: {mailbox}");
        assert_eq!(left, snapshot["INBOX"].len() as u64, "{region}");
        assert_eq!((&mailbox["ok"], &mailbox["error"]), (&Value::Bool(true), &Value::Null), "{region}");
        moved_in_all += moved;
    }
    assert!(moved_in_all > 15, "moved {moved_in_all}");
    assert_eq!(ledger::events(&scene.config.state_dir(), "uebergeben"), moved_in_all);
    assert_eq!(ledger::events(&scene.config.state_dir(), "eingegangen"), scene.delivered.len() as u64);
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// `explain` says of each sample what `once` did with it.
fn check_explanations(scene: &Scene, places: &BTreeMap<&Path, String>) {
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
        let files = scene.delivered.iter().filter(|one| one.sample.region == region);
        let files: Vec<&str> = files.map(|one| one.sample.file.to_str().expect("plain names")).collect();
        let arguments = [&["explain", "--mailbox", region, "--format", "json"], &files[..]].concat();
        let answer = binary::run(&arguments, &scene.config.file()).expect_code(0);
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

/// A second run changes nothing, neither there nor here, and sends nothing that could.
fn check_second_run(scene: &Scene, after: &BTreeMap<&'static str, Snapshot>) {
    let first = scene.transcript.take();
    assert!(!writes(&first).is_empty(), "the first run went through the proxy");
    let second = binary::once(&scene.config.file()).expect_code(0);
    let summary = second.json();
    assert_eq!((&summary["write_commands"], &summary["events"]), (&0.into(), &0.into()), "{summary}");
    for region in SC_REGIONS {
        assert_eq!(second.mailbox(region)["moved"], 0, "{region}");
    }
    let commands = scene.transcript.take();
    assert!(commands.iter().any(|command| command.starts_with("SELECT")), "the second run went through the proxy");
    assert_eq!(writes(&commands), [""; 0], "the second run sent these");
    assert_eq!(&scene.snapshots(), after);
}

/// Nothing of any mail is in what the program keeps and says, however talkative the log is.
fn check_secrecy(scene: &Scene) {
    // Once more from the beginning, so that every mail passes the log.
    std::fs::remove_dir_all(scene.config.state_dir()).expect("the directory is ours");
    for region in SC_REGIONS {
        let mails: Vec<Mail> = scene
            .delivered
            .iter()
            .filter(|one| one.sample.region == region)
            .enumerate()
            .map(|(number, one)| dressed(number, &one.sample))
            .collect();
        scene.dovecot.deliver(region, "INBOX", &mails);
    }
    let mut talkative = binary::command(&["once"], &scene.config.file());
    talkative.envs([("POSTWEICHE_LOG", "trace"), ("RUST_LOG", "trace")]);
    let outcome = binary::finish(&mut talkative).expect_code(0).expect_words(&["decided"]);
    let mut canaries = Canaries::default();
    scene.delivered.iter().for_each(|one| canaries.extend(Canaries::of_mail(&one.sample.bytes)));
    assert!(canaries.len() > 200, "{} canaries", canaries.len());
    canaries.check_directory(&scene.config.state_dir());
    canaries.check("what it said", (outcome.stdout + &outcome.stderr).as_bytes());
}
