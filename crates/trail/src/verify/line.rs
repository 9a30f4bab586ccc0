//! What the verifier reads of a line, and why it does not read one.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::own::Own;
use crate::Hash;
use crate::own::OWN_TYPES;
use crate::stamp::Epoch;

/// Longer lines are none of ours: Kafka's largest record is a hundredth of that by default.
pub(super) const LONGEST_LINE: usize = 64 << 20;

/// Why a line is no event that could be verified.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// It has more bytes than any event.
    #[error("it has {0} bytes, more than an event can have")]
    TooLong(usize),
    /// It is no JSON object with the attributes of an event.
    #[error("it is no CloudEvent, nor an OCSF event of ours: {0}")]
    NotAnEvent(String),
    /// It is an event of somebody who gives no numbers.
    #[error("it has no number: none of emitter, epoch, sequence and chain is there")]
    Unnumbered,
    /// Its attributes make no sense.
    #[error("its attribute {name} is not {expected}")]
    Attribute {
        /// Its name.
        name: &'static str,
        /// What it should be.
        expected: &'static str,
    },
    /// It is one of the trail's own events, but says something else than those do.
    #[error("its data is not that of {kind}: {reason}")]
    Data {
        /// The type of the event.
        kind: String,
        /// What is wrong.
        reason: String,
    },
}

/// The attributes of an event; a repeated one is an error, whatever other readers make of it.
#[derive(Deserialize)]
struct Attributes<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    time: Cow<'a, str>,
    #[serde(borrow, default)]
    route: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    emitter: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    epoch: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    sequence: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    sequencelast: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    chain: Option<Cow<'a, str>>,
}

/// OCSF: the attributes and their `data` stand in `unmapped`.
#[derive(Deserialize)]
struct Ocsf<'a> {
    #[serde(rename = "class_uid")]
    _class: u32,
    #[serde(borrow)]
    unmapped: &'a RawValue,
}

/// The attributes, and the JSON object that they stand in.
fn attributes(line: &[u8]) -> Result<(Attributes<'_>, &[u8]), LineError> {
    let not_an_event = |error: serde_json::Error| LineError::NotAnEvent(error.to_string());
    let error = match serde_json::from_slice(line) {
        Ok(read) => return Ok((read, line)),
        Err(error) => error,
    };
    let Ok(Ocsf { unmapped, .. }) = serde_json::from_slice(line) else {
        return Err(not_an_event(error));
    };
    let inner = unmapped.get().as_bytes();
    let read = serde_json::from_slice(inner).map_err(not_an_event)?;
    Ok((read, inner))
}

/// A line as far as the verifier is concerned.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) emitter: String,
    pub(super) epoch: Epoch,
    pub(super) first: u64,
    pub(super) last: u64,
    pub(super) chain: Hash,
    pub(super) hash: Hash,
    pub(super) time_ms: i64,
    pub(super) route: Option<String>,
    pub(super) own: Option<Own>,
}

impl Line {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, LineError> {
        if bytes.len() > LONGEST_LINE {
            return Err(LineError::TooLong(bytes.len()));
        }
        let (read, inner) = attributes(bytes)?;
        let Attributes {
            emitter,
            epoch,
            sequence,
            chain,
            ..
        } = &read;
        if emitter.is_none() && epoch.is_none() && sequence.is_none() && chain.is_none() {
            return Err(LineError::Unnumbered);
        }
        let emitter = emitter.as_deref().filter(|text| !text.is_empty());
        let emitter = emitter.ok_or(attribute("emitter", "a text"))?.to_owned();
        let epoch = epoch.as_deref().and_then(Epoch::parse);
        let epoch = epoch.ok_or(attribute("epoch", "at least 13 digits"))?;
        let first = sequence.as_deref().and_then(number);
        let first = first.ok_or(attribute("sequence", "a decimal number from 1"))?;
        let last = match read.sequencelast.as_deref() {
            None => Some(first),
            Some(text) => number(text).filter(|last| *last > first),
        };
        let last = last.ok_or(attribute("sequencelast", "a number above sequence"))?;
        let chain = chain.as_deref().and_then(Hash::parse);
        let chain = chain.ok_or(attribute("chain", "a SHA-256 in base64url"))?;
        let time: Timestamp = read
            .time
            .parse()
            .map_err(|_| attribute("time", "an RFC 3339 time"))?;
        if read.id.is_empty() {
            return Err(attribute("id", "a text"));
        }
        let own = match read.kind.strip_prefix(OWN_TYPES) {
            None => None,
            Some(_) => Own::parse(&read.kind, inner)?,
        };
        Ok(Self {
            emitter,
            epoch,
            first,
            last,
            chain,
            hash: Hash::of(bytes),
            time_ms: time.as_millisecond(),
            route: read.route.map(Cow::into_owned),
            own,
        })
    }
}

const fn attribute(name: &'static str, expected: &'static str) -> LineError {
    LineError::Attribute { name, expected }
}

/// As emitters write it: no sign, no zero before it, from 1.
fn number(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| plain)
}
