//! Events on their way to Java: layout `OME1` of `spec/native-bridge.md`.

use std::collections::HashMap;

use openmds_policy::audit::crn_kind;
use openmds_policy::crn::Crn;
use openmds_trail::{AuthenticationEvent, AuthorizationEvent, Envelope};
use uuid::Uuid;

use crate::login::Login;
use crate::methods::{Methods, operation_name, pattern_type_name, resource_type_name};
use crate::record::Record;

const MAGIC: &[u8; 4] = b"OME1";
const HEADER: usize = 12;

/// The cluster whose events these are.
#[derive(Debug)]
pub(crate) struct Emitter {
    pub(crate) authority: String,
    pub(crate) cluster_id: String,
    /// The cluster's CRN.
    pub(crate) source: String,
}

impl Emitter {
    pub(crate) fn new(authority: &str, cluster_id: &str) -> Self {
        Self {
            authority: authority.to_owned(),
            cluster_id: cluster_id.to_owned(),
            source: Crn::for_cluster(authority, cluster_id).to_string(),
        }
    }

    fn subject(&self, resource_type: u8, name: &str) -> String {
        crn_kind(resource_type_name(resource_type)).map_or_else(
            || self.source.clone(),
            |kind| {
                let (authority, cluster_id) = (&self.authority, &self.cluster_id);
                Crn::for_resource(authority, cluster_id, &kind, name).to_string()
            },
        )
    }
}

/// CRNs of resources already met: the same few are met again and again.
#[derive(Debug, Default)]
struct Subjects(HashMap<u8, HashMap<Box<str>, String>>);

impl Subjects {
    /// Beyond it all are forgotten: a client can ask for any number of names.
    const MOST: usize = 2_000;
    /// Longer names are not kept.
    const LONGEST: usize = 300;

    fn with<T>(
        &mut self,
        emitter: &Emitter,
        resource_type: u8,
        name: &str,
        use_subject: impl FnOnce(&str) -> T,
    ) -> T {
        if name.len() > Self::LONGEST {
            return use_subject(&emitter.subject(resource_type, name));
        }
        let known = self.0.entry(resource_type).or_default();
        if let Some(subject) = known.get(name) {
            return use_subject(subject);
        }
        let subject = emitter.subject(resource_type, name);
        let result = use_subject(&subject);
        if known.len() >= Self::MOST {
            known.clear();
        }
        known.insert(name.into(), subject);
        result
    }
}

/// A batch being filled; its memory is reused.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    bytes: Vec<u8>,
    events: u32,
    subjects: Subjects,
}

impl Batch {
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.extend_from_slice(MAGIC);
        self.bytes.resize(HEADER, 0);
        self.events = 0;
    }

    pub(crate) const fn events(&self) -> u32 {
        self.events
    }

    pub(crate) const fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Begins an event: the topic, and room for the line's length at the place that it answers.
    fn begin(&mut self, topic: &str) -> usize {
        let topic_length = u16::try_from(topic.len()).unwrap_or(0);
        self.bytes.extend_from_slice(&topic_length.to_be_bytes());
        self.bytes.extend_from_slice(
            topic
                .as_bytes()
                .get(..usize::from(topic_length))
                .unwrap_or_default(),
        );
        let at = self.bytes.len();
        self.bytes.extend_from_slice(&[0; 4]);
        at
    }

    fn end(&mut self, at: usize) {
        let length = self.bytes.len().saturating_sub(at).saturating_sub(4);
        patch(&mut self.bytes, at, u32::try_from(length).unwrap_or(0));
        self.events = self.events.saturating_add(1);
    }

    /// Adds the event of a log in.
    pub(crate) fn add_login(&mut self, login: &Login, topic: &str, id: Uuid, emitter: &Emitter) {
        let at = self.begin(topic);
        AuthenticationEvent {
            envelope: Envelope {
                id,
                source: &emitter.source,
                subject: &emitter.source,
                time_micros: login.time_micros,
                route: topic,
            },
            principal: &login.principal,
            mechanism: &login.mechanism,
            identifier: &login.identifier,
            accepted: login.accepted,
            message: &login.message,
            client_address: login.address,
        }
        .write_json(&mut self.bytes);
        self.end(at);
    }

    /// Adds the event of a decision.
    pub(crate) fn add(
        &mut self,
        record: &Record,
        topic: &str,
        id: Uuid,
        emitter: &Emitter,
        methods: &Methods,
    ) {
        let at = self.begin(topic);
        let bytes = &mut self.bytes;
        self.subjects.with(
            emitter,
            record.resource_type,
            record.resource_name(),
            |subject| {
                AuthorizationEvent {
                    id,
                    source: &emitter.source,
                    subject,
                    time_micros: record.time_micros,
                    route: topic,
                    method: &methods.of(record.api_key, record.operation).name,
                    principal: record.principal(),
                    granted: record.granted,
                    operation: operation_name(record.operation),
                    resource_type: resource_type_name(record.resource_type),
                    resource_name: record.resource_name(),
                    pattern_type: pattern_type_name(record.pattern_type),
                    cause: record.cause(&emitter.cluster_id),
                    correlation_id: record.correlation_id,
                    client_id: record.client_id(),
                    client_address: record.address,
                }
                .write_json(bytes)
            },
        );
        self.end(at);
    }

    /// The finished message.
    pub(crate) fn finish(&mut self) -> &[u8] {
        let length = u32::try_from(self.bytes.len()).unwrap_or(0);
        patch(&mut self.bytes, 4, length);
        patch(&mut self.bytes, 8, self.events);
        &self.bytes
    }
}

fn patch(bytes: &mut [u8], at: usize, value: u32) {
    if let Some(slot) = bytes.get_mut(at..).and_then(<[u8]>::first_chunk_mut::<4>) {
        *slot = value.to_be_bytes();
    }
}

#[cfg(test)]
#[path = "../tests/it/golden.rs"]
mod golden;

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::golden::golden;
    use super::{Batch, Emitter};
    use crate::codec::Request;
    use crate::methods::Methods;
    use crate::record::Record;

    #[test]
    fn a_batch_is_written_byte_for_byte() {
        let message = golden("bridge-request.v2.hex");
        let request = Request::decode(&message).unwrap();
        let action = request.actions.last().unwrap();
        let record = Record::new(
            &request,
            &action,
            "confluent-audit-log-events",
            (true, openmds_trail::Cause::Nothing),
            1_669_278_512_579_313,
        )
        .unwrap();
        let mut batch = Batch::default();
        batch.clear();
        batch.add(
            &record,
            record.topic(),
            Uuid::nil(),
            &Emitter::new("", "A"),
            &Methods::new(),
        );
        assert_eq!(batch.finish(), golden("bridge-batch.v1.hex"));
    }
}
