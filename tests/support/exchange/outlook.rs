//! A person in Outlook, in a mailbox of an Exchange that renumbers messages in its own way.

use super::super::imap_client::{Fetched, ImapClient, Mail};
use super::profile::Renumbers;

/// How the store behind keeps a category: as a keyword of a name that no client sees.
const CATEGORY: &str = "kategorie/";

fn category_keyword(category: &str) -> String {
    format!("{CATEGORY}{}", category.replace(' ', "_"))
}

/// The categories among the flags of a message.
pub fn categories<'f>(flags: impl IntoIterator<Item = &'f str>) -> Vec<String> {
    let names = flags.into_iter().filter_map(|flag| flag.strip_prefix(CATEGORY));
    names.map(|name| name.replace('_', " ")).collect()
}

/// Works on the store itself and not through the proxy: a person in Outlook speaks no IMAP.
pub struct Outlook {
    client: ImapClient,
    renumbers: Renumbers,
}

impl Outlook {
    /// `client` has logged in at the server behind the proxy.
    pub fn new(client: ImapClient, renumbers: Renumbers) -> Outlook {
        Outlook { client, renumbers }
    }

    /// The UIDs in a folder, ascending.
    pub fn uids(&mut self, folder: &str) -> Vec<u32> {
        match self.client.select(folder).exists {
            0 => Vec::new(),
            _ => self.client.fetch_all().iter().map(|mail| mail.uid).collect(),
        }
    }

    /// Moves a message into another folder and gives its UID there.
    pub fn drag(&mut self, folder: &str, uid: u32, to: &str) -> u32 {
        self.client.select(folder);
        self.client.try_move(uid, to).unwrap_or_else(|answer| panic!("{folder} to {to}: {answer}"))
    }

    /// Moves all messages of a folder.
    pub fn drag_all(&mut self, folder: &str, to: &str) {
        self.client.select(folder);
        self.client.move_all_to(to);
    }

    /// Copies a message into another folder.
    pub fn copy(&mut self, folder: &str, uid: u32, to: &str) {
        self.client.select(folder);
        self.client.copy_to(&[uid], to);
    }

    /// Deletes a message for good.
    pub fn delete(&mut self, folder: &str, uid: u32) {
        self.client.select(folder);
        self.client.delete(uid).unwrap_or_else(|answer| panic!("delete from {folder}: {answer}"));
    }

    /// Deletes everything that a folder holds, for good.
    pub fn empty(&mut self, folder: &str) {
        if self.client.select(folder).exists > 0 {
            self.client.ok("UID STORE 1:* +FLAGS.SILENT (\\Deleted)");
            self.client.ok("EXPUNGE");
        }
    }

    /// Puts messages into a folder, as a rule of Outlook or a person with a file does.
    pub fn file(&mut self, folder: &str, mails: &[Mail]) {
        self.client.append_all(folder, mails);
    }

    /// Makes a folder.
    pub fn create(&mut self, folder: &str) {
        self.client.create(folder);
    }

    /// Makes a folder anew with all that was in it: as after a restored backup, nothing has its old number.
    pub fn remake(&mut self, folder: &str) {
        self.client.select(folder);
        let mails = self.client.fetch_all();
        self.client.unselect();
        self.client.remove(folder);
        self.client.create(folder);
        let again =
            |Fetched { flags, internaldate, bytes, .. }| Mail { bytes, flags, internaldate: Some(internaldate) };
        self.client.append_all(folder, &mails.into_iter().map(again).collect::<Vec<_>>());
    }

    /// Gives a folder another name.
    pub fn rename(&mut self, folder: &str, name: &str) {
        self.client.rename(folder, name);
    }

    /// Gives a message a colour category. IMAP shows nothing of it but what it does to the UID, unless the Exchange shows
    /// categories in the header.
    pub fn categorise(&mut self, folder: &str, uid: u32, category: &str) -> u32 {
        self.client.select(folder);
        self.client.store(&[uid], "+FLAGS", &category_keyword(category));
        self.changed(folder, uid, Renumbers::OnCategory, |_| ())
    }

    /// Takes a colour category away.
    pub fn uncategorise(&mut self, folder: &str, uid: u32, category: &str) -> u32 {
        self.client.select(folder);
        self.client.store(&[uid], "-FLAGS", &category_keyword(category));
        self.changed(folder, uid, Renumbers::OnCategory, |_| ())
    }

    /// Sets the follow-up flag.
    pub fn flag(&mut self, folder: &str, uid: u32) -> u32 {
        self.set(folder, uid, "\\Flagged")
    }

    /// Takes the follow-up flag back.
    pub fn unflag(&mut self, folder: &str, uid: u32) -> u32 {
        self.unset(folder, uid, "\\Flagged")
    }

    /// Does what sets this flag: flags for follow-up, answers, begins to delete.
    pub fn set(&mut self, folder: &str, uid: u32, flag: &str) -> u32 {
        self.client.select(folder);
        self.client.store(&[uid], "+FLAGS", flag);
        self.changed(folder, uid, Renumbers::OnFlag, |_| ())
    }

    /// Takes this flag back.
    pub fn unset(&mut self, folder: &str, uid: u32, flag: &str) -> u32 {
        self.client.select(folder);
        self.client.store(&[uid], "-FLAGS", flag);
        self.changed(folder, uid, Renumbers::OnFlag, |_| ())
    }

    /// Writes a note into a message. Where that leaves the UID it leaves what IMAP shows, too: a message never changes
    /// under its UID (RFC 3501, 2.3.1.1).
    pub fn edit(&mut self, folder: &str, uid: u32) -> u32 {
        self.changed(folder, uid, Renumbers::OnEdit, |mail| mail.bytes.extend_from_slice(b"Vermerk: erledigt.\r\n"))
    }

    /// All that gives some message another UID: a category, a flag and its removal, a note.
    pub fn handle(&mut self, folder: &str, uid: u32) -> u32 {
        let uid = self.categorise(folder, uid, "Rote Kategorie");
        let uid = self.flag(folder, uid);
        let uid = self.unflag(folder, uid);
        self.edit(folder, uid)
    }

    /// What a change of this kind does to the UID.
    fn changed(&mut self, folder: &str, uid: u32, kind: Renumbers, change: impl FnOnce(&mut Fetched)) -> u32 {
        if self.renumbers != kind {
            return uid;
        }
        self.client.select(folder);
        let mails = self.client.fetch_all();
        let mut mail = mails.into_iter().find(|mail| mail.uid == uid).expect("the message lies there");
        change(&mut mail);
        let Fetched { flags, internaldate, bytes, .. } = mail;
        let uids = self.client.append_all(folder, &[Mail { bytes, flags, internaldate: Some(internaldate) }]);
        self.client.delete(uid).unwrap_or_else(|answer| panic!("the old message of {folder}: {answer}"));
        uids[0]
    }
}
