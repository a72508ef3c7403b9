//! Dates and periods in cells.

use jiff::civil::Date;

use super::csv_file::{Cell, Column, Row, optional};
use crate::diagnostic::Diagnostic;
use crate::domain::agentur::Gueltigkeit;

pub const AB: Column = optional("gueltig_ab");
pub const BIS: Column = optional("gueltig_bis");

/// The period of a row. What cannot be read is reported and counts as open, which does not matter any more then.
pub fn read(row: Row<'_>, problems: &mut Vec<Diagnostic>) -> Gueltigkeit {
    let ab = day(row.cell(AB.name), problems);
    let bis = day(row.cell(BIS.name), problems);
    if let (Some(ab), Some(bis)) = (ab, bis)
        && bis < ab
    {
        let problem = row.cell(BIS.name).error("gueltig_bis lies before gueltig_ab");
        problems.push(problem.label(format!("before {ab}")).help("both days belong to the period"));
    }
    Gueltigkeit { ab, bis }
}

/// Whether some day lies in both periods.
pub fn overlap(a: Gueltigkeit, b: Gueltigkeit) -> bool {
    let before = |bis: Option<Date>, ab: Option<Date>| bis.zip(ab).is_some_and(|(bis, ab)| bis < ab);
    !before(a.bis, b.ab) && !before(b.bis, a.ab)
}

fn day(cell: Cell<'_>, problems: &mut Vec<Diagnostic>) -> Option<Date> {
    if cell.text.is_empty() {
        return None;
    }
    let day = parse_day(cell.text);
    if day.is_none() {
        let problem = cell.error(format!("{:?} is no day", cell.text));
        problems.push(problem.help("write 2024-04-03 or 03.04.2024"));
    }
    day
}

/// `JJJJ-MM-TT`, or `TT.MM.JJJJ` also without leading zeros.
fn parse_day(text: &str) -> Option<Date> {
    let separator = if text.contains('.') { '.' } else { '-' };
    let parts: Vec<&str> = text.split(separator).collect();
    let [first, month, last] = parts[..] else {
        return None;
    };
    let (day, year) = if separator == '.' { (first, last) } else { (last, first) };
    let digits =
        |part: &str, lengths: &[usize]| lengths.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    let short: &[usize] = if separator == '.' { &[1, 2] } else { &[2] };
    if !digits(year, &[4]) || !digits(month, short) || !digits(day, short) {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_are_iso_or_german() {
        for (text, expected) in [
            ("2024-04-03", Some(date(2024, 4, 3))),
            ("03.04.2024", Some(date(2024, 4, 3))),
            ("3.4.2024", Some(date(2024, 4, 3))),
            ("29.02.2024", Some(date(2024, 2, 29))),
            ("29.02.2023", None),
            ("03.04.24", None),
            ("2024-4-3", None),
            ("04/03/2024", None),
            ("2024-04-03T00:00", None),
            ("+3.04.2024", None),
            ("45385", None),
        ] {
            assert_eq!(parse_day(text), expected, "{text}");
        }
    }

    #[test]
    fn periods_overlap_if_they_share_a_day() {
        let period = |ab: Option<i8>, bis: Option<i8>| Gueltigkeit {
            ab: ab.map(|day| date(2024, 1, day)),
            bis: bis.map(|day| date(2024, 1, day)),
        };
        for (a, b, expected) in [
            (period(None, None), period(Some(1), Some(1)), true),
            (period(None, Some(5)), period(Some(5), None), true),
            (period(None, Some(5)), period(Some(6), None), false),
            (period(Some(1), Some(2)), period(Some(3), Some(4)), false),
        ] {
            assert_eq!(overlap(a, b), expected, "{a:?} {b:?}");
            assert_eq!(overlap(b, a), expected, "{b:?} {a:?}");
        }
    }
}
