//! Ledger, disk, key, and whether a service is at work.

use super::counted;
use crate::daemon::hash_key::KeyPlace;
use crate::doctor::facts::{ServiceFacts, Space};
use crate::doctor::finding::{Finding, Kennung, Severity};
use crate::store::{Class, LedgerError, Survey};

const MIB: u64 = 1 << 20;
/// Free bytes at which somebody should look, and at which the ledger may not be able to write any more.
const SCARCE_BYTES: u64 = 1024 * MIB;
const FULL_BYTES: u64 = 200 * MIB;
/// The same for directory entries; a ledger needs four.
const SCARCE_INODES: u64 = 10_000;
const FULL_INODES: u64 = 100;

/// What is to be said of this machine.
pub fn service(facts: &ServiceFacts) -> Vec<Finding> {
    let mut findings = vec![directory(facts)];
    findings.extend(ledger(facts));
    if let Some(space) = facts.space {
        findings.extend(disk(space, facts));
    }
    findings.push(key(facts));
    findings.push(match &facts.holder {
        Some(holder) => Finding::ok(Kennung::Dienst, "running service", format!("one is at work ({holder})")),
        None => Finding::ok(Kennung::Dienst, "running service", "none is at work, as far as this user can see"),
    });
    findings
}

fn directory(facts: &ServiceFacts) -> Finding {
    let looked_at = format!("state directory {}", facts.state_dir.display());
    let new = |severity, found: String, advice: &str| {
        Finding::new(Kennung::Zustandsordner, severity, looked_at.clone(), found, advice)
    };
    match facts.dir {
        None if facts.ledger_writable => {
            new(Severity::Hinweis, "not there yet".to_owned(), "nothing to do: the first start makes it")
        }
        None => {
            let advice = "create it for the service's user with mode 0700, or let systemd do it (StateDirectory=)";
            new(Severity::Fehler, "not there, and this user cannot create it".to_owned(), advice)
        }
        Some(dir) if !dir.writable => {
            let advice = "run doctor as the user of the service; if it is that one, give it the directory (chown)";
            new(Severity::Fehler, "this user cannot write there".to_owned(), advice)
        }
        Some(dir) if dir.mode & 0o077 != 0 => {
            let found = format!("others have rights on it (mode {:04o})", dir.mode);
            new(Severity::Warnung, found, "chmod 0700: ledger and key are for the service alone")
        }
        Some(dir) if !dir.ours => {
            let advice = "run doctor as the user of the service: what another user may do says little about it";
            new(Severity::Hinweis, "it belongs to another user than the one who asks".to_owned(), advice)
        }
        Some(dir) => Finding::ok(
            Kennung::Zustandsordner,
            looked_at,
            format!("there, for its owner only (mode {:04o})", dir.mode),
        ),
    }
}

fn ledger(facts: &ServiceFacts) -> Vec<Finding> {
    match &facts.ledger {
        Err(error) => vec![no_ledger(error)],
        Ok(survey) => {
            let there = if facts.ledger_writable {
                Finding::ok(Kennung::Verzeichnis, "ledger", "there, and this user can write it")
            } else {
                let advice = "run doctor as the user of the service; if it is that one, give it the file (chown): without a \
                              writable ledger nothing is moved";
                Finding::new(Kennung::Verzeichnis, Severity::Fehler, "ledger", "this user cannot write it", advice)
            };
            let mut findings = vec![there, schema(survey), soundness(survey)];
            findings.extend(survey.open_operations.map(open_operations));
            findings.extend(survey.set_aside.map(set_aside));
            findings
        }
    }
}

fn no_ledger(error: &LedgerError) -> Finding {
    if error.class() == &Class::Missing {
        let advice = "nothing to do before the first start. If there was one: restore it from its backup, since without it \
                      nobody knows what people have put back";
        return Finding::new(Kennung::Verzeichnis, Severity::Hinweis, "ledger", "there is none", advice);
    }
    Finding::new(Kennung::Verzeichnis, Severity::Fehler, "ledger", error.to_string(), error.hint())
}

