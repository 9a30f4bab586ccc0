//! What to do about what was found.

use openmds_trail::verify::{Cause, Finding};

/// What to do next.
pub(super) const fn advice(finding: &Finding) -> Option<&'static str> {
    Some(match finding {
        Finding::Missing {
            cause: Cause::Nothing,
            ..
        }
        | Finding::EpochMissing {
            cause: Cause::Nothing,
            ..
        } => {
            "Missing numbers that nothing explains: were all destination topics and the fallback logs given? If so, somebody removed them"
        }
        Finding::Missing {
            cause: Cause::Loss, ..
        }
        | Finding::Lost { .. } => {
            "Lost events: the reason says where to look; lines of reason fallback are in the node's fallback log, which can be given as FILE"
        }
        Finding::Changed { .. }
        | Finding::Swapped { .. }
        | Finding::Inserted { .. }
        | Finding::Forked { .. }
        | Finding::BeyondEnd { .. }
        | Finding::StrayEpoch { .. }
        | Finding::Misrouted { .. } => {
            "Tampered lines: keep a copy of the topics, and look at who may write to them or to the brokers' disks"
        }
        Finding::BadSignature { .. } | Finding::Unsigned { .. } => {
            "Signatures: is --ca the authority of these nodes, and have they joined it (openmds cluster nodes)?"
        }
        Finding::TailUnknown { .. } => {
            "Unknown tails: the process was killed or is silent; look at its log for when, and start it: its next start says where it ended"
        }
        Finding::NotCompared { .. } | Finding::Unchecked { .. } => {
            "Lines that were not checked: verify a shorter period with --since, or without --state"
        }
        _ => return None,
    })
}
