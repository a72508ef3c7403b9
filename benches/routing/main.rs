//! How fast mail is routed: `postweiche once` beside a floor that knows the answers and beside imapfilter.
//!
//! Five mailboxes on a private Dovecot are filled with the same mails for each run; after each run the place of every
//! mail is checked. The contenders take turns, with the server beside them and with 20 ms of round trip in between.
//!
//! | variable | default | meaning |
//! |---|---|---|
//! | `BENCH_SIZES` | `2000,20000` | mails over all five mailboxes |
//! | `BENCH_ROUNDS` | 3 | runs of each contender in each setting |
//! | `BENCH_CONTENDERS` | `floor,postweiche,imapfilter` | who takes part |
//!
//! `cargo bench --bench routing -- --quick` is one round with 200 mails: it proves that the benchmark works.
#![forbid(unsafe_code)]

#[path = "../../tests/support/mod.rs"]
mod support;

mod contender;
mod corpus;
mod floor;
mod imapfilter;
mod lab;
mod measure;
mod offices;
mod table;

use std::time::Duration;

use contender::Contender;
use lab::Lab;
use support::proxy::Proxy;
use table::{Row, Table};

/// What lies between client and server.
const SETTINGS: [(&str, Duration); 2] =
    [("beside the server", Duration::ZERO), ("20 ms away", Duration::from_millis(20))];

struct Plan {
    sizes: Vec<usize>,
    rounds: usize,
    contenders: Vec<Contender>,
}

impl Plan {
    fn from_environment(quick: bool) -> Plan {
        let list = |name: &str, default: &str| std::env::var(name).unwrap_or_else(|_| default.into());
        let number = |text: &str| text.trim().parse().unwrap_or_else(|_| panic!("not a number: {text}"));
        let (sizes, rounds) = if quick { ("200", "1") } else { ("2000,20000", "3") };
        Plan {
            sizes: list("BENCH_SIZES", sizes).split(',').map(number).collect(),
            rounds: number(&list("BENCH_ROUNDS", rounds)).max(1),
            contenders: list("BENCH_CONTENDERS", "floor,postweiche,imapfilter")
                .split(',')
                .map(|name| Contender::by_name(name.trim()).unwrap_or_else(|| panic!("no contender is called {name}")))
                .collect(),
        }
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, plan] = &arguments[..]
        && flag == floor::FLAG
    {
        return floor::run(plan);
    }
    let plan = Plan::from_environment(arguments.iter().any(|argument| argument == "--quick"));
    println!("{}", table::machine());
    for &size in &plan.sizes {
        let lab = Lab::fill(size);
        println!("\n{}", lab.describe());
        for table in compare(&lab, &plan) {
            println!("\n{table}");
        }
    }
}

/// All rounds over one filling, one table for each setting.
fn compare(lab: &Lab, plan: &Plan) -> Vec<Table> {
    let mut tables = SETTINGS.map(|(name, _)| Table::new(name, lab.mails(), plan.rounds));
    for round in 0..plan.rounds {
        for (table, (_, round_trip)) in tables.iter_mut().zip(SETTINGS) {
            for turn in 0..plan.contenders.len() {
                // Another one begins in each round.
                let contender = plan.contenders[(round + turn) % plan.contenders.len()];
                table.add(contender, run(lab, contender, round_trip));
            }
        }
    }
    tables.into()
}

/// One contender, once, from the same start as all others; checked.
fn run(lab: &Lab, contender: Contender, round_trip: Duration) -> Row {
    lab.restore();
    let proxy = (!round_trip.is_zero()).then(|| Proxy::delaying(lab.dovecot.address(), round_trip));
    let address = proxy.as_ref().map_or(lab.dovecot.address(), Proxy::address);
    let work = contender.prepare(lab, address);
    let (usage, said) = measure::run(&work.commands);
    if let Err(misplaced) = lab.check() {
        panic!("{} did not put every mail where it belongs: {misplaced}; it said:\n{said}", contender.name());
    }
    Row { usage, counts: proxy.map(|proxy| proxy.counts()) }
}
