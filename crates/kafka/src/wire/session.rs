//! One connection, logged in.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use kafka_protocol::ResponseError;
use kafka_protocol::messages::{ApiKey, ApiVersionsRequest, RequestHeader, ResponseHeader};
use kafka_protocol::protocol::{
    Decodable, HeaderVersion, StrBytes, VersionRange, encode_request_header_into_buffer,
};
use tokio::time::Instant;

use super::api::Api;
use super::bounded::Bounded;
use super::code::kafkas_name;
use super::deadline::Deadline;
use super::dial::{dial, unreachable};
use super::frame::{self, FrameError, Stream};
use super::tls::TlsClient;
use super::{login, tls_failure};
use crate::{Connection, HostPort, KafkaError, Sasl};

/// A logged-in connection to one node, for one request at a time.
///
/// One that was given up in the middle of a request is no longer valid: an answer may still come.
pub(super) struct Session {
    stream: Box<dyn Stream>,
    at: HostPort,
    client_id: StrBytes,
    versions: BTreeMap<i16, VersionRange>,
    correlation_id: i32,
    awaits_answer: bool,
    expires: Option<Instant>,
}

/// Brokers say themselves under which addresses they are reached, so each one is judged.
fn refuse_token_in_clear(
    at: &HostPort,
    peer: IpAddr,
    connection: &Connection,
) -> Result<(), KafkaError> {
    match &connection.sasl {
        Some(Sasl::OAuthBearer(tokens)) if !tokens.may_cross_in_clear(peer) => {
            Err(KafkaError::Rejected {
                what: format!("the login at {at}"),
                reason: "the listener has no TLS and is not on this machine, so the token would \
                         cross the network in clear; use a SASL_SSL listener"
                    .to_owned(),
            })
        }
        _ => Ok(()),
    }
}

/// `HTTP`, read as the length of a frame.
const HTTP: i64 = 0x4854_5450;

/// The version that every broker since 2.4 reads, and that says who we are.
const API_VERSIONS: i16 = 3;

impl Session {
    /// Dials, asks for the versions, and logs in.
    pub(super) async fn open(
        at: &HostPort,
        connection: &Connection,
        tls: Option<&TlsClient>,
        deadline: &Deadline,
    ) -> Result<Self, KafkaError> {
        let (mut session, peer) = Self::greeted(at, connection, tls, deadline).await?;
        if tls.is_none() {
            refuse_token_in_clear(at, peer, connection)?;
        }
        if connection.protocol.uses_sasl() {
            let lifetime = login::log_in(&mut session, connection.sasl.as_ref(), deadline).await?;
            session.expires = lifetime.map(|lifetime| Instant::now() + usable_part(lifetime));
        }
        Ok(session)
    }

    /// Dials and asks for the versions; shows no credential.
    pub(super) async fn greet(
        at: &HostPort,
        connection: &Connection,
        tls: Option<&TlsClient>,
        deadline: &Deadline,
    ) -> Result<Self, KafkaError> {
        let greeted = Self::greeted(at, connection, tls, deadline).await;
        greeted.map(|(session, _)| session)
    }

    async fn greeted(
        at: &HostPort,
        connection: &Connection,
        tls: Option<&TlsClient>,
        deadline: &Deadline,
    ) -> Result<(Self, IpAddr), KafkaError> {
        let (stream, peer) = dial(at, tls, deadline).await?;
        let mut session = Self {
            stream,
            at: at.clone(),
            client_id: StrBytes::from_string(connection.client_id.clone()),
            versions: BTreeMap::new(),
            correlation_id: 0,
            awaits_answer: false,
            expires: None,
        };
        session.ask_versions(deadline).await?;
        Ok((session, peer))
    }

    /// Whether the broker would still take a request.
    pub(super) fn is_valid(&self) -> bool {
        !self.awaits_answer && self.expires.is_none_or(|expires| Instant::now() < expires)
    }

    pub(super) fn at(&self) -> &HostPort {
        &self.at
    }

    /// Sends a request in the newest version that both sides know.
    pub(super) async fn call<R: Api>(
        &mut self,
        request: &R,
        deadline: &Deadline,
    ) -> Result<R::Answer, KafkaError> {
        let Some(theirs) = self.versions.get(&(R::KEY as i16)) else {
            return Err(self.unexpected(format!(
                "it does not offer {:?}; is this a broker or a controller of Kafka 3.9 or newer?",
                R::KEY
            )));
        };
        let common = R::USED.intersect(theirs);
        if common.is_empty() {
            let reason = format!("{:?} is only offered as version {theirs}", R::KEY);
            return Err(self.unexpected(reason));
        }
        self.exchange(request, common.max, deadline).await
    }

