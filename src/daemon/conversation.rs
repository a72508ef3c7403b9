//! Conversations: before a reply is judged, the ledger is asked which Agenturen its earlier mails are with.

use super::cycle::Pass;
use super::error::CycleError;
use super::judge::Job;
use crate::domain::id::MessageIdHash;

/// Replies that share one question: enough that the ledger, busy with its commits, is not waited for at each of them;
/// few enough to be held in memory, each with up to 64 KiB of a mail.
const GROUP: usize = 16;

/// The way of fetched mail to the judging threads. What is no reply passes at once, a reply waits until its group is
/// full.
pub struct Intake<'a> {
    pass: &'a Pass<'a>,
    waiting: Vec<(Job, Vec<MessageIdHash>)>,
}

impl<'a> Intake<'a> {
    /// For the mail of one pass.
    pub fn new(pass: &'a Pass<'a>) -> Self {
        Intake { pass, waiting: Vec::new() }
    }

    /// Takes a mail.
    ///
    /// # Errors
    /// If the ledger cannot be read; the replies of this group are unknown then, and are read again.
    pub async fn take(&mut self, job: Job) -> Result<(), CycleError> {
        let earlier = self.pass.dienst.key.earlier_message_ids(&job.raw);
        if earlier.is_empty() {
            return self.submit(job).await;
        }
        self.waiting.push((job, earlier));
        if self.waiting.len() < GROUP { Ok(()) } else { self.release().await }
    }

    /// Passes on what waits; to be called after the last mail.
    ///
    /// # Errors
    /// As [`Self::take`].
    pub async fn release(&mut self) -> Result<(), CycleError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let Pass { config, dienst, rules, .. } = self.pass;
        let (jobs, conversations): (Vec<_>, Vec<_>) = self.waiting.drain(..).unzip();
        let answers = dienst.ledger.conversations(&config.name, conversations).await?;
        for (mut job, slugs) in jobs.into_iter().zip(answers) {
            // An Agentur that the master data no longer know cannot be handed anything.
            job.gespraech = slugs.iter().filter_map(|slug| rules.stammdaten().by_slug(slug)).collect();
            self.submit(job).await?;
        }
        Ok(())
    }

    async fn submit(&self, job: Job) -> Result<(), CycleError> {
        if self.pass.dienst.judge.submit(job).await { Ok(()) } else { Err(CycleError::JudgeGone) }
    }
}
