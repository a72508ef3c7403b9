//! `{ file = ... }`, `{ env = ... }` or `{ credential = ... }`: where a secret stands.
//!
//! No message of this file shows text of the configuration, since it might be the secret.

use std::ops::Range;

use toml::de::DeValue;

use super::Surroundings;
use crate::config::SecretSource;
use crate::config::redact::{is_credential_name, is_variable_name};
use crate::config::table::{Findings, TableReader, type_name};

const HOW: &str = "write { file = \"...\" }, { env = \"...\" } or { credential = \"...\" }";

/// The source of a secret, if the key is there and right.
pub fn secret_source(
    table: &mut TableReader<'_>,
    findings: &mut Findings,
    key: &'static str,
    surroundings: &Surroundings,
) -> Option<SecretSource> {
    let value = table.value(key)?;
    if findings.broken && value.span().is_empty() {
        // The parser's stand-in for a value it could not read and has reported.
        return None;
    }
    let what = format!("{}: \"{key}\"", table.what());
    let refuse = |findings: &mut Findings, span: Range<usize>, title: &str, help: &str| {
        let problem = findings.error_without_text(span, &format!("{what} {title}")).help(help);
        findings.push(problem);
    };
    let source = match value.get_ref() {
        DeValue::Table(source) => source,
        DeValue::String(_) => {
            let help = format!("{HOW}; change the secret, since it has been in a file that many can read");
            refuse(findings, value.span(), "holds the secret itself", &help);
            return None;
        }
        other => {
            let title = format!("must say where the secret stands, but is {}", type_name(other));
            refuse(findings, value.span(), &title, HOW);
            return None;
        }
    };
    let mut reader = TableReader::new(what.clone(), value.span(), source);
    let file = reader.text(findings, "file");
    let env = reader.text(findings, "env");
    let credential = reader.text(findings, "credential");
    let given = ["file", "env", "credential"].into_iter().filter(|key| source.contains_key(*key)).count();
    reader.finish(findings);
    if given != 1 {
        if !findings.broken {
            refuse(findings, value.span(), &format!("names {given} places, and must name exactly one"), HOW);
        }
        return None;
    }
    if let Some(path) = file {
        return Some(SecretSource::File(surroundings.resolve(path.get_ref())));
    }
    if let Some(name) = env {
        if is_variable_name(name.get_ref()) {
            return Some(SecretSource::Env((*name.get_ref()).to_owned()));
        }
        refuse(
            findings,
            name.span(),
            "names no environment variable",
            "letters, digits and _ only; never the secret itself",
        );
        return None;
    }
    let name = credential?;
    if is_credential_name(name.get_ref()) {
        return Some(SecretSource::Credential((*name.get_ref()).to_owned()));
    }
    refuse(
        findings,
        name.span(),
        "names no credential",
        "the name given to LoadCredential=, without a path; never the secret itself",
    );
    None
}
