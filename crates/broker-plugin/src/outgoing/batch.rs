//! Events on their way to Java: layout `OME3` of `spec/native-bridge.md`.

use openmds_policy::companion::Format;
use openmds_trail::{AuthenticationEvent, AuthorizationEvent, Envelope, Stamper};
use uuid::Uuid;

use super::To;
use super::emitter::{Emitter, Subjects};
use crate::care::Care;
use crate::login::Login;
use crate::methods::{Methods, operation_name, pattern_type_name, resource_type_name};
use crate::record::Record;

const MAGIC: &[u8; 4] = b"OME3";
const HEADER: usize = 12;

/// The event is about the trail itself, else about a decision or a log in.
const OWN: u8 = 1;
/// It is to be on disk before anything else is done with it, and somebody may wait for that.
const AHEAD: u8 = 2;

/// A batch being filled; its memory is reused.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    bytes: Vec<u8>,
    events: u32,
    happened: u32,
    subjects: Subjects,
    /// Whether the trail's own events are to be on disk first: there is no hole among those that are.
    pub(crate) own_ahead: bool,
}

/// An event whose line is being written.
#[derive(Debug, Clone, Copy)]
struct Begun {
    is_own: bool,
    care: Care,
    /// Where its number is written.
    number: usize,
    /// Where its line's length is written.
    length: usize,
}

impl Batch {
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.extend_from_slice(MAGIC);
        self.bytes.resize(HEADER, 0);
        self.events = 0;
        self.happened = 0;
    }

    pub(crate) const fn events(&self) -> u32 {
        self.events
    }

    pub(crate) const fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Events of decisions and log ins.
    pub(crate) const fn happened(&self) -> u32 {
        self.happened
    }

    /// Takes back what was begun after the batch was so long, and not ended.
    pub(crate) fn rewind(&mut self, length: usize) {
        self.bytes.truncate(length);
    }

    /// Begins an event: what it is about, the topic, and room for number and length.
    fn begin(&mut self, is_own: bool, care: Care, topic: &str) -> Begun {
        if self.bytes.is_empty() {
            self.clear();
        }
        let ahead = care.ticket().map(|_| AHEAD);
        self.bytes
            .push(if is_own { OWN } else { 0 } | ahead.unwrap_or_default());
        let number = self.bytes.len();
        self.bytes.extend_from_slice(&[0; 8]);
        if let Some(ticket) = care.ticket() {
            self.bytes.extend_from_slice(&ticket.to_be_bytes());
        }
        let topic_length = u16::try_from(topic.len()).unwrap_or(0);
        self.bytes.extend_from_slice(&topic_length.to_be_bytes());
        let topic = topic.as_bytes().get(..usize::from(topic_length));
        self.bytes.extend_from_slice(topic.unwrap_or_default());
        let length = self.bytes.len();
        self.bytes.extend_from_slice(&[0; 4]);
        Begun {
            is_own,
            care,
            number,
            length,
        }
    }

    /// Ends the event, stamped as standing for `count` numbers; answers its number, 0 if nobody
    /// stamps.
    fn end(&mut self, begun: Begun, count: u64, stamper: Option<&mut Stamper>) -> u64 {
        let line = begun.length.saturating_add(4);
        if let Care::Unawaited(why) = begun.care {
            why.mark(&mut self.bytes, line);
        }
        let number = stamper.map_or(0, |stamper| stamper.stamp(&mut self.bytes, line, count));
        patch(&mut self.bytes, begun.number, number.to_be_bytes());
        let length = self.bytes.len().saturating_sub(line);
        let length = u32::try_from(length).unwrap_or(0).to_be_bytes();
        patch(&mut self.bytes, begun.length, length);
        self.events = self.events.saturating_add(1);
        self.happened = self.happened.saturating_add(u32::from(!begun.is_own));
        number
    }

    /// Adds an event of the trail itself that stands for `count` numbers; answers its number.
    pub(crate) fn add_own(
        &mut self,
        topic: &str,
        (stamper, count): (&mut Stamper, u64),
        write: impl FnOnce(&mut Vec<u8>),
    ) -> u64 {
        let care = if self.own_ahead {
            Care::Ahead
        } else {
            Care::BestEffort
        };
        let begun = self.begin(true, care, topic);
        write(&mut self.bytes);
        self.end(begun, count, Some(stamper))
    }

    /// Adds the event of a log in.
    pub(crate) fn add_login(
        &mut self,
        login: &Login,
        (to, id): (To<'_>, Uuid),
        emitter: &Emitter,
        stamper: Option<&mut Stamper>,
    ) {
        let begun = self.begin(false, login.care, to.topic);
        let event = AuthenticationEvent {
            envelope: Envelope {
                id,
                source: &emitter.source,
                subject: &emitter.source,
                time_micros: login.time_micros,
                route: to.topic,
            },
            principal: &login.principal,
            mechanism: &login.mechanism,
            identifier: &login.identifier,
            accepted: login.accepted,
            message: &login.message,
            client_address: login.address,
        };
        match to.format {
            Format::CloudEvents => event.write_json(&mut self.bytes),
            Format::Ocsf => event.write_ocsf(&mut self.bytes),
        }
        self.end(begun, 1, stamper);
    }

    /// Adds the event of a decision.
    pub(crate) fn add(
        &mut self,
        record: &Record,
        (to, id): (To<'_>, Uuid),
        (emitter, methods): (&Emitter, &Methods),
        stamper: Option<&mut Stamper>,
    ) {
        let begun = self.begin(false, record.care, to.topic);
        let bytes = &mut self.bytes;
        self.subjects.with(
            emitter,
            record.resource_type,
            record.resource_name(),
            |subject| {
                let event = AuthorizationEvent {
                    id,
                    source: &emitter.source,
                    subject,
                    time_micros: record.time_micros,
                    route: to.topic,
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
                };
                match to.format {
                    Format::CloudEvents => event.write_json(bytes),
                    Format::Ocsf => event.write_ocsf(bytes),
                }
            },
        );
        self.end(begun, 1, stamper);
    }

    /// The finished message.
    pub(crate) fn finish(&mut self) -> &[u8] {
        let length = u32::try_from(self.bytes.len()).unwrap_or(0);
        patch(&mut self.bytes, 4, length.to_be_bytes());
        patch(&mut self.bytes, 8, self.events.to_be_bytes());
        &self.bytes
    }
}

fn patch<const N: usize>(bytes: &mut [u8], at: usize, value: [u8; N]) {
    if let Some(slot) = bytes.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
        *slot = value;
    }
}

