//! What a listener that is no broker may send, as functions that a fuzzer can call (`fuzz/checks/answers.rs`).

use bytes::Bytes;
use kafka_protocol::messages::{
    ApiVersionsRequest, CreateTopicsRequest, DescribeAclsRequest, DescribeClusterRequest,
    DescribeConfigsRequest, DescribeQuorumRequest, FetchRequest, IncrementalAlterConfigsRequest,
    ListOffsetsRequest, MetadataRequest, ProduceRequest, ResponseHeader, SaslAuthenticateRequest,
    SaslHandshakeRequest,
};
use kafka_protocol::protocol::{Decodable as _, HeaderVersion as _};

use super::api::Api;
use super::bounded::Bounded;
use super::scram::{Client, Hash};

/// Whether the bytes can be read as an answer, header and body, as a session reads it: of one of the APIs that are used, in one of the
/// versions that are used. Both numbers are taken modulo how many there are.
#[must_use]
pub fn reads_answer(api: u8, version: u8, bytes: &[u8]) -> bool {
    const APIS: [fn(u8, &[u8]) -> bool; 13] = [
        read::<ApiVersionsRequest>,
        read::<SaslHandshakeRequest>,
        read::<SaslAuthenticateRequest>,
        read::<MetadataRequest>,
        read::<DescribeClusterRequest>,
        read::<DescribeQuorumRequest>,
        read::<DescribeConfigsRequest>,
        read::<IncrementalAlterConfigsRequest>,
        read::<CreateTopicsRequest>,
        read::<ProduceRequest>,
        read::<DescribeAclsRequest>,
        read::<ListOffsetsRequest>,
        read::<FetchRequest>,
    ];
    let chosen = APIS.get(usize::from(api) % APIS.len());
    chosen.is_some_and(|read| read(version, bytes))
}

fn read<R: Api>(version: u8, bytes: &[u8]) -> bool {
    let versions = R::USED.min..=R::USED.max;
    let count = versions.clone().count();
    let Some(version) = versions
        .into_iter()
        .nth(usize::from(version) % count.max(1))
    else {
        return false;
    };
    let mut bytes = Bytes::copy_from_slice(bytes);
    ResponseHeader::decode(&mut bytes, R::Answer::header_version(version)).is_ok()
        && R::Answer::decode(&mut Bounded::of::<R>(bytes, version), version).is_ok()
}

/// Whether a listener with these two messages would be believed to know the password.
#[must_use]
pub fn believes_scram(password: &[u8], challenge: &[u8], last: &[u8]) -> bool {
    [Hash::Sha256, Hash::Sha512].into_iter().any(|hash| {
        let client = Client::new(hash, "user", "nonce");
        let proof = client.answer(password, challenge);
        proof.is_ok_and(|proof| proof.verify(last).is_ok())
    })
}

/// Whether the bytes can be read as record batches of an answer, as a reader reads them.
#[must_use]
pub fn reads_batches(bytes: &[u8]) -> bool {
    super::batches::records(bytes).is_ok()
}
