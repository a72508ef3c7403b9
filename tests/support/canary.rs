//! Words whose finding would betray a leak.
//!
//! [`Canaries`] are looked for in bytes, as they are and in the forms in which a careless program might keep them. What
//! a test has [`plant`]ed is looked for in everything that the binary says from then on (see [`super::binary`]).

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;

use aho_corasick::AhoCorasick;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// Words to look for.
#[derive(Clone, Debug, Default)]
pub struct Canaries(BTreeSet<String>);

/// What was planted in this process.
static PLANTED: Mutex<Canaries> = Mutex::new(Canaries(BTreeSet::new()));

/// From now on no run of the binary may say any of these; `explain` and `test` may, on standard output.
pub fn plant(canaries: &Canaries) {
    PLANTED.lock().expect("nobody panics here").0.extend(canaries.0.iter().cloned());
}

/// What was planted so far.
pub fn planted() -> Canaries {
    PLANTED.lock().expect("nobody panics here").clone()
}

impl Canaries {
    pub fn new(words: impl IntoIterator<Item = impl Into<String>>) -> Canaries {
        Canaries(words.into_iter().map(Into::into).collect())
    }

    /// Words of a mail that nobody may find again: sender, subject, Message-ID, customer numbers.
    pub fn of_mail(mail: &[u8]) -> Canaries {
        let text = String::from_utf8_lossy(mail);
        let header = text.split("\r\n\r\n").next().unwrap_or_default().split("\n\n").next().unwrap_or_default();
        let header = header.replace("\r\n ", " ").replace("\n ", " ");
        let field = |name: &str| {
            let line = header.lines().find(|line| line.to_ascii_lowercase().starts_with(&format!("{name}:")));
            line.and_then(|line| line.split_once(':')).map_or("", |(_, value)| value.trim()).to_string()
        };
        let mut words = vec![field("message-id")];
        words.extend(field("from").split(['<', '>', '"']).map(|part| part.trim().to_string()));
        let subject = field("subject");
        words.extend(subject.split(|c: char| !c.is_alphanumeric()).map(str::to_string));
        let numbers = text
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|word| word.len() == 10 && word.bytes().filter(u8::is_ascii_digit).count() == 9);
        words.extend(numbers.map(str::to_string));
        words.retain(|word| word.len() > 6);
        Canaries::new(words)
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn extend(&mut self, more: Canaries) {
        self.0.extend(more.0);
    }

    /// Those that stand in these bytes: as they are, in UTF-16, hexadecimal or BASE64.
    pub fn found_in(&self, bytes: &[u8]) -> BTreeSet<&str> {
        let (words, forms): (Vec<&str>, Vec<Vec<u8>>) =
            self.0.iter().flat_map(|word| forms(word).into_iter().map(move |form| (word.as_str(), form))).unzip();
        let search = AhoCorasick::new(forms).expect("there are few canaries");
        search.find_overlapping_iter(bytes).map(|found| words[found.pattern().as_usize()]).collect()
    }

    /// # Panics
    ///
    /// If one of them stands in these bytes. The text shows the surroundings of the first.
    pub fn check(&self, what: &str, bytes: &[u8]) {
        let found = self.found_in(bytes);
        if let Some(first) = found.first() {
            let text = String::from_utf8_lossy(bytes);
            let around = text.lines().find(|line| line.contains(*first)).unwrap_or_default();
            panic!("{what} holds {found:?}: {around}");
        }
    }

    /// The same for all files of a directory and below, and their names. Returns how many there are.
    pub fn check_directory(&self, dir: &Path) -> usize {
        let entries = std::fs::read_dir(dir).expect("the directory can be read");
        let files = entries.map(|entry| entry.expect("the directory can be read").path()).map(|path| {
            let name = path.display().to_string();
            self.check("a file name", name.as_bytes());
            if path.is_dir() {
                return self.check_directory(&path);
            }
            self.check(&name, &std::fs::read(&path).expect("the file can be read"));
            1
        });
        files.sum()
    }
}

/// The forms in which a word may have been kept.
fn forms(word: &str) -> Vec<Vec<u8>> {
    let utf16 = |bytes: fn(u16) -> [u8; 2]| word.encode_utf16().flat_map(bytes).collect();
    let hex = |digits: fn(u8) -> String| word.bytes().map(digits).collect::<String>().into_bytes();
    let mut forms = vec![
        word.into(),
        utf16(u16::to_le_bytes),
        utf16(u16::to_be_bytes),
        hex(|byte| format!("{byte:02x}")),
        hex(|byte| format!("{byte:02X}")),
    ];
    forms.extend((0..3).map(|shift| base64_form(word, shift)).filter(|form| form.len() >= 6));
    forms
}

/// What surely stands in the BASE64 of a text that holds the word after this many bytes of a group of three.
fn base64_form(word: &str, shift: usize) -> Vec<u8> {
    let padded = [&b"\0\0"[..shift], word.as_bytes()].concat();
    let whole = &padded[..padded.len() / 3 * 3];
    // The first characters depend on what stands before the word.
    STANDARD_NO_PAD.encode(whole).into_bytes()[[0, 2, 3][shift]..].to_vec()
}
