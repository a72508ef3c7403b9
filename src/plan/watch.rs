//! Which folders are watched, and what it means to lie in one of them.

use std::collections::HashMap;

use crate::domain::id::FolderName;
use crate::domain::kennzeichen::{Kennzeichen, Kennzeichennamen, Ort};
use crate::domain::stammdaten::fold_ort;

/// A folder that is watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    pub folder: FolderName,
    /// What lying there means, as far as the folder tells.
    pub ort: Ort,
}

/// The folders of a mailbox, sorted out.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Watch {
    /// In the order of the names.
    pub folders: Vec<Watched>,
    /// Folders whose mail is not seen: below an Agentur's and called like no mark, with the Agentur's slug, or below one of
    /// the Service Center.
    pub unknown: Vec<(FolderName, Option<String>)>,
}

/// Sorts out the folders that a server lists. `agenturen` are the folders of the Agenturen with their slugs, `sc_ordner`
/// the work folders of the Service Center, both as the server names them.
pub fn watch<'a>(
    listed: impl IntoIterator<Item = &'a FolderName>,
    separator: Option<char>,
    agenturen: &HashMap<FolderName, String>,
    sc_ordner: &[FolderName],
    namen: &Kennzeichennamen,
) -> Watch {
    let mut watch = Watch::default();
    let mut listed: Vec<&FolderName> = listed.into_iter().collect();
    listed.sort();
    for folder in listed {
        let depth_below_sc = below(folder, sc_ordner, separator);
        if depth_below_sc == Some(0) {
            watch.folders.push(Watched { folder: folder.clone(), ort: Ort::Sc });
        } else if depth_below_sc.is_some() {
            // People name such folders as they like; their names must not get into ledger and log.
            watch.unknown.push((folder.clone(), None));
        } else if let Some(agentur) = agenturen.get(folder) {
            let ort = Ort::Agentur { agentur: agentur.clone(), kennzeichen: None };
            watch.folders.push(Watched { folder: folder.clone(), ort });
        } else if let Some((agentur, below)) = below_agentur(folder, separator, agenturen) {
            match namen.find(&below) {
                Some(mark) => watch.folders.push(marked(folder, agentur, mark)),
                None => watch.unknown.push((folder.clone(), Some(agentur.clone()))),
            }
        }
    }
    watch
}

fn marked(folder: &FolderName, agentur: &str, kennzeichen: Kennzeichen) -> Watched {
    let ort = Ort::Agentur { agentur: agentur.to_owned(), kennzeichen: Some(kennzeichen) };
    Watched { folder: folder.clone(), ort }
}

/// How deep a folder lies below one of these, 0 if it is one itself; spelling as for marks.
fn below(folder: &FolderName, sc_ordner: &[FolderName], separator: Option<char>) -> Option<usize> {
    let folded = |name: &str| -> Vec<String> {
        separator.map_or_else(|| vec![fold_ort(name)], |separator| name.split(separator).map(fold_ort).collect())
    };
    let path = folded(&folder.0);
    sc_ordner.iter().map(|sc| folded(&sc.0)).filter(|sc| path.starts_with(sc)).map(|sc| path.len() - sc.len()).min()
}

/// The Agentur whose folder this one lies below, and the rest of the name with `/` as hierarchy.
fn below_agentur<'a>(
    folder: &FolderName,
    separator: Option<char>,
    agenturen: &'a HashMap<FolderName, String>,
) -> Option<(&'a String, String)> {
    let separator = separator?;
    // The innermost one, should an Agentur have its folder below that of another.
    folder.0.rmatch_indices(separator).find_map(|(at, text)| {
        let agentur = agenturen.get(&FolderName(folder.0[..at].to_owned()))?;
        Some((agentur, folder.0[at + text.len()..].replace(separator, "/")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_sorted_out() {
        let name = |name: &str| FolderName(name.to_owned());
        let agenturen = HashMap::from([(name("INBOX.Kiel"), "kiel".to_owned()), (name("INBOX.Ulm"), "ulm".to_owned())]);
        let namen = Kennzeichennamen::new(vec![
            ("Bearbeitet".into(), Kennzeichen::Bearbeitet),
            ("Bearbeitet/AU".into(), Kennzeichen::BearbeitetAu),
            ("Zu löschen".into(), Kennzeichen::ZuLoeschen),
        ]);
        let listed = [
            "INBOX",
            "INBOX.Kiel",
            "INBOX.Kiel.BEARBEITET",
            "INBOX.Kiel.Bearbeitet.AU",
            "INBOX.Kiel.Zu loeschen",
            "INBOX.Kiel.Ablage",
            "INBOX.Kiel.Ablage.Bearbeitet",
            "INBOX.Kielholz",
            "INBOX.Ungeklaert",
            "INBOX.Ungeklärt.2024",
            "Gesendet",
        ];
        let listed = listed.map(name);
        let watch = watch(&listed, Some('.'), &agenturen, &[name("INBOX.Ungeklärt")], &namen);
        let found: Vec<_> = watch
            .folders
            .iter()
            .map(|watched| match &watched.ort {
                Ort::Agentur { kennzeichen, .. } => (watched.folder.0.as_str(), kennzeichen.map(Kennzeichen::as_str)),
                Ort::Sc => (watched.folder.0.as_str(), Some("sc")),
                Ort::Inbox => panic!("INBOX is for the cycle"),
            })
            .collect();
        assert_eq!(
            found,
            [
                ("INBOX.Kiel", None),
                ("INBOX.Kiel.BEARBEITET", Some("bearbeitet")),
                ("INBOX.Kiel.Bearbeitet.AU", Some("bearbeitet_au")),
                ("INBOX.Kiel.Zu loeschen", Some("zu_loeschen")),
                ("INBOX.Ungeklaert", Some("sc")),
            ]
        );
        let unknown: Vec<_> = watch.unknown.iter().map(|(folder, _)| folder.0.as_str()).collect();
        assert_eq!(unknown, ["INBOX.Kiel.Ablage", "INBOX.Kiel.Ablage.Bearbeitet", "INBOX.Ungeklärt.2024"]);
    }
}
