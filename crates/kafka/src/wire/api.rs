//! The requests that we send, each with its key and answer.
//!
//! `kafka-protocol` has such a trait too, but only together with the broker half of every message.

use kafka_protocol::messages::{
    ApiKey, ApiVersionsRequest, ApiVersionsResponse, CreateTopicsRequest, CreateTopicsResponse,
    DescribeAclsRequest, DescribeAclsResponse, DescribeClusterRequest, DescribeClusterResponse,
    DescribeConfigsRequest, DescribeConfigsResponse, DescribeQuorumRequest, DescribeQuorumResponse,
    FetchRequest, FetchResponse, IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse,
    ListOffsetsRequest, ListOffsetsResponse, MetadataRequest, MetadataResponse, ProduceRequest,
    ProduceResponse, SaslAuthenticateRequest, SaslAuthenticateResponse, SaslHandshakeRequest,
    SaslHandshakeResponse,
};
use kafka_protocol::protocol::{Decodable, Encodable, HeaderVersion, Message, VersionRange};

/// A request of Kafka's protocol.
pub(super) trait Api: Encodable + HeaderVersion + Message + Send + Sync {
    const KEY: ApiKey;
    /// The versions that we write.
    const USED: VersionRange = <Self as Message>::VERSIONS;
    type Answer: Decodable + HeaderVersion + Send;
}

macro_rules! apis {
    ($($key:ident: $request:ty => $answer:ty;)*) => {
        $(impl Api for $request {
            const KEY: ApiKey = ApiKey::$key;
            type Answer = $answer;
        })*
    };
}

apis! {
    ApiVersions: ApiVersionsRequest => ApiVersionsResponse;
    SaslHandshake: SaslHandshakeRequest => SaslHandshakeResponse;
    SaslAuthenticate: SaslAuthenticateRequest => SaslAuthenticateResponse;
    Metadata: MetadataRequest => MetadataResponse;
    DescribeCluster: DescribeClusterRequest => DescribeClusterResponse;
    DescribeQuorum: DescribeQuorumRequest => DescribeQuorumResponse;
    DescribeConfigs: DescribeConfigsRequest => DescribeConfigsResponse;
    IncrementalAlterConfigs: IncrementalAlterConfigsRequest => IncrementalAlterConfigsResponse;
    DescribeAcls: DescribeAclsRequest => DescribeAclsResponse;
    CreateTopics: CreateTopicsRequest => CreateTopicsResponse;
    ListOffsets: ListOffsetsRequest => ListOffsetsResponse;
}

impl Api for ProduceRequest {
    const KEY: ApiKey = ApiKey::Produce;
    /// Later ones name topics by id, which we never look up (KIP-516).
    const USED: VersionRange = VersionRange { min: 3, max: 12 };
    type Answer = ProduceResponse;
}

impl Api for FetchRequest {
    const KEY: ApiKey = ApiKey::Fetch;
    /// Later ones name topics by id, which we never look up (KIP-516).
    const USED: VersionRange = VersionRange { min: 4, max: 12 };
    type Answer = FetchResponse;
}
