//! An answer as its decoder may read it: no count is believed that the answer has no room for.
//!
//! The library makes room for as many elements as an array says it has, before it reads the first: four bytes of a faulty or hostile
//! broker could ask for more memory than there is, which ends the whole process. In the flexible versions of messages (KIP-482), which
//! brokers from Kafka 3.9 on offer, every count is a variable-length number, and those are all counts, lengths or tags. In older versions
//! a count looks like any other number; there only what no number can be is refused.

use bytes::{Buf, Bytes, TryGetError};
use kafka_protocol::messages::ApiKey;
use kafka_protocol::protocol::HeaderVersion as _;
use kafka_protocol::protocol::buf::ByteBuf;

use super::api::Api;

/// An element has at least one byte, and so has what a length counts. Tags count nothing; Kafka's are far below this.
const SLACK: usize = 1024;

/// No count, and no number of four bytes that old versions have beside counts (ports, ids, milliseconds), is larger. Room for so many
/// elements is address space, not memory, as long as nothing is written there.
const LARGEST_INT: usize = 1 << 24;

/// What numbers of four bytes may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ints {
    /// Anything: counts are variable-length numbers.
    Free,
    /// Counts alone: so in SaslHandshake.
    Counts,
    /// Counts or anything else.
    Mixed,
}

/// The bytes of one answer.
pub(super) struct Bounded {
    bytes: Bytes,
    /// What the bytes of a variable-length number have said so far, and how many there were.
    number: (u64, u32),
    ints: Ints,
}

impl Bounded {
    /// The answer of that API in that version.
    pub(super) fn of<R: Api>(bytes: Bytes, version: i16) -> Self {
        // The header of ApiVersions never is flexible (KIP-511), its body from version 3 on.
        let ints = match R::KEY {
            ApiKey::SaslHandshake => Ints::Counts,
            ApiKey::ApiVersions if version >= 3 => Ints::Free,
            _ if R::Answer::header_version(version) >= 1 => Ints::Free,
            _ => Ints::Mixed,
        };
        Self {
            bytes,
            number: (0, 0),
            ints,
        }
    }

    fn check(&self, count: u64) -> Result<(), TryGetError> {
        let available = self.bytes.remaining();
        match usize::try_from(count) {
            Ok(count) if count <= available.saturating_add(SLACK) => Ok(()),
            _ => Err(TryGetError {
                requested: usize::try_from(count).unwrap_or(usize::MAX),
                available,
            }),
        }
    }
}

impl Buf for Bounded {
    fn remaining(&self) -> usize {
        self.bytes.remaining()
    }

    fn chunk(&self) -> &[u8] {
        self.bytes.chunk()
    }

    fn advance(&mut self, count: usize) {
        self.number = (0, 0);
        self.bytes.advance(count);
    }

    /// The library reads variable-length numbers by this, and besides them only booleans.
    fn try_get_u8(&mut self) -> Result<u8, TryGetError> {
        let byte = self.bytes.try_get_u8()?;
        let (value, count) = self.number;
        let value = value | u64::from(byte & 0x7f) << (7 * count);
        // The library ends a number with its fifth byte, whatever that says.
        if byte >= 0x80 && count < 4 {
            self.number = (value, count + 1);
            return Ok(byte);
        }
        self.number = (0, 0);
        self.check(value)?;
        Ok(byte)
    }

    fn try_get_i32(&mut self) -> Result<i32, TryGetError> {
        self.number = (0, 0);
        let value = self.bytes.try_get_i32()?;
        // Negative: none.
        let count = u64::try_from(value).unwrap_or(0);
        match self.ints {
            Ints::Free => {}
            Ints::Counts => self.check(count)?,
            Ints::Mixed if count <= LARGEST_INT as u64 => {}
            Ints::Mixed => self.check(count)?,
        }
        Ok(value)
    }
}

impl ByteBuf for Bounded {
    fn peek_bytes(&mut self, range: std::ops::Range<usize>) -> Bytes {
        self.bytes.slice(range)
    }

