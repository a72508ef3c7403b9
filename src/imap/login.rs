//! Login, and what the server can do for whoever is logged in.

use async_imap::Client;
use async_imap::error::Error;
use imap_proto::{Outcome, Response, Status};
use secrecy::{ExposeSecret, SecretString};

use super::capability::Capabilities;
use super::connect::{Session, Stream, Timeouts, within};
use super::connect_error::{ConnectError, Phase};
use super::refusal::{self, Refusal};
use super::sasl::{Login, Method, Plain};

/// Logs in. `capabilities` are those before login.
pub(super) async fn log_in(
    stream: Stream,
    login: Login,
    capabilities: &Capabilities,
    user: &str,
    password: &SecretString,
    timeouts: &Timeouts,
) -> Result<Session, ConnectError> {
    let password = password.expose_secret();
    let method = Method::choose(login, capabilities, user, password).ok_or(ConnectError::NoLoginMethod)?;
    let client = Client::new(stream);
    let answer = within(timeouts.command, Phase::Login, async {
        match method {
            Method::LoginCommand => client.login(user, password).await,
            Method::Plain => client.authenticate("PLAIN", Plain::new(user, password)).await,
        }
    });
    answer.await?.map_err(|(error, _client)| fault(&error, Phase::Login))
}

/// Asks for the list that counts. Some servers tell only here that the mailbox behind the account cannot be opened.
pub(super) async fn capabilities(session: &mut Session, timeouts: &Timeouts) -> Result<Capabilities, ConnectError> {
    within(timeouts.command, Phase::CapabilityAfterLogin, ask(session, timeouts)).await?
}

async fn ask(session: &mut Session, timeouts: &Timeouts) -> Result<Capabilities, ConnectError> {
    let phase = Phase::CapabilityAfterLogin;
    let id = session.run_command("CAPABILITY").await.map_err(|error| fault(&error, phase))?;
    let mut capabilities = None;
    loop {
        let response = within(timeouts.read, phase, session.read_response()).await?;
        let response = response.map_err(|error| ConnectError::from_io(&error, phase))?;
        match response.as_ref().ok_or(ConnectError::Closed { phase })?.parsed() {
            Response::Capabilities(list) => capabilities = Some(list.iter().collect()),
            Response::Data { status: Status::Bye, .. } => return Err(ConnectError::Closed { phase }),
            Response::Done { tag, status: Status::Ok, .. } if *tag == id => {
                return capabilities.ok_or(ConnectError::Protocol { phase });
            }
            Response::Done { tag, status, outcome } if *tag == id => {
                // The password was right.
                return Err(refused_besides_login(status, outcome, phase));
            }
            Response::Done { .. } | Response::Continue(_) => return Err(ConnectError::Protocol { phase }),
            _ => {}
        }
    }
}

/// What a refusal of another command than the login means: it says nothing about the password.
pub(super) fn refused_besides_login(status: &Status, outcome: &Outcome<'_>, phase: Phase) -> ConnectError {
    let status = if *status == Status::No { refusal::Status::No } else { refusal::Status::Bad };
    match Refusal::of(status, outcome.information.as_deref().unwrap_or_default()) {
        class @ (Refusal::Unavailable | Refusal::Throttled { .. }) => ConnectError::LoginRefused { class },
        Refusal::Credentials | Refusal::Other => ConnectError::Protocol { phase },
    }
}

/// Drops the text of the foreign error, which may hold what was sent or received.
fn fault(error: &Error, phase: Phase) -> ConnectError {
    let refused = |status, text: &str| ConnectError::LoginRefused { class: Refusal::of(status, text) };
    match error {
        Error::No(text) => refused(refusal::Status::No, text),
        Error::Bad(text) => refused(refusal::Status::Bad, text),
        Error::Io(error) => ConnectError::from_io(error, phase),
        Error::ConnectionLost => ConnectError::Closed { phase },
        _ => ConnectError::Protocol { phase },
    }
}
