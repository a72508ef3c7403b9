//! Answers to LIST, SELECT and FETCH that are strange but can be read, or cannot and are then not believed.

use crate::account::{Account, Asked, FLENSBURG, INBOX, KIEL, Stored, fetch_line};
use crate::server::{Oddity, Reply};
use crate::support::{ledger, mails};

/// Whether this is the FETCH of whole mails.
fn reads_mail(asked: &Asked<'_>) -> bool {
    asked.command.contains("BODY.PEEK[]")
}

fn check_all_moved(oddity: &Oddity, what: &str) {
    let outcome = oddity.once().expect_code(0);
    assert_eq!(outcome.mailbox("sc-nord")["moved"], 2, "{what}: {outcome:#?}");
    assert_eq!((oddity.count(INBOX), oddity.count(KIEL), oddity.count(FLENSBURG)), (0, 1, 1), "{what}");
}

#[test]
fn f16_lines_that_nobody_asked_for_do_no_harm() {
    for noise in [
        "* 1 FETCH (FLAGS (\\Seen))\r\n* 9 EXISTS\r\n* 7 EXPUNGE\r\n",
        "* 3 FETCH (UID 999 BODY[]<0> {3}\r\nabc)\r\n* 3 FETCH (UID 999 FLAGS () INTERNALDATE \"16-Apr-2024 09:12:00 +0200\")\r\n",
        "* OK [ALERT] The disk is tired\r\n* NO low on space\r\n* BAD internal\r\n",
        "* CAPABILITY IMAP4rev1\r\n* FLAGS (\\Seen)\r\n* SEARCH 1 2 3\r\n* 0 RECENT\r\n",
        "* LIST (\\Noselect) \".\" \"Fremd\"\r\n* STATUS \"Fremd\" (UIDVALIDITY 1 UIDNEXT 1)\r\n",
        "* OK [UIDNEXT 1] no\r\n* OK [UIDVALIDITY 77] no\r\n* OK [COPYUID 5 1000 1000] no\r\n",
    ] {
        let oddity = Oddity::new(move |asked, account| {
            // The separator of the root is taken from the last line of its LIST, as is proper.
            let mut open = INBOX.to_string();
            match asked.command.split(' ').next() {
                Some("SELECT" | "STATUS" | "LIST" | "UID") => {
                    let answer = account.answer(asked, &mut open);
                    Reply::SayBytes([noise.as_bytes(), &answer].concat())
                }
                _ => Reply::Usual,
            }
        });
        check_all_moved(&oddity, noise);
    }
}

#[test]
fn items_come_in_any_order_and_lines_end_in_either_way() {
    type Shape = fn(&Stored, usize) -> Vec<u8>;
    let shapes: [(&str, Shape); 3] = [
        ("another order", |Stored { uid, bytes, .. }, number| {
            let mut line = format!("* {number} FETCH (BODY[]<0> {{{}}}\r\n", bytes.len()).into_bytes();
            line.extend_from_slice(bytes);
            line.extend(format!(" INTERNALDATE \"16-Apr-2024 09:12:00 +0200\" UID {uid} FLAGS ())\r\n").bytes());
            line
        }),
        ("bare line ends", |mail, number| {
            String::from_utf8_lossy(&fetch_line(number, mail, "BODY.PEEK[]"))
                .replace("}\r\n", "}\n")
                .replace(")\r\n", ")\n")
                .into()
        }),
        ("twice", |mail, number| fetch_line(number, mail, "BODY.PEEK[]").repeat(2)),
    ];
    for (what, shape) in shapes {
        let oddity = Oddity::new(move |asked, account| match reads_mail(asked) {
            true => {
                let mails = account.folder(INBOX).mails.iter().zip(1..);
                let mut answer: Vec<u8> = mails.flat_map(|(mail, number)| shape(mail, number)).collect();
                answer.extend(format!("{} OK done\r\n", asked.tag).bytes());
                Reply::SayBytes(answer)
            }
            false => Reply::Usual,
        });
        check_all_moved(&oddity, what);
    }
}

#[test]
fn a_server_that_ends_all_lines_with_lf_is_understood() {
    let oddity = Oddity::new(|asked, account| {
        let lf = |text: &[u8]| String::from_utf8_lossy(text).replace("\r\n", "\n").into_bytes();
        if reads_mail(asked) || asked.command.contains("HEADER.FIELDS") {
            return Reply::Usual;
        }
        match asked.command.split(' ').next() {
            Some("UID" | "STATUS" | "LIST" | "CAPABILITY") => {
                Reply::SayBytes(lf(&account.answer(asked, &mut INBOX.to_string())))
            }
            Some("LOGIN") => Reply::Say("{tag} OK done\n".into()),
            _ => Reply::Usual,
        }
    });
    check_all_moved(&oddity, "LF");
}

#[test]
fn a_mail_that_the_server_does_not_show_stays() {
    let oddity = Oddity::new(|asked, account| match reads_mail(asked) {
        // Exchange says OK and shows nothing.
        true => {
            let shown = account.folder(INBOX).mails.iter().filter(|mail| mail.uid != 1);
            let mut answer: Vec<u8> = shown.flat_map(|mail| fetch_line(2, mail, asked.command)).collect();
            answer.extend(format!("{} OK FETCH completed.\r\n", asked.tag).bytes());
            Reply::SayBytes(answer)
        }
        false => Reply::Usual,
    });
    for moved in [1, 0] {
        let mailbox = oddity.once().expect_code(0).mailbox("sc-nord");
        assert_eq!((&mailbox["left"]["nicht_abrufbar"], &mailbox["moved"]), (&1.into(), &moved.into()), "{mailbox}");
    }
    assert_eq!((oddity.count(INBOX), oddity.count(FLENSBURG)), (1, 1));
}

