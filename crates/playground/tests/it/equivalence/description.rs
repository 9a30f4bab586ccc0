//! The one description from which both clusters get their rules: generated, the same for the same seed.

use std::collections::BTreeSet;

use openmds_playground::seeded::Seeded;

/// Who asks. The last two are named by no rule: only `User:*` is about them.
pub(super) const USERS: [&str; 8] = [
    "eq-0", "eq-1", "eq-2", "eq-3", "eq-4", "eq-5", "eq-6", "eq-7",
];

const NAMED: usize = 6;

/// From where they ask.
pub(super) const ADDRESSES: [&str; 3] = ["127.0.0.1", "127.0.0.2", "127.0.0.3"];

/// What rules say of hosts: all, two of the above, and one from which nobody comes.
pub(super) const HOSTS: [&str; 4] = ["*", "127.0.0.1", "127.0.0.2", "10.1.2.3"];

pub(super) const PERMISSIONS: [&str; 2] = ["ALLOW", "DENY"];

/// Types of resources, with the operations on them that a request of Kafka's protocol asks about.
pub(super) const OPERATIONS: [(&str, &[&str]); 5] = [
    (
        "TOPIC",
        &[
            "READ",
            "WRITE",
            "CREATE",
            "DELETE",
            "ALTER",
            "DESCRIBE",
            "DESCRIBE_CONFIGS",
            "ALTER_CONFIGS",
        ],
    ),
    ("GROUP", &["READ", "DESCRIBE", "DELETE"]),
    ("TRANSACTIONAL_ID", &["WRITE", "DESCRIBE"]),
    (
        "CLUSTER",
        &[
            "CREATE",
            "ALTER",
            "DESCRIBE",
            "CLUSTER_ACTION",
            "DESCRIBE_CONFIGS",
            "ALTER_CONFIGS",
            "IDEMPOTENT_WRITE",
        ],
    ),
    ("USER", &["CREATE_TOKENS", "DESCRIBE_TOKENS"]),
];

/// An ACL, in Kafka's words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rule {
    pub(super) kind: &'static str,
    pub(super) name: String,
    pub(super) pattern: &'static str,
    pub(super) principal: String,
    pub(super) host: &'static str,
    pub(super) operation: &'static str,
    pub(super) permission: &'static str,
}

/// The resources that are asked about: `a.x.17`, in four families of four groups each.
pub(super) fn names(count: usize) -> Vec<String> {
    let families = ["a", "b", "c", "d"];
    let groups = ["x", "y", "z", "xx"];
    (0..count)
        .map(|number| {
            let (family, group) = (families[number % 4], groups[number / 4 % 4]);
            format!("{family}.{group}.{:02}", number / 16)
        })
        .collect()
}

/// For whom others make delegation tokens.
pub(super) const OWNERS: [&str; 3] = ["eq-0", "eq-1", "somebody"];

/// Whose delegation tokens others look at: who made a token sees it in any case, so these are others.
pub(super) const HOLDERS: [&str; 3] = ["eq-2", "eq-6", "nobody"];

/// The rules of this seed: of every kind there is one that allows and one that denies, and then any.
pub(super) fn rules(seed: u64) -> Vec<Rule> {
    let mut seeded = Seeded(seed);
    let mut rules = BTreeSet::new();
    for (kind, operations) in OPERATIONS {
        for permission in PERMISSIONS {
            for operation in operations.iter().copied().chain(["ALL"]) {
                let mut made = rule(&mut seeded, kind, operations);
                (made.permission, made.operation) = (permission, operation);
                rules.insert(named(&mut seeded, made));
            }
            for host in HOSTS {
                let mut made = rule(&mut seeded, kind, operations);
                (made.permission, made.host) = (permission, host);
                rules.insert(named(&mut seeded, made));
            }
        }
        let count = match kind {
            "TOPIC" => 330,
            "GROUP" | "TRANSACTIONAL_ID" => 90,
            "CLUSTER" => 50,
            _ => 30,
        };
        for _ in 0..count {
            let made = rule(&mut seeded, kind, operations);
            rules.insert(named(&mut seeded, made));
        }
    }
    rules.into_iter().collect()
}

fn rule(seeded: &mut Seeded, kind: &'static str, operations: &'static [&'static str]) -> Rule {
    let (name, pattern) = pattern(seeded, kind);
    let principal = if seeded.chance(25) {
        "User:*".to_owned()
    } else {
        format!("User:{}", seeded.one(&USERS[..NAMED]))
    };
    let host = if seeded.chance(55) {
        "*"
    } else {
        seeded.one(&HOSTS[1..])
    };
    let operation = if seeded.chance(5) {
        "ALL"
    } else {
        seeded.one(operations)
    };
    Rule {
        kind,
        name,
        pattern,
        principal,
        host,
        operation,
        permission: if seeded.chance(22) { "DENY" } else { "ALLOW" },
    }
}

/// Somebody must be without any topic to write to, since who has one may be an idempotent producer; and nobody is served by
/// a cluster that is open to everybody.
fn named(seeded: &mut Seeded, rule: Rule) -> Rule {
    let all = rule.operation == "ALL";
    let writes = rule.kind == "TOPIC" && (all || rule.operation == "WRITE");
    if rule.principal != "User:*" || !(writes || all) {
        return rule;
    }
    let principal = format!("User:{}", seeded.one(&USERS[..NAMED]));
    Rule { principal, ..rule }
}

/// A name and how it is meant.
fn pattern(seeded: &mut Seeded, kind: &str) -> (String, &'static str) {
    match kind {
        "CLUSTER" => return ("kafka-cluster".to_owned(), "LITERAL"),
        "USER" => {
            // As Kafka names them in resources.
            let users: Vec<&str> = OWNERS.into_iter().chain(HOLDERS).collect();
            if seeded.chance(60) {
                return (format!("User:{}", seeded.one(&users)), "LITERAL");
            }
            let first: String = seeded.one(&users).chars().take(1).collect();
            return (format!("User:{first}"), "PREFIXED");
        }
        _ => {}
    }
    let all = names(320);
    let name = seeded.one(&all);
    if seeded.chance(12) {
        return ("*".to_owned(), "LITERAL");
    }
    if seeded.chance(25) {
        return (name.clone(), "LITERAL");
    }
    // `a`, `a.`, `a.x`, `a.x.`, `a.x.1`
    let length = *seeded.one(&[1, 2, 3, 4, 5]);
    (name.chars().take(length).collect(), "PREFIXED")
}
