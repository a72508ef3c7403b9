//! Dates in folded text, as people write them, measured against the day a mail arrived.

use jiff::civil::Date;
use regex::{Captures, Regex};

/// The words of the calendar, from the rule files, as expressions over folded text.
#[derive(Clone, Debug)]
pub(super) struct Kalender {
    date: Regex,
    begin: Regex,
    until: Regex,
    /// Folded names of each month.
    monate: Vec<Vec<String>>,
    /// Words of `until` behind which something ends; the others tell since when it is so.
    bis: Vec<String>,
    /// What stands for *today* behind a word of `begin`.
    sofort: Vec<String>,
}

/// Words of a calendar, folded.
#[derive(Clone, Debug, Default)]
pub(super) struct Kalenderworte {
    /// Names of the twelve months, each with how it is shortened.
    pub monate: Vec<Vec<String>>,
    /// `ab`: something begins.
    pub beginn: Vec<String>,
    /// `sofort`: and it is now.
    pub sofort: Vec<String>,
    /// `bis`: something ends.
    pub bis: Vec<String>,
    /// `seit`: it has begun.
    pub seit: Vec<String>,
    /// `zum`, `dem`: may stand between such a word and the day.
    pub davor: Vec<String>,
}

impl Kalender {
    /// Compiles the words.
    ///
    /// # Errors
    /// If there are too many for an expression.
    pub fn new(worte: &Kalenderworte) -> Result<Self, regex::Error> {
        let any = |words: &mut dyn Iterator<Item = &String>| {
            let mut words: Vec<&String> = words.collect();
            // The longer one first: `juni` before `jun`.
            words.sort_by_key(|word| std::cmp::Reverse(word.len()));
            words.into_iter().map(|word| regex::escape(word)).collect::<Vec<_>>().join("|")
        };
        let months = any(&mut worte.monate.iter().flatten());
        let davor = any(&mut worte.davor.iter());
        // `2024-07-01`; `1.7.2024`, `01/07/24`, `1.7.`; `07/2024`; `1. juli 2024`; `juli 2024`, `july 1, 2024`.
        let date = format!(
            r"(?x)
            \b(?<iy>20\d{{2}})[-/.](?<im>\d{{1,2}})[-/.](?<id>\d{{1,2}})\b
          | \b(?<fd>\d{{1,2}})\s?[-/.\ ]\s?(?<fm>\d{{1,2}})\s?[-/.\ ]\s?(?<fy>\d{{4}}|\d{{2}})\b
          | \b(?<nd>\d{{1,2}})\.\s?(?<nm>\d{{1,2}})(?:\.|\b)
          | \b(?<ym>\d{{1,2}})[/.](?<yy>20\d{{2}})\b
          | \b(?<td>\d{{1,2}})\.?\s?(?<tm>{months})\b\.?(?:\s+(?<ty>\d{{4}}|\d{{2}})\b)?
          | \b(?<mm>{months})\b\.?(?:\s+(?<md>\d{{1,2}})(?:st|nd|rd|th)\b,?|\s+(?<me>\d{{1,2}}),)?(?:\s+(?<my>\d{{4}}|\d{{2}})\b)?
            "
        );
        let begin = format!(r"\b(?:{})\s+(?:(?:{davor})\s+)?(.{{0,24}})", any(&mut worte.beginn.iter()));
        let until = format!(r"\b({})\s+(?:(?:{davor})\s+)*$", any(&mut worte.bis.iter().chain(&worte.seit)));
        Ok(Kalender {
            date: Regex::new(&date)?,
            begin: Regex::new(&begin)?,
            until: Regex::new(&until)?,
            monate: worte.monate.clone(),
            bis: worte.bis.clone(),
            sofort: worte.sofort.clone(),
        })
    }

    /// Whether a text says that something begins after `tag`: a later day, or *ab* and something that is no day before. A
    /// day without a year is the nearest one. Days on which something ends, and those since when it is so, say nothing.
    pub fn begins_later(&self, text: &str, tag: Date) -> bool {
        self.names_a_later_day(text, tag)
            || self.begin.captures_iter(text).any(|found| {
                let when = found.get(1).map_or("", |when| when.as_str());
                let day = self.date.captures(when).filter(|day| day.get(0).is_some_and(|whole| whole.start() == 0));
                match day.and_then(|day| self.day(&day, tag)) {
                    // The later reading has been looked at above.
                    Some(day) => day > tag,
                    None => !self.sofort.iter().any(|now| when.starts_with(now.as_str())),
                }
            })
    }

