//! A mailbox with mails for three Agenturen, and what must hold of it at the end.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::accounts::{Account, Accounts};
use super::binary::{self, Outcome};
use super::config::ConfigDir;
use super::dovecot::Options;
use super::imap_client::{Mail, Snapshot, Trace};
use super::{ledger, mails};

pub const INBOX: &str = "INBOX";
pub const KIEL: &str = "INBOX/Agentur Kiel";
pub const FLENSBURG: &str = "INBOX/Agentur Flensburg";
pub const HEIDE: &str = "INBOX/Agentur Heide";
const SLUGS: [&str; 3] = ["kiel", "flensburg", "heide"];

/// How the server lets messages be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Move,
    /// UIDPLUS without MOVE.
    Copy,
}

impl Mode {
    /// A server of this kind with so many accounts.
    pub fn accounts(self, count: usize) -> Accounts {
        let capability =
            "imap_capability = IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ UNSELECT UIDPLUS NAMESPACE";
        let options = match self {
            Mode::Move => Options::default(),
            Mode::Copy => Options::default().config(capability),
        };
        Accounts::start(count, options)
    }
}

/// One account and the program in front of it.
pub struct Scene<'a> {
    pub account: Account<'a>,
    pub config: ConfigDir,
    /// Each mail with the folder that it belongs to.
    expected: BTreeMap<Trace, (String, usize)>,
}

