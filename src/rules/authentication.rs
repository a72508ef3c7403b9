//! Whether the receiving server found a sender to be forged (`Authentication-Results`, RFC 8601).

use super::fold::is_invisible;

/// Whether the topmost of these field values that this server wrote says that the sender is not who it claims to be:
/// DMARC failed or, where there is no DMARC result, SPF or DKIM failed and neither passed.
///
/// Fields of other servers, and further ones below, may come from the sender and say nothing. `server` is in lower case.
pub(super) fn failed<'v>(values: impl Iterator<Item = &'v str>, server: &str) -> bool {
    let mut values = values.map(|value| without_comments(&value.to_lowercase()));
    let Some(value) = values.find(|value| is_written_by(value, server)) else { return false };
    let results: Vec<(&str, &str)> = value.split(';').skip(1).filter_map(result).collect();
    let says = |methods: &[&str], wanted: &[&str]| {
        results.iter().any(|(method, result)| methods.contains(method) && wanted.contains(result))
    };
    if says(&["dmarc"], &["pass", "fail"]) {
        return says(&["dmarc"], &["fail"]);
    }
    says(&["spf", "dkim"], &["fail", "softfail", "permerror"]) && !says(&["spf", "dkim"], &["pass"])
}

/// Whether the field begins with the server's name, perhaps with a version behind it.
fn is_written_by(value: &str, server: &str) -> bool {
    value.split(';').next().and_then(|id| id.split_whitespace().next()) == Some(server)
}

/// `method=result` or `method/version=result` at the beginning of a statement.
fn result(statement: &str) -> Option<(&str, &str)> {
    let (method, rest) = statement.split_once('=')?;
    let method = method.split('/').next()?.trim();
    Some((method, rest.split_whitespace().next()?))
}

/// Comments in brackets go, nested ones too; one that never ends takes the rest with it.
fn without_comments(value: &str) -> String {
    let mut depth = 0_usize;
    let visible = value.chars().filter(|&c| !is_invisible(c));
    visible
        .filter(|&c| {
            let inside = depth > 0;
            match c {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            !inside && !matches!(c, '(' | ')')
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_trusted_server_is_believed_and_only_once() {
        let cases: [(&[&str], bool); 14] = [
            (&["mx.example; spf=fail smtp.mailfrom=x.example; dmarc=fail header.from=x.example"], true),
            (&["MX.example 1; spf=pass; DMARC=Fail (p=none)"], true),
            (&["mx.example; dkim=fail; spf=pass; dmarc=pass"], false),
            (&["mx.example; spf=softfail; dkim=none"], true),
            (&["mx.example; spf=fail; dkim=pass"], false),
            (&["mx.example; dmarc=none; spf=fail"], true),
            (&["mx.example (x; dmarc=fail); dmarc=pass (x=(fail))"], false),
            (&["mx.example; none"], false),
            (&["evil.example; dmarc=fail", "mx.example; dmarc=pass"], false),
            (&["mx.example; dmarc=fail", "mx.example; dmarc=pass"], true),
            (&["mx.example; dmarc=pass", "mx.example; dmarc=fail"], false),
            (&["evil.example; dmarc=fail"], false),
            (&["mx.example.evil.example; dmarc=fail", ""], false),
            (&[], false),
        ];
        for (values, expected) in cases {
            assert_eq!(failed(values.iter().copied(), "mx.example"), expected, "{values:?}");
        }
    }
}
