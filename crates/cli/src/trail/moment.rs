//! Points of time as people type them.

use jiff::{SignedDuration, Timestamp, Zoned, civil};

/// Milliseconds since 1970 of an RFC 3339 time, a day (its beginning, in UTC), or a length of time before
/// `now`: `90m`, `36h`, `7d`.
pub(crate) fn moment(text: &str, now: Timestamp) -> Result<i64, String> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time.as_millisecond());
    }
    if let Ok(day) = text.parse::<civil::Date>()
        && let Ok(start) = day.to_zoned(jiff::tz::TimeZone::UTC)
    {
        let start: Zoned = start;
        return Ok(start.timestamp().as_millisecond());
    }
    let ago = before(text).and_then(|ago| now.checked_sub(ago).ok());
    ago.map(|time| time.as_millisecond()).ok_or_else(|| {
        format!("\"{text}\" is no time; write 2026-01-31, 2026-01-31T08:00:00Z, or 7d, 36h, 90m for so long ago")
    })
}

fn before(text: &str) -> Option<SignedDuration> {
    let seconds = match text.chars().last()? {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    let digits = text.strip_suffix(|_: char| true)?;
    let count: i64 = digits.parse().ok().filter(|count| *count >= 0)?;
    count.checked_mul(seconds).map(SignedDuration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn times_days_and_lengths_are_moments() {
        let now = "2026-03-01T12:00:00Z".parse().unwrap();
        let of = |text| moment(text, now);
        assert_eq!(of("2026-03-01T11:00:00Z"), of("1h"));
        assert_eq!(of("2026-02-28T12:00:00+00:00"), of("1d"));
        assert_eq!(of("2026-03-01"), of("12h"));
        assert_eq!(of("90m"), of("5400s"));
        for wrong in [
            "",
            "d",
            "yesterday",
            "-1d",
            "99999999999999999999d",
            "1w",
            "ä",
        ] {
            assert!(of(wrong).unwrap_err().contains("is no time"), "{wrong}");
        }
    }
}