    /// Whether a text names a day after `tag`, other than one on which something ends.
    pub fn names_a_later_day(&self, text: &str, tag: Date) -> bool {
        self.date.captures_iter(text).any(|found| {
            let start = found.get(0).map_or(0, |whole| whole.start());
            let days = || [self.day(&found, tag), month_first(&found)].into_iter().flatten();
            days().any(|date| date > tag) && !self.until.is_match(tail(text, start))
        })
    }

    /// Whether a text says that something lasted until a day that is over.
    pub fn ended_before(&self, text: &str, tag: Date) -> bool {
        self.date.captures_iter(text).any(|found| {
            let start = found.get(0).map_or(0, |whole| whole.start());
            let word = self.until.captures(tail(text, start)).and_then(|word| word.get(1));
            let ends = word.is_some_and(|word| self.bis.iter().any(|bis| bis == word.as_str()));
            ends && self.day(&found, tag).is_some_and(|date| date <= tag)
        })
    }

    /// A text without its dates.
    pub fn without_dates(&self, text: &str) -> String {
        self.date.replace_all(text, " ").into_owned()
    }

    fn day(&self, found: &Captures<'_>, tag: Date) -> Option<Date> {
        let number = |names: &[&str]| {
            names.iter().find_map(|name| found.name(name)).and_then(|digits| digits.as_str().parse::<i16>().ok())
        };
        let named = found.name("tm").or_else(|| found.name("mm")).and_then(|name| self.month(name.as_str()));
        let month = number(&["im", "fm", "nm", "ym"]).and_then(|month| i8::try_from(month).ok()).or(named)?;
        let day = number(&["id", "fd", "nd", "td", "md", "me"]).map_or(Some(1), |day| i8::try_from(day).ok())?;
        match number(&["iy", "fy", "yy", "ty", "my"]) {
            Some(year) if year >= 100 => Date::new(year, month, day).ok(),
            // Two digits: nobody plans more than ten years ahead.
            Some(year) if 2000 + year <= tag.year() + 10 => Date::new(2000 + year, month, day).ok(),
            Some(year) => Date::new(1900 + year, month, day).ok(),
            None => nearest(month, day, tag),
        }
    }

    fn month(&self, name: &str) -> Option<i8> {
        let index = self.monate.iter().position(|names| names.iter().any(|known| known == name))?;
        i8::try_from(index + 1).ok()
    }
}

/// The few words before a place.
fn tail(text: &str, end: usize) -> &str {
    const BEFORE: usize = 40;
    &text[text.floor_char_boundary(end.saturating_sub(BEFORE))..end]
}

/// What stands behind the last comma.
pub(super) fn last_clause(text: &str) -> &str {
    text.rfind([',', ';']).map_or(text, |at| &text[at + 1..])
}

/// `05/01/2024` as people write it who put the month first.
fn month_first(found: &Captures<'_>) -> Option<Date> {
    let number = |name: &str| found.name(name).and_then(|digits| digits.as_str().parse::<i16>().ok());
    let is_slashed = found.get(0)?.as_str().contains('/');
    let (month, day, year) = (number("fd")?, number("fm")?, number("fy")?);
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    Date::new(year, month, day).ok().filter(|_| is_slashed)
}