    async fn ask_versions(&mut self, deadline: &Deadline) -> Result<(), KafkaError> {
        let answer = self.exchange(&greeting(), API_VERSIONS, deadline).await?;
        if let Some(error) = ResponseError::try_from_code(answer.error_code) {
            return Err(self.unexpected(format!("ApiVersions failed with {}", kafkas_name(&error))));
        }
        self.versions = answer
            .api_keys
            .iter()
            .map(|api| {
                (
                    api.api_key,
                    VersionRange {
                        min: api.min_version,
                        max: api.max_version,
                    },
                )
            })
            .collect();
        Ok(())
    }

    async fn exchange<R: Api>(
        &mut self,
        request: &R,
        version: i16,
        deadline: &Deadline,
    ) -> Result<R::Answer, KafkaError> {
        self.correlation_id = self.correlation_id.wrapping_add(1);
        let frame = self.encode(request, version)?;
        self.awaits_answer = true;
        let work = async {
            frame::write(self.stream.as_mut(), frame).await?;
            frame::read(self.stream.as_mut()).await
        };
        match deadline.run(work).await {
            None => Err(deadline.missed(format!("{:?} at {}", R::KEY, self.at))),
            Some(Err(error)) => Err(self.lost(R::KEY, error)),
            Some(Ok(answer)) => {
                let answer = self.decode::<R>(answer, version)?;
                self.awaits_answer = false;
                Ok(answer)
            }
        }
    }

    fn encode<R: Api>(&self, request: &R, version: i16) -> Result<BytesMut, KafkaError> {
        let header = RequestHeader::default()
            .with_request_api_key(R::KEY as i16)
            .with_request_api_version(version)
            .with_correlation_id(self.correlation_id)
            .with_client_id(Some(self.client_id.clone()));
        let mut frame = BytesMut::zeroed(4);
        encode_request_header_into_buffer(&mut frame, &header)
            .and_then(|()| request.encode(&mut frame, version))
            .map_err(|e| self.unexpected(format!("{:?} cannot be encoded: {e}", R::KEY)))?;
        Ok(frame)
    }

    fn decode<R: Api>(&self, mut answer: Bytes, version: i16) -> Result<R::Answer, KafkaError> {
        let unreadable = |e| self.unexpected(format!("unreadable answer to {:?}: {e}", R::KEY));
        let header = ResponseHeader::decode(&mut answer, R::Answer::header_version(version))
            .map_err(unreadable)?;
        if header.correlation_id != self.correlation_id {
            return Err(self.unexpected("an answer to another request".to_owned()));
        }
        R::Answer::decode(&mut Bounded::of::<R>(answer, version), version).map_err(unreadable)
    }

    fn lost(&self, key: ApiKey, error: FrameError) -> KafkaError {
        match error {
            FrameError::Lost(error) => tls_failure::explain_late(&self.at, &error)
                .unwrap_or_else(|| unreachable(&self.at, self.why_lost(key, &error))),
            FrameError::SpeaksTls => self
                .unexpected("it speaks TLS; its security.protocol is SSL or SASL_SSL".to_owned()),
            FrameError::Length(HTTP) => self
                .unexpected("it speaks HTTP; is this a Kafka listener? Check the port".to_owned()),
            FrameError::Length(length) => self.unexpected(format!(
                "a frame of {length} bytes; is this a Kafka listener, and security.protocol right?"
            )),
        }
    }

    fn why_lost(&self, key: ApiKey, error: &std::io::Error) -> String {
        let hint = if self.versions.is_empty() {
            "does security.protocol fit this listener (it may expect TLS)?"
        } else {
            "did the node stop, or does its listener expect a login (security.protocol)?"
        };
        format!("the connection closed during {key:?} ({error}); {hint}")
    }

    pub(super) fn unexpected(&self, reason: String) -> KafkaError {
        KafkaError::Protocol {
            address: self.at.to_string(),
            reason,
        }
    }
}

/// Says who we are and asks for versions; every node answers it by itself, without any right.
pub(super) fn greeting() -> ApiVersionsRequest {
    ApiVersionsRequest::default()
        .with_client_software_name(StrBytes::from_static_str("openmds"))
        .with_client_software_version(StrBytes::from_static_str(env!("CARGO_PKG_VERSION")))
}

/// The broker closes the connection at the first request after the end; clocks and requests
/// under way need a margin.
fn usable_part(lifetime: Duration) -> Duration {
    lifetime.saturating_sub((lifetime / 10).min(Duration::from_secs(5)))
}
