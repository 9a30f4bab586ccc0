//! Messages as Java packs them, and batches as Java reads them.

use openmds_broker_plugin::engine::Engine;

/// One action: operation, resource type, name, and flags (1 granted, 2 log if allowed, 4 if denied).
pub(crate) type Asked<'a> = (u8, u8, &'a str, u8);

pub(crate) const READ: u8 = 3;
pub(crate) const WRITE: u8 = 4;
pub(crate) const CREATE: u8 = 5;
pub(crate) const CLUSTER_ACTION: u8 = 9;
pub(crate) const TOPIC: u8 = 2;
pub(crate) const CLUSTER: u8 = 4;
pub(crate) const GRANTED: u8 = 7;
pub(crate) const DENIED: u8 = 6;

fn text(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(&u32::try_from(text.len()).unwrap().to_be_bytes());
    out.extend_from_slice(text.as_bytes());
}

/// A request with Kafka's decisions, of a client without groups.
pub(crate) fn pack(
    api_key: i16,
    principal: &str,
    client_id: Option<&str>,
    actions: &[Asked<'_>],
) -> Vec<u8> {
    pack_all(1, api_key, principal, client_id, &[], actions)
}

/// `flags`: 1 if the actions carry Kafka's decisions.
pub(crate) fn pack_all(
    flags: u8,
    api_key: i16,
    principal: &str,
    client_id: Option<&str>,
    groups: &[&str],
    actions: &[Asked<'_>],
) -> Vec<u8> {
    let mut out = b"OMR2\0\0\0\0".to_vec();
    out.push(flags);
    out.extend_from_slice(&api_key.to_be_bytes());
    out.extend_from_slice(&7_i16.to_be_bytes());
    out.extend_from_slice(&53_i32.to_be_bytes());
    out.extend_from_slice(&[4, 172, 21, 0, 1]);
    text(&mut out, principal);
    match client_id {
        Some(client_id) => text(&mut out, client_id),
        None => out.extend_from_slice(&(-1_i32).to_be_bytes()),
    }
    let mut packed = Vec::new();
    if !groups.is_empty() {
        packed.extend_from_slice(&u32::try_from(groups.len()).unwrap().to_be_bytes());
        groups.iter().for_each(|group| text(&mut packed, group));
    }
    out.extend_from_slice(&u32::try_from(packed.len()).unwrap().to_be_bytes());
    out.extend_from_slice(&packed);
    out.extend_from_slice(&u32::try_from(actions.len()).unwrap().to_be_bytes());
    for (operation, resource_type, name, flags) in actions {
        out.extend_from_slice(&[*operation, *resource_type, 3, *flags]);
        text(&mut out, name);
    }
    let length = u32::try_from(out.len()).unwrap();
    out[4..8].copy_from_slice(&length.to_be_bytes());
    out
}

/// Lets an engine take Kafka's decisions as Java hands them over.
pub(crate) fn record(engine: &Engine, message: &[u8], clock: fn() -> i64) {
    let mut verdicts = Vec::new();
    let asked = engine.decide(message, false, &mut verdicts).unwrap();
    assert!(asked.is_kafkas());
    engine.note(&asked, &verdicts, clock);
}

/// One event of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    /// Of the trail itself.
    pub(crate) own: bool,
    /// To be on disk first, for whoever has the ticket.
    pub(crate) ticket: Option<u64>,
    pub(crate) number: u64,
    pub(crate) topic: String,
    pub(crate) line: String,
}

/// The events of a batch, `OME3`.
pub(crate) fn sent(batch: &[u8]) -> Vec<Sent> {
    assert_eq!(&batch[..4], b"OME3");
    let length = u32::from_be_bytes(batch[4..8].try_into().unwrap());
    assert_eq!(usize::try_from(length).unwrap(), batch.len());
    let count = u32::from_be_bytes(batch[8..12].try_into().unwrap());
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let (mut events, mut rest) = (Vec::new(), &batch[12..]);
    while let Some((kind, tail)) = rest.split_first() {
        let (number, tail) = tail.split_first_chunk::<8>().unwrap();
        let ahead = *kind & 2 != 0;
        let (ticket, tail) = if ahead {
            let (ticket, tail) = tail.split_first_chunk::<8>().unwrap();
            (Some(u64::from_be_bytes(*ticket)), tail)
        } else {
            (None, tail)
        };
        let (length, tail) = tail.split_first_chunk::<2>().unwrap();
        let (topic, tail) = tail.split_at(usize::from(u16::from_be_bytes(*length)));
        let (length, tail) = tail.split_first_chunk::<4>().unwrap();
        let (line, tail) = tail.split_at(usize::try_from(u32::from_be_bytes(*length)).unwrap());
        events.push(Sent {
            own: *kind & 1 != 0,
            ticket,
            number: u64::from_be_bytes(*number),
            topic: text(topic),
            line: text(line),
        });
        rest = tail;
    }
    assert_eq!(events.len(), usize::try_from(count).unwrap());
    events
}

/// All events that wait, in small batches.
pub(crate) fn drained(engine: &Engine) -> Vec<Sent> {
    let next = || engine.drain(4_096, |bytes| (true, bytes.to_vec()));
    std::iter::from_fn(next)
        .flat_map(|batch| sent(&batch))
        .collect()
}
