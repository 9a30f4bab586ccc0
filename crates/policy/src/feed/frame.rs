//! One message as bytes: `OMF1`, the payload's length, its CRC-32, and the payload.

use alloc::vec::Vec;

use super::message::{Change, Changes, Message};
use crate::acl::AclBinding;

const MAGIC: [u8; 4] = *b"OMF1";

/// Bytes before the payload.
pub const HEADER: usize = 12;

/// Longest payload, bytes. A longer one is neither read nor waited for: a million bindings take
/// some 60 MB.
pub const LONGEST_PAYLOAD: usize = 1 << 30;

/// Why bytes are no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FeedError {
    /// They are no feed, or one of another version.
    #[error("does not begin with `OMF1`: this is no feed, or one of another version")]
    Magic,
    /// They end too early.
    #[error("ends after {has} of {needs} bytes")]
    Cut {
        /// Bytes there are.
        has: usize,
        /// Bytes that are needed to go on.
        needs: usize,
    },
    /// They are not what was written.
    #[error("the checksum does not match: the bytes were damaged")]
    Checksum,
    /// They are what was written, and that is no message.
    #[error("{0}")]
    Invalid(&'static str),
}

/// One frame.
#[must_use]
pub fn encode(message: &Message) -> Vec<u8> {
    // Writing to memory what has no length limits of its own does not fail.
    let payload = postcard::to_allocvec(message).unwrap_or_default();
    let mut frame = Vec::with_capacity(HEADER + payload.len());
    frame.extend(MAGIC);
    // What is too long for the length is refused by every reader, and never read as less.
    frame.extend(
        u32::try_from(payload.len())
            .unwrap_or(u32::MAX)
            .to_be_bytes(),
    );
    frame.extend(crc32fast::hash(&payload).to_be_bytes());
    frame.extend(payload);
    frame
}

/// How long the frame that begins so is, header and payload, for those who read from a stream.
pub fn frame_length(bytes: &[u8]) -> Result<usize, FeedError> {
    let known = bytes.len().min(MAGIC.len());
    if bytes.get(..known) != MAGIC.get(..known) {
        return Err(FeedError::Magic);
    }
    let cut = FeedError::Cut {
        has: bytes.len(),
        needs: HEADER,
    };
    if bytes.len() < HEADER {
        return Err(cut);
    }
    let length = number(bytes, MAGIC.len()).ok_or(cut)? as usize;
    if length > LONGEST_PAYLOAD {
        return Err(FeedError::Invalid("says that it is longer than 1 GiB"));
    }
    Ok(HEADER + length)
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_be_bytes(*bytes))
}

/// The first message in the bytes, and how many bytes it took. Takes memory in proportion to the
/// bytes that are there, whatever lengths they claim.
pub fn decode(bytes: &[u8]) -> Result<(Message, usize), FeedError> {
    let needs = frame_length(bytes)?;
    let has = bytes.len();
    let payload = bytes.get(HEADER..needs);
    let payload = payload.ok_or(FeedError::Cut { has, needs })?;
    if number(bytes, 8) != Some(crc32fast::hash(payload)) {
        return Err(FeedError::Checksum);
    }
    let (message, rest) = postcard::take_from_bytes(payload)
        .map_err(|_| FeedError::Invalid("the payload is no message of this version"))?;
    if !rest.is_empty() {
        return Err(FeedError::Invalid("the payload goes on after the message"));
    }
    valid(&message)?;
    Ok((message, needs))
}

/// What the types alone do not say.
fn valid(message: &Message) -> Result<(), FeedError> {
    match message {
        Message::Snapshot(snapshot) => snapshot.acls.iter().try_for_each(valid_acl),
        Message::Changes(changes) => {
            let acls = changes.changes.iter().filter_map(|change| match change {
                Change::Acl { acl, .. } => Some(acl),
                _ => None,
            });
            acls.into_iter().try_for_each(valid_acl)?;
            valid_generations(changes)
        }
    }
}

/// An empty prefix would stand for every name.
fn valid_acl(acl: &AclBinding) -> Result<(), FeedError> {
    if acl.pattern.name.is_empty() || acl.entry.host.is_empty() {
        return Err(FeedError::Invalid("an ACL has no name or no host"));
    }
    Ok(())
}

fn valid_generations(changes: &Changes) -> Result<(), FeedError> {
    let (from, to) = (changes.from, changes.to);
    if from > to || (from == to && !changes.changes.is_empty()) {
        return Err(FeedError::Invalid(
            "changes must lead to a later generation",
        ));
    }
    Ok(())
}
