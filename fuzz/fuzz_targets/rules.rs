//! Any rule file is compiled or refused, and what is wrong with it can be shown.
//!
//! The first byte says which of the shipped files is replaced, and how: by the bytes that follow, or by itself with the
//! edits that follow (place, length of what goes, length of what comes, what comes).
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use postweiche::diagnostic::{Source, has_errors, render};
use postweiche::domain::stammdaten::Stammdaten;
use postweiche::rules::compile;

static FILES: LazyLock<Vec<Source>> = LazyLock::new(postweiche_fuzz::rule_files);
/// None at all: what is tested is the reading of rules.
static STAMMDATEN: LazyLock<Arc<Stammdaten>> = LazyLock::new(|| Arc::new(Stammdaten::new(Vec::new())));

fuzz_target!(|input: &[u8]| {
    let Some((&choice, rest)) = input.split_first() else { return };
    let mut files = FILES.clone();
    let index = usize::from(choice) / 2 % files.len();
    let bytes = if choice % 2 == 0 { rest.to_vec() } else { edited(files[index].text.as_bytes(), rest) };
    let Ok(text) = String::from_utf8(bytes) else { return };
    files[index].text = text.into();
    let (rules, problems) = compile(&files, STAMMDATEN.clone(), &[]);
    assert_eq!(rules.is_none(), has_errors(&problems), "no rules means that something is said about it");
    render(&problems, false);
});

fn edited(file: &[u8], mut edits: &[u8]) -> Vec<u8> {
    let mut bytes = file.to_vec();
    while let [high, low, goes, comes, rest @ ..] = edits {
        let at = usize::from(u16::from_be_bytes([*high, *low])) % (bytes.len() + 1);
        let end = (at + usize::from(goes % 32)).min(bytes.len());
        let (new, rest) = rest.split_at(usize::from(comes % 32).min(rest.len()));
        bytes.splice(at..end, new.iter().copied());
        edits = rest;
    }
    bytes
}
