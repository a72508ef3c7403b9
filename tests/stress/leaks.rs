//! F46: canaries in every field of mails, in passwords, user names and names of folders, through everything that the
//! program has. Nothing that it keeps or says may hold one.
//!
//! `explain` and `test` show words of the mails they are given, on standard output; their standard error may not.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use crate::support::accounts::{Account, Accounts};
use crate::support::binary::{self, finish};
use crate::support::canary::{Canaries, plant};
use crate::support::config::{ConfigDir, Postfach};
use crate::support::dovecot::{Options, PASSWORD};
use crate::support::imap_client::Mail;
use crate::support::ledger;
use crate::support::proxy::{Action, Line, Proxy, Side};
use crate::support::wait::eventually;

const KIEL: &str = "INBOX/Agentur Kiel";
/// A folder that a clerk has made for a person.
const OF_A_CLERK: &str = "INBOX/KanariOrdner";
/// The account's name, as Exchange wants it.
const USER: &str = "KANARIDOMAIN\\kanarikonto\\sc-nord";
const WRONG_PASSWORD: &str = "KanariFalschesKennwort";
/// What a server may say in a refusal.
const SERVER_WORDS: &str = "KanariServerwort <kanari.absender@kanari-post.example> KanariBetreff";

/// Everything that is looked for; also each of it in lower case.
fn canaries() -> Canaries {
    let words = [
        "KanariVorname",
        "KanariNachname",
        "kanari.absender",
        "kanari-post.example",
        "KanariEmpfaenger",
        "KanariKopie",
        "KanariAntwortan",
        "KanariBetreff",
        "KanariMessageId",
        "KanariBezug",
        "KanariRechner",
        "KanariKlartext",
        "KanariHtml",
        "KanariGeheim",
        "KanariAnhang",
        "KanariGrenze",
        "KanariZeichensatz",
        "KanariFeld",
        "KanariWeitergeleitet",
        "KanariZeilenumbruch",
        "KanariOrdner",
        "KanariServerwort",
        "KANARIDOMAIN",
        "kanarikonto",
        WRONG_PASSWORD,
        PASSWORD,
        // Kundennummer, Bedarfsgemeinschaft, telephone, street.
        "731K905518",
        "73104BG0090551",
        "0431 7319055",
        "Kanariengasse 17",
    ];
    Canaries::new(words.iter().flat_map(|word| [word.to_string(), word.to_lowercase()]))
}

/// A header with a canary in every field, and a recipient.
fn header(number: usize, to: &str) -> String {
    let encoded = STANDARD.encode("KanariBetreff 731K905518");
    format!(
        "Received: from KanariRechner.kanari-post.example (KanariRechner [192.0.2.7]) by mail.example id KanariFeld;\r\n\
         \tTue, 16 Apr 2024 09:12:00 +0200\r\nReturn-Path: <kanari.absender@kanari-post.example>\r\n\
         From: \"KanariVorname KanariNachname\" <kanari.absender@kanari-post.example>\r\nTo: KanariEmpfaenger <{to}>\r\n\
         Cc: \"KanariKopie\" <kanarikopie@kanari-post.example>\r\nReply-To: <kanariantwortan@kanari-post.example>\r\n\
         Subject: KanariBetreff 731K905518 =?utf-8?B?{encoded}?=\r\nDate: Tue, 16 Apr 2024 09:12:00 +0200\r\n\
         Message-ID: <KanariMessageId-{number}@kanari-post.example>\r\nIn-Reply-To: <KanariBezug-{number}@kanari-post.example>\r\n\
         References: <KanariBezug-{number}@kanari-post.example>\r\n\t<KanariMessageId-0@kanari-post.example>\r\n\
         X-KanariFeld: KanariFeld\r\nMIME-Version: 1.0\r\n"
    )
}

const TEXT: &str = "Sehr geehrte KanariKlartext,\r\n\r\nmeine Kundennummer ist 731K905518, die BG 73104BG0090551.\r\n\
    KanariVorname KanariNachname, Kanariengasse 17, 24103 Kiel, Tel. 0431 7319055\r\n";