fn schema(survey: &Survey) -> Finding {
    let Survey { schema, known, .. } = *survey;
    let looked_at = "schema of the ledger";
    let found = format!("{schema}; this program has {known}");
    if schema == known {
        Finding::ok(Kennung::VerzeichnisSchema, looked_at, schema.to_string())
    } else if schema < known {
        let advice = "nothing to do: the next start brings it up to date and keeps the old one beside it";
        Finding::new(Kennung::VerzeichnisSchema, Severity::Hinweis, looked_at, found, advice)
    } else {
        let advice = "install the newer version of the program again: this one refuses the ledger";
        Finding::new(Kennung::VerzeichnisSchema, Severity::Fehler, looked_at, found, advice)
    }
}

fn soundness(survey: &Survey) -> Finding {
    let looked_at = "quick check of the ledger";
    if survey.sound {
        return Finding::ok(Kennung::VerzeichnisPruefung, looked_at, "nothing is damaged");
    }
    let advice = "stop the service, keep the file, and restore the ledger from its backup; check the disk";
    Finding::new(Kennung::VerzeichnisPruefung, Severity::Fehler, looked_at, "the file is damaged", advice)
}

fn open_operations(count: u64) -> Finding {
    let looked_at = "open moves in the journal";
    if count == 0 {
        return Finding::ok(Kennung::VorgaengeOffen, looked_at, "none");
    }
    let advice = "nothing to do: the service settles them at its start or its next poll. If they stay, read its log";
    Finding::new(Kennung::VorgaengeOffen, Severity::Hinweis, looked_at, counted(count, "move", "moves"), advice)
}

fn set_aside(count: u64) -> Finding {
    let looked_at = "mail set aside";
    if count == 0 {
        return Finding::ok(Kennung::Beiseitegelegt, looked_at, "none");
    }
    let advice = "look at it in the mailbox and sort it by hand: the service could not read it and leaves it alone";
    let found = counted(count, "message", "messages");
    Finding::new(Kennung::Beiseitegelegt, Severity::Warnung, looked_at, found, advice)
}

fn disk(space: Space, facts: &ServiceFacts) -> Vec<Finding> {
    let looked_at = format!("file system of {}", facts.state_dir.display());
    let advice = "make room: on a full disk the ledger cannot be written, and then nothing is moved";
    let graded = |id, amount: u64, full, scarce, found: String| match amount {
        amount if amount < full => Finding::new(id, Severity::Fehler, looked_at.clone(), found, advice),
        amount if amount < scarce => Finding::new(id, Severity::Warnung, looked_at.clone(), found, advice),
        _ => Finding::ok(id, looked_at.clone(), found),
    };
    let bytes = format!("{} MiB free", space.bytes / MIB);
    let mut findings = vec![graded(Kennung::Speicherplatz, space.bytes, FULL_BYTES, SCARCE_BYTES, bytes)];
    if let Some(inodes) = space.inodes {
        let found = format!("{inodes} free inodes");
        findings.push(graded(Kennung::Dateieintraege, inodes, FULL_INODES, SCARCE_INODES, found));
    }
    findings
}

fn key(facts: &ServiceFacts) -> Finding {
    let looked_at = "key of the pseudonyms (hash_key)";
    let advice = "set [dienst] hash_key to a credential before the mailboxes are served in earnest, and keep a copy of it \
                  elsewhere";
    match &facts.key {
        Ok(KeyPlace::Configured) => Finding::ok(Kennung::Schluessel, looked_at, "there, where the configuration says"),
        Ok(KeyPlace::Generated) => {
            let found = "none is configured; the one that was made lies beside the ledger";
            Finding::new(Kennung::Schluessel, Severity::Hinweis, looked_at, found, advice)
        }
        Ok(KeyPlace::NotMadeYet) => {
            let found = "none is configured; the first start makes one";
            Finding::new(Kennung::Schluessel, Severity::Hinweis, looked_at, found, advice)
        }
        Err(error) => Finding::new(Kennung::Schluessel, Severity::Fehler, looked_at, error.to_string(), error.hint()),
    }
}
