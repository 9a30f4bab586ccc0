//! How long tokens can be used.

use std::str::FromStr;

const SHORTEST: u32 = 60;
const LONGEST: u32 = 7 * 86_400;

/// A number of seconds, from a minute to seven days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Valid(u32);

impl Valid {
    pub(super) const fn seconds(self) -> u32 {
        self.0
    }
}

impl FromStr for Valid {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("\"{text}\" is not a time such as 90s, 30m, 1h or 2d");
        let unit = text.chars().last().ok_or_else(wrong)?;
        let seconds: u32 = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            _ => return Err(wrong()),
        };
        let number = text.strip_suffix(unit).unwrap_or_default();
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(wrong());
        }
        let number: u32 = number.parse().map_err(|_| wrong())?;
        number
            .checked_mul(seconds)
            .filter(|seconds| (SHORTEST..=LONGEST).contains(seconds))
            .map(Self)
            .ok_or_else(|| format!("{text} is not from 1m to 7d"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_numbers_with_a_unit() {
        for (text, seconds) in [("60s", 60), ("30m", 1_800), ("1h", 3_600), ("7d", 604_800)] {
            assert_eq!(text.parse(), Ok(Valid(seconds)));
        }
        for text in [
            "",
            "h",
            "1",
            "1w",
            "-1h",
            "+1h",
            " 1h",
            "1.5h",
            "59s",
            "0h",
            "8d",
            "99999999999h",
            "4294967295d",
            "1é",
        ] {
            assert!(text.parse::<Valid>().is_err(), "{text}");
        }
    }
}
