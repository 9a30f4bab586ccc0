//! What a decision rests on, as events, people and Java are told.

use std::net::IpAddr;

use openmds_policy::access::{AclView, Operation, PatternView, Reason, ResourceType};
use openmds_policy::names::PatternType;
use openmds_policy::rbac::AclSource;
use openmds_trail::Cause;

use crate::pairs::Pairs;
use crate::rules::Judge;

/// The cause that the event of a request of `user` shows.
pub(crate) fn cause<'a>(reason: Reason<'a>, user: &str) -> Cause<'a> {
    let acting = |principal: &'a str| (principal != user).then_some(principal);
    match reason {
        Reason::SuperUser(_) => Cause::SuperUser,
        // The emitter knows the cluster.
        Reason::RoleBinding {
            principal, role, ..
        } => Cause::RoleBinding {
            role,
            cluster_id: "",
            acting_principal: acting(principal),
        },
        Reason::Acl(acl) => Cause::Acl {
            allows: acl.allows,
            host: acl.host,
            acting_principal: acting(acl.principal),
        },
        Reason::Reserved | Reason::Everyone | Reason::Nothing { .. } | Reason::Stranger => {
            Cause::Nothing
        }
    }
}

/// One line for people.
pub(crate) fn sentence(reason: Reason<'_>) -> String {
    match reason {
        Reason::SuperUser(user) => format!("{user} is a super user"),
        Reason::Reserved => "topics of the metadata service are closed".to_owned(),
        Reason::RoleBinding {
            principal,
            role,
            pattern,
        } => {
            let place = pattern.map_or_else(|| "the cluster".to_owned(), written);
            format!("{principal} has {role} on {place}")
        }
        Reason::Acl(acl) => written_acl(acl),
        Reason::Everyone => "no rule names the resource, and that opens it to everybody".to_owned(),
        Reason::Nothing { named: true } => "no rule for this resource allows it".to_owned(),
        Reason::Nothing { named: false } | Reason::Stranger => "no rule allows it".to_owned(),
    }
}

fn written(pattern: PatternView<'_>) -> String {
    let prefix = match pattern.pattern_type {
        PatternType::Literal => "",
        PatternType::Prefixed => "prefix ",
    };
    let kind = pattern.resource_type.as_str();
    format!("{kind} {prefix}{}", pattern.name)
}

fn written_acl(acl: AclView<'_>) -> String {
    let says = if acl.allows { "allows" } else { "denies" };
    let (source, principal, operation) =
        (source(acl.source), acl.principal, acl.operation.as_str());
    let (place, host) = (written(acl.pattern), acl.host);
    format!("a {source} ACL {says} {principal} {operation} on {place} from {host}")
}

const fn source(source: AclSource) -> &'static str {
    match source {
        AclSource::Central => "central",
        AclSource::Local => "local",
    }
}

/// How a request would be decided, and why.
pub(crate) fn explain(judge: &Judge, question: &Pairs) -> Pairs {
    let mut answer = Pairs::new();
    let text = |key: &str| question.first(key).unwrap_or_default();
    let operation = Operation::named(text("operation"));
    let kind = ResourceType::named(text("resource_type"));
    let host = match text("host") {
        "" => Some(None),
        host => host.parse::<IpAddr>().ok().map(Some),
    };
    let (Some(operation), Some(kind), Some(host)) = (operation, kind, host) else {
        answer.add("error", "operation, resource_type or host is none");
        return answer;
    };
    let groups: Vec<&str> = question.all("group").collect();
    let subject = judge.index.subject(text("principal"), &groups);
    let verdict = judge
        .index
        .decide(&subject, host, operation, kind, text("resource_name"));
    let reason = judge.index.reason(verdict);
    let decision = match (judge.ready, verdict.is_allowed(), reason) {
        (_, _, Reason::SuperUser(_)) | (true, true, _) => "allowed",
        (true, false, _) => "denied",
        (false, ..) => "not-ready",
    };
    answer.add("decision", decision);
    answer.add("why", sentence(reason));
    say(reason, &mut answer);
    answer
}

fn say(reason: Reason<'_>, answer: &mut Pairs) {
    let word = match reason {
        Reason::SuperUser(_) => "super-user",
        Reason::Reserved => "reserved",
        Reason::RoleBinding { .. } => "role-binding",
        Reason::Acl(_) => "acl",
        Reason::Everyone => "everyone",
        Reason::Nothing { .. } | Reason::Stranger => "nothing",
    };
    answer.add("reason", word);
    match reason {
        Reason::SuperUser(user) => answer.add("rule_principal", user),
        Reason::RoleBinding {
            principal,
            role,
            pattern,
        } => {
            answer.add("rule_principal", principal);
            answer.add("role", role);
            if let Some(pattern) = pattern {
                say_pattern(pattern, answer);
            }
        }
        Reason::Acl(acl) => {
            answer.add("rule_principal", acl.principal);
            say_pattern(acl.pattern, answer);
            answer.add("permission", if acl.allows { "ALLOW" } else { "DENY" });
            answer.add("operation", acl.operation.as_str());
            answer.add("host", acl.host);
            answer.add("source", source(acl.source));
        }
        Reason::Nothing { named } => answer.add("named", named.to_string()),
        Reason::Reserved | Reason::Everyone | Reason::Stranger => {}
    }
}

fn say_pattern(pattern: PatternView<'_>, answer: &mut Pairs) {
    answer.add("resource_type", pattern.resource_type.as_str());
    answer.add("resource_name", pattern.name);
    let pattern_type = match pattern.pattern_type {
        PatternType::Literal => "LITERAL",
        PatternType::Prefixed => "PREFIXED",
    };
    answer.add("pattern_type", pattern_type);
}
