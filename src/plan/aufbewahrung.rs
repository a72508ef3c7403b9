//! Retention: from today and the periods to the days before which each class is due.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan};

use crate::domain::loeschklasse::Fristen;

/// Before when what is due. All begin a day, so that days go whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stichtage {
    /// Final states before then: hashes go.
    pub hashes: Timestamp,
    /// Arrivals before then: hashes go, whatever the state is.
    pub hashes_hoechstens: Timestamp,
    pub ereignisse: Timestamp,
    pub tageswerte: Date,
    pub protokolle: Timestamp,
    /// What a day is.
    pub zone: TimeZone,
}

impl Stichtage {
    /// The days that follow from the periods now. A period ends with the day it is counted from: what happened 90 days ago
    /// is kept today and due tomorrow.
    pub fn of(fristen: &Fristen, now: Timestamp, zone: &TimeZone) -> Self {
        let today = now.to_zoned(zone.clone()).date();
        let day = |ago: Span| today.saturating_sub(ago);
        let start = |day: Date| day.to_zoned(zone.clone()).map_or(Timestamp::MIN, |start| start.timestamp());
        let days = |days: u32| start(day(i64::from(days).days()));
        let months = |months: u32| day(i64::from(months).months());
        Stichtage {
            hashes: days(fristen.hashes_tage),
            hashes_hoechstens: days(fristen.hashes_hoechstens_tage),
            ereignisse: days(fristen.ereignisse_tage),
            tageswerte: months(fristen.tageswerte_monate),
            protokolle: start(months(fristen.protokolle_monate)),
            zone: zone.clone(),
        }
    }

    /// The day of a moment.
    pub fn day(&self, at: Timestamp) -> Date {
        at.to_zoned(self.zone.clone()).date()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn periods_end_at_midnight_in_berlin_also_over_a_change_of_the_clock() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        // Half past midnight on 30 April in Berlin is still the 29th in UTC, and 30 days before was winter time.
        let stichtage = Stichtage::of(&Fristen::default(), at("2024-04-29T22:30:00Z"), &zone);
        assert_eq!(stichtage.hashes, at("2024-03-30T23:00:00Z"));
        assert_eq!(stichtage.hashes_hoechstens, at("2023-11-01T23:00:00Z"));
        assert_eq!(stichtage.ereignisse, at("2024-01-30T23:00:00Z"));
        assert_eq!(stichtage.tageswerte, date(2021, 4, 30));
        assert_eq!(stichtage.protokolle, at("2021-04-29T22:00:00Z"));
        assert_eq!(stichtage.day(at("2024-04-29T22:30:00Z")), date(2024, 4, 30));
    }

    #[test]
    fn months_end_with_the_month() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let fristen = Fristen { tageswerte_monate: 1, ..Fristen::default() };
        let now = "2024-03-31T10:00:00Z".parse().unwrap();
        assert_eq!(Stichtage::of(&fristen, now, &zone).tageswerte, date(2024, 2, 29));
    }
}
