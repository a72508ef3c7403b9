//! A mail that may end the process waits until no mailbox is in the middle of its ordinary mail.

use std::time::Duration;

use tokio::sync::watch;

/// Longest wait: a server that is stuck must not keep such a mail waiting for ever.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// How many mailboxes are busy with mail that is under no suspicion.
#[derive(Debug)]
pub struct Quiet(watch::Sender<usize>);

impl Default for Quiet {
    fn default() -> Self {
        Quiet(watch::Sender::new(0))
    }
}

impl Quiet {
    /// A mailbox is busy until what this returns is dropped.
    pub fn busy(&self) -> Busy {
        self.0.send_modify(|busy| *busy += 1);
        Busy(self.0.clone())
    }

    /// Waits until none is, for a minute at most.
    pub async fn wait(&self) {
        let mut busy = self.0.subscribe();
        // The sender is ours and lives; and after a minute it is time anyway.
        let _ = tokio::time::timeout(LONGEST_WAIT, busy.wait_for(|&busy| busy == 0)).await;
    }
}

/// One mailbox at work.
#[derive(Debug)]
pub struct Busy(watch::Sender<usize>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.send_modify(|busy| *busy -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_may_end_the_process_waits_for_the_others_but_not_for_ever() {
        let quiet = Quiet::default();
        quiet.wait().await;
        let (one, two) = (quiet.busy(), quiet.busy());
        drop(one);
        let started = tokio::time::Instant::now();
        quiet.wait().await;
        assert_eq!(started.elapsed(), LONGEST_WAIT);
        let (waited, ()) = tokio::join!(
            async {
                quiet.wait().await;
                started.elapsed()
            },
            async { drop(two) }
        );
        assert_eq!(waited, LONGEST_WAIT, "at once");
    }
}
