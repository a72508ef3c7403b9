//! Mails for tests: the samples with their truth, and small ones whose target is plain to see.

use std::path::{Path, PathBuf};

use super::imap_client::Mail;

/// A sample mail and what is known about it (`tests/samples/truth.csv`).
#[derive(Clone, Debug)]
pub struct Sample {
    pub file: PathBuf,
    pub region: String,
    /// Slug of the Agentur it belongs to under the profile `streng`; `verbleibt-sc` or `ungeklaert` if it stays.
    pub ziel_streng: String,
    /// What decides: `A`, `K`, `W`, `Mehrheit`, ...
    pub entscheidend: String,
    pub bytes: Vec<u8>,
}

impl Sample {
    /// Whether it belongs to an Agentur.
    pub fn has_agentur(&self) -> bool {
        !matches!(self.ziel_streng.as_str(), "verbleibt-sc" | "ungeklaert")
    }
}

/// All samples, in the order of their names.
pub fn samples() -> Vec<Sample> {
    let dir = repository().join("tests/samples");
    let rows = rows(&dir.join("truth.csv"), ["file", "region", "ziel_streng", "entscheidend"]);
    rows.into_iter()
        .map(|[file, region, ziel_streng, entscheidend]| {
            let file = dir.join(file);
            let bytes = std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            Sample { file, region, ziel_streng, entscheidend, bytes }
        })
        .collect()
}

/// An Agentur of the shipped master data.
#[derive(Clone, Debug)]
pub struct Agentur {
    pub slug: String,
    pub region: String,
    /// Its folder in the mailbox of its region.
    pub folder: String,
    /// An address of its own: mail to it goes there.
    pub address: String,
}

/// All Agenturen of the shipped master data.
pub fn agenturen() -> Vec<Agentur> {
    let rows = rows(&repository().join("config/stammdaten/agenturen.csv"), ["slug", "sc_region", "ordner"]);
    let addresses = self::rows(&repository().join("config/stammdaten/liegenschaften.csv"), ["agentur", "adresse"]);
    rows.into_iter()
        .map(|[slug, region, ordner]| {
            let address = addresses.iter().find(|[agentur, _]| *agentur == slug);
            let [_, address] = address.unwrap_or_else(|| panic!("no address of {slug}")).clone();
            Agentur { slug, region, folder: format!("INBOX/{ordner}"), address }
        })
        .collect()
}

/// A mail whose only evidence is the address it was sent to. `number` tells it from others.
pub fn to(local_part: &str, number: usize) -> Mail {
    let text = format!(
        "From: kunde-{number}@post.example\r\nTo: {local_part}@arbeitsagentur.example\r\nSubject: Anfrage {number}\r\n\
         Date: Tue, 16 Apr 2024 09:12:00 +0200\r\nMessage-ID: <anfrage-{number}@post.example>\r\n\r\nGuten Tag,\r\n\
         ich habe eine Frage.\r\n"
    );
    Mail { internaldate: Some(format!("16-Apr-2024 09:{:02}:00 +0200", number % 60)), ..Mail::new(text) }
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// These columns of a CSV file.
fn rows<const N: usize>(file: &Path, columns: [&str; N]) -> Vec<[String; N]> {
    let mut reader = csv::Reader::from_path(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let header = reader.headers().expect("the file has a header").clone();
    let places = columns.map(|column| {
        header.iter().position(|name| name == column).unwrap_or_else(|| panic!("{}: no {column}", file.display()))
    });
    let records = reader.records().map(|record| record.unwrap_or_else(|error| panic!("{}: {error}", file.display())));
    records.map(|record| places.map(|place| record[place].to_string())).collect()
}
