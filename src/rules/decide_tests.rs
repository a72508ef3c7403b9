use super::*;
use crate::domain::decision::Fundort;
use crate::rules::test_support;

const X: AgenturId = AgenturId(0);
const Y: AgenturId = AgenturId(1);
const Z: AgenturId = AgenturId(2);

use EvidenzArt::{
    Anrede as N, EmpfaengerLiegenschaft as A, EserviceFeld as D, KundennummerPraefix as K, Ortsname as O, Plz as W,
};

fn decide(profil: Profil, evidenz: &[(EvidenzArt, &[AgenturId])]) -> Urteil {
    let pieces: Vec<Evidenz> = evidenz
        .iter()
        .map(|(art, agenturen)| Evidenz {
            art: *art,
            agenturen: agenturen.iter().copied().collect(),
            fundort: Fundort::Text,
        })
        .collect();
    test_support::rules().regeln.abwaegung.decide(profil, &pieces)
}

/// Evidence, and the Agentur or the reason under `weit` and under `streng`.
type Row<'a> = (&'a [(EvidenzArt, &'a [AgenturId])], Result<AgenturId, Grund>, Result<AgenturId, Grund>);

#[test]
fn the_table_of_decisions() {
    let open = Err(Grund::Widerspruch);
    let only_hints = Err(Grund::NurHinweise);
    let rows: &[Row<'_>] = &[
        // The rows of the requirement, where both profiles agree.
        (&[(A, &[X]), (K, &[Y])], Ok(X), Ok(X)),
        (&[(A, &[X]), (W, &[Y]), (K, &[Y])], Ok(Y), Ok(Y)),
        (&[(A, &[X]), (W, &[X]), (K, &[Y])], Ok(X), Ok(X)),
        (&[(A, &[X]), (W, &[Y]), (K, &[X])], Ok(X), Ok(X)),
        (&[(A, &[X]), (W, &[Y])], Ok(X), Ok(X)),
        (&[(A, &[X]), (W, &[Y]), (K, &[Z])], Ok(X), Ok(X)),
        (&[(W, &[X]), (K, &[Y])], Ok(X), Ok(X)),
        (&[(W, &[X, Y]), (K, &[X])], Ok(X), Ok(X)),
        (&[(W, &[X, Y])], open, open),
        (&[(A, &[X, Y]), (K, &[X])], Ok(X), Ok(X)),
        (&[(A, &[X, Y]), (W, &[Z])], open, open),
        (&[(A, &[X, Y])], open, open),
        (&[(K, &[X, Y])], open, open),
        // Nothing, and single kinds.
        (&[], Err(Grund::KeinHinweis), Err(Grund::KeinHinweis)),
        (&[(A, &[])], Err(Grund::KeinHinweis), Err(Grund::KeinHinweis)),
        (&[(A, &[X])], Ok(X), Ok(X)),
        (&[(W, &[X])], Ok(X), Ok(X)),
        (&[(O, &[X])], Ok(X), only_hints),
        (&[(K, &[X])], Ok(X), only_hints),
        (&[(N, &[X])], Ok(X), only_hints),
        (&[(K, &[X]), (N, &[Y])], Ok(X), only_hints),
        (&[(O, &[X]), (K, &[Y])], Ok(X), only_hints),
        // Hints vote and choose under both.
        (&[(O, &[X]), (K, &[X])], Ok(X), Ok(X)),
        (&[(A, &[X]), (O, &[Y]), (K, &[Y])], Ok(Y), Ok(Y)),
        (&[(W, &[X, Y]), (N, &[Y])], Ok(Y), Ok(Y)),
        (&[(A, &[X, Y]), (N, &[Z])], open, open),
        (&[(K, &[X, Y]), (N, &[X])], Ok(X), only_hints),
        (&[(N, &[X]), (A, &[Y])], Ok(Y), Ok(Y)),
        // Ties and sets.
        (&[(A, &[X, Y]), (K, &[X, Y])], open, open),
        (&[(A, &[X]), (W, &[Y]), (K, &[X, Y])], open, open),
        (&[(A, &[X, Y, Z]), (W, &[X, Y]), (N, &[Z])], open, open),
        (&[(A, &[X, Y]), (W, &[Y, Z])], Ok(Y), Ok(Y)),
        (&[(A, &[X]), (A, &[Y])], open, open),
        (&[(W, &[X]), (O, &[Y]), (K, &[Y])], Ok(X), Ok(X)),
        // The field decides alone, or only chooses.
        (&[(D, &[X]), (A, &[Y]), (W, &[Y]), (K, &[Y])], Ok(X), Ok(X)),
        (&[(D, &[X, Y]), (A, &[Y])], Ok(Y), Ok(Y)),
        (&[(D, &[X, Y]), (K, &[Y])], Ok(Y), Ok(Y)),
        (&[(D, &[X, Y]), (A, &[Z])], open, open),
        (&[(D, &[X, Y]), (W, &[Z]), (K, &[Z])], open, open),
        (&[(D, &[X, Y])], open, open),
    ];
    for (evidenz, weit, streng) in rows {
        for (profil, expected) in [(Profil::Weit, weit), (Profil::Streng, streng)] {
            let urteil = decide(profil, evidenz);
            let got = urteil.agentur.ok_or(urteil.grund);
            assert_eq!(got, *expected, "{profil:?} {evidenz:?}");
        }
    }
}

#[test]
fn reason_and_runner_up() {
    let urteil = decide(Profil::Streng, &[(A, &[X]), (K, &[Y])]);
    assert_eq!((urteil.grund, urteil.zweiter), (Grund::Evidenz(A), Some(Y)));
    let urteil = decide(Profil::Streng, &[(A, &[X]), (W, &[Y]), (K, &[Y])]);
    assert_eq!((urteil.grund, urteil.zweiter), (Grund::Mehrheit, Some(X)));
    let urteil = decide(Profil::Streng, &[(K, &[X])]);
    assert_eq!((urteil.grund, urteil.zweiter), (Grund::NurHinweise, Some(X)));
    let urteil = decide(Profil::Weit, &[(W, &[X, Y]), (N, &[Y])]);
    assert_eq!((urteil.grund, urteil.zweiter), (Grund::Evidenz(N), Some(X)));
}
