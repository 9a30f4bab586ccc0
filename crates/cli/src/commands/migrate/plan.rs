//! The plan as people and programs read it.

use openmds_api::{AclBinding, ClusterAcls};
use openmds_policy::acl::{self, AclPermission};
use openmds_policy::migrate_acls::{Difference, Move, Outcome, Proof, Proposal, Stays};
use openmds_policy::names::{PatternType, ResourcePattern};
use serde::Serialize;

/// What `-o json` prints.
#[derive(Debug, Serialize)]
pub(super) struct Shown {
    cluster_name: String,
    cluster_id: String,
    moves: Vec<ShownMove>,
    proof: ShownProof,
    beside_what_is_held: ShownProof,
    unknown: usize,
    applied: bool,
}

#[derive(Debug, Serialize)]
struct ShownMove {
    becomes: &'static str,
    principal: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    roles: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pattern: Option<ResourcePattern>,
    acls: Vec<AclBinding>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct ShownProof {
    compared: u64,
    differing: u64,
    differences: Vec<String>,
}

impl Shown {
    pub(super) fn new(
        listed: &ClusterAcls,
        proposal: &Proposal,
        proof: &Proof,
        beside: &Proof,
        unknown: usize,
        applied: bool,
    ) -> Self {
        let proof_of = |proof: &Proof| ShownProof {
            compared: proof.compared,
            differing: proof.differing,
            differences: proof.differences.iter().map(difference).collect(),
        };
        Self {
            cluster_name: listed.cluster_name.clone(),
            cluster_id: listed.cluster_id.clone(),
            moves: proposal.moves.iter().map(shown).collect(),
            proof: proof_of(proof),
            beside_what_is_held: proof_of(beside),
            unknown,
            applied,
        }
    }
}

fn shown(one: &Move) -> ShownMove {
    match one {
        Move::Roles {
            principal,
            roles,
            pattern,
            acls,
        } => ShownMove {
            becomes: "roles",
            principal: principal.to_string(),
            roles: roles.clone(),
            pattern: Some(pattern.clone()),
            acls: acls.iter().map(Into::into).collect(),
            why: None,
        },
        Move::Acl(acl) => ShownMove {
            becomes: "central_acl",
            principal: acl.entry.principal.to_string(),
            roles: Vec::new(),
            pattern: None,
            acls: vec![acl.into()],
            why: None,
        },
        Move::Stays(acl, why) => ShownMove {
            becomes: "stays",
            principal: acl.entry.principal.to_string(),
            roles: Vec::new(),
            pattern: None,
            acls: vec![acl.into()],
            why: Some(reason(*why)),
        },
    }
}

/// A row for each move.
pub(super) fn rows(proposal: &Proposal) -> Vec<Vec<String>> {
    let row = |one: &Move| match one {
        Move::Roles {
            principal,
            roles,
            pattern,
            acls,
        } => {
            let acls: Vec<String> = acls.iter().map(said).collect();
            vec![
                principal.to_string(),
                format!("role {}", roles.join(", ")),
                named(&pattern.resource_type, &pattern.name, pattern.pattern_type),
                acls.join("; "),
            ]
        }
        Move::Acl(acl) => of_acl(acl, "central ACL".to_owned()),
        Move::Stays(acl, why) => of_acl(acl, format!("stays: {}", reason(*why))),
    };
    proposal.moves.iter().map(row).collect()
}

fn of_acl(acl: &acl::AclBinding, becomes: String) -> Vec<String> {
    let pattern = &acl.pattern;
    let resource = named(
        pattern.resource_type.as_str(),
        &pattern.name,
        pattern.pattern_type,
    );
    vec![
        acl.entry.principal.to_string(),
        becomes,
        resource,
        said(acl),
    ]
}

/// What an ACL says, without whom and what it is about.
fn said(acl: &acl::AclBinding) -> String {
    let entry = &acl.entry;
    let permission = match entry.permission_type {
        AclPermission::Allow => "allow",
        AclPermission::Deny => "deny",
    };
    let host = match entry.host.as_str() {
        "*" => String::new(),
        host => format!(" from {host}"),
    };
    format!("{permission} {}{host}", entry.operation.as_str())
}

fn named(kind: &str, name: &str, pattern_type: PatternType) -> String {
    match pattern_type {
        PatternType::Literal => format!("{kind}:{name}"),
        PatternType::Prefixed => format!("{kind}:{name} (prefix)"),
    }
}

const fn reason(why: Stays) -> &'static str {
    match why {
        Stays::Principal => "the server keeps rules of User: and Group: only",
        Stays::ResourceType => "central ACLs are not about this type of resource",
        Stays::Operation => "central ACLs are not about this operation",
        Stays::Name => "no central ACL can have this name or host",
    }
}

/// One sentence.
pub(super) fn difference(one: &Difference) -> String {
    let word = |outcome: Outcome| match outcome {
        Outcome::Allowed => "allowed",
        Outcome::Denied => "denied",
        Outcome::Nothing => "not allowed",
    };
    let host = match one.host {
        None => "an unknown host".to_owned(),
        Some(host) => host.to_string(),
    };
    format!(
        "{} {} on {}:{} from {host}: {} before, {} after",
        one.principal,
        one.operation.as_str(),
        one.resource_type.as_str(),
        one.name,
        word(one.before),
        word(one.after)
    )
}
