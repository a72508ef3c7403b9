//! The folder of an Agentur on this server.

use crate::domain::id::FolderName;

/// Turns a path with `/` as hierarchy into the name of a folder on a server with this separator.
///
/// `None` if such a folder cannot exist there: a component that itself holds the separator would become two levels.
/// Nothing is guessed and no prefix is added. Only a first component INBOX ignores case (RFC 3501, 5.1).
pub fn target_folder(path: &str, separator: Option<char>) -> Option<FolderName> {
    let mut components: Vec<&str> = path.split('/').collect();
    if components.iter().any(|component| component.is_empty()) {
        return None;
    }
    if components[0].eq_ignore_ascii_case("INBOX") {
        components[0] = "INBOX";
    }
    match separator {
        None => (components.len() == 1).then(|| FolderName(components[0].to_owned())),
        Some(separator) => {
            let splits = components.iter().any(|component| component.contains(separator));
            (!splits).then(|| FolderName(components.join(separator.encode_utf8(&mut [0; 4]))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_becomes_a_name_or_nothing() {
        for (path, separator, expected) in [
            ("INBOX/Agentur Düsseldorf", Some('/'), Some("INBOX/Agentur Düsseldorf")),
            ("inbox/Agentur X", Some('.'), Some("INBOX.Agentur X")),
            ("INBOX/Agentur St. Wendel", Some('.'), None),
            ("INBOX/Agentur St. Wendel", Some('/'), Some("INBOX/Agentur St. Wendel")),
            ("Inboxen/X", Some('/'), Some("Inboxen/X")),
            ("INBOX//X", Some('/'), None),
            ("X", None, Some("X")),
            ("INBOX/X", None, None),
        ] {
            assert_eq!(target_folder(path, separator).map(|folder| folder.0).as_deref(), expected, "{path}");
        }
    }
}