impl<'a> Scene<'a> {
    /// A fresh account with ten mails. `variant` decides their order, and who has twins.
    pub fn set(accounts: &'a Accounts, variant: usize) -> Scene<'a> {
        let account = accounts.with(&[KIEL, FLENSBURG, HEIDE], &[]);
        let targets = [("Kiel", KIEL), ("Flensburg", FLENSBURG), ("Heide", HEIDE), ("niemand", INBOX)];
        let mut placed: Vec<(Mail, &str)> = Vec::new();
        for number in 0..8 {
            let (name, folder) = targets[(number + variant) % targets.len()];
            let flags = if number % 3 == 0 { vec!["\\Seen".to_owned()] } else { Vec::new() };
            placed.push((Mail { flags, ..mails::to(name, number) }, folder));
        }
        // Byte-identical twins, one beside the other and one far from it.
        let (near, far) = (placed[variant % 8].clone(), placed[(variant + 3) % 8].clone());
        placed.insert(variant % 8, near);
        placed.push(far);
        let config = ConfigDir::new([account.postfach("sc-nord")], "move_batch = 2\npipeline_depth = 2");
        config.few_agenturen(&SLUGS);
        let mut scene = Scene { account, config, expected: BTreeMap::new() };
        scene.deliver(&placed);
        scene
    }

    /// More mails, each with the folder that it belongs to.
    pub fn deliver(&mut self, placed: &[(Mail, &str)]) {
        let mut client = self.account.client();
        let first = client.examine(INBOX).uid_next;
        self.account.deliver(&placed.iter().map(|(mail, _)| mail.clone()).collect::<Vec<_>>());
        client.examine(INBOX);
        let arrived = client.fetch_all().into_iter().filter(|mail| mail.uid >= first);
        for (fetched, (_, folder)) in arrived.zip(placed) {
            self.expected.entry(Trace::from(fetched)).or_insert_with(|| ((*folder).to_owned(), 0)).1 += 1;
        }
    }

    /// Runs one cycle with these variables of the environment.
    pub fn once_with(&self, variables: &[(&str, &str)]) -> Outcome {
        let mut command = binary::command(&["once", "--format", "json"], &self.config.file());
        command.envs(variables.iter().copied());
        binary::finish(&mut command)
    }

    /// One cycle that dies at the point `name` when it is reached for the `number`th time.
    pub fn killed_at(&self, name: &str, number: usize) -> Outcome {
        let outcome = self.once_with(&[("POSTWEICHE_CRASH_AT", &format!("{name}:{number}"))]);
        assert_eq!(outcome.code, None, "it was to die at {name}:{number}: {outcome:#?}");
        outcome
    }

    /// The points that a cycle comes to.
    pub fn points(&self) -> Vec<String> {
        let log: PathBuf = self.config.dir().join("points");
        let log = log.to_str().expect("temporary directories have plain names");
        self.once_with(&[("POSTWEICHE_CRASH_LOG", log)]).expect_code(0);
        std::fs::read_to_string(log).expect("points were reached").lines().map(str::to_owned).collect()
    }

    /// How many operations ended in doubt.
    pub fn doubtful(&self) -> usize {
        ledger::number(&self.config.state_dir(), "SELECT count(*) FROM operation WHERE state = 'mehrdeutig'") as usize
    }

    /// One cycle that mends everything, and another one that finds nothing to do. Returns what is wrong then, and how
    /// long the first one took.
    pub fn recover(&self) -> (Vec<String>, Duration) {
        let started = Instant::now();
        let mended = self.once_with(&[]);
        let took = started.elapsed();
        let mut wrong = self.check();
        if mended.code != Some(0) {
            wrong.push(format!("the next start ended with {:?}: {}{}", mended.code, mended.stdout, mended.stderr));
        }
        let again = self.once_with(&[]);
        let summary = again.json();
        if (again.code, &summary["write_commands"], &summary["events"]) != (Some(0), &0.into(), &0.into()) {
            wrong.push(format!("the start after that still found work: {}", again.stdout));
        }
        (wrong, took)
    }

    /// What is wrong with mailbox and ledger after a cycle that ended well.
    fn check(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let snapshot = self.account.snapshot();
        let doubtful = self.doubtful();
        let mut doubled = 0;
        for (trace, (folder, count)) in &self.expected {
            let there = count_in(&snapshot, folder, trace);
            let in_inbox = if folder == INBOX { 0 } else { count_in(&snapshot, INBOX, trace) };
            if there + in_inbox < *count {
                wrong.push(format!("lost: {there} of {count} in {folder}, {in_inbox} in INBOX"));
            }
            doubled += (there + in_inbox).saturating_sub(*count);
            if there < *count && doubtful == 0 {
                wrong.push(format!("left over: {in_inbox} for {folder}"));
            }
        }
        let (present, known): (usize, usize) =
            (snapshot.values().map(Vec::len).sum(), self.expected.values().map(|(_, count)| count).sum());
        if present != known + doubled {
            wrong.push(format!("{present} mails instead of {known}, {doubled} of them doubled: altered or misplaced"));
        }
        if doubled > doubtful {
            wrong.push(format!("doubled: {doubled}, and only {doubtful} of it said"));
        }
        let state = self.config.state_dir();
        let count = |sql: &str| ledger::number(&state, sql);
        if count("SELECT count(*) FROM operation WHERE state = 'absicht'") > 0 {
            wrong.push("operations are open".to_owned());
        }
        let moved: usize = [KIEL, FLENSBURG, HEIDE].map(|folder| snapshot.get(folder).map_or(0, Vec::len)).iter().sum();
        let told = count("SELECT count(*) FROM event WHERE art = 'uebergeben'") as usize;
        if told + doubtful < moved || told > moved {
            wrong.push(format!("{told} hand-overs told, {moved} mails moved"));
        }
        let elsewhere = "SELECT count(*) FROM event WHERE art = 'anderswo'";
        if count(elsewhere) > 0 {
            wrong.push("a move of ours was taken for somebody else's".to_owned());
        }
        let vorgaenge = count("SELECT count(*) FROM vorgang WHERE gone_at IS NULL") as usize;
        if vorgaenge != known {
            wrong.push(format!("{vorgaenge} Vorgänge for {known} mails"));
        }
        wrong
    }
}

fn count_in(snapshot: &Snapshot, folder: &str, trace: &Trace) -> usize {
    snapshot.get(folder).map_or(0, |traces| traces.iter().filter(|other| *other == trace).count())
}
