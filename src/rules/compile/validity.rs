//! Compiles the period in which a rule counts.

use jiff::civil::Date;

use crate::diagnostic::Source;
use crate::domain::agentur::Gueltigkeit;
use crate::rules::file::Tag;

use super::Compiler;

impl Compiler<'_, '_> {
    /// A period; an end that cannot be read counts as open, which does not matter any more then.
    pub(super) fn gueltigkeit(&mut self, source: &Source, ab: Option<&Tag>, bis: Option<&Tag>) -> Gueltigkeit {
        let (from, until) = (ab.and_then(|ab| self.tag(source, ab)), bis.and_then(|bis| self.tag(source, bis)));
        if let (Some(from), Some(until), Some(bis)) = (from, until, bis)
            && until < from
        {
            let title = format!("gueltig_bis lies before gueltig_ab, {from}");
            self.problem(source, bis.span(), title, Some("both days belong to the period".to_owned()));
        }
        Gueltigkeit { ab: from, bis: until }
    }

    fn tag(&mut self, source: &Source, written: &Tag) -> Option<Date> {
        let day = written.get_ref();
        let civil = day.date.filter(|_| day.time.is_none()).and_then(|date| {
            let (year, month, day) =
                (i16::try_from(date.year).ok()?, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?);
            Date::new(year, month, day).ok()
        });
        if civil.is_none() {
            let help = "write it like 2024-04-03, without a time".to_owned();
            self.problem(source, written.span(), format!("{day} is no day"), Some(help));
        }
        civil
    }
}
