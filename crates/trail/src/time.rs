//! Times as events show them.

use jiff::Timestamp;
use jiff::fmt::StdIoWrite;
use jiff::fmt::temporal::DateTimePrinter;

/// With microseconds, always six digits, as observed (`audit-logs.md` 5.1).
static PRINTER: DateTimePrinter = DateTimePrinter::new().precision(Some(6));

/// Appends microseconds since 1970 as an RFC 3339 time in UTC, `2023-02-21T06:07:38.958333Z`.
/// A time outside of the years that RFC 3339 can write becomes the nearest one it can.
pub fn push_micros(out: &mut Vec<u8>, micros: i64) {
    const LAST: i64 = 253_402_207_200_000_000 - 1;
    const FIRST: i64 = -62_135_596_800_000_000;
    let time =
        Timestamp::from_microsecond(micros.clamp(FIRST, LAST)).unwrap_or(Timestamp::UNIX_EPOCH);
    // Writing into a vector cannot fail.
    let _ = PRINTER.print_timestamp(&time, StdIoWrite(out));
}

#[cfg(test)]
mod tests {
    use super::push_micros;

    fn shown(micros: i64) -> String {
        let mut out = Vec::new();
        push_micros(&mut out, micros);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn times_have_microseconds_and_end_in_z() {
        assert_eq!(shown(1_676_959_658_958_333), "2023-02-21T06:07:38.958333Z");
        assert_eq!(shown(0), "1970-01-01T00:00:00.000000Z");
        assert_eq!(shown(1_900_000_000_000_000), "2030-03-17T17:46:40.000000Z");
        assert_eq!(shown(-1), "1969-12-31T23:59:59.999999Z");
    }

    #[test]
    fn impossible_times_are_written_all_the_same() {
        assert!(shown(i64::MAX).starts_with("9999-"));
        assert!(shown(i64::MIN).starts_with("0001-"));
    }
}
