//! Numbers: each event is stamped when it leaves its emitter's queue, by the one thread that drains
//! it, with who emitted it, since when, its number, and the hash of the line before it.

use std::fmt;
use std::io::Write as _;

use memchr::memmem;

use crate::chain::Hash;
use crate::json::push_string;

/// When an emitter started: milliseconds since 1970, raised above those of its former epochs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(u64);

impl Epoch {
    /// Of this number of milliseconds.
    #[must_use]
    pub const fn new(millis: u64) -> Self {
        Self(millis)
    }

    /// The epoch of an emitter that starts now: later than its former one, whatever the clock says.
    #[must_use]
    pub fn after(former: Option<Self>, now_ms: u64) -> Self {
        Self(former.map_or(now_ms, |former| now_ms.max(former.0.saturating_add(1))))
    }

    /// As [`Display`](fmt::Display) shows it: digits alone, at least 13 of them.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.len() >= 13 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| digits).map(Self)
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn millis(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{:013}", self.0)
    }
}

/// Where an epoch ended that was closed in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// The highest number given.
    pub last: u64,
    /// Hash of the line that has it.
    pub hash: Hash,
}

/// What the first event of an epoch is chained to: a statement instead of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening<'a> {
    /// `<cluster id>/broker-1`, `<cluster id>/controller-100`, ...
    pub emitter: &'a str,
    /// The epoch that opens.
    pub epoch: Epoch,
    /// The epoch before it, where one is known.
    pub previous: Option<Epoch>,
    /// Where that one ended; `None` if it was killed.
    pub end: Option<End>,
}

impl Opening<'_> {
    /// The statement: lines of text, the last one without an end. What is not known is `-`.
    #[must_use]
    pub fn statement(&self) -> String {
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        let previous = or_dash(self.previous.map(|epoch| epoch.to_string()));
        let last = or_dash(self.end.map(|end| end.last.to_string()));
        let hash = or_dash(self.end.map(|end| end.hash.to_string()));
        let (emitter, epoch) = (self.emitter, self.epoch);
        format!("openmds-epoch-v1\n{emitter}\n{epoch}\n{previous}\n{last}\n{hash}")
    }

    /// The `chain` of the event that has number 1.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Hash::of(self.statement().as_bytes())
    }
}

/// What a node signs at a checkpoint: the emitter, the epoch, a number, and the hash of its line.
#[must_use]
pub fn checkpoint_statement(emitter: &str, epoch: Epoch, sequence: u64, hash: Hash) -> String {
    format!("openmds-checkpoint-v1\n{emitter}\n{epoch}\n{sequence}\n{hash}")
}

/// Gives numbers in one epoch of one emitter.
#[derive(Debug, Clone)]
pub struct Stamper {
    /// The attributes up to the number.
    head: Vec<u8>,
    emitter: String,
    epoch: Epoch,
    last: u64,
    hash: Hash,
}

impl Stamper {
    /// One that has given no number yet.
    #[must_use]
    pub fn new(opening: &Opening<'_>) -> Self {
        let mut head = b",\"emitter\":".to_vec();
        push_string(&mut head, opening.emitter);
        push(
            &mut head,
            format_args!(",\"epoch\":\"{}\",\"sequence\":\"", opening.epoch),
        );
        Self {
            head,
            emitter: opening.emitter.to_owned(),
            epoch: opening.epoch,
            last: 0,
            hash: opening.hash(),
        }
    }

    /// The emitter.
    #[must_use]
    pub fn emitter(&self) -> &str {
        &self.emitter
    }

    /// The epoch.
    #[must_use]
    pub const fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// The last number given, and the hash of the line that has it; before the first one 0, and what
    /// the first one will be chained to.
    #[must_use]
    pub const fn end(&self) -> End {
        End {
            last: self.last,
            hash: self.hash,
        }
    }

    /// Stamps the event that begins at `from` and ends the buffer, and answers its number. `count`
    /// above 1: it stands for so many numbers, of which this is the first.
    ///
    /// The attributes come before `data`. A line without `data` is none of ours; it is stamped at
    /// its end, so that it stays what it was otherwise.
    pub fn stamp(&mut self, out: &mut Vec<u8>, from: usize, count: u64) -> u64 {
        let at = end_of_attributes(out, from);
        let first = self.last.saturating_add(1);
        let last = self.last.saturating_add(count.max(1));
        // Written behind the line, and then turned to where they belong.
        let end = out.len();
        out.extend_from_slice(&self.head);
        push(out, format_args!("{first}"));
        if last > first {
            push(out, format_args!("\",\"sequencelast\":\"{last}"));
        }
        out.extend_from_slice(b"\",\"chain\":\"");
        self.hash.push(out);
        out.push(b'"');
        let length = out.len().saturating_sub(end);
        if let Some(rest) = out.get_mut(at..) {
            rest.rotate_right(length.min(rest.len()));
        }
        self.last = last;
        self.hash = Hash::of(out.get(from..).unwrap_or_default());
        first
    }
}

/// Where another attribute goes in the event that begins at `from` and ends the buffer.
fn end_of_attributes(out: &[u8], from: usize) -> usize {
    const DATA: &[u8] = b",\"data\":";
    let line = out.get(from..).unwrap_or_default();
    // Inside of a string the quotes would be escaped, so the first match is the attribute.
    let at = memmem::find(line, DATA);
    let at = at.unwrap_or_else(|| line.len().saturating_sub(1));
    from.saturating_add(at).min(out.len())
}

/// Why a request was answered before its event was safe, though the companion asks for more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unawaited {
    /// It was decided on a thread that must not wait.
    Thread,
    /// It is of those that are never held up: super users, nodes, and who is named.
    Exempt,
}

impl Unawaited {
    /// As events spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Thread => "thread",
            Self::Exempt => "exempt",
        }
    }

    /// Says so in the event that begins at `from` and ends the buffer, before it is stamped.
    pub fn mark(self, out: &mut Vec<u8>, from: usize) {
        let at = end_of_attributes(out, from);
        let mark = format!(",\"unawaited\":\"{}\"", self.as_str());
        out.splice(at..at, mark.into_bytes());
    }
}

fn push(out: &mut Vec<u8>, text: fmt::Arguments<'_>) {
    // Writing into a vector cannot fail.
    let _ = out.write_fmt(text);
}
