//! What a listing of a watched folder and the ledger do not agree on.

use crate::domain::id::Uid;
use crate::domain::kennzeichen::Kennzeichen;
use crate::domain::sichtung::{Bekannt, Gezeigt};

/// The differences, each ascending by UID.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Known and not listed.
    pub fort: Vec<Uid>,
    /// Listed and not known.
    pub neu: Vec<(Uid, Gezeigt)>,
    /// Vorgänge that show another mark than the last time.
    pub merkmale: Vec<(Uid, Option<Kennzeichen>)>,
    /// Vorgänge whose `Keywords:` field was read for the first time, with the mark in it.
    pub kopfzeilen: Vec<(Uid, Option<Kennzeichen>)>,
}

impl Difference {
    /// Compares. Both ascend by UID. `mit_kopfzeile`: the `Keywords:` field was read.
    pub fn of(shown: &[(Uid, Gezeigt)], known: &[Bekannt], mit_kopfzeile: bool) -> Self {
        let mut difference = Difference::default();
        let mut known = known.iter().peekable();
        for &(uid, gezeigt) in shown {
            while let Some(gone) = known.next_if(|known| known.uid < uid) {
                difference.fort.push(gone.uid);
            }
            match known.next_if(|known| known.uid == uid) {
                None => difference.neu.push((uid, gezeigt)),
                Some(known) if known.is_vorgang => {
                    if mit_kopfzeile && known.kopfzeile_anfangs.is_none() {
                        difference.kopfzeilen.push((uid, gezeigt.kopfzeile));
                    }
                    let merkmal = gezeigt.merkmal(known.kopfzeile_anfangs);
                    if merkmal != known.merkmal {
                        difference.merkmale.push((uid, merkmal));
                    }
                }
                Some(_) => {}
            }
        }
        difference.fort.extend(known.map(|known| known.uid));
        difference
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_compared_with_the_ledger() {
        let mark = Some(Kennzeichen::Bearbeitet);
        let known = |uid, merkmal, kopfzeile_anfangs, is_vorgang| Bekannt {
            uid: Uid(uid),
            merkmal,
            kopfzeile_anfangs,
            is_vorgang,
        };
        let known = [
            known(1, None, Some(None), true),
            known(2, mark, Some(None), true),
            known(4, None, Some(None), true),
            known(5, None, Some(None), false),
            known(6, None, Some(mark), true),
            known(7, None, Some(None), true),
            known(8, None, None, true),
        ];
        let nothing = Gezeigt::default();
        let fahne = Gezeigt { fahne: mark, kopfzeile: None };
        let kopfzeile = Gezeigt { fahne: None, kopfzeile: mark };
        let shown = [
            (Uid(2), nothing),
            (Uid(3), fahne),
            (Uid(4), fahne),
            (Uid(5), fahne),
            (Uid(6), kopfzeile),
            (Uid(7), kopfzeile),
            (Uid(8), kopfzeile),
        ];
        let difference = Difference::of(&shown, &known, true);
        assert_eq!(difference.fort, [Uid(1)]);
        assert_eq!(difference.neu, [(Uid(3), fahne)]);
        assert_eq!(difference.merkmale, [(Uid(2), None), (Uid(4), mark), (Uid(7), mark)]);
        assert_eq!(difference.kopfzeilen, [(Uid(8), mark)], "what was there at first sight is no mark");
        assert_eq!(Difference::of(&shown, &known, false).kopfzeilen, []);
    }
}
