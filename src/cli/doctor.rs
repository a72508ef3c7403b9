//! `postweiche doctor`: what works, what does not, and what to do.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::Write;
use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

use super::load::{Setup, load_or_show, show};
use super::start::run_to_end;
use super::visible::visible;
use super::wrap::paragraph;
use super::{AnswerFormat, Outcome, answer, tell};
use crate::config::Postfach;
use crate::daemon::account::AccountName;
use crate::daemon::judge::{day_of, zone};
use crate::doctor::facts::MailboxFacts;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::{judge, mailbox, service};

/// Most characters shown of one text. Servers name certificates and folders as they like.
const MOST_WORDS: usize = 1_000;

/// Options of `doctor`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only this mailbox (its name in the configuration); without it all.
    #[arg(long, value_name = "NAME")]
    pub mailbox: Option<String>,
    /// The form of the answer.
    #[arg(long, default_value = "text")]
    pub format: AnswerFormat,
}

/// The answer, as programs read it.
#[derive(Debug, Serialize)]
struct Answer {
    /// Whether there is no `fehler`.
    ok: bool,
    counts: Counts,
    mailboxes: Vec<MailboxAnswer>,
    /// About ledger, disk and key.
    service: Vec<Finding>,
}

#[derive(Debug, Serialize)]
struct MailboxAnswer {
    name: String,
    ok: bool,
    betriebsart: &'static str,
    findings: Vec<Finding>,
}

/// How many findings there are of each severity.
#[derive(Debug, Default, Serialize)]
struct Counts {
    fehler: usize,
    warnung: usize,
    hinweis: usize,
    ok: usize,
}

/// Looks at mailboxes and machine and prints what was found.
pub fn run(config: &Path, args: &Args) -> anyhow::Result<Outcome> {
    let Some(setup) = load_or_show(config) else { return Ok(Outcome::BadInput) };
    show(&setup.warnings);
    let postfaecher = &setup.config.postfaecher;
    if let Some(name) = args.mailbox.as_ref().filter(|name| postfaecher.iter().all(|one| one.name != **name)) {
        let names: Vec<_> = postfaecher.iter().map(|postfach| postfach.name.as_str()).collect();
        tell(format_args!("error: no mailbox is called {name:?}; there are {}\n", names.join(", ")));
        return Ok(Outcome::BadInput);
    }
    let wanted = |postfach: &Postfach| args.mailbox.as_ref().is_none_or(|name| postfach.name == *name);
    let found = run_to_end(examine(&setup, wanted))?;
    let text = match args.format {
        AnswerFormat::Json => format!("{}\n", serde_json::to_string(&found)?),
        AnswerFormat::Text => page(&found),
    };
    answer(|out| out.write_all(text.as_bytes()))?;
    Ok(if found.ok { Outcome::Done } else { Outcome::Failed })
}

/// Asks all mailboxes, those of different accounts at once, then looks at this machine.
async fn examine(setup: &Setup, wanted: impl Fn(&Postfach) -> bool) -> anyhow::Result<Answer> {
    let today = day_of(Timestamp::now(), &zone());
    let mut accounts: HashMap<AccountName, Vec<(usize, Postfach)>> = HashMap::new();
    for (number, postfach) in setup.config.postfaecher.iter().filter(|postfach| wanted(postfach)).enumerate() {
        accounts.entry(AccountName::of(postfach)).or_default().push((number, postfach.clone()));
    }
    let mut tasks = Vec::new();
    for of_one in accounts.into_values() {
        let (numbers, postfaecher): (Vec<_>, Vec<_>) = of_one.into_iter().unzip();
        let (dienst, rules) = (setup.config.dienst.clone(), setup.rules.clone());
        tasks.push(tokio::spawn(async move {
            let facts = mailbox::mailboxes(&postfaecher, &dienst, rules.stammdaten().agenturen(), today).await;
            let answers = postfaecher.into_iter().zip(&facts).map(|(postfach, facts)| of_mailbox(postfach, facts));
            numbers.into_iter().zip(answers).collect::<Vec<_>>()
        }));
    }
    let mut mailboxes = Vec::new();
    for task in tasks {
        mailboxes.append(&mut task.await?);
    }
    mailboxes.sort_by_key(|(number, _)| *number);
    let mailboxes: Vec<MailboxAnswer> = mailboxes.into_iter().map(|(_, answer)| answer).collect();
    let service = shown(judge::service(&service::service(&setup.config.dienst)));
    let all = || mailboxes.iter().flat_map(|mailbox| &mailbox.findings).chain(&service);
    let counts = Counts::of(all());
    Ok(Answer { ok: counts.fehler == 0, counts, mailboxes, service })
}

fn of_mailbox(postfach: Postfach, facts: &MailboxFacts) -> MailboxAnswer {
    let findings = shown(judge::mailbox(facts));
    MailboxAnswer {
        ok: findings.iter().all(|finding| finding.severity != Severity::Fehler),
        name: postfach.name,
        betriebsart: postfach.betriebsart.as_str(),
        findings,
    }
}

impl Counts {
    fn of<'a>(findings: impl Iterator<Item = &'a Finding>) -> Self {
        let mut counts = Counts::default();
        for finding in findings {
            match finding.severity {
                Severity::Fehler => counts.fehler += 1,
                Severity::Warnung => counts.warnung += 1,
                Severity::Hinweis => counts.hinweis += 1,
                Severity::Ok => counts.ok += 1,
            }
        }
        counts
    }
}

/// What servers say must not steer a terminal.
fn shown(findings: Vec<Finding>) -> Vec<Finding> {
    let clean = |text: String| visible(&text, MOST_WORDS);
    let clean_all = |finding: Finding| Finding {
        looked_at: clean(finding.looked_at),
        found: clean(finding.found),
        advice: finding.advice.map(clean),
        ..finding
    };
    findings.into_iter().map(clean_all).collect()
}

/// The answer for a person: the worst first within each mailbox.
fn page(answer: &Answer) -> String {
    let mut page = String::new();
    for mailbox in &answer.mailboxes {
        section(&mut page, &format!("{} (betriebsart {})", mailbox.name, mailbox.betriebsart), &mailbox.findings);
    }
    section(&mut page, "ledger, disk and key", &answer.service);
    let Counts { fehler, warnung, hinweis, ok } = answer.counts;
    // Writing to a string cannot fail.
    let _ = writeln!(page, "fehler {fehler}, warnung {warnung}, hinweis {hinweis}, ok {ok}");
    page
}

fn section(page: &mut String, heading: &str, findings: &[Finding]) {
    page.push_str(heading);
    page.push('\n');
    let mut ordered: Vec<&Finding> = findings.iter().collect();
    ordered.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    for Finding { id, severity, looked_at, found, advice } in ordered {
        paragraph(page, &format!("  {:<8}", severity.as_str()), 10, &format!("{looked_at}: {found} ({})", id.as_str()));
        if let Some(advice) = advice {
            paragraph(page, "          ", 12, &format!("-> {advice}"));
        }
    }
    page.push('\n');
}