#[cfg(test)]
#[path = "../../tests/it/golden.rs"]
mod golden;

#[cfg(test)]
mod tests {
    use openmds_trail::Stamper;
    use uuid::Uuid;

    use super::golden::golden;
    use super::{Batch, Emitter, To};
    use crate::care::Care;
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
            (1_669_278_512_579_313, Care::Awaited(258)),
        )
        .unwrap();
        let mut batch = Batch::default();
        let id = Uuid::nil();
        let to = To {
            topic: record.topic(),
            ..To::default()
        };
        batch.add(
            &record,
            (to, id),
            (&Emitter::new("", "A"), &Methods::new()),
            None,
        );
        let mut stamper = Stamper::new(&openmds_trail::Opening {
            emitter: "A/broker-1",
            epoch: openmds_trail::Epoch::new(1_669_278_512_579),
            previous: None,
            end: None,
        });
        let own = |out: &mut Vec<u8>| out.extend_from_slice(br#"{"id":"1","data":{}}"#);
        assert_eq!(batch.add_own("own", (&mut stamper, 3), own), 1);
        batch.own_ahead = true;
        let own = |out: &mut Vec<u8>| out.extend_from_slice(br#"{"id":"2","data":{}}"#);
        assert_eq!(batch.add_own("own", (&mut stamper, 1), own), 4);
        assert_eq!((batch.events(), batch.happened()), (3, 1));
        let finished = batch.finish().to_vec();
        assert_eq!(finished, golden("bridge-batch.v3.hex"));
    }
}
