//! How fast a mail is judged: parse and classify, on one core, with the shipped rules and master data.
//!
//! No server and no disk take part. Each mail is judged several times, and its median counts: what other programs take
//! of the machine meanwhile is not the mail's doing. The figures stand beside their aims; one that is missed is said and
//! is no failure, since the machine may be slow.
#![forbid(unsafe_code)]

mod corpus;
mod figures;
mod load;

use std::hint::black_box;
use std::time::{Duration, Instant};

use corpus::Kind;
use figures::{Figures, Row, aim, milliseconds};
use jiff::civil::date;
use postweiche::domain::postfach::Profil;
use postweiche::parse::parse;
use postweiche::rules::{Lage, RuleSet};

const SIZE: usize = 20 << 10;
const SIZES: [usize; 4] = [1 << 10, 4 << 10, 16 << 10, 64 << 10];
/// Different mails of each kind.
const MAILS: usize = 100;
/// Times that each is judged.
const ROUNDS: usize = 10;
const LOADS: usize = 5;

fn main() {
    let before = load::resident();
    let rules = load::rules();
    let resident = load::resident().saturating_sub(before);
    let mut loads: Vec<Duration> = (0..LOADS)
        .map(|_| {
            let started = Instant::now();
            black_box(load::rules());
            started.elapsed()
        })
        .collect();
    loads.sort_unstable();
    println!("rules and master data");
    aim("time to load", milliseconds(loads[LOADS / 2]), 300.0, "ms");
    aim("resident memory", resident as f64 / f64::from(1 << 20), 60.0, "MB");

    println!("\nmails of {} kB, {MAILS} of each kind, each the median of {ROUNDS} times", SIZE >> 10);
    println!("{}", Row::HEAD);
    let mut all = Vec::new();
    for kind in Kind::ALL {
        let rows: Vec<Row> = (0..MAILS).map(|number| judge(&rules, &corpus::mail(kind, SIZE, number))).collect();
        println!("{}", Figures::of(kind.name(), &rows));
        all.extend(rows);
    }
    let figures = Figures::of("all", &all);
    println!("{figures}\n");
    aim("p50", milliseconds(figures.p50), 1.0, "ms");
    aim("p99", milliseconds(figures.p99), 3.0, "ms");
    aim("time for 1,000 mails", figures.mean.as_secs_f64() * 1e6, 1000.0, "ms");

    println!("\nnanoseconds per byte, median; about the same for all sizes");
    print!("{:<18}", "");
    SIZES.iter().for_each(|size| print!("{:>9} kB", size >> 10));
    println!();
    for kind in Kind::ALL {
        print!("{:<18}", kind.name());
        for size in SIZES {
            print!("{:>12.1}", per_byte(&rules, kind, size));
        }
        println!();
    }
}

fn judge(rules: &RuleSet, mail: &[u8]) -> Row {
    Row::median((0..ROUNDS).map(|_| judge_once(rules, mail)).collect())
}

fn judge_once(rules: &RuleSet, mail: &[u8]) -> Row {
    let started = Instant::now();
    let message = parse(black_box(mail), true);
    let parsed = started.elapsed();
    let lage = Lage {
        region: "sc-nord",
        address: "sc-nord@arbeitsagentur.example",
        profil: Profil::Weit,
        gespraech: &[],
        groesse: Some(mail.len() as u64),
        tag: date(2024, 4, 16),
    };
    black_box(rules.classify(&message, &lage));
    Row { parsed, judged: started.elapsed() }
}

/// Nanoseconds for each byte, the median over all mails.
fn per_byte(rules: &RuleSet, kind: Kind, size: usize) -> f64 {
    let cost = |number| {
        let mail = corpus::mail(kind, size, number);
        judge(rules, &mail).judged.as_nanos() as f64 / mail.len() as f64
    };
    let mut values: Vec<f64> = (0..MAILS).map(cost).collect();
    values.sort_by(f64::total_cmp);
    values[MAILS / 2]
}
