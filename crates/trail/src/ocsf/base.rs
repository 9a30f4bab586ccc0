//! What the trail says about itself: Base Event, with the CloudEvent whole in `unmapped`.

use super::head::{Class, Head, Severity, push};
use crate::metadata::Envelope;
use crate::own::{Account, Checkpoint, Distrust, EpochOpened, Loss, OWN_TYPES};
use crate::own::{TYPE_ACCOUNT, TYPE_CHECKPOINT, TYPE_DISTRUST, TYPE_EPOCH, TYPE_LOSS};

const BASE_EVENT: Class = Class {
    uid: 0,
    name: "Base Event",
    category_uid: 0,
    category_name: "Uncategorized",
};
/// An activity with a name of its own.
const OTHER: u32 = 99;

fn wrap(out: &mut Vec<u8>, envelope: &Envelope<'_>, kind: &str, write: impl FnOnce(&mut Vec<u8>)) {
    let severity = match kind {
        TYPE_LOSS => Severity::Low,
        TYPE_DISTRUST => Severity::High,
        _ => Severity::Informational,
    };
    let name = kind.strip_prefix(OWN_TYPES).unwrap_or(kind);
    push(
        out,
        &Head::new(envelope, BASE_EVENT, (OTHER, name), severity),
    );
    out.pop();
    out.extend_from_slice(b",\"unmapped\":");
    write(out);
    out.push(b'}');
}

macro_rules! own {
    ($($event:ident $kind:ident),*) => {$(
        impl $event<'_> {
            /// Appends the event as one line of OCSF without the line's end, not stamped yet.
            pub fn write_ocsf(&self, out: &mut Vec<u8>) {
                wrap(out, &self.envelope, $kind, |out| self.write_json(out));
            }
        }
    )*};
}

own!(EpochOpened TYPE_EPOCH, Loss TYPE_LOSS, Checkpoint TYPE_CHECKPOINT, Distrust TYPE_DISTRUST);

impl Account {
    /// Appends the event as one line of OCSF without the line's end, not stamped yet.
    pub fn write_ocsf(
        &self,
        envelope: &Envelope<'_>,
        (last, moving): (bool, bool),
        out: &mut Vec<u8>,
    ) {
        wrap(out, envelope, TYPE_ACCOUNT, |out| {
            self.write_json(envelope, (last, moving), out)
        });
    }
}
