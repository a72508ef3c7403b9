//! Any bytes are decided by the shipped rules, under both profiles, and always alike.
#![no_main]

use std::sync::LazyLock;

use jiff::civil::date;
use libfuzzer_sys::fuzz_target;
use postweiche::domain::decision::Entscheidung;
use postweiche::domain::postfach::Profil;
use postweiche::parse::parse;
use postweiche::rules::{Lage, RuleSet, compile};

static RULES: LazyLock<RuleSet> = LazyLock::new(|| {
    let (rules, _) = compile(&postweiche_fuzz::rule_files(), postweiche_fuzz::stammdaten(), &[]);
    rules.expect("the shipped rules are sound")
});

fuzz_target!(|bytes: &[u8]| {
    let message = parse(bytes, true);
    for profil in [Profil::Streng, Profil::Weit] {
        let lage = Lage {
            region: "sc-nord",
            address: "sc-nord@arbeitsagentur.example",
            profil,
            gespraech: &[],
            groesse: Some(bytes.len() as u64),
            tag: date(2024, 4, 16),
        };
        let decision = RULES.classify(&message, &lage);
        // Once is enough: it takes as long as the decision itself.
        if profil == Profil::Weit {
            assert_eq!(RULES.classify(&message, &lage), decision, "the same message gives the same decision");
        }
        if let Entscheidung::Uebergeben(agentur) = decision.entscheidung {
            let row = RULES.stammdaten().agentur(agentur);
            assert_eq!(row.sc_region, lage.region, "nothing is handed over to another region");
            assert!(!decision.evidenz.is_empty(), "what decided can be shown");
        }
    }
});
