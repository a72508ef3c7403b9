//! The conversation: earlier mails that this one answers are with an Agentur already.
//!
//! Which these are was looked up before, by hashes of Message-IDs. Whoever knows the Message-ID of a mail can claim to
//! answer it, which is as good as knowing whose mail it was; two kinds of sender say nothing by it all the same.

use crate::domain::agentur::AgenturSet;
use crate::domain::decision::{EvidenzArt, Fundort};
use crate::rules::explanation::Fundstelle;
use crate::rules::prepare::Prepared;

use super::{Finder, Fund};

/// Finds the Agenturen that the conversation is with.
#[derive(Clone, Copy, Debug)]
pub(in crate::rules) struct ConversationFinder;

impl Finder for ConversationFinder {
    fn find(&self, mail: &Prepared<'_>) -> Fund {
        // A system answers nobody. And whoever sends a customer's mail on from within the house, an Agentur that was the
        // wrong one perhaps, does not want it back.
        if mail.absender.intern || mail.absender.system.is_some() {
            return Fund::default();
        }
        let found = |&agentur| Fundstelle {
            art: EvidenzArt::Gespraech,
            agenturen: AgenturSet::from([agentur]),
            fundort: Fundort::Gespraech,
            wortlaut: "In-Reply-To/References".to_owned(),
        };
        Fund { evidenz: mail.lage.gespraech.iter().map(found).collect(), ..Fund::default() }
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::agentur::AgenturId;
    use crate::domain::message::Message;
    use crate::rules::Lage;
    use crate::rules::test_support::*;

    const INTERN: &str = "Anna.Arndt@arbeitsagentur.example";
    const ESERVICE: &str = "eservice-noreply@arbeitsagentur.example";

    #[test]
    fn a_conversation_ranks_above_all_else_and_several_choose() {
        let rules = rules();
        let to_bonn = || mail().with_to(&["Bonn@arbeitsagentur.example"]);
        let to_both = || mail().with_to(&["Bonn@arbeitsagentur.example", "Koeln@arbeitsagentur.example"]);
        let forwarded = || {
            let original = mail().with_to(&["Bonn@arbeitsagentur.example"]);
            mail().with_from(&[INTERN]).with_subject("WG: Frage").with_attached(original)
        };
        let eservice = || mail().with_from(&[ESERVICE]).with_text("Art der Veränderung: Arbeitsunfähigkeit");
        let cases: &[(&str, Message, &[AgenturId], &str)] = &[
            ("nothing but the conversation", mail(), &[KOELN], "koeln"),
            ("no conversation", mail(), &[], "kein_hinweis"),
            ("above the address", to_bonn(), &[KOELN], "koeln"),
            ("it chooses among addresses", to_both(), &[KOELN], "koeln"),
            ("the address chooses among several", to_bonn(), &[BONN, KOELN], "bonn"),
            ("and only among them", to_bonn(), &[KOELN, ESSEN], "widerspruch"),
            ("several alone", mail(), &[BONN, KOELN], "widerspruch"),
            ("another region", to_bonn(), &[KIEL], "andere_sc_region"),
            ("a kind that stays", mail().with_header("Auto-Submitted", "auto-replied"), &[KOELN], "autoreply"),
            ("a system answers nobody", eservice(), &[KOELN], "kein_hinweis"),
            ("sent on from within the house", forwarded(), &[KOELN], "bonn"),
        ];
        for (name, message, gespraech, expected) in cases {
            let decision = rules.classify(message, &Lage { gespraech, ..LAGE });
            assert_eq!(outcome(rules, &decision), *expected, "{name}: {decision:?}");
        }
        let decision = rules.classify(&to_bonn(), &Lage { gespraech: &[KOELN], ..LAGE });
        assert_eq!((decision.regel.as_str(), decision.zweiter), ("evidenz.gespraech", Some(BONN)));
    }
}
