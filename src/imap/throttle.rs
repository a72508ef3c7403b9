//! How long an overloaded Exchange asks to be left alone.

use std::time::Duration;

const WORDS: &str = "suggested backoff time:";
/// Longer waits are not believed.
const LONGEST: Duration = Duration::from_secs(3600);

/// The wait in a refusal such as `Request is throttled. Suggested Backoff Time: 92415 milliseconds` (it comes as NO and as
/// BAD), at most one hour.
pub fn suggested_wait(text: &str) -> Option<Duration> {
    // ASCII lower case keeps byte positions and digits.
    let text = text.to_ascii_lowercase();
    let (_, after) = text.split_once(WORDS)?;
    let after = after.trim_start();
    let digits = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = after.split_at(digits);
    if number.is_empty() {
        return None;
    }
    // Only an overflow is left as an error.
    let number = number.parse().unwrap_or(u64::MAX);
    let wait = match unit.trim_start() {
        unit if unit.starts_with("second") => Duration::from_secs(number),
        unit if unit.starts_with("minute") => Duration::from_secs(number.saturating_mul(60)),
        _ => Duration::from_millis(number),
    };
    Some(wait.min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_in_refusals() {
        for (text, milliseconds) in [
            ("Request is throttled. Suggested Backoff Time: 92415 milliseconds", Some(92_415)),
            ("request is throttled. suggested backoff time: 0 MILLISECONDS.", Some(0)),
            ("Suggested Backoff Time:5", Some(5)),
            ("Suggested Backoff Time: 7 seconds", Some(7_000)),
            ("Suggested Backoff Time: 2 minutes", Some(120_000)),
            ("Suggested Backoff Time: 99999999 milliseconds", Some(3_600_000)),
            ("Suggested Backoff Time: 99999999999999999999999 milliseconds", Some(3_600_000)),
            ("Suggested Backoff Time: -5 milliseconds", None),
            ("Suggested Backoff Time: soon", None),
            ("Suggested Backoff Time:", None),
            ("Server Unavailable. 15", None),
            ("", None),
        ] {
            assert_eq!(suggested_wait(text), milliseconds.map(Duration::from_millis), "{text}");
        }
    }
}
