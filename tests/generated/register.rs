//! The shipped master data, read a second time and on their own, so that the expectation does not rest on the program.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::rng::Rng;

/// Agenturen by their key (slug).
pub type Agenturen = BTreeSet<String>;

/// One Agentur with what belongs to it.
#[derive(Clone, Debug)]
pub struct Agentur {
    pub slug: String,
    pub name: String,
    pub region: String,
    /// Addresses of its offices.
    pub adressen: Vec<String>,
    /// Postcodes that belong to it alone.
    pub plz: Vec<String>,
    /// Towns that belong to it alone.
    pub orte: Vec<String>,
    /// Numbers that lead to it alone; abolished ones, too.
    pub dienststellen: Vec<String>,
}

/// All of it.
#[derive(Debug)]
pub struct Register {
    /// In file order.
    pub agenturen: Vec<Agentur>,
    pub plz: BTreeMap<String, Agenturen>,
    pub dienststellen: BTreeMap<String, Agenturen>,
    /// Postcodes of several Agenturen.
    pub geteilte_plz: Vec<String>,
    /// Postcodes of P.O. boxes and bulk receivers.
    pub sonstige_plz: Vec<String>,
}

impl Register {
    pub fn load() -> Self {
        let mut agenturen: Vec<Agentur> = rows("agenturen.csv")
            .into_iter()
            .map(|row| Agentur {
                slug: row["slug"].clone(),
                name: row["name"].clone(),
                region: row["sc_region"].clone(),
                adressen: Vec::new(),
                plz: Vec::new(),
                orte: Vec::new(),
                dienststellen: Vec::new(),
            })
            .collect();
        let by_slug: BTreeMap<String, usize> =
            agenturen.iter().enumerate().map(|(index, agentur)| (agentur.slug.clone(), index)).collect();
        for row in rows("liegenschaften.csv") {
            agenturen[by_slug[&row["agentur"]]].adressen.push(row["adresse"].clone());
        }
        let (zustellung, sonstige): (Vec<Row>, Vec<Row>) =
            rows("plz.csv").into_iter().partition(|row| row["art"] == "zustellung");
        let plz = collect(zustellung, "plz");
        let dienststellen = collect(rows("dienststellen.csv"), "dienststelle");
        // Another spelling of the same town is the same town.
        let mut orte: BTreeMap<String, (String, Agenturen)> = BTreeMap::new();
        for (ort, theirs) in collect(rows("orte.csv"), "ort") {
            orte.entry(plain(&ort)).or_insert_with(|| (ort, Agenturen::new())).1.extend(theirs);
        }
        let orte: BTreeMap<String, Agenturen> = orte.into_values().collect();
        for (all, list) in [(&plz, 0), (&orte, 1), (&dienststellen, 2)] {
            for (key, theirs) in all.iter().filter(|(_, theirs)| theirs.len() == 1) {
                let agentur = &mut agenturen[by_slug[theirs.first().unwrap()]];
                [&mut agentur.plz, &mut agentur.orte, &mut agentur.dienststellen][list].push(key.clone());
            }
        }
        let geteilte_plz = plz.iter().filter(|(_, theirs)| theirs.len() > 1).map(|(plz, _)| plz.clone()).collect();
        let sonstige_plz =
            sonstige.into_iter().map(|row| row["plz"].clone()).filter(|plz_| !plz.contains_key(plz_)).collect();
        Register { agenturen, plz, dienststellen, geteilte_plz, sonstige_plz }
    }

    pub fn by_slug(&self, slug: &str) -> &Agentur {
        self.agenturen.iter().find(|agentur| agentur.slug == slug).unwrap()
    }

    /// Any Agentur but these.
    pub fn other(&self, rng: &mut Rng, but: &[&str]) -> &Agentur {
        loop {
            let agentur = rng.pick(&self.agenturen);
            if !but.contains(&agentur.slug.as_str()) {
                return agentur;
            }
        }
    }
}

type Row = BTreeMap<String, String>;

fn rows(file: &str) -> Vec<Row> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("config/stammdaten").join(file);
    let mut reader = csv::Reader::from_path(path).unwrap();
    let headers = reader.headers().unwrap().clone();
    let row = |record: csv::StringRecord| {
        headers.iter().zip(record.iter()).map(|(k, v)| (k.to_owned(), v.to_owned())).collect()
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

/// Key to Agenturen; a cell may hold several, and a key may have several rows.
fn collect(rows: Vec<Row>, key: &str) -> BTreeMap<String, Agenturen> {
    let mut all: BTreeMap<String, Agenturen> = BTreeMap::new();
    for row in rows {
        all.entry(row[key].clone()).or_default().extend(row["agentur"].split('|').map(str::to_owned));
    }
    all
}

/// A town's name without case, umlauts and signs.
pub fn plain(name: &str) -> String {
    let name = name.to_lowercase().replace('ä', "ae").replace('ö', "oe").replace('ü', "ue").replace('ß', "ss");
    name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
