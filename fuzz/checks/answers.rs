//! What must hold for any bytes taken as a broker's answer: its API, its version, and the rest. A fuzz target and the tests of the kafka
//! crate both call this.

use openmds_kafka::{believes_scram, reads_answer};

/// Panics if reading does, if it depends on anything but the bytes, or if a listener is believed to know a password that it does not.
pub(crate) fn check(bytes: &[u8]) {
    let [api, version, rest @ ..] = bytes else {
        return;
    };
    let once = reads_answer(*api, *version, rest);
    assert_eq!(once, reads_answer(*api, *version, rest));
    let middle = rest.iter().position(|byte| *byte == b'|');
    if let Some((challenge, last)) = middle.and_then(|at| rest.split_at_checked(at)) {
        let last = last.strip_prefix(b"|").unwrap_or_default();
        assert!(!believes_scram(
            b"a password that nobody guesses",
            challenge,
            last
        ));
    }
}
