//! How German Outlook shows what IMAP names.

/// The parts of a folder path with `/` as hierarchy, from the mailbox down. INBOX is called "Posteingang".
pub fn pfad(path: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = path.split('/').collect();
    if let Some(first) = parts.first_mut().filter(|first| first.eq_ignore_ascii_case("INBOX")) {
        *first = "Posteingang";
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_part_can_be_the_inbox() {
        for (path, shown) in [
            ("INBOX/Agentur Kiel", "Posteingang > Agentur Kiel"),
            ("inbox/Agentur Kiel/Bearbeitet/AU", "Posteingang > Agentur Kiel > Bearbeitet > AU"),
            ("Agentur Kiel/INBOX", "Agentur Kiel > INBOX"),
        ] {
            assert_eq!(pfad(path).join(" > "), shown);
        }
    }
}
