use super::*;
use crate::domain::message::{Address, Message};
use crate::rules::test_support::{self, LAGE, mail};

/// Own and other people's lines of a mail, and who wrote the own ones.
fn said(message: &Message) -> (String, String, String) {
    let rules = test_support::rules();
    let mail = Prepared::new(message, &LAGE, rules.stammdaten(), &rules.regeln.begriffe);
    let Passages { eigene, fremde, verfasser } = read(&mail);
    (eigene.join("|"), fremde.join("|"), verfasser.join("; "))
}

const HEAD: &str = "Von: Petra Meier <kunde@web.example>\nGesendet: x\nAn: x@y.example\nBetreff: x\n";
/// What is left of [`HEAD`]: an empty line for each of its own.
const GAP: &str = "|||";

fn from_customer(text: &str) -> Message {
    mail().with_text(text)
}

fn from_house(text: &str) -> Message {
    mail().with_from(&["g.thoms@arbeitsagentur.example"]).with_subject("WG: x").with_text(text)
}

#[test]
fn marks_are_taken_off() {
    for (line, expected) in [
        ("x", ("x", 0)),
        (" > x ", ("x", 1)),
        (">>x\r\n", ("x", 2)),
        ("> > > x", ("x", 3)),
        ("x > y", ("x > y", 0)),
        (">", ("", 1)),
        ("", ("", 0)),
    ] {
        assert_eq!(without_marks(line), expected, "{line:?}");
    }
}

#[test]
fn a_customer_speaks_for_himself() {
    let wrapped = format!("> {}", "x".repeat(60));
    let short = format!("> {}", "x".repeat(59));
    let outlook = format!("a\n{HEAD}b\n> c");
    for (text, own, others) in [
        ("", "", ""),
        ("a\nb", "a|b", ""),
        ("> a\n> b\nc", "c", "a|b"),
        // Where somebody else comes in between, a paragraph ends, once.
        ("a\n> b\n> c\nd", "a||d", "b|c"),
        ("a\n\n> b\nd", "a||d", "b"),
        // The rest of a wrapped line.
        (&format!("{wrapped}\nb\nc"), "c", &format!("{}|b", &wrapped[2..])),
        (&format!("{short}\nb"), "b", &short[2..]),
        (&format!("{wrapped}\n\nb"), "|b", &wrapped[2..]),
        (&format!("{}\nb", &wrapped[2..]), &format!("{}|b", &wrapped[2..]), ""),
        (&outlook, &format!("a|{GAP}"), &format!("{GAP}|b|c")),
    ] {
        let (eigene, fremde, verfasser) = said(&from_customer(text));
        assert_eq!((eigene.as_str(), fremde.as_str()), (own, others), "{text}");
        assert_eq!(verfasser, " kunde@web.example");
    }
}

#[test]
fn quotations_end_with_their_marks() {
    for (text, own, others) in [
        ("a\nAm 3.4. schrieb O <o@z.example>:\n> b\n\nc", "a||c", "|b|"),
        ("a\nAm 3.4. schrieb O <o@z.example>:\n\n> b\nc", "a||c", "||b"),
        // One without marks goes on to the end.
        ("a\nAm 3.4. schrieb O <o@z.example>:\nb\n\nc", "a|", "|b||c"),
        // One within another.
        (
            "a\nAm 3.4. schrieb O <o@z.example>:\n> b\n> Am 2.4. schrieb P <p@z.example>:\n>> c\n> d\ne",
            "a|||e",
            "|b||c|d",
        ),
    ] {
        let (eigene, fremde, _) = said(&from_customer(text));
        assert_eq!((eigene.as_str(), fremde.as_str()), (own, others), "{text}");
    }
}

#[test]
fn of_what_the_house_forwards_the_customer_is_the_author() {
    let outer = format!("{HEAD}a");
    let marked = "Am 3.4. schrieb O <o@z.example>:\n> b\n\nc";
    for (text, own, others) in [
        (format!("Gruß\n{outer}"), format!("{GAP}|a"), format!("Gruß|{GAP}")),
        (format!("Gruß\n{outer}\n> b\nc"), format!("{GAP}|a||c"), format!("Gruß|{GAP}|b")),
        (format!("Gruß\n{outer}\n{marked}"), format!("{GAP}|a||c"), format!("Gruß|{GAP}||b|")),
        // Of two customers the inner one.
        (format!("Gruß\n{outer}\n{HEAD}b"), format!("{GAP}|{GAP}|b"), format!("Gruß|{GAP}|a|{GAP}")),
        // A head that is quoted holds for as long as the marks go on.
        (
            format!("Gruß\n> {}\n> a\nb", HEAD.trim_end().replace('\n', "\n> ")),
            format!("{GAP}|a|"),
            format!("Gruß|{GAP}|b"),
        ),
    ] {
        let (eigene, fremde, verfasser) = said(&from_house(&text));
        assert_eq!((eigene, fremde), (own, others), "{text}");
        assert_eq!(verfasser, "Petra Meier <kunde@web.example>", "{text}");
    }
}

#[test]
fn attached_messages() {
    let customer = || Message {
        from: vec![Address { name: Some("Eva Roth".into()), address: "eva@web.example".into() }],
        ..from_customer("b\n> c")
    };
    let colleague = || from_house("d").with_subject("x");
    for (message, own, others, author) in [
        // The house passes it on: the attached customer speaks.
        (from_house("a").with_attached(customer()), "b|", "a|c", "Eva Roth eva@web.example"),
        (
            from_house("a").with_attached(customer()).with_attached(colleague()),
            "b|",
            "a|c|d",
            "Eva Roth eva@web.example",
        ),
        (
            from_house(&format!("a\n{HEAD}z")).with_attached(customer()),
            &format!("{GAP}|b|"),
            &format!("a|{GAP}|z|c"),
            "Eva Roth eva@web.example",
        ),
        // Nobody else's attached messages are his own words.
        (from_customer("a").with_attached(customer()), "a", "b|c", " kunde@web.example"),
        (from_house("a").with_attached(colleague()), "a", "d", " g.thoms@arbeitsagentur.example"),
    ] {
        let (eigene, fremde, verfasser) = said(&message);
        assert_eq!((eigene.as_str(), fremde.as_str(), verfasser.as_str()), (own, others, author));
    }
}
