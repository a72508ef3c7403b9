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
use super::{AnswerFormat, Outcome, agentur, answer, tell};
use crate::config::Postfach;
use crate::daemon::account::AccountName;
use crate::daemon::judge::{day_of, zone};
use crate::doctor::facts::MailboxFacts;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::scope::Scope;
use crate::doctor::{judge, mailbox, service};

/// Most characters shown of one text. Servers name certificates and folders as they like.
const MOST_WORDS: usize = 1_000;

/// Options of `doctor`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only this mailbox (its name in the configuration); without it all.
    #[arg(long, value_name = "NAME")]
    pub mailbox: Option<String>,
    /// Only look for the test mails of this Agentur (its slug), after its office has done the self-test of its guide.
    #[arg(long, value_name = "SLUG")]
    pub selbsttest: Option<String>,
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
    /// About ledger, disk and key; empty after a self-test.
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
    let mailbox = match mailbox_named(&setup, args) {
        Ok(mailbox) => mailbox,
        Err(problem) => {
            tell(format_args!("error: {problem}\n"));
            return Ok(Outcome::BadInput);
        }
    };
    let wanted = |postfach: &Postfach| mailbox.is_none_or(|one| one.name == postfach.name);
    let found = run_to_end(examine(&setup, wanted, args.selbsttest.as_deref()))?;
    let text = match args.format {
        AnswerFormat::Json => format!("{}\n", serde_json::to_string(&found)?),
        AnswerFormat::Text => page(&found),
    };
    answer(|out| out.write_all(text.as_bytes()))?;
    Ok(if found.ok { Outcome::Done } else { Outcome::Failed })
}

/// The only mailbox that is to be looked at, if it is only one.
fn mailbox_named<'a>(setup: &'a Setup, args: &Args) -> Result<Option<&'a Postfach>, String> {
    match (&args.selbsttest, &args.mailbox) {
        (Some(slug), mailbox) => agentur::find(setup, slug, mailbox.as_deref()).map(|(_, postfach)| Some(postfach)),
        (None, Some(name)) => agentur::find_mailbox(setup, name).map(Some),
        (None, None) => Ok(None),
    }
}

/// Asks all mailboxes, those of different accounts at once, then looks at this machine; for a self-test only at the mailbox.
async fn examine(
    setup: &Setup,
    wanted: impl Fn(&Postfach) -> bool,
    selbsttest: Option<&str>,
) -> anyhow::Result<Answer> {
    let today = day_of(Timestamp::now(), &zone());
    let mut accounts: HashMap<AccountName, Vec<(usize, Postfach)>> = HashMap::new();
    for (number, postfach) in setup.config.postfaecher.iter().filter(|postfach| wanted(postfach)).enumerate() {
        accounts.entry(AccountName::of(postfach)).or_default().push((number, postfach.clone()));
    }
    let mut tasks = Vec::new();
    for of_one in accounts.into_values() {
        let (numbers, postfaecher): (Vec<_>, Vec<_>) = of_one.into_iter().unzip();
        let (dienst, wahl, rules) =
            (setup.config.dienst.clone(), setup.config.kennzeichen.clone(), setup.rules.clone());
        let selbsttest = selbsttest.map(str::to_owned);
        tasks.push(tokio::spawn(async move {
            let agenturen = rules.stammdaten().agenturen();
            let scope = Scope { dienst: &dienst, wahl: &wahl, agenturen, today, selbsttest: selbsttest.as_deref() };
            let facts = mailbox::mailboxes(&postfaecher, &scope).await;
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
    let service = match selbsttest {
        Some(_) => Vec::new(),
        None => shown(judge::service(&service::service(&setup.config.dienst))),
    };
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
    if !answer.service.is_empty() {
        section(&mut page, "ledger, disk and key", &answer.service);
    }
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
