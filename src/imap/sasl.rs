//! How user name and password reach the server.

use async_imap::Authenticator;
use zeroize::Zeroizing;

use super::capability::Capabilities;

/// Which way of logging in is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Login {
    /// LOGIN, or AUTHENTICATE PLAIN where LOGIN is disabled or cannot carry the characters.
    #[default]
    Auto,
    /// The LOGIN command only. Exchange wants it for `DOMAIN\user\alias`.
    LoginCommand,
    /// AUTHENTICATE PLAIN only.
    Plain,
}

/// Which way is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    LoginCommand,
    Plain,
}

impl Method {
    /// The way to take with these capabilities, asked for before login but after STARTTLS; none if no way is open.
    pub(super) fn choose(login: Login, capabilities: &Capabilities, user: &str, password: &str) -> Option<Method> {
        let both = |allowed: fn(char) -> bool| user.chars().chain(password.chars()).all(allowed);
        // Quoted strings are 7-bit and stay on their line (RFC 3501, 9: quoted); async-imap sends no literals.
        let by_command = !capabilities.login_disabled && both(|c| c.is_ascii() && !matches!(c, '\0' | '\r' | '\n'));
        // PLAIN separates its parts by NUL (RFC 4616, 2).
        let by_plain = capabilities.auth_plain && both(|c| c != '\0');
        let preference: &[_] = match login {
            Login::Auto => &[(by_command, Method::LoginCommand), (by_plain, Method::Plain)],
            Login::LoginCommand => &[(by_command, Method::LoginCommand)],
            Login::Plain => &[(by_plain, Method::Plain)],
        };
        preference.iter().find(|(open, _)| *open).map(|&(_, method)| method)
    }
}

/// The client's part of SASL PLAIN (RFC 4616).
pub(super) struct Plain {
    message: Zeroizing<Vec<u8>>,
}

impl Plain {
    pub(super) fn new(user: &str, password: &str) -> Self {
        let message = ["", user, password].join("\0").into_bytes();
        Plain { message: Zeroizing::new(message) }
    }
}

impl Authenticator for Plain {
    type Response = Zeroizing<Vec<u8>>;

    /// The message once; a second challenge can only be an error report, which is acknowledged by an empty answer.
    fn process(&mut self, _challenge: &[u8]) -> Self::Response {
        std::mem::take(&mut self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_in() {
        let [login, plain, both, none] = [(false, false), (true, true), (false, true), (true, false)]
            .map(|(login_disabled, auth_plain)| Capabilities { login_disabled, auth_plain, ..Default::default() });
        let (command, sasl) = (Some(Method::LoginCommand), Some(Method::Plain));
        let user = r"DOMAIN\svc\postfach";
        for (wanted, capabilities, password, method) in [
            (Login::Auto, login, r#"a" \b"#, command),
            (Login::Auto, both, "abc", command),
            (Login::Auto, plain, "abc", sasl),
            (Login::Auto, none, "abc", None),
            (Login::Auto, both, "schlüssel", sasl),
            (Login::Auto, both, "a\r\nb", sasl),
            (Login::Auto, login, "schlüssel", None),
            (Login::Auto, both, "a\0b", None),
            (Login::LoginCommand, both, "abc", command),
            (Login::LoginCommand, both, "schlüssel", None),
            (Login::LoginCommand, plain, "abc", None),
            (Login::Plain, both, "abc", sasl),
            (Login::Plain, login, "abc", None),
        ] {
            assert_eq!(Method::choose(wanted, &capabilities, user, password), method, "{wanted:?} {password:?}");
        }
    }

    #[test]
    fn plain_is_said_once() {
        let mut plain = Plain::new("svc", "geheim");
        assert_eq!(*plain.process(b""), b"\0svc\0geheim");
        assert_eq!(*plain.process(b"{\"status\":\"400\"}"), b"");
    }
}
