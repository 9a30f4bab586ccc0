//! Who, from where, and with what right.

use std::net::IpAddr;

use serde::Serialize;

#[derive(Serialize)]
pub(super) struct User<'a> {
    name: &'a str,
    /// The principal as Kafka writes it.
    uid: &'a str,
}

impl<'a> User<'a> {
    /// The name without its type, and the whole.
    pub(super) fn of(principal: &'a str) -> Self {
        let name = principal.split_once(':').map(|(_, name)| name);
        Self {
            name: name.filter(|name| !name.is_empty()).unwrap_or(principal),
            uid: principal,
        }
    }

    pub(super) fn named(name: &'a str, principal: &'a str) -> Self {
        if name.is_empty() {
            Self::of(principal)
        } else {
            Self {
                name,
                uid: principal,
            }
        }
    }
}

#[derive(Serialize)]
pub(super) struct Actor<'a> {
    pub(super) user: User<'a>,
    /// The client's name for itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) app_name: Option<&'a str>,
    /// Who acts in the user's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) invoked_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) authorizations: Option<[Authorization<'a>; 1]>,
}

/// The decision, and the rule that made it.
#[derive(Serialize)]
pub(super) struct Authorization<'a> {
    pub(super) decision: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) policy: Option<Policy<'a>>,
}

impl<'a> Authorization<'a> {
    pub(super) const fn new(granted: bool, policy: Option<Policy<'a>>) -> Self {
        Self {
            decision: if granted { "allowed" } else { "denied" },
            policy,
        }
    }
}

#[derive(Serialize, Default)]
pub(super) struct Policy<'a> {
    pub(super) name: &'a str,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) uid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) desc: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<Group<'a>>,
}

#[derive(Serialize)]
struct Group<'a> {
    name: &'a str,
}

impl<'a> Policy<'a> {
    pub(super) fn super_user() -> Self {
        Self {
            name: "super.users",
            kind: "super user",
            ..Self::default()
        }
    }

    /// A role binding in the cluster with that id.
    pub(super) fn role(
        role: &'a str,
        cluster_id: Option<&'a str>,
        acting: Option<&'a str>,
    ) -> Self {
        Self {
            name: role,
            kind: "role binding",
            uid: cluster_id,
            desc: None,
            group: acting.map(|name| Group { name }),
        }
    }

    pub(super) fn acl(permission: &'a str, host: &str, acting: Option<&'a str>) -> Self {
        Self {
            name: permission,
            kind: "ACL",
            uid: None,
            desc: Some(format!("host {host}")),
            group: acting.map(|name| Group { name }),
        }
    }
}

#[derive(Serialize)]
pub(super) struct Endpoint {
    #[serde(skip_serializing_if = "Option::is_none")]
    ip: Option<IpAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'static str>,
}

impl Endpoint {
    /// OCSF wants to know something of it.
    pub(super) fn of(address: Option<IpAddr>) -> Self {
        Self {
            ip: address,
            name: address.is_none().then_some("unknown"),
        }
    }
}

#[derive(Serialize)]
pub(super) struct Service<'a> {
    pub(super) name: &'static str,
    pub(super) uid: &'a str,
}

#[derive(Serialize)]
pub(super) struct Resource<'a> {
    pub(super) name: &'a str,
    #[serde(rename = "type")]
    pub(super) kind: &'a str,
    /// The CRN.
    pub(super) uid: &'a str,
}

/// Whether it succeeded, where that is known.
#[derive(Serialize)]
pub(super) struct Status<'a> {
    status_id: u32,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_detail: Option<&'a str>,
}

impl<'a> Status<'a> {
    pub(super) const SUCCESS: Self = Self {
        status_id: 1,
        status: "Success",
        status_detail: None,
    };

    pub(super) const fn failure(detail: &'a str) -> Self {
        Self {
            status_id: 2,
            status: "Failure",
            status_detail: Some(detail),
        }
    }

    /// What is refused fails. Whether what is allowed succeeds, an authorizer cannot see
    /// (`rulings.md` 30).
    pub(super) const fn of_decision(granted: bool) -> Self {
        if granted {
            Self {
                status_id: 0,
                status: "Unknown",
                status_detail: None,
            }
        } else {
            Self::failure("not authorized")
        }
    }
}
