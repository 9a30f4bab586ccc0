//! One decision on its way from a request thread to the drain thread: small, and with one
//! allocation.

use std::net::IpAddr;

use openmds_trail::Cause;

use crate::care::Care;
use crate::codec::{Action, Request};

/// What decided; its texts lie in the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Nothing,
    SuperUser,
    RoleBinding,
    AllowAcl,
    DenyAcl,
}

/// A decision that is to be recorded. Its texts lie end to end in one allocation.
#[derive(Debug)]
pub struct Record {
    /// When it was decided, microseconds since 1970.
    pub time_micros: i64,
    /// The client's number of its request.
    pub correlation_id: i32,
    /// Kafka's number of the API.
    pub api_key: i16,
    /// `AclOperation.code()`.
    pub operation: u8,
    /// `ResourceType.code()`.
    pub resource_type: u8,
    /// `PatternType.code()`.
    pub pattern_type: u8,
    /// The decision.
    pub granted: bool,
    /// What is done for it.
    pub care: Care,
    cause: Kind,
    /// Where the client connected from.
    pub address: Option<IpAddr>,
    has_client_id: bool,
    ends: [u32; 5],
    texts: Box<str>,
}

impl Record {
    /// Keeps what an event needs. `topic` is empty for a decision made before the cluster's id was
    /// known: it is routed when it is drained. `None` if the texts exceed 4 GiB.
    #[must_use]
    pub fn new(
        request: &Request<'_>,
        action: &Action<'_>,
        topic: &str,
        (granted, cause): (bool, Cause<'_>),
        (time_micros, care): (i64, Care),
    ) -> Option<Self> {
        let client_id = request.client_id.unwrap_or_default();
        let (cause, named, acting) = match cause {
            Cause::Nothing => (Kind::Nothing, "", None),
            Cause::SuperUser => (Kind::SuperUser, "", None),
            Cause::RoleBinding {
                role,
                acting_principal,
                ..
            } => (Kind::RoleBinding, role, acting_principal),
            Cause::Acl {
                allows,
                host,
                acting_principal,
            } => {
                let kind = if allows {
                    Kind::AllowAcl
                } else {
                    Kind::DenyAcl
                };
                (kind, host, acting_principal)
            }
        };
        let acting = acting.unwrap_or_default();
        let parts = [
            topic,
            request.principal,
            client_id,
            named,
            acting,
            action.name,
        ];
        let mut texts = String::with_capacity(parts.iter().map(|part| part.len()).sum());
        let mut ends = [0; 5];
        for (index, part) in parts.into_iter().enumerate() {
            texts.push_str(part);
            if let Some(end) = ends.get_mut(index) {
                *end = u32::try_from(texts.len()).ok()?;
            }
        }
        Some(Self {
            time_micros,
            correlation_id: request.correlation_id,
            api_key: request.api_key,
            operation: action.operation,
            resource_type: action.resource_type,
            pattern_type: action.pattern_type,
            granted,
            care,
            cause,
            address: request.address,
            has_client_id: request.client_id.is_some(),
            ends,
            texts: texts.into_boxed_str(),
        })
    }

    /// What it takes in memory, allocator and queue slot included.
    #[must_use]
    pub const fn size(&self) -> usize {
        const SLOT_AND_ALLOCATION: usize = size_of::<Record>() + 8 + 16;
        self.texts.len().saturating_add(SLOT_AND_ALLOCATION)
    }

    fn part(&self, start: usize, end: Option<usize>) -> &str {
        let end_of = |index: usize| {
            self.ends
                .get(index)
                .and_then(|end| usize::try_from(*end).ok())
        };
        let from = start.checked_sub(1).and_then(end_of).unwrap_or(0);
        let to = end.and_then(end_of).unwrap_or(self.texts.len());
        self.texts.get(from..to).unwrap_or_default()
    }

    /// The destination topic; empty if not routed yet.
    #[must_use]
    pub fn topic(&self) -> &str {
        self.part(0, Some(0))
    }

    /// `User:alice`.
    #[must_use]
    pub fn principal(&self) -> &str {
        self.part(1, Some(1))
    }

    /// The client's name for itself.
    #[must_use]
    pub fn client_id(&self) -> Option<&str> {
        self.has_client_id.then(|| self.part(2, Some(2)))
    }

    /// The resource's plain name.
    #[must_use]
    pub fn resource_name(&self) -> &str {
        self.part(5, None)
    }

    /// What decided, in the cluster with that id.
    #[must_use]
    pub fn cause<'a>(&'a self, cluster_id: &'a str) -> Cause<'a> {
        let named = self.part(3, Some(3));
        let acting = Some(self.part(4, Some(4))).filter(|acting| !acting.is_empty());
        match self.cause {
            Kind::Nothing => Cause::Nothing,
            Kind::SuperUser => Cause::SuperUser,
            Kind::RoleBinding => Cause::RoleBinding {
                role: named,
                cluster_id,
                acting_principal: acting,
            },
            kind @ (Kind::AllowAcl | Kind::DenyAcl) => Cause::Acl {
                allows: kind == Kind::AllowAcl,
                host: named,
                acting_principal: acting,
            },
        }
    }
}