/// Mails of all kinds: good ones, broken ones, and some that want to harm.
fn mails() -> Vec<Mail> {
    let (kiel, sc) = ("Kiel@arbeitsagentur.example", "sc-nord@arbeitsagentur.example");
    let html = "<html><head><title>KanariHtml</title></head><body><p>KanariHtml 731K905518</p>\
        <div style=\"display:none\">KanariGeheim</div></body></html>";
    let attachment = "Content-Type: application/pdf; name=\"KanariAnhang.pdf\"\r\n\
        Content-Disposition: attachment; filename=\"KanariAnhang.pdf\"\r\n\r\nKanariAnhang\r\n";
    let mixed = format!(
        "Content-Type: multipart/mixed; boundary=KanariGrenze\r\n\r\n--KanariGrenze\r\nContent-Type: text/plain; \
         charset=utf-8\r\n\r\n{TEXT}--KanariGrenze\r\nContent-Type: text/html\r\n\r\n{html}\r\n--KanariGrenze\r\n\
         {attachment}--KanariGrenze--\r\n"
    );
    let forwarded = format!(
        "Content-Type: message/rfc822\r\n\r\nFrom: KanariWeitergeleitet <kanari.absender@kanari-post.example>\r\n\
         To: {kiel}\r\nSubject: KanariBetreff\r\n\r\n{TEXT}"
    );
    let base64 = format!("Content-Transfer-Encoding: base64\r\n\r\n{}\r\n", STANDARD.encode(TEXT));
    let control = STANDARD_NO_PAD.encode("x\r\nSubject: KanariZeilenumbruch\x1b[31m\0\u{202e}KanariZeilenumbruch");
    let nested = "Content-Type: message/rfc822\r\n\r\nSubject: KanariBetreff\r\n".repeat(2_000);
    let parts =
        format!("Content-Type: multipart/mixed; boundary=b\r\n\r\n{}", "--b\r\n\r\nKanariKlartext\r\n".repeat(20_000));
    let fields = "X-KanariFeld: KanariFeld\r\n".repeat(20_000);
    let plain = format!("\r\n{TEXT}");
    let bodies: [(&str, String); 12] = [
        (kiel, plain.clone()),
        (sc, plain.clone()),
        (kiel, mixed.clone()),
        (sc, mixed),
        (kiel, format!("Content-Type: text/html\r\n\r\n{html}")),
        (kiel, forwarded),
        (sc, base64),
        (kiel, "Content-Type: text/plain; charset=KanariZeichensatz\r\n\r\nKanariKlartext \u{fffd}\r\n".to_owned()),
        (kiel, format!("Subject: =?utf-8?B?{control}?=\r\nFrom: zweiter.kanari.absender@kanari-post.example{plain}")),
        (kiel, nested),
        (kiel, parts),
        (sc, format!("{fields}{plain}")),
    ];
    let mut mails: Vec<Vec<u8>> =
        bodies.iter().enumerate().map(|(number, (to, body))| (header(number, to) + body).into_bytes()).collect();
    mails.extend([
        b"KanariKlartext ohne Kopf, 731K905518".to_vec(),
        b"Subject: =?KanariZeichensatz?B?KanariBetreff\r\nTo: \"KanariEmpfaenger <<kanari.absender@\r\n\r\n".to_vec(),
        b"From: kanari.absender\rTo: KanariEmpfaenger\n\nKanariKlartext\r\r\n".to_vec(),
        format!("To: {kiel}\r\nSubject: '; DROP TABLE event; -- KanariBetreff\r\n\r\n<script>KanariHtml</script>")
            .into_bytes(),
    ]);
    mails.into_iter().map(Mail::new).collect()
}

/// A run that says as much as it can, in either form of the log.
fn talkative(arguments: &[&str], config: &Path, json: bool) -> Command {
    let mut command = binary::command(arguments, config);
    command.envs([("POSTWEICHE_LOG", "trace"), ("RUST_LOG", "trace"), ("RUST_BACKTRACE", "full")]);
    if json {
        command.args(["--log-format", "json"]);
    }
    command
}

struct Scene<'a> {
    account: &'a Account<'a>,
    canaries: Canaries,
}

impl Scene<'_> {
    /// A configuration of its own whose server is reached through this port.
    fn config(&self, port: u16) -> ConfigDir {
        let postfach = Postfach { port, ..self.account.postfach("sc-nord") };
        ConfigDir::new([postfach], "poll_interval_seconds = 1\nretry_initial_seconds = 1\nretry_max_seconds = 1")
    }

    fn deliver(&self) {
        self.account.deliver(&mails());
    }

    /// Looks through all that the program keeps.
    fn scan(&self, config: &ConfigDir) -> usize {
        self.canaries.check_directory(&config.state_dir())
    }

    /// `once`, with answers and logs of both forms.
    fn once(&self, config: &ConfigDir) {
        for (number, format) in ["json", "text"].into_iter().enumerate() {
            let outcome = finish(&mut talkative(&["once", "--format", format], &config.file(), number == 0));
            outcome.expect_code(0);
        }
        self.scan(config);
    }
}

