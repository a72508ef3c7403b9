//! The Agenturen of the example master data, read as they are shipped.

use std::path::Path;

use crate::support::dovecot::SC_REGIONS;

/// An Agentur with its folder and its addresses.
#[derive(Clone, Debug)]
pub struct Agentur {
    /// Index into [`SC_REGIONS`].
    pub account: usize,
    pub folder: String,
    pub addresses: Vec<String>,
}

/// All Agenturen that have an address.
pub fn read() -> Vec<Agentur> {
    let addresses = table("liegenschaften.csv", ["agentur", "adresse"]);
    let agenturen =
        table("agenturen.csv", ["slug", "sc_region", "ordner"]).into_iter().map(|[slug, region, ordner]| {
            let account = SC_REGIONS.iter().position(|name| *name == region);
            Agentur {
                account: account.unwrap_or_else(|| panic!("agenturen.csv names the unknown region {region}")),
                folder: format!("INBOX/{ordner}"),
                addresses: addresses.iter().filter(|row| row[0] == slug).map(|row| row[1].clone()).collect(),
            }
        });
    agenturen.filter(|agentur| !agentur.addresses.is_empty()).collect()
}

fn table<const N: usize>(name: &str, columns: [&str; N]) -> Vec<[String; N]> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/stammdaten").join(name);
    let mut reader = csv::Reader::from_path(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let headers = reader.headers().expect("a header line").clone();
    let indices = columns.map(|column| {
        headers.iter().position(|header| header == column).unwrap_or_else(|| panic!("{name} has no column {column}"))
    });
    reader
        .records()
        .map(|record| record.expect("a valid row"))
        .map(|record| indices.map(|i| record[i].into()))
        .collect()
}
