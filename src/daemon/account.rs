//! One login for several mailboxes: how they share the tries of its password.
//!
//! With Exchange one service account opens all mailboxes. What locks it is the sum of its refused logins, whatever mailbox
//! they were for, and mailboxes are connected at the same time. So each attempt takes its turn here first: what is under
//! way counts as if it were refused, until the answer says otherwise.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::passwords::{Answer, Passwords};
use crate::config::Postfach;

/// What is logged in with, on which server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AccountName {
    host: String,
    user: String,
}

impl AccountName {
    /// Of this mailbox. `DOMAIN\user\alias` names a mailbox behind the account `DOMAIN\user`.
    pub fn of(postfach: &Postfach) -> Self {
        let user = match postfach.user.rsplit_once('\\') {
            Some((account, _alias)) if account.contains('\\') => account,
            _ => &postfach.user,
        };
        // Neither a host nor an account of Exchange is another one for its capitals.
        AccountName { host: postfach.host.to_lowercase(), user: user.to_lowercase() }
    }
}

/// The accounts of all mailboxes.
#[derive(Debug)]
pub struct Accounts {
    tries: u32,
    accounts: HashMap<AccountName, Arc<Account>>,
}

impl Accounts {
    /// Each account has so many tries before it is spared.
    pub fn new(tries: u32) -> Self {
        Accounts { tries, accounts: HashMap::new() }
    }

    /// The account of a mailbox.
    pub fn of(&mut self, postfach: &Postfach) -> Arc<Account> {
        let tries = self.tries;
        Arc::clone(self.accounts.entry(AccountName::of(postfach)).or_insert_with(|| Arc::new(Account::new(tries))))
    }
}

/// An account on a server. It outlives the workers that log in with it.
#[derive(Debug)]
pub struct Account {
    state: Mutex<State>,
    /// An attempt has ended.
    ended: Notify,
}

#[derive(Debug)]
struct State {
    passwords: Passwords,
    under_way: u32,
}

impl Account {
    /// Nobody has logged in yet; it has so many tries.
    pub fn new(tries: u32) -> Self {
        let state = State { passwords: Passwords::new(tries), under_way: 0 };
        Account { state: Mutex::new(state), ended: Notify::new() }
    }

    /// Waits until the password may be shown once more.
    ///
    /// # Errors
    /// How long the account is spared, if it is.
    pub async fn turn(&self) -> Result<Turn<'_>, Duration> {
        loop {
            let ended = self.ended.notified();
            tokio::pin!(ended);
            // From here on no end is missed.
            ended.as_mut().enable();
            {
                let mut state = self.lock();
                let wait = state.passwords.wait(Instant::now());
                if !wait.is_zero() {
                    return Err(wait);
                }
                if state.under_way < state.passwords.tries_left() {
                    state.under_way += 1;
                    return Ok(Turn { account: self, answer: Answer::Unclear });
                }
            }
            ended.await;
        }
    }

    /// How long the password must not be sent, in whole seconds: nobody comes a moment too early.
    pub fn wait(&self, now: Instant) -> Duration {
        let wait = self.lock().passwords.wait(now);
        Duration::from_secs(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
    }

    /// The state is plain numbers: one that a dying worker held is as good as any.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One attempt. Dropped without an answer, the password may have been heard.
#[derive(Debug)]
pub struct Turn<'a> {
    account: &'a Account,
    answer: Answer,
}

impl Turn<'_> {
    /// Takes note of what the server said. `true`: the first refusal of this account, of which somebody has to be told.
    pub fn end(mut self, answer: Answer, now: Instant) -> bool {
        let alarm = self.account.lock().passwords.note(answer, now);
        self.answer = Answer::NotAsked;
        alarm
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut state = self.account.lock();
        state.passwords.note(self.answer, Instant::now());
        state.under_way -= 1;
        drop(state);
        self.account.ended.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::config::{LoginMethod, SecretSource};
    use crate::domain::postfach::{Betriebsart, Profil, Security};

    fn postfach(host: &str, user: &str) -> Postfach {
        Postfach {
            name: "sc-nord".into(),
            address: "sc-nord@arbeitsagentur.example".into(),
            host: host.into(),
            port: 993,
            security: Security::Tls,
            ca_file: None,
            login: LoginMethod::Auto,
            user: user.into(),
            password: SecretSource::File(PathBuf::new()),
            betriebsart: Betriebsart::Betrieb,
            profil: Profil::Streng,
            ordner: String::new(),
            pruefordner: None,
            start_datum: None,
            karenz: Duration::ZERO,
            leser: Vec::new(),
        }
    }

    #[test]
    fn whose_password_it_is() {
        let of = |user| AccountName::of(&postfach("mail.example", user));
        let service = of(r"DOMAIN\svc");
        for (user, same) in [
            (r"DOMAIN\svc\sc-nord", true),
            (r"domain\SVC\sc-ost", true),
            (r"DOMAIN\other\sc-nord", false),
            ("svc", false),
            (r"DOMAIN\sc-nord", false),
        ] {
            assert_eq!(of(user) == service, same, "{user}");
        }
        assert_ne!(AccountName::of(&postfach("other.example", r"DOMAIN\svc")), service);
    }

    #[tokio::test]
    async fn what_is_under_way_counts_as_refused_until_it_is_answered() {
        let account = Account::new(3);
        let now = Instant::now();
        let [first, second, third] = [account.turn().await, account.turn().await, account.turn().await];
        let waiting = account.turn();
        tokio::pin!(waiting);
        let at_once = tokio::time::timeout(Duration::ZERO, waiting.as_mut()).await;
        assert!(at_once.is_err(), "three are under way");
        assert!(first.expect("it is free").end(Answer::Refused, now));
        assert!(tokio::time::timeout(Duration::ZERO, waiting.as_mut()).await.is_err(), "one was used up");
        assert!(!second.expect("it is free").end(Answer::Refused, now));
        assert!(!third.expect("it is free").end(Answer::Refused, now));
        assert!(waiting.await.is_err(), "it is spared");
    }

    #[tokio::test]
    async fn an_attempt_that_is_given_up_makes_room() {
        let account = Account::new(1);
        drop(account.turn().await.expect("it is free"));
        account.turn().await.expect("it is free again").end(Answer::Accepted, Instant::now());
        assert!(account.turn().await.is_ok());
    }
}
