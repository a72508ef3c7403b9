//! What a server says it can do (RFC 3501, 7.2.1), as names instead of strings.

use imap_proto::Capability;

use crate::domain::vorgang::Weg;

/// The capabilities that make a difference here. Only a list asked for after login tells what the mailbox can do: some
/// servers show MOVE no earlier, others keep LOGINDISABLED in it, where it means nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    pub imap4rev1: bool,
    /// UID MOVE (RFC 6851).
    pub move_: bool,
    /// UID EXPUNGE and COPYUID (RFC 4315).
    pub uidplus: bool,
    pub idle: bool,
    pub condstore: bool,
    /// Literals without waiting, `{n+}` (RFC 7888).
    pub literal_plus: bool,
    pub unselect: bool,
    pub namespace: bool,
    pub special_use: bool,
    pub id: bool,
    /// GETQUOTAROOT (RFC 2087).
    pub quota: bool,
    /// MYRIGHTS (RFC 4314).
    pub acl: bool,
    pub starttls: bool,
    /// Plain LOGIN is refused, usually until TLS is on. Means something before login only.
    pub login_disabled: bool,
    pub auth_plain: bool,
    pub auth_xoauth2: bool,
    /// AUTHENTICATE with its first answer in the command (RFC 4959).
    pub sasl_ir: bool,
}

impl<'a> FromIterator<&'a Capability<'a>> for Capabilities {
    fn from_iter<I: IntoIterator<Item = &'a Capability<'a>>>(list: I) -> Self {
        let mut capabilities = Capabilities::default();
        for capability in list {
            match capability {
                Capability::Imap4rev1 => capabilities.imap4rev1 = true,
                Capability::Auth(mechanism) => capabilities.set_mechanism(&mechanism.to_ascii_uppercase()),
                Capability::Atom(atom) => capabilities.set_atom(&atom.to_ascii_uppercase()),
            }
        }
        capabilities
    }
}

impl Capabilities {
    /// How messages can be moved; `None`: not at all. Without UIDPLUS a copied message could only be removed together
    /// with everything that clerks have marked.
    pub fn weg(&self) -> Option<Weg> {
        match self {
            Self { move_: true, .. } => Some(Weg::Move),
            Self { uidplus: true, .. } => Some(Weg::Copy),
            _ => None,
        }
    }

    fn set_mechanism(&mut self, mechanism: &str) {
        match mechanism {
            "PLAIN" => self.auth_plain = true,
            "XOAUTH2" => self.auth_xoauth2 = true,
            _ => {}
        }
    }

    fn set_atom(&mut self, atom: &str) {
        let flag = match atom {
            "MOVE" => &mut self.move_,
            "UIDPLUS" => &mut self.uidplus,
            "IDLE" => &mut self.idle,
            "CONDSTORE" => &mut self.condstore,
            "LITERAL+" => &mut self.literal_plus,
            "UNSELECT" => &mut self.unselect,
            "NAMESPACE" => &mut self.namespace,
            "SPECIAL-USE" => &mut self.special_use,
            "ID" => &mut self.id,
            "QUOTA" => &mut self.quota,
            "ACL" => &mut self.acl,
            "STARTTLS" => &mut self.starttls,
            "LOGINDISABLED" => &mut self.login_disabled,
            "SASL-IR" => &mut self.sasl_ir,
            _ => return,
        };
        *flag = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use imap_proto::Response;

    fn parse(line: &str) -> Capabilities {
        let line = format!("* CAPABILITY {line}\r\n");
        match Response::parse(line.as_bytes()) {
            Ok((_, Response::Capabilities(list))) => list.iter().collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn lists_of_real_servers() {
        let exchange = Capabilities {
            imap4rev1: true,
            move_: true,
            uidplus: true,
            idle: true,
            literal_plus: true,
            unselect: true,
            namespace: true,
            id: true,
            auth_plain: true,
            sasl_ir: true,
            ..Default::default()
        };
        assert_eq!(
            parse(
                "IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=NTLM AUTH=GSSAPI SASL-IR UIDPLUS MOVE ID UNSELECT XPROXY3 CHILDREN \
                 IDLE NAMESPACE LITERAL+"
            ),
            exchange
        );
        let before_tls =
            Capabilities { imap4rev1: true, starttls: true, login_disabled: true, uidplus: true, ..Default::default() };
        assert_eq!(parse("IMAP4rev1 LOGINDISABLED STARTTLS UIDPLUS"), before_tls);
    }

    #[test]
    fn case_does_not_matter_and_parts_of_words_do_not_count() {
        let lower = parse("imap4rev1 auth=plain auth=xoauth2 Move special-use condstore");
        assert!(lower.imap4rev1 && lower.auth_plain && lower.auth_xoauth2);
        assert!(lower.move_ && lower.special_use && lower.condstore);
        let other = parse("IMAP4rev1 XMOVE MOVE2 IDLE-X AUTH=PLAIN2 LITERAL-");
        assert_eq!(other, Capabilities { imap4rev1: true, ..Default::default() });
    }
}
