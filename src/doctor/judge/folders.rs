//! The folders of the Agenturen: there, missing, spelled differently, impossible, hidden.

use std::collections::HashSet;

use super::counted;
use crate::doctor::facts::{Inside, ListedFolders, Target};
use crate::doctor::finding::{Finding, Kennung, Severity};
use crate::doctor::spelling::{Likeness, likeness};
use crate::domain::id::FolderName;

pub(super) fn folders(inside: &Inside) -> Vec<Finding> {
    let Some(listed) = &inside.folders else { return Vec::new() };
    let mut findings = vec![separator(listed.separator)];
    findings.extend(unreadable_names(listed));
    let view = View::new(listed, &inside.targets);
    let mut usable = 0;
    for target in &inside.targets {
        match view.judge(target) {
            Some(finding) => findings.push(finding),
            None => usable += 1,
        }
    }
    findings.extend(inside.pruefordner.as_ref().map(|target| pruefordner(&view, target)));
    let found = format!("{usable} of {} are there and can be opened", inside.targets.len());
    findings.push(if inside.targets.is_empty() {
        let advice = "check the column sc_region in agenturen.csv: it must be the name of this mailbox";
        Finding::new(
            Kennung::OrdnerGefunden,
            Severity::Fehler,
            "folders of the Agenturen",
            "no Agentur belongs here",
            advice,
        )
    } else {
        Finding::ok(Kennung::OrdnerGefunden, "folders of the Agenturen", found)
    });
    findings
}

/// The folder for mail that cannot be read. The service works without.
fn pruefordner(view: &View<'_>, target: &Target) -> Finding {
    let looked_at = format!("folder {} (pruefordner)", target.path);
    let Some(wrong) = view.judge(target) else {
        return Finding::ok(Kennung::OrdnerGefunden, looked_at, "it is there and can be opened");
    };
    let advice = "create it as a folder for mail, spelled as in the configuration, and give the service account rights on \
                  it; until then mail that cannot be read stays in the INBOX (zurueckgestellt)";
    Finding { severity: Severity::Warnung, looked_at, advice: Some(advice.to_owned()), ..wrong }
}

fn separator(separator: Option<char>) -> Finding {
    let looked_at = "hierarchy separator";
    match separator {
        Some('/') => Finding::ok(Kennung::Trennzeichen, looked_at, "\"/\""),
        Some(other) => Finding::ok(
            Kennung::Trennzeichen,
            looked_at,
            format!("{other:?}; \"/\" in folder names becomes {other:?} there"),
        ),
        None => Finding::new(
            Kennung::Trennzeichen,
            Severity::Warnung,
            looked_at,
            "none: the server has no folders within folders",
            "use a template without \"/\", such as ordner = \"{ordner}\"",
        ),
    }
}

fn unreadable_names(listed: &ListedFolders) -> Option<Finding> {
    let count = listed.lines.iter().filter(|line| line.name.is_none()).count();
    (count > 0).then(|| {
        let found = format!("{} a name that is no modified UTF-7", counted(count, "folder has", "folders have"));
        let advice = "rename them, if one of them is that of an Agentur: such folders are never used";
        Finding::new(Kennung::OrdnerListe, Severity::Hinweis, "list of folders", found, advice)
    })
}

/// The listed folders, for looking up.
struct View<'a> {
    listed: &'a ListedFolders,
    names: HashSet<&'a FolderName>,
    selectable: HashSet<&'a FolderName>,
    /// Those that belong to an Agentur: they are never meant by the name of another one.
    taken: HashSet<&'a FolderName>,
}

impl<'a> View<'a> {
    fn new(listed: &'a ListedFolders, targets: &'a [Target]) -> Self {
        let names = listed.lines.iter().filter_map(|line| line.name.as_ref()).collect();
        let selectable =
            listed.lines.iter().filter(|line| line.selectable).filter_map(|line| line.name.as_ref()).collect();
        let taken = targets.iter().filter_map(|target| target.folder.as_ref()).collect();
        View { listed, names, selectable, taken }
    }

    /// What is wrong with the folder of an Agentur, if anything.
    fn judge(&self, target: &Target) -> Option<Finding> {
        let looked_at = format!("folder {} of {}", target.path, target.agentur);
        let severity = if target.later { Severity::Hinweis } else { Severity::Fehler };
        let finding = |id, found: String, advice: String| {
            let later = if target.later { "; the Agentur is not valid yet" } else { "" };
            Some(Finding::new(id, severity, looked_at.clone(), format!("{found}{later}"), advice))
        };
        let Some(folder) = &target.folder else {
            let separator = self.listed.separator.map_or_else(String::new, |separator| format!(" {separator:?}"));
            return finding(
                Kennung::OrdnerUnmoeglich,
                format!("cannot exist here: a part of the name holds the separator{separator}"),
                "give the folder another name on the server and in the column ordner of agenturen.csv".to_owned(),
            );
        };
        if self.selectable.contains(folder) {
            return match target.answers {
                Some(false) => finding(
                    Kennung::OrdnerGesperrt,
                    "listed, but the server refuses to open it".to_owned(),
                    "give the service account rights on the folder".to_owned(),
                ),
                _ => None,
            };
        }
        if self.names.contains(folder) {
            return finding(
                Kennung::OrdnerGesperrt,
                "listed, but as a folder that holds no mail (\\Noselect)".to_owned(),
                "create it as a folder for mail".to_owned(),
            );
        }
        if target.answers == Some(true) {
            return finding(
                Kennung::OrdnerNichtGelistet,
                "not listed, although it can be opened: the service uses listed folders only".to_owned(),
                "make the folder visible for the service account (right FolderVisible on it and on the folders above)"
                    .to_owned(),
            );
        }
        self.missing(target, folder, finding)
    }

    fn missing(
        &self,
        target: &Target,
        folder: &FolderName,
        finding: impl Fn(Kennung, String, String) -> Option<Finding>,
    ) -> Option<Finding> {
        let names = self.listed.lines.iter().filter_map(|line| line.name.as_ref());
        let names = names.filter(|name| !self.taken.contains(name)).map(|name| name.0.as_str());
        if let Some(like) = likeness(&folder.0, self.listed.separator, names) {
            let advice = match like {
                Likeness::Elsewhere(_) => "move the folder, or correct the key ordner of the mailbox",
                Likeness::Spelling(_) | Likeness::Near(_) => {
                    "use one spelling: rename the folder, or correct the column ordner of agenturen.csv"
                }
            };
            let found = format!("missing; {}: {:?}", like.words(), like.name());
            return finding(Kennung::OrdnerFehlt, found, advice.to_owned());
        }
        if target.ordner.contains('/') && !self.parent_is_listed(folder) {
            return finding(
                Kennung::OrdnerVerborgen,
                "missing, and probably hidden: \"/\" means a folder within a folder, and Exchange hides folders with \
                 \"/\" in their name from IMAP"
                    .to_owned(),
                "rename the folder in Outlook without \"/\", for example with \"-\", and write the same into the column \
                 ordner of agenturen.csv"
                    .to_owned(),
            );
        }
        finding(
            Kennung::OrdnerFehlt,
            "missing; no listed name is near".to_owned(),
            "create the folder and give its rights; mail for the Agentur stays in the INBOX until then (ordner_fehlt)"
                .to_owned(),
        )
    }

    fn parent_is_listed(&self, folder: &FolderName) -> bool {
        let parent =
            self.listed.separator.and_then(|separator| folder.0.rsplit_once(separator)).map(|(parent, _)| parent);
        parent.is_some_and(|parent| self.names.contains(&FolderName(parent.to_owned())))
    }
}
