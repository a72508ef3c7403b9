use super::*;
use crate::domain::message::Address;
use crate::rules::test_support::{self, LAGE, mail};

fn with<T>(message: &Message, see: impl FnOnce(&Prepared<'_>) -> T) -> T {
    let rules = test_support::rules();
    see(&Prepared::new(message, &LAGE, rules.stammdaten(), &rules.regeln.begriffe))
}

const HEAD: &str = "Von: Eva <eva@web.example>\nGesendet: x\nAn: x@y.example\nBetreff: x\n";

#[test]
fn prefixes_of_subjects() {
    for (subject, prefix) in [
        ("re: x", Some("re")),
        ("re[2]: x", Some("re")),
        ("[extern] re: x", Some("re")),
        ("[a][b] wg: x", Some("wg")),
        ("[extern re: x", None),
        ("wg re: x", Some("wg")),
        (": x", None),
        ("x", None),
        ("", None),
    ] {
        assert_eq!(subject_prefix(subject), prefix, "{subject}");
    }
}

#[test]
fn attached_messages_are_bounded() {
    let leaf = |subject: &str| mail().with_subject(subject);
    let nested =
        mail().with_attached(leaf("a").with_attached(leaf("c"))).with_attached(leaf("b").with_attached(leaf("d")));
    let (all, complete) = flatten(&nested);
    assert_eq!(all.iter().map(|message| &*message.subject).collect::<Vec<_>>(), ["a", "b", "c", "d"]);
    assert!(complete);
    let wide = |count: usize| Message { attached: vec![leaf("a"); count], ..mail() };
    for (message, count, complete) in [
        (wide(50), 50, true),
        (wide(51), 50, false),
        (Message { attached: vec![wide(49)], ..mail() }, 50, true),
        (Message { attached: vec![wide(50)], ..mail() }, 50, false),
    ] {
        let (all, is_complete) = flatten(&message);
        assert_eq!((all.len(), is_complete), (count, complete));
        assert_eq!(with(&message, |mail| mail.text_is_incomplete()), !complete);
    }
}

#[test]
fn notes_tell_what_is_missing() {
    for (note, header, text, parts) in [
        (Note::HeaderTruncated, true, false, false),
        (Note::NoHeader, true, false, false),
        (Note::ParserFailed, true, false, false),
        (Note::TextTruncated, false, true, false),
        (Note::TooDeep, false, true, false),
        (Note::PartsMissing, false, false, true),
    ] {
        let message = Message { notes: [note].into(), ..mail() };
        let missing = |message: &Message| {
            with(message, |mail| (mail.header_is_incomplete(), mail.text_is_incomplete(), mail.parts_are_missing()))
        };
        assert_eq!(missing(&message), (header, text, parts), "{note:?}");
        // In an attached message the header says nothing about this one.
        assert_eq!(missing(&mail().with_attached(message)), (false, text, parts), "{note:?} inside");
    }
    let senders = |count: usize| {
        let from = (0..count).map(|n| Address { name: None, address: format!("a{n}@web.example") }).collect();
        with(&Message { from, ..mail() }, |mail| (mail.header_is_incomplete(), mail.absender.adressen.len()))
    };
    assert_eq!((senders(20), senders(21)), ((false, 20), (true, 20)));
}

#[test]
fn who_sent_it() {
    for (from, system, intern, nachgeahmt) in [
        (&["kunde@web.example"][..], false, false, false),
        (&["g.thoms@arbeitsagentur.example"], false, true, false),
        (&[" G.Thoms@Arbeitsagentur.example. "], false, true, false),
        (&["eservice-noreply@arbeitsagentur.example"], true, true, false),
        (&["eservice-noreply@arbeitsagentur.example", "kunde@web.example"], false, true, true),
        (&["eservice-noreply@web.example"], false, false, true),
        (&["eserv1ce-noreply@arbeitsagentur.example"], false, true, true),
        (&["eservice-noreply@arbeitsagentur.example@web.example"], false, false, true),
        (&["kunde@arbeitsagentur-x.example"], false, false, true),
        (&["@web.example"], false, false, false),
        (&[], false, false, false),
    ] {
        let found = with(&mail().with_from(from), |mail| {
            (mail.absender.system.is_some(), mail.absender.intern, mail.absender.nachgeahmt)
        });
        assert_eq!(found, (system, intern, nachgeahmt), "{from:?}");
    }
    let several = Message { notes: [Note::SeveralSenders].into(), ..mail() };
    let several = several.with_from(&["eservice-noreply@arbeitsagentur.example"]);
    assert!(with(&several, |mail| mail.absender.system.is_none() && mail.absender.nachgeahmt));
}

#[test]
fn what_is_forwarded() {
    let house = || mail().with_from(&["g.thoms@arbeitsagentur.example"]);
    let text = |text: &str| house().with_subject("x").with_text(text);
    let marked = format!("Weitergeleitete Nachricht:\n{HEAD}x");
    let plain = format!("a\n{HEAD}x");
    let colleague = "Von: T <t@arbeitsagentur.example>\nGesendet: x\nAn: x@y.example\nBetreff: x\nx";
    let nameless = "Von: Thoms\nGesendet: x\nAn: x@y.example\nBetreff: x\nx";
    let quoted = "Am 3.4. schrieb Eva <eva@web.example>:\n> x";
    for (message, expected) in [
        (text(&plain).with_subject("WG: x"), true),
        (text(&plain), false),
        (text(&plain).with_subject("AW: x"), false),
        (text(&marked), true),
        (text(&marked).with_subject("AW: x"), false),
        (text(&marked).with_subject("WG: x"), true),
        (text(quoted).with_subject("WG: x"), false),
        (text(colleague).with_subject("WG: x"), false),
        (text(nameless).with_subject("WG: x"), false),
        (text("x").with_subject("WG: x"), false),
        (text("x").with_attached(mail()), true),
        (text("x").with_attached(house()), false),
        (text("x").with_attached(mail().with_from(&["kunde"])), false),
        (text("x").with_attached(mail().with_from(&[])), false),
        (text("x").with_attached(mail().with_from(&["kunde@web.example", "t@arbeitsagentur.example"])), false),
    ] {
        let found = with(&message, |mail| (mail.forwards_customer(), mail.is_passed_on()));
        assert_eq!(found, (expected, expected), "{} {}", message.subject, message.text);
        let from_outside = message.clone().with_from(&["kunde@web.example"]);
        assert!(!with(&from_outside, |mail| mail.is_passed_on()));
    }
    let several = text("x").with_attached(mail()).with_attached(mail()).with_attached(house());
    assert_eq!(with(&several, |mail| mail.innermost_customer_attached()), Some(2));
    let outside = mail().with_subject("WG: x").with_text(nameless);
    assert!(with(&outside, |mail| mail.forwards_customer()), "elsewhere a name alone is a customer's");
}

#[test]
fn addresses_that_are_no_evidence() {
    let house = || mail().with_from(&["g.thoms@arbeitsagentur.example"]).with_subject("WG: x");
    let passed_on = house().with_text(&format!("a\n{HEAD}x"));
    let attached = house().with_attached(mail().with_from(&["Eva@web.example"]));
    for (message, own) in [
        (mail(), &["kunde@web.example"][..]),
        (house(), &["g.thoms@arbeitsagentur.example"]),
        (passed_on, &["eva@web.example"]),
        (attached, &["eva@web.example"]),
    ] {
        let all = ["kunde@web.example", "g.thoms@arbeitsagentur.example", "eva@web.example"];
        let found: Vec<&str> = with(&message, |mail| all.into_iter().filter(|address| mail.is_own(address)).collect());
        assert_eq!(found, own);
        assert!(with(&message, |mail| mail.is_own("sc-west@arbeitsagentur.example")));
    }
    for (subject, text, known) in
        [("323A123456", "x", true), ("x", "323A123456", true), ("x", "999A123456", false), ("x", "> 323A123456", false)]
    {
        let message = mail().with_subject(subject).with_text(text);
        assert_eq!(with(&message, |mail| mail.has_kundennummer()), known, "{subject} {text}");
    }
}
