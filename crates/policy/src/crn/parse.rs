//! From text to CRNs and patterns.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::name::{Crn, Element};
use super::pattern::{CrnPattern, PatternElement, ValuePattern};
use super::{canonical_kind, percent};
use crate::text::quotation;

/// Longest CRN text taken, bytes, as written and in its normal spelling; far above any real one, it
/// bounds the work on hostile input.
const LONGEST: usize = 4096;

/// Why a text is not a CRN or not a pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CrnError {
    /// It does not begin with `crn://`.
    #[error("`{text}` is not a CRN: it must begin with `crn://`")]
    Scheme {
        /// The offending text.
        text: String,
    },
    /// No element follows the authority.
    #[error("`{text}` names no resource: write at least `crn:///kafka=<cluster id>`")]
    NoElement {
        /// The offending text.
        text: String,
    },
    /// The authority holds a character that host names do not have.
    #[error("the authority `{authority}` may hold only letters, digits, `.`, `-`, `_` and `:`")]
    Authority {
        /// The offending authority.
        authority: String,
    },
    /// A step is not `type=value`.
    #[error("`{element}` at position {position} is not `type=value`")]
    Element {
        /// The offending step.
        element: String,
        /// Counted from 1.
        position: usize,
    },
    /// A percent escape cannot be decoded.
    #[error("`{element}` at position {position} has a percent escape that cannot be decoded")]
    Escape {
        /// The offending step.
        element: String,
        /// Counted from 1.
        position: usize,
    },
    /// `*` stands elsewhere than at the end of a value, or in a name that allows no wildcard.
    #[error(
        "`{element}` at position {position}: `*` may stand only at the end of a value of a pattern; write a literal `*` as `%2A`"
    )]
    Wildcard {
        /// The offending step.
        element: String,
        /// Counted from 1.
        position: usize,
    },
    /// The text is longer than any CRN.
    #[error("the CRN is {length} bytes long, with all escapes; at most {LONGEST} are taken")]
    TooLong {
        /// Bytes in the offending text, or in its normal spelling.
        length: usize,
    },
}

struct Split<'a> {
    authority: &'a str,
    steps: Vec<&'a str>,
}

/// Says why a text cannot be an authority, such as a broker's
/// `confluent.authorizer.authority.name`; empty is one (`audit-logs.md` 3.1).
pub fn check_authority(authority: &str) -> Result<(), CrnError> {
    let host = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':');
    if authority.bytes().all(host) {
        return Ok(());
    }
    Err(CrnError::Authority {
        authority: quotation(authority),
    })
}

fn check_length(length: usize) -> Result<(), CrnError> {
    if length > LONGEST {
        return Err(CrnError::TooLong { length });
    }
    Ok(())
}

fn split(text: &str) -> Result<Split<'_>, CrnError> {
    check_length(text.len())?;
    let rest = text
        .strip_prefix("crn://")
        .ok_or_else(|| CrnError::Scheme {
            text: quotation(text),
        })?;
    let (authority, path) = rest.split_once('/').ok_or_else(|| CrnError::NoElement {
        text: quotation(text),
    })?;
    check_authority(authority)?;
    if path.is_empty() {
        return Err(CrnError::NoElement {
            text: quotation(text),
        });
    }
    Ok(Split {
        authority,
        steps: path.split('/').collect(),
    })
}

/// Splits `type=value`, leaving the value encoded.
fn step(element: &str, position: usize) -> Result<(&str, &str), CrnError> {
    let error = || CrnError::Element {
        element: quotation(element),
        position,
    };
    let (kind, value) = element.split_once('=').ok_or_else(error)?;
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if kind.is_empty() || value.is_empty() || !kind.bytes().all(plain) {
        return Err(error());
    }
    Ok((kind, value))
}

fn decoded(value: &str, element: &str, position: usize) -> Result<String, CrnError> {
    if value.contains('*') {
        return Err(CrnError::Wildcard {
            element: quotation(element),
            position,
        });
    }
    percent::decode(value).ok_or_else(|| CrnError::Escape {
        element: quotation(element),
        position,
    })
}

impl Crn {
    /// Parses the name of one resource; wildcards are refused.
    pub fn parse(text: &str) -> Result<Self, CrnError> {
        let parts = split(text)?;
        let mut elements = Vec::with_capacity(parts.steps.len());
        for (index, element) in parts.steps.iter().enumerate() {
            let (kind, value) = step(element, index + 1)?;
            let value = decoded(value, element, index + 1)?;
            elements.push(Element {
                kind: canonical_kind(kind).to_string(),
                value,
            });
        }
        let parsed = Self {
            authority: parts.authority.to_string(),
            elements,
        };
        check_length(parsed.to_string().len())?;
        Ok(parsed)
    }
}

impl CrnPattern {
    /// Parses a pattern: as a CRN, but a value may end in a wildcard `*`.
    pub fn parse(text: &str) -> Result<Self, CrnError> {
        let parts = split(text)?;
        let mut elements = Vec::with_capacity(parts.steps.len());
        for (index, element) in parts.steps.iter().enumerate() {
            let (kind, value) = step(element, index + 1)?;
            let value = match value.strip_suffix('*') {
                Some(prefix) => ValuePattern::Prefix(decoded(prefix, element, index + 1)?),
                None => ValuePattern::Literal(decoded(value, element, index + 1)?),
            };
            elements.push(PatternElement {
                kind: canonical_kind(kind).to_string(),
                value,
            });
        }
        let parsed = Self {
            authority: parts.authority.to_string(),
            elements,
        };
        check_length(parsed.to_string().len())?;
        Ok(parsed)
    }
}
