//! The message in which Java hands over one `authorize` call: layout `OMR2` of
//! `spec/native-bridge.md`. Decoding is total: any bytes are either a request or a [`DecodeError`].

mod reader;

use std::net::IpAddr;

pub(crate) use reader::Reader;

/// The first four bytes; the digit is the layout's version.
pub const MAGIC: &[u8; 4] = b"OMR2";

const DECIDED_BY_KAFKA: u8 = 1;
const MAY_WAIT: u8 = 2;
const GRANTED: u8 = 1;
const LOG_IF_ALLOWED: u8 = 2;
const LOG_IF_DENIED: u8 = 4;

/// Why a message is not a request. The message itself is never shown: it holds names of clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Another layout, or no message at all.
    #[error(
        "the message does not begin with `OMR2`: the jar and its native library are of different versions"
    )]
    Magic,
    /// The length in the message is not the number of bytes received.
    #[error("the message says that it has {stated} bytes, but {received} were received")]
    Length {
        /// The length in the message.
        stated: u32,
        /// The number of bytes received.
        received: usize,
    },
    /// A field reaches beyond the end.
    #[error("the message ends inside `{field}`")]
    Short {
        /// The field's name in `spec/native-bridge.md`.
        field: &'static str,
    },
    /// A field holds what no writer writes.
    #[error("`{field}` is invalid")]
    Invalid {
        /// The field's name in `spec/native-bridge.md`.
        field: &'static str,
    },
}

/// One `authorize` call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request<'a> {
    /// Whether the actions carry decisions of Kafka's own authorizer, which stand.
    pub decided_by_kafka: bool,
    /// Whether the thread that asks may wait for events to be safe.
    pub may_wait: bool,
    /// Kafka's number of the API.
    pub api_key: i16,
    /// The version of the API that the client speaks.
    pub api_version: i16,
    /// The client's number of its request.
    pub correlation_id: i32,
    /// Where the client connected from, if known.
    pub address: Option<IpAddr>,
    /// `User:alice`.
    pub principal: &'a str,
    /// The client's name for itself.
    pub client_id: Option<&'a str>,
    /// The groups that the client's own credentials name.
    pub groups: Groups<'a>,
    /// What was asked, in order.
    pub actions: Actions<'a>,
}

/// Names of groups, packed: a number of texts, or nothing at all. [`Request::decode`] has not looked
/// inside: the same bytes are the same groups, and they come with every request of a client.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Groups<'a>(&'a [u8]);

impl<'a> Groups<'a> {
    /// As they came.
    #[must_use]
    pub const fn bytes(self) -> &'a [u8] {
        self.0
    }

    /// The names, without type.
    pub fn names(self) -> Result<Vec<&'a str>, DecodeError> {
        let field = "groups";
        let mut reader = Reader { bytes: self.0 };
        let mut names = Vec::new();
        if self.0.is_empty() {
            return Ok(names);
        }
        for _ in 0..reader.u32(field)? {
            names.push(reader.text(field)?);
        }
        if reader.bytes.is_empty() {
            Ok(names)
        } else {
            Err(DecodeError::Invalid { field })
        }
    }
}

/// One action and, if Kafka decided, its decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Action<'a> {
    /// `AclOperation.code()`.
    pub operation: u8,
    /// `ResourceType.code()`.
    pub resource_type: u8,
    /// `PatternType.code()`.
    pub pattern_type: u8,
    /// The resource's plain name.
    pub name: &'a str,
    /// Kafka's decision, if [`Request::decided_by_kafka`].
    pub granted: bool,
    /// Kafka's own flags: access was really sought, and is worth a record if allowed or denied.
    pub log_if_allowed: bool,
    /// As above, if denied.
    pub log_if_denied: bool,
}

impl Action<'_> {
    /// Whether Kafka's flags ask for a record of that decision.
    #[must_use]
    pub const fn wants_record(&self, granted: bool) -> bool {
        if granted {
            self.log_if_allowed
        } else {
            self.log_if_denied
        }
    }
}

/// The actions of a request, decoded one by one; [`Request::decode`] has already read all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actions<'a> {
    count: u32,
    bytes: &'a [u8],
}

/// What an action says about being recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wishes {
    /// As in [`Action`].
    pub(crate) granted: bool,
    log_if_allowed: bool,
    log_if_denied: bool,
}

impl Wishes {
    const fn of(flags: u8) -> Self {
        Self {
            granted: flags & GRANTED != 0,
            log_if_allowed: flags & LOG_IF_ALLOWED != 0,
            log_if_denied: flags & LOG_IF_DENIED != 0,
        }
    }

    /// As [`Action::wants_record`].
    pub(crate) const fn wants_record(self, granted: bool) -> bool {
        if granted {
            self.log_if_allowed
        } else {
            self.log_if_denied
        }
    }
}

impl Actions<'_> {
    /// What each of them says about being recorded, without a look at the rest.
    pub(crate) fn wishes(self) -> impl Iterator<Item = Wishes> {
        let mut reader = Reader { bytes: self.bytes };
        (0..self.count).map_while(move |_| {
            let [_, _, _, flags] = reader.array("action").ok()?;
            let length = usize::try_from(reader.u32("resource_name").ok()?).ok()?;
            reader.take(length, "resource_name").ok()?;
            Some(Wishes::of(flags))
        })
    }

    /// How many there are.
    #[must_use]
    pub const fn number(&self) -> u32 {
        self.count
    }
}

impl<'a> Iterator for Actions<'a> {
    type Item = Action<'a>;

    fn next(&mut self) -> Option<Action<'a>> {
        self.count = self.count.checked_sub(1)?;
        let mut reader = Reader { bytes: self.bytes };
        let action = reader.action().ok()?;
        self.bytes = reader.bytes;
        Some(action)
    }
}

impl<'a> Request<'a> {
    /// Decodes a whole message.
    pub fn decode(message: &'a [u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader { bytes: message };
        if reader.take(MAGIC.len(), "magic").ok() != Some(MAGIC) {
            return Err(DecodeError::Magic);
        }
        let stated = reader.u32("length")?;
        if usize::try_from(stated) != Ok(message.len()) {
            return Err(DecodeError::Length {
                stated,
                received: message.len(),
            });
        }
        let [flags] = reader.array("flags")?;
        let api_key = i16::from_be_bytes(reader.array("api_key")?);
        let api_version = i16::from_be_bytes(reader.array("api_version")?);
        let correlation_id = i32::from_be_bytes(reader.array("correlation_id")?);
        let address = reader.address()?;
        let principal = reader.text("principal")?;
        let client_id = reader.optional_text("client_id")?;
        let length = usize::try_from(reader.u32("groups")?);
        let length = length.map_err(|_| DecodeError::Invalid { field: "groups" })?;
        let groups = Groups(reader.take(length, "groups")?);
        let actions = reader.actions()?;
        Ok(Self {
            decided_by_kafka: flags & DECIDED_BY_KAFKA != 0,
            may_wait: flags & MAY_WAIT != 0,
            api_key,
            api_version,
            correlation_id,
            address,
            principal,
            client_id,
            groups,
            actions,
        })
    }
}
