//! The test mails of an office: known by their subject, which says for which QuickStep each is.

use super::quickstep::{self, REIHE};
use crate::domain::kennzeichen::Kennzeichen;
use crate::domain::stammdaten::fold_ort;

/// With what the subject of every test mail begins.
pub const BETREFF: &str = "Postweiche-Selbsttest";

/// The test mail for categories and flags, which stays in the folder of the Agentur.
pub const KATEGORIE: &str = "Kategorie";

/// A test mail, as far as its subject tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Testmail {
    /// For which QuickStep it is; none for any, or for categories.
    pub gemeint: Option<Kennzeichen>,
}

/// The subject of the test mail for a QuickStep.
pub fn betreff(kennzeichen: Kennzeichen) -> String {
    format!("{BETREFF} {}", quickstep::name(kennzeichen))
}

/// The test mail with this subject. Case, umlaut spelling and blanks make no difference.
pub fn erkenne(betreff: &str) -> Option<Testmail> {
    let folded = fold_ort(betreff);
    let rest = folded.strip_prefix(&fold_ort(BETREFF))?;
    // Otherwise it is the beginning of a longer word.
    let rest = if rest.is_empty() { rest } else { rest.strip_prefix(' ')? };
    Some(Testmail { gemeint: REIHE.into_iter().find(|mark| fold_ort(quickstep::name(*mark)) == rest) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_mail_is_known_by_its_subject() {
        use Kennzeichen::{BearbeitetAu, ZuLoeschen};
        for (subject, expected) in [
            ("Postweiche-Selbsttest EZ Bearbeitet AU", Some(Some(BearbeitetAu))),
            ("postweiche selbsttest  EZ ZU LOESCHEN ", Some(Some(ZuLoeschen))),
            ("Postweiche-Selbsttest", Some(None)),
            ("Postweiche-Selbsttest Kategorie", Some(None)),
            ("Postweiche-Selbsttester", None),
            ("Postweiche-Selbsttests EZ Bearbeitet", None),
            ("AW: Postweiche-Selbsttest", None),
            ("Anfrage zum Postweiche-Selbsttest", None),
            ("", None),
        ] {
            assert_eq!(erkenne(subject).map(|mail| mail.gemeint), expected, "{subject}");
        }
        for mark in REIHE {
            assert_eq!(erkenne(&betreff(mark)), Some(Testmail { gemeint: Some(mark) }));
        }
    }
}
