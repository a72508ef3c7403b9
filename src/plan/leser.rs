//! Reading marks from what a message itself shows: flags, keywords, the `Keywords:` field.

use crate::domain::kennzeichen::{Kennzeichen, Kennzeichennamen, Leser};

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
    /// The mark that it sees, if any.
    fn lies(&self, merkmale: &Merkmale<'_>, namen: &Kennzeichennamen) -> Option<Kennzeichen>;
}

impl Lesen for Leser {
    fn lies(&self, merkmale: &Merkmale<'_>, namen: &Kennzeichennamen) -> Option<Kennzeichen> {
        let strongest = |names: &[String]| names.iter().filter_map(|name| namen.find(name)).max();
        match self {
            Leser::Markierung => merkmale.flagged.then_some(Kennzeichen::Bearbeitet),
            Leser::Schluesselwort => strongest(merkmale.keywords),
            Leser::KeywordsKopfzeile => strongest(merkmale.kopfzeile),
        }
    }
}

/// The mark that these readers see; the furthest in the life of a Vorgang if they see several.
pub fn kennzeichen(leser: &[Leser], merkmale: &Merkmale<'_>, namen: &Kennzeichennamen) -> Option<Kennzeichen> {
    leser.iter().filter_map(|leser| leser.lies(merkmale, namen)).max()
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
        for (leser, merkmale, expected) in [
            (&[][..], flagged, None),
            (&[Leser::Markierung], flagged, Some(Kennzeichen::Bearbeitet)),
            (&[Leser::Markierung], keywords, None),
            (&[Leser::Schluesselwort], keywords, Some(Kennzeichen::ZuLoeschen)),
            (&[Leser::KeywordsKopfzeile], keywords, None),
            (&[Leser::KeywordsKopfzeile], kopfzeile, Some(Kennzeichen::Bearbeitet)),
            (&[Leser::Schluesselwort], Merkmale::default(), None),
        ] {
            assert_eq!(kennzeichen(leser, &merkmale, &namen), expected, "{leser:?} {merkmale:?}");
        }
    }
}
