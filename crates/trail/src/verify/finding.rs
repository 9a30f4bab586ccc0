//! What keeps an epoch from being complete.

use serde::Serialize;

use super::place::Place;
use super::report::Verdict;

/// What explains numbers that are not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// A loss event of the emitter names them.
    Loss,
    /// The destination has deleted lines of that age.
    Retention,
    /// Lines of that age were not asked for.
    Period,
    /// The emitter is at work, and wrote what is behind them in the last minute.
    UnderWay,
    /// The emitter was killed while it may have been in memory: it is one of the events that a killed
    /// epoch can lose, as many as its opening says, and no more.
    Killed,
    /// Nothing.
    Nothing,
}

/// Something that keeps an epoch from being complete, or that a reader should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Finding {
    /// Numbers that no line has.
    Missing {
        /// The first of them.
        first: u64,
        /// The last of them.
        last: u64,
        /// What explains it.
        cause: Cause,
    },
    /// The emitter says that it lost events.
    Lost {
        /// The number of the event that says so.
        at: u64,
        /// How many.
        count: u64,
        /// Why.
        reason: String,
        /// Not before that.
        from: String,
        /// And not after that.
        to: String,
        /// Where it says so.
        place: Place,
    },
    /// At least one of these lines is not the one that was written.
    Changed {
        /// The first that may be changed.
        first: u64,
        /// The last that may be changed.
        last: u64,
        /// Where these are, as far as known.
        places: Vec<Place>,
    },
    /// Two lines have each other's numbers.
    Swapped {
        /// One of them.
        first: u64,
        /// The other one.
        second: u64,
        /// Where these are.
        places: Vec<Place>,
    },
    /// A number has a line that the emitter did not write, beside another one.
    Inserted {
        /// The number.
        at: u64,
        /// Where the inserted line is; both, if nothing decides which one it is.
        places: Vec<Place>,
        /// Whether the chain decides which of them was written.
        decided: bool,
    },
    /// From a number on there are two histories.
    Forked {
        /// The first number that two lines have.
        at: u64,
        /// How many lines the other history has.
        lines: u64,
        /// Where the other one begins; both, if nothing decides which one is the other.
        places: Vec<Place>,
        /// Whether the chain decides which of them was written.
        decided: bool,
    },
    /// Lines behind the end that the emitter named.
    BeyondEnd {
        /// The first of them.
        first: u64,
        /// The last of them.
        last: u64,
    },
    /// A line was found in another topic than it was sent to.
    Misrouted {
        /// Its number.
        at: u64,
        /// The topic that it names.
        route: String,
        /// Where it was found.
        place: Place,
    },
    /// A checkpoint whose signature is not accepted.
    BadSignature {
        /// Its number.
        at: u64,
        /// Why not.
        reason: String,
        /// Where it is.
        place: Place,
    },
    /// Signatures were to be checked, and lines behind this number have none over them.
    Unsigned {
        /// The last number that a signature vouches for; nothing if there is none.
        after: Option<u64>,
        /// The last number.
        last: u64,
    },
    /// An epoch that the next one names as the one before it, and of which no line is there.
    EpochMissing {
        /// The epoch.
        epoch: String,
        /// What explains it.
        cause: Cause,
    },
    /// No later epoch names this one as the one before it.
    StrayEpoch {
        /// The epoch that is named in its place.
        named: String,
    },
    /// The tail cannot be known: the emitter did not close the epoch.
    TailUnknown {
        /// The highest number that is there.
        after: u64,
        /// So many events can be lost unseen, at most.
        at_most: Option<u64>,
    },
    /// Copies of lines that were read so long before that they could not be compared.
    NotCompared {
        /// How many.
        count: u64,
    },
    /// Lines that could not be checked for lack of memory.
    Unchecked {
        /// How many.
        count: u64,
    },
}

impl Finding {
    /// What it says of the epoch.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Missing { cause, .. } | Self::EpochMissing { cause, .. } => match cause {
                Cause::Retention | Cause::Period | Cause::UnderWay => Verdict::Complete,
                Cause::Loss | Cause::Killed | Cause::Nothing => Verdict::Incomplete,
            },
            Self::Lost { .. }
            | Self::TailUnknown { .. }
            | Self::Unsigned { .. }
            | Self::NotCompared { .. }
            | Self::Unchecked { .. } => Verdict::Incomplete,
            Self::Changed { .. }
            | Self::Swapped { .. }
            | Self::Inserted { .. }
            | Self::Forked { .. }
            | Self::BeyondEnd { .. }
            | Self::Misrouted { .. }
            | Self::BadSignature { .. }
            | Self::StrayEpoch { .. } => Verdict::Tampered,
        }
    }

    /// The number where it begins; those about the epoch as a whole come last.
    pub(super) fn number(&self) -> u64 {
        match self {
            Self::Missing { first, .. }
            | Self::Changed { first, .. }
            | Self::Swapped { first, .. }
            | Self::BeyondEnd { first, .. } => *first,
            Self::Lost { at, .. }
            | Self::Inserted { at, .. }
            | Self::Forked { at, .. }
            | Self::Misrouted { at, .. }
            | Self::BadSignature { at, .. } => *at,
            Self::TailUnknown { after, .. } => after.saturating_add(1),
            Self::EpochMissing { .. } => 0,
            _ => u64::MAX,
        }
    }
}