    fn get_bytes(&mut self, size: usize) -> Bytes {
        self.number = (0, 0);
        self.bytes.split_to(size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kafka_protocol::messages::{
        ApiVersionsRequest, CreateTopicsRequest, DescribeClusterRequest, DescribeConfigsRequest,
        DescribeQuorumRequest, IncrementalAlterConfigsRequest, MetadataRequest, ProduceRequest,
        SaslAuthenticateRequest, SaslHandshakeRequest,
    };
    use kafka_protocol::protocol::Decodable as _;

    fn decoded<R: Api>(bytes: &[u8], version: i16) -> bool {
        let mut bytes = Bounded::of::<R>(Bytes::copy_from_slice(bytes), version);
        R::Answer::decode(&mut bytes, version).is_ok()
    }

    #[test]
    fn a_count_beyond_the_answer_is_refused_before_room_is_made() {
        // error_code 0, then as many elements as can be said.
        assert!(!decoded::<ApiVersionsRequest>(
            b"\0\0\xff\xff\xff\xff\x0f",
            3
        ));
        assert!(!decoded::<SaslHandshakeRequest>(b"\0\0\x7f\xff\xff\xff", 1));
        // throttle_time_ms, then brokers.
        assert!(!decoded::<MetadataRequest>(
            b"\0\0\0\0\xff\xff\xff\xff\x0f",
            12
        ));
        assert!(!decoded::<ApiVersionsRequest>(
            b"\0\0\xff\xff\xff\xff\xff\xff",
            3
        ));
        assert!(!decoded::<ApiVersionsRequest>(b"\0\0\x7f\xff\xff\xff", 2));
        assert!(!decoded::<MetadataRequest>(b"\0\0\0\0\x7f\xff\xff\xff", 4));
        // A boolean that looks like the beginning of a number does not hide the count behind it.
        let after_boolean = b"\0\0\x01\0\x01\x03\x01\x80\xff\xff\xff\xff\x0f";
        assert!(!decoded::<ApiVersionsRequest>(after_boolean, 3));
    }

    #[test]
    fn answers_are_read_as_before() {
        // Two APIs, a throttle time, and the tag 3 with one byte at the very end.
        let answer = b"\0\0\x03\0\x12\0\0\0\x04\0\0\x03\0\0\0\x0d\0\0\0\0\0\x01\x03\x01\x01";
        assert!(decoded::<ApiVersionsRequest>(answer, 3));
        assert!(decoded::<SaslHandshakeRequest>(
            b"\0\0\0\0\0\x01\0\x05PLAIN",
            1
        ));
    }

    /// xorshift: the same bytes in every run.
    fn noise(seed: &mut u64) -> u8 {
        *seed ^= *seed << 13;
        *seed ^= *seed >> 7;
        *seed ^= *seed << 17;
        seed.to_le_bytes()[3]
    }

    fn survives<R: Api>(seed: &mut u64) {
        for version in R::USED.min..=R::USED.max {
            for length in [0, 1, 5, 9, 17, 40, 200] {
                for _ in 0..40 {
                    let bytes: Vec<u8> = (0..length)
                        .map(|_| match noise(seed) {
                            0..=80 => 0,
                            81..=120 => 0xff,
                            _ => noise(seed),
                        })
                        .collect();
                    let _either_is_right = decoded::<R>(&bytes, version);
                }
            }
        }
    }

    #[test]
    fn no_bytes_end_the_process() {
        let mut seed = 0x9e37_79b9_7f4a_7c15;
        survives::<ApiVersionsRequest>(&mut seed);
        survives::<SaslHandshakeRequest>(&mut seed);
        survives::<SaslAuthenticateRequest>(&mut seed);
        survives::<MetadataRequest>(&mut seed);
        survives::<DescribeClusterRequest>(&mut seed);
        survives::<DescribeQuorumRequest>(&mut seed);
        survives::<DescribeConfigsRequest>(&mut seed);
        survives::<IncrementalAlterConfigsRequest>(&mut seed);
        survives::<CreateTopicsRequest>(&mut seed);
        survives::<ProduceRequest>(&mut seed);
    }
}