#[test]
fn f46_nothing_of_a_mail_or_a_secret_is_kept_or_said() {
    let accounts = Accounts::start_as(&[USER], Options::default());
    let account = accounts.with(&[KIEL, OF_A_CLERK], &[]);
    let port = accounts.dovecot().address().port();
    let scene = Scene { account: &account, canaries: canaries() };
    plant(&scene.canaries);

    let config = scene.config(port);
    scene.deliver();
    finish(&mut talkative(&["once"], &config.file(), false)).expect_code(0).expect_words(&["decided"]);
    scene.once(&config);
    let handed_over = ledger::events(&config.state_dir(), "uebergeben");
    assert!(handed_over >= 4, "{handed_over} of the mails were handed over");
    drag_back(&account);
    scene.once(&config);
    assert!(ledger::events(&config.state_dir(), "zurueckgegeben") > 0, "a person has put mails back");

    files(&config);
    looked_at(&scene, &config);
    killed(&scene, &config, port);
    refused(&scene, port);
    wrong_password(&account);
}

/// A clerk takes all mails of a folder back to INBOX, and some to a folder of a clerk.
fn drag_back(account: &Account<'_>) {
    let mut client = account.client();
    client.select(KIEL);
    let uids: Vec<u32> = client.fetch_all().iter().map(|mail| mail.uid).collect();
    let (some, others) = uids.split_at(uids.len() / 2);
    client.move_to(some, "INBOX");
    client.move_to(others, OF_A_CLERK);
}

/// The commands that need no server.
fn files(config: &ConfigDir) {
    let dir = config.dir().join("mails");
    std::fs::create_dir(&dir).expect("the directory is ours");
    let mut truth = "file,region,ziel,ziel_streng\n".to_owned();
    let mut names = Vec::new();
    for (number, mail) in mails().into_iter().enumerate() {
        let name = format!("{number:02}.eml");
        std::fs::write(dir.join(&name), mail.bytes).expect("the directory is ours");
        truth.push_str(&format!("{name},sc-nord,ungeklaert,ungeklaert\n"));
        names.push(dir.join(name).to_str().expect("plain names").to_owned());
    }
    let file = config.dir().join("truth.csv");
    std::fs::write(&file, truth).expect("the directory is ours");
    let files: Vec<&str> = names.iter().map(String::as_str).collect();
    let paths = [&dir, &file].map(|path| path.to_str().expect("plain names"));
    for (number, format) in ["text", "json"].into_iter().enumerate() {
        let json = number == 0;
        let explain = [&["explain", "--mailbox", "sc-nord", "--format", format], &files[..]].concat();
        let outcome = finish(&mut talkative(&explain, &config.file(), json)).expect_code(0);
        assert!(
            outcome.stdout.contains("Kanari") || outcome.stdout.contains("731K905518"),
            "it shows words: {outcome:?}"
        );
        let test = ["test", paths[0], "--truth", paths[1], "--format", format];
        let outcome = finish(&mut talkative(&test, &config.file(), json));
        assert!(matches!(outcome.code, Some(0 | 1)), "{outcome:?}");
    }
    finish(&mut talkative(&["check"], &config.file(), false)).expect_code(0);
}

/// The commands that look at everything: the self-test in both forms, and a backup.
fn looked_at(scene: &Scene<'_>, config: &ConfigDir) {
    for (number, format) in ["text", "json"].into_iter().enumerate() {
        let outcome = finish(&mut talkative(&["doctor", "--format", format], &config.file(), number == 0));
        assert!(outcome.stdout.contains("sc-nord"), "{outcome:?}");
    }
    let backups = config.dir().join("backups");
    std::fs::create_dir(&backups).expect("the directory is ours");
    let to = backups.to_str().expect("plain names");
    finish(&mut talkative(&["backup", to], &config.file(), false)).expect_code(0);
    assert!(scene.canaries.check_directory(&backups) > 0, "a backup was made");
}

