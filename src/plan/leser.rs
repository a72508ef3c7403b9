//! Reading marks from what a message itself shows: flags, keywords, the `Keywords:` field.

use crate::domain::kennzeichen::{Kennzeichen, Kennzeichennamen, Leser};
use crate::domain::sichtung::Gezeigt;

/// What a message shows besides its folder.
#[derive(Clone, Copy, Debug, Default)]
pub struct Merkmale<'a> {
    /// `\Flagged`.
    pub flagged: bool,
    /// Its keywords (RFC 3501, 2.3.2).
    pub keywords: &'a [String],
    /// The values of its `Keywords:` field, if that was asked for.
    pub kopfzeile: &'a [String],
}

/// A way to read marks. Each looks at one thing and says nothing about the others.
pub trait Lesen {
    /// The mark that it sees; the furthest in the life of a Vorgang if it sees several.
    fn lies(&self, merkmale: &Merkmale<'_>, namen: &Kennzeichennamen) -> Option<Kennzeichen>;

    /// Whether the sender of a mail could have written what it reads.
    fn liest_absender(&self) -> bool {
        false
    }
}

struct Markierung;
struct Schluesselwort;
struct KeywordsKopfzeile;

impl Lesen for Markierung {
    fn lies(&self, merkmale: &Merkmale<'_>, _: &Kennzeichennamen) -> Option<Kennzeichen> {
        merkmale.flagged.then_some(Kennzeichen::Bearbeitet)
    }
}

impl Lesen for Schluesselwort {
    fn lies(&self, merkmale: &Merkmale<'_>, namen: &Kennzeichennamen) -> Option<Kennzeichen> {
        furthest(merkmale.keywords, namen)
    }
}

impl Lesen for KeywordsKopfzeile {
    fn lies(&self, merkmale: &Merkmale<'_>, namen: &Kennzeichennamen) -> Option<Kennzeichen> {
        furthest(merkmale.kopfzeile, namen)
    }

    fn liest_absender(&self) -> bool {
        true
    }
}

fn furthest(words: &[String], namen: &Kennzeichennamen) -> Option<Kennzeichen> {
    words.iter().filter_map(|word| namen.find(word)).max()
}

/// The reader that the configuration means.
fn reader(leser: Leser) -> &'static dyn Lesen {
    match leser {
        Leser::Markierung => &Markierung,
        Leser::Schluesselwort => &Schluesselwort,
        Leser::KeywordsKopfzeile => &KeywordsKopfzeile,
    }
}

/// What these readers see.
pub fn gezeigt(leser: &[Leser], merkmale: &Merkmale<'_>, namen: &Kennzeichennamen) -> Gezeigt {
    let mut gezeigt = Gezeigt::default();
    for reader in leser.iter().map(|&leser| reader(leser)) {
        let seen = reader.lies(merkmale, namen);
        let place = if reader.liest_absender() { &mut gezeigt.kopfzeile } else { &mut gezeigt.fahne };
        *place = (*place).max(seen);
    }
    gezeigt
}

/// The mark that a `Keywords:` field with these words shows.
pub fn kopfzeile(words: &[String], namen: &Kennzeichennamen) -> Option<Kennzeichen> {
    furthest(words, namen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reader_sees_its_own_thing() {
        let namen = Kennzeichennamen::new(vec![
            ("EZ Bearbeitet".into(), Kennzeichen::Bearbeitet),
            ("EZ Zu löschen".into(), Kennzeichen::ZuLoeschen),
        ]);
        let both = ["ez-bearbeitet".to_owned(), "EZ_Zu_Loeschen".to_owned()];
        let flagged = Merkmale { flagged: true, ..Merkmale::default() };
        let keywords = Merkmale { keywords: &both, ..Merkmale::default() };
        let kopfzeile = Merkmale { kopfzeile: &both[..1], ..Merkmale::default() };
        let fahne = |mark| Gezeigt { fahne: Some(mark), kopfzeile: None };
        let feld = Gezeigt { fahne: None, kopfzeile: Some(Kennzeichen::Bearbeitet) };
        for (leser, merkmale, expected) in [
            (&[][..], flagged, Gezeigt::default()),
            (&[Leser::Markierung], flagged, fahne(Kennzeichen::Bearbeitet)),
            (&[Leser::Markierung], keywords, Gezeigt::default()),
            (&[Leser::Schluesselwort], keywords, fahne(Kennzeichen::ZuLoeschen)),
            (&[Leser::KeywordsKopfzeile], keywords, Gezeigt::default()),
            (&[Leser::KeywordsKopfzeile], kopfzeile, feld),
            (&[Leser::Markierung, Leser::KeywordsKopfzeile], kopfzeile, feld),
            (&[Leser::Schluesselwort], Merkmale::default(), Gezeigt::default()),
        ] {
            assert_eq!(gezeigt(leser, &merkmale, &namen), expected, "{leser:?} {merkmale:?}");
        }
    }

    #[test]
    fn what_a_sender_wrote_is_no_mark() {
        let read_first = Gezeigt { fahne: None, kopfzeile: Some(Kennzeichen::Bearbeitet) };
        assert_eq!(read_first.merkmal(None), None);
        let mark = Some(Kennzeichen::Bearbeitet);
        let other = Some(Kennzeichen::ZuLoeschen);
        for (fahne, kopfzeile, at_first, expected) in [
            (None, None, None, None),
            (None, mark, None, mark),
            (None, mark, mark, None),
            (None, other, mark, other),
            (None, None, mark, None),
            (mark, mark, mark, mark),
            (mark, other, None, other),
        ] {
            assert_eq!(
                Gezeigt { fahne, kopfzeile }.merkmal(Some(at_first)),
                expected,
                "{fahne:?} {kopfzeile:?} {at_first:?}"
            );
        }
    }
}
