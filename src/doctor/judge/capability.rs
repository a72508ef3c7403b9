//! What the server can do, and what follows from it.

use crate::doctor::facts::Inside;
use crate::doctor::finding::{Finding, Kennung, Severity};
use crate::imap::capability::Capabilities;

const LOOKED_AT: &str = "capabilities after login";

pub(super) fn capabilities(inside: &Inside, before: Option<&Capabilities>) -> Vec<Finding> {
    let Some(after) = &inside.capabilities else { return Vec::new() };
    let mut findings = vec![moving(after)];
    findings.push(if after.uidplus {
        Finding::ok(Kennung::FaehigkeitUidplus, LOOKED_AT, "UIDPLUS: the server proves where each mail went")
    } else {
        let advice = "nothing to do; each move is proved by looking into the target folder, which takes longer";
        Finding::new(Kennung::FaehigkeitUidplus, Severity::Hinweis, LOOKED_AT, "no UIDPLUS", advice)
    });
    findings.push(if after.idle {
        Finding::ok(Kennung::FaehigkeitIdle, LOOKED_AT, "IDLE; it is not needed: the mailbox is polled")
    } else {
        Finding::ok(Kennung::FaehigkeitIdle, LOOKED_AT, "no IDLE; it is not needed: the mailbox is polled")
    });
    findings.push(if after.condstore {
        let found = "CONDSTORE: looking for marks is cheaper, since a folder without changes is not listed";
        Finding::ok(Kennung::FaehigkeitCondstore, LOOKED_AT, found)
    } else {
        let found = "no CONDSTORE, as with Exchange: looking for marks takes more commands";
        let advice = "nothing to do; folders are listed instead, within beobachtung_befehle_pro_minute";
        Finding::new(Kennung::FaehigkeitCondstore, Severity::Hinweis, LOOKED_AT, found, advice)
    });
    findings.push(if after.literal_plus {
        Finding::ok(Kennung::FaehigkeitLiteral, LOOKED_AT, "LITERAL+; it is not needed: no literals are sent")
    } else {
        Finding::ok(Kennung::FaehigkeitLiteral, LOOKED_AT, "no LITERAL+; it is not needed: no literals are sent")
    });
    findings.extend(before.map(|before| difference(before, after)));
    findings.push(product(inside, after));
    findings
}

fn moving(after: &Capabilities) -> Finding {
    match (after.move_, after.uidplus) {
        (true, _) => Finding::ok(Kennung::Verschieben, LOOKED_AT, "MOVE: mail is moved in one step (MOVE mode)"),
        (false, true) => {
            let advice =
                "nothing to do; mail is copied, proved and then removed by its UID (COPY mode), which is slower";
            Finding::new(Kennung::Verschieben, Severity::Hinweis, LOOKED_AT, "no MOVE, but UIDPLUS", advice)
        }
        (false, false) => {
            let advice = "use a server with MOVE (RFC 6851) or UIDPLUS (RFC 4315): without either, mail could only be \
                          removed together with what clerks have marked, so nothing is moved. Before Exchange 2013 \
                          cumulative updates: update the server";
            Finding::new(Kennung::Verschieben, Severity::Fehler, LOOKED_AT, "neither MOVE nor UIDPLUS", advice)
        }
    }
}

/// Only the list after login counts. What differs is told, since other programs may go by the first one.
fn difference(before: &Capabilities, after: &Capabilities) -> Finding {
    let named = |list: &Capabilities| {
        [
            ("MOVE", list.move_),
            ("UIDPLUS", list.uidplus),
            ("IDLE", list.idle),
            ("CONDSTORE", list.condstore),
            ("LITERAL+", list.literal_plus),
            ("QUOTA", list.quota),
            ("ACL", list.acl),
            ("ID", list.id),
        ]
    };
    let (old, new) = (named(before), named(after));
    let only = |here: &[(&str, bool)], there: &[(&str, bool)]| {
        let names = here.iter().zip(there).filter(|(here, there)| here.1 && !there.1).map(|(here, _)| here.0);
        names.collect::<Vec<_>>().join(", ")
    };
    let parts = [("only after login", only(&new, &old)), ("only before login", only(&old, &new))];
    let parts: Vec<_> =
        parts.iter().filter(|part| !part.1.is_empty()).map(|(when, what)| format!("{when}: {what}")).collect();
    let found = if parts.is_empty() {
        "the lists before and after login agree in all that matters".to_owned()
    } else {
        format!("{}; what counts is the list after login", parts.join("; "))
    };
    Finding::ok(Kennung::FaehigkeitenAnmeldung, "capabilities before and after login", found)
}

fn product(inside: &Inside, after: &Capabilities) -> Finding {
    let found = match &inside.product {
        Some((Some(name), Some(version))) => format!("{name} {version}"),
        Some((Some(name), None)) => name.clone(),
        Some(_) => "the server does not say what it is".to_owned(),
        None if after.id => "the server did not answer ID".to_owned(),
        None => "the server does not offer ID and does not say what it is".to_owned(),
    };
    Finding::ok(Kennung::Produkt, "product and version", found)
}
