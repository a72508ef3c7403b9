//! What is said of mails that came out otherwise than expected.

use postweiche::rules::explanation::Explanation;

use super::engine::rules;

/// Most mails shown in full.
const SHOWN: usize = 4;

/// All failures of a property.
#[derive(Debug, Default)]
pub struct Report {
    checked: usize,
    failures: Vec<String>,
}

impl Report {
    /// Notes one outcome; `what` is only asked for where it failed.
    pub fn check(&mut self, holds: bool, what: impl FnOnce() -> String) {
        self.checked += 1;
        if !holds {
            self.failures.push(what());
        }
    }

    /// Fails with all that failed.
    pub fn finish(self) {
        assert!(self.checked > 0, "nothing was checked");
        if self.failures.is_empty() {
            return;
        }
        let (failed, checked) = (self.failures.len(), self.checked);
        if let Some(dir) = std::env::var_os("POSTWEICHE_FAILURES") {
            let path =
                std::path::Path::new(&dir).join(std::thread::current().name().unwrap_or("test").replace("::", "-"));
            std::fs::write(path, self.failures.join("\n\n######\n\n")).unwrap();
        }
        let shown: Vec<String> = self.failures.into_iter().take(SHOWN).collect();
        panic!("{failed} of {checked} failed; the first of them:\n\n{}", shown.join("\n\n----------\n\n"));
    }
}

/// A mail with what was found in it.
pub fn told(raw: &[u8], explanation: &Explanation) -> String {
    let named = |agenturen: &postweiche::domain::agentur::AgenturSet| {
        agenturen.iter().map(|&id| rules().stammdaten().agentur(id).slug.clone()).collect::<Vec<_>>().join("|")
    };
    let mut text = format!(
        "{:?} {:?} by {}\n",
        explanation.decision.vorgangsart, explanation.decision.grund, explanation.decision.regel
    );
    for found in &explanation.gefunden {
        let (art, agenturen, place) = (found.art.as_str(), named(&found.agenturen), found.fundort.as_str());
        text.push_str(&format!("  found {art} {agenturen} in {place}: {}\n", found.wortlaut));
    }
    for other in &explanation.verworfen {
        let (art, why, place) = (other.art.as_str(), other.warum.as_str(), other.fundort.as_str());
        text.push_str(&format!("  ignored {art} ({why}) in {place}: {}\n", other.wortlaut));
    }
    format!("{text}\n{}", String::from_utf8_lossy(raw))
}

/// So many cases: more under stress.
pub fn cases(usual: u64) -> u64 {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    asked.unwrap_or(if std::env::var_os("POSTWEICHE_STRESS").is_some() { 20 * usual } else { usual })
}
