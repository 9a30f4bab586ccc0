//! What must hold for any bytes taken as a frame of the feed. A fuzz target and the tests of the
//! policy crate both call this.

use openmds_policy::feed::{HEADER, Message, Policy, decode, encode, frame_length};
use openmds_policy::names::ClusterId;

/// Panics if reading does, if a message is not written as it was read, or if following it does
/// not keep what it said.
pub(crate) fn check(bytes: &[u8]) {
    // Most arbitrary bytes fail at the checksum: what stands behind it is tried with a right one.
    let mut frame = bytes.to_vec();
    if let (Some(payload), true) = (bytes.get(HEADER..), bytes.len() > HEADER) {
        frame[..4].copy_from_slice(b"OMF1");
        frame[4..8].copy_from_slice(&u32::try_from(payload.len()).unwrap().to_be_bytes());
        frame[8..12].copy_from_slice(&crc32fast::hash(payload).to_be_bytes());
    }
    for bytes in [bytes, frame.as_slice()] {
        let Ok((message, taken)) = decode(bytes) else {
            continue;
        };
        assert_eq!(frame_length(bytes), Ok(taken));
        let written = encode(&message);
        assert_eq!(decode(&written), Ok((message.clone(), written.len())));
        follow(message);
    }
}

fn follow(message: Message) {
    let Message::Snapshot(snapshot) = &message else {
        assert!(
            Policy::nothing(ClusterId::new("k"))
                .follow(message)
                .is_err()
        );
        return;
    };
    let mut policy = Policy::nothing(snapshot.cluster.clone());
    let again = Message::Snapshot(snapshot.clone());
    policy.follow(message).unwrap();
    let copy = policy.snapshot().unwrap();
    policy.follow(again).unwrap();
    assert_eq!(policy.snapshot(), Some(copy.clone()));
    let mut other = Policy::nothing(copy.cluster.clone());
    other.follow(Message::Snapshot(copy)).unwrap();
    assert_eq!(other, policy);
}