/// The daemon, killed between intent and answer and started again, so that a WAL with everything in it lies there.
fn killed(scene: &Scene<'_>, config: &ConfigDir, port: u16) {
    let stall = Arc::new(AtomicBool::new(false));
    let proxy = Proxy::filtering(([127, 0, 0, 1], port).into(), {
        let stall = stall.clone();
        Box::new(move |line: Line<'_>| {
            let is_move = line.side == Side::Client && line.contains("UID MOVE");
            if is_move && !stall.swap(true, Ordering::SeqCst) { Action::Stall } else { Action::Pass }
        })
    });
    let state = config.state_dir();
    config.replace(&format!("port = {port}"), &format!("port = {}", proxy.address().port()));
    scene.deliver();
    let log = config.dir().join("daemon.log");
    for kill in [true, false] {
        let logged = std::fs::File::options().create(true).append(true).open(&log).expect("the directory is ours");
        let mut daemon = talkative(&["run"], &config.file(), kill);
        let child = daemon.stdout(std::process::Stdio::null()).stderr(logged).spawn().expect("the binary starts");
        let mut daemon = binary::Running { child };
        if kill {
            eventually("a move is under way", || stall.load(Ordering::SeqCst));
            daemon.child.kill().expect("it runs");
            daemon.child.wait().expect("it was started here");
            assert!(ledger::open_operations(&state) > 0);
            let names: Vec<_> =
                std::fs::read_dir(&state).expect("it is there").map(|entry| entry.unwrap().file_name()).collect();
            assert!(names.iter().any(|name| name.to_string_lossy().ends_with("-wal")), "{names:?}");
        } else {
            eventually("all is settled", || ledger::open_operations(&state) == 0);
            daemon.signal("TERM");
            daemon.child.wait().expect("it was started here");
        }
        assert!(scene.scan(config) >= 3, "ledger, key and lock are there");
    }
    scene.canaries.check("the log", &std::fs::read(&log).expect("there is a log"));
}

/// A server that quotes text in every answer, one after the other; that says good-bye with it; that says odd things.
fn refused(scene: &Scene<'_>, port: u16) {
    let answers: [fn(&str) -> String; 5] = [
        |tag| format!("{tag} NO {SERVER_WORDS}\r\n"),
        |tag| format!("{tag} BAD [KANARISERVERWORT] {SERVER_WORDS}\r\n"),
        |_| format!("* BYE {SERVER_WORDS}\r\n"),
        |tag| format!("* KanariServerwort ({SERVER_WORDS}\r\n{tag} OK [ALERT] {SERVER_WORDS}\r\n"),
        |tag| format!("{tag} OK [Error=\"{SERVER_WORDS}\"]\r\n"),
    ];
    scene.deliver();
    let mut failed = 0;
    for (number, answer) in (0..14).zip(answers.iter().cycle()) {
        let seen = AtomicUsize::new(0);
        let answer = *answer;
        let proxy = Proxy::filtering(
            ([127, 0, 0, 1], port).into(),
            Box::new(move |line: Line<'_>| {
                let first = line.bytes.split(|&byte| byte == b' ').next().unwrap_or_default();
                let tagged = line.side == Side::Server && line.begins && !matches!(first, b"*" | b"+");
                if !tagged || seen.fetch_add(1, Ordering::SeqCst) != number {
                    return Action::Pass;
                }
                Action::Replace(answer(&String::from_utf8_lossy(first)).into_bytes())
            }),
        );
        let config = scene.config(proxy.address().port());
        let outcome = finish(&mut talkative(&["once", "--format", "json"], &config.file(), number % 2 == 0));
        failed += usize::from(outcome.code != Some(0) || outcome.stderr.contains("WARN"));
        scene.scan(&config);
    }
    assert!(failed >= 8, "{failed} runs had something to say about it");
}

fn wrong_password(account: &Account<'_>) {
    let postfach = Postfach { password: WRONG_PASSWORD.into(), ..account.postfach("sc-nord") };
    let config = ConfigDir::new([postfach], "");
    for json in [true, false] {
        let outcome = finish(&mut talkative(&["once"], &config.file(), json)).expect_code(1);
        assert!(outcome.stdout.contains("password") || outcome.stderr.contains("password"), "{outcome:?}");
    }
}

#[test]
fn a_canary_is_found_in_every_form() {
    let canaries = Canaries::new(["KanariMeier"]);
    let base64 = |before: &str| STANDARD_NO_PAD.encode(format!("{before}KanariMeier und mehr")).into_bytes();
    for text in [
        b"x KanariMeier y".to_vec(),
        b"K\0a\0n\0a\0r\0i\0M\0e\0i\0e\0r\0".to_vec(),
        b"4b616e6172694d65696572".to_vec(),
        base64(""),
        base64("a"),
        base64("ab"),
    ] {
        let found: Vec<&str> = canaries.found_in(&text).into_iter().collect();
        assert_eq!(found, ["KanariMeier"], "{}", String::from_utf8_lossy(&text));
    }
    assert!(canaries.found_in(b"Kanari Meier").is_empty());
}
