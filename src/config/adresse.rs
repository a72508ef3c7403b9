//! What counts as a mail address in files that admins write.

/// Whether this is one bare address `name@domain`: no display name, no blanks, no wildcards.
pub fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let plain = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || "@<>*,;\"".contains(c));
    plain(local) && plain(domain) && !domain.starts_with('.') && !domain.ends_with('.')
}