#[test]
fn nil_instead_of_a_mail_is_no_mail() {
    let oddity = Oddity::new(|asked, _| match reads_mail(asked) {
        true => Reply::Say("* 1 FETCH (UID 1 BODY[]<0> NIL)\r\n* 2 FETCH (UID 2 FLAGS ())\r\n{tag} OK done\r\n".into()),
        false => Reply::Usual,
    });
    assert_eq!(oddity.once().expect_code(0).mailbox("sc-nord")["left"]["nicht_abrufbar"], 2);
    assert_eq!(oddity.count(INBOX), 2);
}

#[test]
fn nul_bytes_in_a_mail_do_no_harm() {
    let with_nul = String::from_utf8_lossy(&mails::to("Kiel", 1).bytes).replace("Frage", "Fr\0ge").into_bytes();
    let oddity = Oddity::of(Account::new(vec![with_nul, mails::to("Flensburg", 2).bytes]), |_, _| Reply::Usual);
    let outcome = oddity.once().expect_code(0);
    assert_eq!(oddity.count(FLENSBURG), 1, "{outcome:#?}");
    assert_eq!(oddity.count(INBOX) + oddity.count(KIEL), 1);
}

#[test]
fn odd_folder_names_do_no_harm() {
    let odd = concat!(
        "* LIST () \"/\" \"INBOX/a&b\"\r\n",
        "* LIST () \"/\" \"INBOX/&*-\"\r\n",
        "* LIST () \"/\" \"INBOX/back\\\\slash \\\"quote\\\"\"\r\n",
        "* LIST () \"/\" {9}\r\nLiteral/x\r\n",
        "* LIST (\\Noselect \\HasChildren) \"/\" Kalender\r\n",
        "* LIST (\\HasNoChildren \\Marked \\X-Neu) NIL Ohne\r\n",
        "* LIST () \"/\" \"INBOX/M&APw-ll\"\r\n",
        "* LIST () \"/\" \"INBOX/a\tb\"\r\n",
        "* LIST () \"/\" INBOX/c\td\r\n",
    );
    let oddity = Oddity::new(move |asked, account| match asked.command == "LIST \"\" \"*\"" {
        true => Reply::SayBytes([odd.as_bytes(), &account.answer(asked, &mut String::new())].concat()),
        false => Reply::Usual,
    });
    check_all_moved(&oddity, "odd names");
}

#[test]
fn folders_may_be_listed_as_literals() {
    let oddity = Oddity::new(|asked, _| match asked.command == "LIST \"\" \"*\"" {
        true => {
            let line = |name: &str| format!("* LIST () \"/\" {{{}}}\r\n{name}\r\n", name.len());
            Reply::Say(format!("{}{}{}{{tag}} OK done\r\n", line("Inbox"), line("Inbox/Agentur Kiel"), line(FLENSBURG)))
        }
        false => Reply::Usual,
    });
    check_all_moved(&oddity, "literals");
}

#[test]
fn f11_select_may_lack_uidnext_but_not_uidvalidity() {
    let without = |missing: &'static str| {
        Oddity::new(move |asked, _| match asked.command.starts_with("SELECT") {
            true => Reply::Rewritten(Box::new(move |usual| {
                usual.split_inclusive('\n').filter(|line| !line.contains(missing)).collect()
            })),
            false => Reply::Usual,
        })
    };
    check_all_moved(&without("UIDNEXT"), "no UIDNEXT");
    for missing in ["UIDVALIDITY", "EXISTS"] {
        let oddity = without(missing);
        let mailbox = oddity.once().expect_code(1).mailbox("sc-nord");
        assert!(mailbox["error"].as_str().is_some_and(|error| error.contains(missing)), "{mailbox}");
        assert_eq!(oddity.count(INBOX), 2);
        assert!(oddity.take_commands("UID MOVE").is_empty());
    }
}

#[test]
fn f23_the_last_mail_is_not_taken_for_a_new_one() {
    // A server without UIDNEXT is asked for `n:*`, and that always names at least the last mail.
    let oddity = Oddity::new(|_, _| Reply::Usual);
    check_all_moved(&oddity, "first");
    let summary = oddity.once().expect_code(0).json();
    assert_eq!((&summary["write_commands"], &summary["events"]), (&0.into(), &0.into()));
}

/// A reply waits for the word about its conversation, and does not wait for ever.
#[test]
fn what_came_before_the_connection_broke_is_judged() {
    for field in ["In-Reply-To: <nie-gesehen@post.example>\r\n", ""] {
        let read = [field.as_bytes(), &mails::to("Kiel", 1).bytes].concat();
        let account = Account::new(vec![read, mails::to("Flensburg", 2).bytes]);
        let oddity = Oddity::of(account, |asked, account| {
            let first = account.folder(INBOX).mails.first();
            match first.filter(|mail| reads_mail(asked) && mail.uid == 1) {
                Some(mail) => {
                    let line = fetch_line(1, mail, "BODY.PEEK[]");
                    Reply::SayAndClose(String::from_utf8(line).expect("mails of these tests are ASCII"))
                }
                None => Reply::Usual,
            }
        });
        // Carried out before the other one is tried again, alone; and then the server has no reason to close any more.
        assert_eq!(oddity.good_run()["moved"], 2, "{field:?}");
        assert_eq!(ledger::events(&oddity.state_dir(), "eingegangen"), 2, "{field:?}");
        let asked = oddity.take_commands("BODY.PEEK[]");
        assert!(asked.iter().skip(1).all(|command| command.contains(" 2 ")), "{field:?}: {asked:?}");
    }
}
