//! Service days: Monday to Friday. No calendar of holidays is kept here.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

/// How many service days people have to correct something.
const FRIST: usize = 2;

/// The first day of what is younger than two service days. What happens at the weekend belongs to Monday.
pub fn jung_seit(heute: Date) -> Date {
    let alt = heute.series((-1).day()).filter(|tag| is_servicetag(*tag)).nth(FRIST);
    alt.map_or(Date::MIN, |alt| alt.saturating_add(1.day()))
}

fn is_servicetag(tag: Date) -> bool {
    !matches!(tag.weekday(), Weekday::Saturday | Weekday::Sunday)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_weekend_makes_nothing_older() {
        for (heute, since) in [
            // Monday: Friday and the weekend.
            (date(2024, 4, 29), date(2024, 4, 26)),
            // Tuesday: the weekend, which belongs to Monday, and Monday.
            (date(2024, 4, 30), date(2024, 4, 27)),
            (date(2024, 5, 1), date(2024, 4, 30)),
            (date(2024, 5, 2), date(2024, 5, 1)),
            (date(2024, 5, 3), date(2024, 5, 2)),
            // At the weekend as on Friday.
            (date(2024, 5, 4), date(2024, 5, 2)),
            (date(2024, 5, 5), date(2024, 5, 2)),
            // Over the end of a year.
            (date(2024, 1, 1), date(2023, 12, 29)),
            (Date::MIN, Date::MIN),
        ] {
            assert_eq!(jung_seit(heute), since, "{heute}");
        }
    }
}
