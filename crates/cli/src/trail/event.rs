//! An event as commands show and select it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;

/// What is read of a line. Everything may be missing: other products write to the same topics.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Event<'a> {
    #[serde(borrow, rename = "type")]
    pub(crate) kind: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) source: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) subject: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) time: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) data: Data<'a>,
}

/// The part that is about the decision.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Data<'a> {
    #[serde(borrow)]
    pub(crate) method_name: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) resource_name: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) authentication_info: Authentication<'a>,
    #[serde(borrow)]
    pub(crate) authorization_info: Option<Authorization<'a>>,
    #[serde(borrow)]
    pub(crate) result: Option<Outcome<'a>>,
    #[serde(borrow)]
    pub(crate) request_metadata: Client<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Authentication<'a> {
    #[serde(borrow)]
    pub(crate) principal: Cow<'a, str>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Authorization<'a> {
    pub(crate) granted: bool,
    #[serde(borrow)]
    pub(crate) operation: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) resource_type: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) resource_name: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) rbac_authorization: Option<Rbac<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Rbac<'a> {
    #[serde(borrow)]
    pub(crate) role: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) acting_principal: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(crate) scope: Scope<'a>,
}

/// Where a role is bound.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Scope<'a> {
    #[serde(borrow)]
    pub(crate) clusters: BTreeMap<Cow<'a, str>, Cow<'a, str>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Outcome<'a> {
    #[serde(borrow)]
    pub(crate) status: Cow<'a, str>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Client<'a> {
    #[serde(borrow)]
    pub(crate) client_address: Cow<'a, str>,
}

impl<'a> Event<'a> {
    /// `None`: the line is no event.
    pub(crate) fn read(line: &'a [u8]) -> Option<Self> {
        serde_json::from_slice(line).ok()
    }

    /// When it happened, milliseconds since 1970.
    pub(crate) fn time_ms(&self) -> Option<i64> {
        let time: Timestamp = self.time.parse().ok()?;
        Some(time.as_millisecond())
    }

    /// `allow`, `deny`, or nothing where nothing was decided.
    pub(crate) fn decision(&self) -> &'static str {
        let granted = self
            .data
            .authorization_info
            .as_ref()
            .map(|info| info.granted);
        let accepted = self
            .data
            .result
            .as_ref()
            .map(|result| result.status == "SUCCESS");
        match granted.or(accepted) {
            Some(true) => "allow",
            Some(false) => "deny",
            None => "",
        }
    }

    /// The operation, if it is a decision.
    pub(crate) fn operation(&self) -> &str {
        self.data
            .authorization_info
            .as_ref()
            .map_or("", |info| &info.operation)
    }

    /// The principal.
    pub(crate) fn principal(&self) -> &str {
        &self.data.authentication_info.principal
    }

    /// The resource by its name, `Topic orders`, else by its CRN.
    pub(crate) fn resource(&self) -> Cow<'_, str> {
        match &self.data.authorization_info {
            Some(info) if !info.resource_type.is_empty() => {
                Cow::Owned(format!("{} {}", info.resource_type, info.resource_name))
            }
            _ => Cow::Borrowed(if self.data.resource_name.is_empty() {
                &self.subject
            } else {
                &self.data.resource_name
            }),
        }
    }
}
