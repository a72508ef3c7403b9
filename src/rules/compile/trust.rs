//! Compiles how the receiving server confirms a sender.

use crate::diagnostic::Source;
use crate::rules::authentication::{Pruefung, Server, Vertrauenskopf};
use crate::rules::file::{self, Word};

use super::Compiler;

/// Stands for a server that leaves its name out; no name of a server can hold brackets.
const OHNE_NAMEN: &str = "(ohne Namen)";

impl Compiler<'_, '_> {
    pub(super) fn pruefung(&mut self, source: &Source, haus: &file::Haus) -> Pruefung {
        Pruefung {
            server: haus.pruefender_server.as_ref().and_then(|word| self.server(source, word)),
            vertrauenskopf: haus.vertrauenskopf.as_ref().map(|kopf| self.vertrauenskopf(source, kopf)),
        }
    }

    fn server(&mut self, source: &Source, word: &Word) -> Option<Server> {
        let name = word.get_ref();
        if name == OHNE_NAMEN {
            return Some(Server::OhneNamen);
        }
        if name.is_empty() || name.contains([' ', ';', '(', '=']) {
            let title = format!("{name:?} is not the name of a mail server");
            let help = format!("copy the first word of its Authentication-Results, or write {OHNE_NAMEN:?}");
            self.problem(source, word.span(), title, Some(help));
            return None;
        }
        Some(Server::Name(name.to_lowercase()))
    }

    fn vertrauenskopf(&mut self, source: &Source, kopf: &file::Vertrauenskopf) -> Vertrauenskopf {
        self.header_name(source, kopf.name.get_ref(), kopf.name.span());
        self.filled(source, kopf.werte.get_ref(), kopf.werte.span());
        let werte = self.words(source, kopf.werte.get_ref());
        Vertrauenskopf {
            name: kopf.name.get_ref().to_ascii_lowercase(),
            werte: werte.into_iter().map(|wert| wert.trim().to_lowercase()).collect(),
        }
    }
}
