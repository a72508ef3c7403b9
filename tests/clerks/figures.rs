//! How many commands a round takes: figures that do not depend on the time.

use crate::desk::ACCOUNTS;
use crate::support::binary;
use crate::support::config::{ConfigDir, Postfach};
use crate::support::mails::{self, agenturen};
use crate::support::proxy::transcript::Transcript;
use crate::support::proxy::{Proxy, pass};
use crate::support::wait::eventually;

const AGENTUREN: usize = 30;
/// Mark folders beside the folder of each Agentur.
const MARKS: [&str; 3] = ["Bearbeitet", "Zu löschen", "Zurück an SC"];

#[test]
fn a_round_takes_few_commands() {
    let (slugs, folders): (Vec<String>, Vec<String>) = agenturen()
        .into_iter()
        .filter(|agentur| agentur.region == "sc-west")
        .take(AGENTUREN)
        .map(|agentur| (agentur.slug, agentur.folder))
        .unzip();
    assert_eq!(slugs.len(), AGENTUREN);
    let account = ACCOUNTS.fresh();
    let mut client = account.client();
    for (number, folder) in folders.iter().enumerate() {
        let marks = MARKS.map(|mark| format!("{folder}/{mark}"));
        for (place, folder) in [folder].into_iter().chain(&marks).enumerate() {
            client.create(folder);
            let number = 8 * number + 2 * place;
            client.append_all(folder, &[mails::to("Kiel", number), mails::to("Kiel", number + 1)]);
        }
    }
    let transcript = Transcript::default();
    let proxy = Proxy::filtering(account.address(), transcript.before(pass()));
    let postfach = Postfach { port: proxy.address().port(), ..account.postfach("sc-west") };
    let dienst = "poll_interval_seconds = 1\nbeobachtung_seconds = 1\nbeobachtung_befehle_pro_minute = 100000";
    let config = ConfigDir::new([postfach], dienst);
    config.few_agenturen(&slugs.iter().map(String::as_str).collect::<Vec<_>>());

    // The very first round identifies what lies in each folder.
    for (round, most) in [("the first one", 370), ("the second one, by a process that knows nothing of the first", 250)]
    {
        transcript.take();
        binary::once(&config.file()).expect_code(0);
        let commands = transcript.take();
        assert!(commands.len() <= most, "{round}: {}", commands.len());
        let looks = commands.iter().filter(|command| command.starts_with("EXAMINE")).count();
        assert!(looks >= AGENTUREN * (1 + MARKS.len()), "{round}: only {looks} looks");
    }

    let _daemon = binary::spawn_with_log(&["run"], &config.file(), &config.dir().join("log"));
    let mut commands = Vec::new();
    let plain = folders.iter().find(|folder| folder.is_ascii()).expect("not all of them have umlauts");
    let first = format!("EXAMINE \"{plain}\"");
    let begins = |command: &String| command.starts_with(&first);
    eventually("four rounds", || {
        commands.extend(transcript.take());
        commands.iter().filter(|command| begins(command)).count() > 4
    });
    let starts: Vec<usize> = (0..commands.len()).filter(|&number| begins(&commands[number])).collect();
    let round = &commands[starts[2]..starts[3]];
    assert!(round.len() <= 125, "{} commands: {round:?}", round.len());
    assert!(round.len() > AGENTUREN * (1 + MARKS.len()), "it is a round: {round:?}");
}
