//! The account: what became of everything that was decided.

use std::collections::BTreeMap;

use crate::event::{field, push_display, push_envelope};
use crate::metadata::Envelope;
use crate::own::Reason;

/// The CloudEvents type of an account.
pub const TYPE_ACCOUNT: &str = "io.openmds.trail/account";

/// Figures of one emitter since its epoch opened. Decisions and log ins are counted, the trail's own
/// events are not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// Decisions and log ins.
    pub decided: u64,
    /// Those that lead to a topic.
    pub routed: u64,
    /// Those of excluded principals.
    pub excluded: u64,
    /// Those that the document, or Kafka's log flags, leave out.
    pub not_routed: u64,
    /// The exporter's own, and those that are checked, and recorded, by themselves elsewhere.
    pub suppressed: u64,
    /// Acknowledged by the destination.
    pub delivered: u64,
    /// In memory.
    pub waiting: u64,
    /// On disk.
    pub spilled: u64,
    /// In the fallback log.
    pub fallback: u64,
    /// Nowhere.
    pub dropped: BTreeMap<Reason, u64>,
}

impl Account {
    /// Whether both equations hold: `decided = routed + excluded + notRouted + suppressed`, and
    /// `routed = delivered + waiting + spilled + fallback + dropped`. While requests are being
    /// decided the figures are read one after the other, and need not fit.
    #[must_use]
    pub fn balances(&self) -> bool {
        let sum = |parts: &[u64]| parts.iter().copied().fold(0, u64::saturating_add);
        let dropped = self.dropped.values().copied().fold(0, u64::saturating_add);
        let decided = [self.routed, self.excluded, self.not_routed, self.suppressed];
        let routed = [
            self.delivered,
            self.waiting,
            self.spilled,
            self.fallback,
            dropped,
        ];
        self.decided == sum(&decided) && self.routed == sum(&routed)
    }

    /// Appends the figures as one JSON object.
    pub fn push(&self, out: &mut Vec<u8>) {
        let figures = [
            ("{\"decided\":", self.decided),
            (",\"routed\":", self.routed),
            (",\"excluded\":", self.excluded),
            (",\"notRouted\":", self.not_routed),
            (",\"suppressed\":", self.suppressed),
            (",\"delivered\":", self.delivered),
            (",\"waiting\":", self.waiting),
            (",\"spilled\":", self.spilled),
            (",\"fallback\":", self.fallback),
        ];
        for (name, figure) in figures {
            out.extend_from_slice(name.as_bytes());
            push_display(out, figure);
        }
        out.extend_from_slice(b",\"dropped\":{");
        for (index, (reason, count)) in self.dropped.iter().enumerate() {
            field(out, if index > 0 { "," } else { "" }, reason.name());
            push_display(out, format_args!(":{count}"));
        }
        out.extend_from_slice(b"}}");
    }

    /// Appends the event as one line of JSON without the line's end, not stamped yet. `last`: the
    /// epoch ends with it. `moving`: the figures changed while they were read, and need not fit.
    pub fn write_json(
        &self,
        envelope: &Envelope<'_>,
        (last, moving): (bool, bool),
        out: &mut Vec<u8>,
    ) {
        push_envelope(out, envelope, TYPE_ACCOUNT);
        push_display(
            out,
            format_args!(",\"data\":{{\"last\":{last},\"moving\":{moving},\"account\":"),
        );
        self.push(out);
        out.extend_from_slice(b"}}");
    }
}
