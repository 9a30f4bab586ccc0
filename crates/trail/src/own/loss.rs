//! The event that names what is missing.

use std::collections::BTreeMap;

use crate::event::{field, push_display, push_envelope};
use crate::json::push_string;
use crate::metadata::Envelope;
use crate::stamp::Epoch;
use crate::time::push_micros;

/// The CloudEvents type of a loss.
pub const TYPE_LOSS: &str = "io.openmds.trail/loss";

/// Why events are not at the destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// They found the queue full: there is no line of them anywhere.
    QueueFull,
    /// The destination took none so large; the line is in the fallback log.
    RecordTooLarge,
    /// The destination did not take them in time; the lines are in the fallback log.
    Fallback,
    /// The destination did not take them, and the fallback log failed as well.
    FallbackFailed,
    /// They waited on disk longer than they may.
    SpoolAge,
    /// More waited on disk than may.
    SpoolSize,
    /// The disk gave back something else than was written.
    SpoolDamaged,
    /// Routing or recording failed; a minimal line is in the fallback log.
    Unrecorded,
}

impl Reason {
    /// Every one.
    pub const ALL: [Self; 8] = [
        Self::QueueFull,
        Self::RecordTooLarge,
        Self::Fallback,
        Self::FallbackFailed,
        Self::SpoolAge,
        Self::SpoolSize,
        Self::SpoolDamaged,
        Self::Unrecorded,
    ];

    /// As events spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::QueueFull => "queue-full",
            Self::RecordTooLarge => "record-too-large",
            Self::Fallback => "fallback",
            Self::FallbackFailed => "fallback-failed",
            Self::SpoolAge => "spool-age",
            Self::SpoolSize => "spool-size",
            Self::SpoolDamaged => "spool-damaged",
            Self::Unrecorded => "unrecorded",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

/// Events that are not at the destination. Where they never had numbers of their own, this event
/// stands for those that they would have had: stamp it with `count`, and its `ranges` are its own.
#[derive(Debug, Clone, Copy)]
pub struct Loss<'a> {
    /// Around it.
    pub envelope: Envelope<'a>,
    /// How many.
    pub count: u64,
    /// Why.
    pub reason: Reason,
    /// The epoch that gave the numbers, if it is a former one of the same emitter.
    pub epoch: Option<Epoch>,
    /// Their numbers, first and last of each run, in order. Those of a former epoch are among these.
    pub ranges: &'a [(u64, u64)],
    /// Not before that they were lost, microseconds since 1970.
    pub from_micros: i64,
    /// And not after that.
    pub to_micros: i64,
    /// How many were on their way to which topic, as far as that is known.
    pub topics: &'a BTreeMap<String, u64>,
}

impl Loss<'_> {
    /// Appends the event as one line of JSON without the line's end, not stamped yet.
    pub fn write_json(&self, out: &mut Vec<u8>) {
        push_envelope(out, &self.envelope, TYPE_LOSS);
        out.extend_from_slice(b",\"data\":{\"count\":");
        push_display(out, self.count);
        field(out, ",\"reason\":", self.reason.name());
        if let Some(epoch) = self.epoch {
            push_display(out, format_args!(",\"epoch\":\"{epoch}\""));
        }
        out.extend_from_slice(b",\"ranges\":[");
        for (index, (first, last)) in self.ranges.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            push_display(out, format_args!("{comma}[{first},{last}]"));
        }
        out.extend_from_slice(b"],\"from\":\"");
        push_micros(out, self.from_micros);
        out.extend_from_slice(b"\",\"to\":\"");
        push_micros(out, self.to_micros);
        out.extend_from_slice(b"\",\"topics\":{");
        for (index, (topic, count)) in self.topics.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            push_string(out, topic);
            push_display(out, format_args!(":{count}"));
        }
        out.extend_from_slice(b"}}}");
    }
}
