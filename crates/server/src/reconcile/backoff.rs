//! How long to wait before a cluster is tried again.

use std::time::Duration;

/// The first wait; each further one doubles.
const FIRST: Duration = Duration::from_millis(500);

/// The longest wait for a cluster that is away.
const LONGEST: Duration = Duration::from_secs(30);

/// The wait after so many rounds that did not end with everything applied.
pub(super) fn wait(unsettled_rounds: u32) -> Duration {
    FIRST
        .saturating_mul(2_u32.saturating_pow(unsettled_rounds.saturating_sub(1).min(10)))
        .min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        assert_eq!(wait(1), FIRST);
        assert_eq!(wait(3), FIRST * 4);
        assert_eq!(wait(100), LONGEST);
    }
}