/// The date of this day in the year before, in the same or in the next that is nearest to `tag`.
fn nearest(month: i8, day: i8, tag: Date) -> Option<Date> {
    let years = [tag.year() - 1, tag.year(), tag.year() + 1];
    let dates = years.into_iter().filter_map(|year| Date::new(year, month, day).ok());
    dates.min_by_key(|date| tag.until(*date).map_or(i32::MAX, |span| span.get_days().abs()))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::rules::test_support::rules;

    const TAG: Date = date(2024, 4, 16);

    fn kalender() -> &'static Kalender {
        &rules().regeln.residence.worte.sprache.kalender
    }

    #[test]
    fn later_days_in_all_their_spellings() {
        for (text, later) in [
            ("neue anschrift ab 01.07.2024: x", true),
            ("ab 1.7.24", true),
            ("ab 1.5.", true),
            ("ab 1.5", true),
            ("ab 01/05/2024", true),
            ("ab 1-5-24", true),
            ("ab 1 5 2024", true),
            ("ab 05/2024", true),
            ("ab 2024/05/01", true),
            ("ab dem 1. juli", true),
            ("ab 1.juli 2024", true),
            ("ab 1. januar 25", true),
            ("ab januar 25", true),
            ("ab juli", true),
            ("ab mai 2024", true),
            ("from july 1, 2024", true),
            ("from 1 july 2024", true),
            ("from 05/01/2024", true),
            ("ab 2024-07-01", true),
            ("zum 15.04.2024 und zum 1.6.2024", true),
            ("ab sommer", true),
            ("ab naechster woche", true),
            ("od 1 maja", true),
            ("ab 01.03.2024", false),
            ("ab 16.04.2024", false),
            ("ab sofort", false),
            ("seit 1.12.", false),
            ("ab 1.12.", false),
            ("bis zum 31.12.2024 gilt", false),
            ("seit dem 1. juni 2023", false),
            ("geb. 01.07.1980", false),
            ("geb. 12.05.60", false),
            ("ab 1.4.", false),
            ("hauptstr. 12, 52349 dueren", false),
            ("maiwald 5", false),
            ("", false),
        ] {
            assert_eq!(kalender().begins_later(text, TAG), later, "{text}");
        }
        assert!(kalender().begins_later("ab 1.1.", date(2024, 11, 20)));
    }

    #[test]
    fn what_is_over() {
        for (text, over) in [
            ("bis 31.03.2024", true),
            ("(gueltig bis zum 31.3.)", true),
            ("bis februar", true),
            ("bis 30.06.2024", false),
            ("seit 31.03.2024", false),
            ("31.03.2024", false),
        ] {
            assert_eq!(kalender().ended_before(text, TAG), over, "{text}");
        }
        assert_eq!(kalender().without_dates("seit dem 1. juli 2024 in"), "seit dem   in");
        assert_eq!(last_clause("a, b"), " b");
    }

    #[test]
    fn days_and_their_years() {
        let day = |text: &str| {
            let found = kalender().date.captures(text)?;
            kalender().day(&found, TAG)
        };
        for (text, expected) in [
            ("1.7.34", Some(date(2034, 7, 1))),
            ("1.7.35", Some(date(1935, 7, 1))),
            ("1.7.", Some(date(2024, 7, 1))),
            ("1.12.", Some(date(2023, 12, 1))),
            ("1.1.", Some(date(2024, 1, 1))),
            ("07/2025", Some(date(2025, 7, 1))),
            ("juli", Some(date(2024, 7, 1))),
            ("july 2nd", Some(date(2024, 7, 2))),
            ("july 2, 2025", Some(date(2025, 7, 2))),
            ("31.2.2024", None),
            ("1.13.2024", None),
            ("29.2.", Some(date(2024, 2, 29))),
        ] {
            assert_eq!(day(text), expected, "{text}");
        }
        for (text, later) in [
            ("am 17.4.2024", true),
            ("am 16.4.2024", false),
            ("seit 1.7.2024", false),
            ("bis 1.7.2024", false),
            ("bis zum 1.7.2024 oder am 2.7.2024", true),
            ("05/01/2024", true),
            ("05.01.2024", false),
            ("ab sommer", false),
        ] {
            assert_eq!(kalender().names_a_later_day(text, TAG), later, "{text}");
        }
        for (text, later) in [
            ("ab 16.4.2024", false),
            ("ab 17.4.2024", true),
            ("ab heute", false),
            ("ab dem sommer", true),
            ("ab sommer am 1.4.2024", true),
            ("absatz", false),
        ] {
            assert_eq!(kalender().begins_later(text, TAG), later, "{text}");
        }
        assert!(kalender().ended_before("bis 16.4.2024", TAG) && !kalender().ended_before("bis 17.4.2024", TAG));
        // A word far before says nothing about the day.
        let far = |count: usize| format!("bis {}1.7.2024", "dem ".repeat(count));
        assert!(!kalender().names_a_later_day(&far(9), TAG) && kalender().names_a_later_day(&far(10), TAG));
        assert_eq!((last_clause("a; b, c"), last_clause("a")), (" c", "a"));
    }
}
