//! Reading what Java packed, from the front on.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Action, Actions, DecodeError, GRANTED, LOG_IF_ALLOWED, LOG_IF_DENIED};

pub(crate) struct Reader<'a> {
    pub(crate) bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn take(
        &mut self,
        count: usize,
        field: &'static str,
    ) -> Result<&'a [u8], DecodeError> {
        let (head, tail) = self
            .bytes
            .split_at_checked(count)
            .ok_or(DecodeError::Short { field })?;
        self.bytes = tail;
        Ok(head)
    }

    pub(crate) fn array<const N: usize>(
        &mut self,
        field: &'static str,
    ) -> Result<[u8; N], DecodeError> {
        let (head, tail) = self
            .bytes
            .split_first_chunk::<N>()
            .ok_or(DecodeError::Short { field })?;
        self.bytes = tail;
        Ok(*head)
    }

    pub(crate) fn u32(&mut self, field: &'static str) -> Result<u32, DecodeError> {
        Ok(u32::from_be_bytes(self.array(field)?))
    }

    pub(crate) fn text(&mut self, field: &'static str) -> Result<&'a str, DecodeError> {
        self.optional_text(field)?
            .ok_or(DecodeError::Invalid { field })
    }

    pub(super) fn optional_text(
        &mut self,
        field: &'static str,
    ) -> Result<Option<&'a str>, DecodeError> {
        let length = i32::from_be_bytes(self.array(field)?);
        if length == -1 {
            return Ok(None);
        }
        let length = usize::try_from(length).map_err(|_| DecodeError::Invalid { field })?;
        let bytes = self.take(length, field)?;
        std::str::from_utf8(bytes)
            .map(Some)
            .map_err(|_| DecodeError::Invalid { field })
    }

    pub(super) fn address(&mut self) -> Result<Option<IpAddr>, DecodeError> {
        let field = "client_address";
        match self.array::<1>(field)? {
            [0] => Ok(None),
            [4] => Ok(Some(IpAddr::V4(Ipv4Addr::from(self.array::<4>(field)?)))),
            [16] => Ok(Some(IpAddr::V6(Ipv6Addr::from(self.array::<16>(field)?)))),
            _ => Err(DecodeError::Invalid { field }),
        }
    }

    pub(super) fn action(&mut self) -> Result<Action<'a>, DecodeError> {
        let [operation, resource_type, pattern_type, flags] = self.array("action")?;
        let name = self.text("resource_name")?;
        Ok(Action {
            operation,
            resource_type,
            pattern_type,
            name,
            granted: flags & GRANTED != 0,
            log_if_allowed: flags & LOG_IF_ALLOWED != 0,
            log_if_denied: flags & LOG_IF_DENIED != 0,
        })
    }

    /// Reads all actions once, so that a request is taken whole or not at all.
    pub(super) fn actions(&mut self) -> Result<Actions<'a>, DecodeError> {
        let count = self.u32("actions")?;
        let actions = Actions {
            count,
            bytes: self.bytes,
        };
        for _ in 0..count {
            self.action()?;
        }
        if self.bytes.is_empty() {
            Ok(actions)
        } else {
            Err(DecodeError::Invalid { field: "actions" })
        }
    }
}
