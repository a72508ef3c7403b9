use super::*;

fn parse(line: &str) -> Reply {
    let (rest, response) = Response::parse(line.as_bytes()).expect("a line the parser knows");
    assert!(rest.is_empty());
    Reply::from_proto(&response)
}

fn class(line: &str) -> RefusalClass {
    match parse(line) {
        Reply::Tagged(_, Tagged { refusal: Some(refusal), .. }) => refusal.class,
        other => panic!("{other:?}"),
    }
}

#[test]
fn refusals_have_closed_words() {
    for (line, expected) in [
        ("A1 NO [TRYCREATE] Mailbox doesn't exist: x\r\n", RefusalClass::NoSuchFolder),
        ("A1 NO Agentur X doesn't exist.\r\n", RefusalClass::NoSuchFolder),
        ("A1 NO [OVERQUOTA] Quota exceeded\r\n", RefusalClass::OverQuota),
        ("A1 NO [EXPUNGEISSUED] Some messages are gone\r\n", RefusalClass::AlreadyGone),
        ("A1 BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds\r\n", RefusalClass::Throttled),
        ("A1 BAD User is authenticated but not connected.\r\n", RefusalClass::NotConnected),
        ("A1 NO [Error=\"ProxyNotAuthenticated\"] SELECT completed.\r\n", RefusalClass::NotConnected),
        ("A1 NO Server Unavailable. 15\r\n", RefusalClass::Unavailable),
        ("A1 BAD Command Argument Error. 11\r\n", RefusalClass::NotUnderstood),
        ("A1 NO no\r\n", RefusalClass::Other),
        ("A1 NO\r\n", RefusalClass::Other),
    ] {
        assert_eq!(class(line), expected, "{line}");
    }
}

#[test]
fn copyuid_counts_in_every_shape_and_only_when_it_proves_something() {
    let pairs = |line| match parse(line) {
        Reply::Untagged(Untagged::CopyUid(copyuid)) | Reply::Tagged(_, Tagged { copyuid: Some(copyuid), .. }) => {
            copyuid.pairs.iter().map(|(from, to)| (from.0, to.0)).collect()
        }
        _ => Vec::new(),
    };
    for (line, expected) in [
        ("* OK [COPYUID 415 200 43]\r\n", vec![(200, 43)]),
        ("* OK [COPYUID 415 4,2:3 10:12] Moved UIDs.\r\n", vec![(4, 10), (2, 11), (3, 12)]),
        ("A1 OK [COPYUID 415 3:2 10:11] Done\r\n", vec![(2, 10), (3, 11)]),
        ("* OK [COPYUID 14  ]\r\n", vec![]),
        ("* OK [COPYUID 14 1:3 5:6] \r\n", vec![]),
        ("* OK [COPYUID 14 1:4294967295 1:4294967295] \r\n", vec![]),
    ] {
        assert_eq!(pairs(line), expected, "{line}");
    }
}

#[test]
fn folders_are_named_as_people_see_them() {
    for (line, name, separator, selectable) in [
        (
            "* LIST (\\HasNoChildren) \"/\" \"INBOX/Agentur D&APw-sseldorf\"\r\n",
            Some("INBOX/Agentur Düsseldorf"),
            '/',
            true,
        ),
        ("* LIST () \".\" Inbox.x\r\n", Some("INBOX.x"), '.', true),
        ("* LIST () \"/\" {12}\r\nInbox-Ablage\r\n", Some("Inbox-Ablage"), '/', true),
        ("* LIST (\\Noselect) \"\\\\\" \"a\\\"b\"\r\n", Some("a\"b"), '\\', false),
        ("* LIST () \"/\" \"a&b\"\r\n", None, '/', true),
    ] {
        let Reply::Untagged(Untagged::Folder(folder)) = parse(line) else { panic!("{line}") };
        assert_eq!(folder.name.as_ref().map(|name| name.0.as_str()), name, "{line}");
        assert_eq!((folder.separator, folder.selectable), (Some(separator), selectable), "{line}");
    }
}

#[test]
fn flags_quotas_rights_and_products_are_told() {
    for (line, expected) in [
        (
            "* FLAGS (\\Seen \\Answered \\Flagged $MDNSent erledigt)\r\n",
            "Flags(FolderFlags { seen: true, flagged: true, answered: true, new_keywords: false, keywords: [\"erledigt\"] })",
        ),
        (
            "* OK [PERMANENTFLAGS (\\Seen \\*)] Flags\r\n",
            "PermanentFlags(FolderFlags { seen: true, flagged: false, answered: false, new_keywords: true, keywords: [] })",
        ),
        (
            "* QUOTA \"\" (STORAGE 10 512 MESSAGE 3 0 X-NUM 1 2)\r\n",
            "Quota([Resource { kind: Storage, usage: 10, limit: 512 }, Resource { kind: Messages, usage: 3, limit: 0 }])",
        ),
        ("* MYRIGHTS INBOX lrswite\r\n", "Rights(Rights { read: true, remove: true })"),
        ("* MYRIGHTS INBOX lrst\r\n", "Rights(Rights { read: true, remove: false })"),
        ("* MYRIGHTS INBOX lrd\r\n", "Rights(Rights { read: true, remove: true })"),
        (
            "* ID (\"name\" \"Dovecot\" \"Version\" \"2.3\")\r\n",
            "Product { name: Some(\"Dovecot\"), version: Some(\"2.3\") }",
        ),
        ("* ID NIL\r\n", "Product { name: None, version: None }"),
    ] {
        let Reply::Untagged(untagged) = parse(line) else { panic!("{line}") };
        assert_eq!(format!("{untagged:?}"), expected, "{line}");
    }
}

#[test]
fn items_come_in_any_order() {
    let Reply::Untagged(Untagged::Message(item)) = parse(
        "* 7 FETCH (RFC822.SIZE 4 BODY[]<0> {4}\r\nabcd INTERNALDATE \" 7-Apr-2024 09:12:00 +0200\" FLAGS (\\Seen \\FLAGGED) UID 9)\r\n",
    ) else {
        panic!()
    };
    assert_eq!(item.uid, Some(Uid(9)));
    assert_eq!(item.body.as_deref(), Some(&b"abcd"[..]));
    assert_eq!(item.internal_date, Some("2024-04-07T07:12:00Z".parse().unwrap()));
    assert_eq!(item.flags, Some(Flags { flagged: true, ..Flags::default() }));
}
