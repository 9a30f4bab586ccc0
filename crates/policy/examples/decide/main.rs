//! Nanoseconds a decision, by the number of rules and the kind of question:
//! `cargo run --profile dist -p openmds-policy --example decide [MOST RULES]`.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a program that somebody watches"
)]

mod worlds;

use std::hint::black_box;
use std::io::Write;
use std::net::IpAddr;
use std::time::Instant;

use openmds_policy::access::{Edit, Index, Operation, ResourceType, Subject};
use openmds_policy::acl::{
    AclBinding, AclEntry, AclOperation, AclPattern, AclPermission, AclResourceType,
};
use openmds_policy::names::{PatternType, Principal};
use worlds::{like_jmh, long_prefixes, typical};

const READ: Operation = Operation(3);
const WRITE: Operation = Operation(4);
const TOPIC: ResourceType = ResourceType(2);
/// Decisions a round, and rounds; the best round counts.
const DECISIONS: usize = 2_000;
const ROUNDS: usize = 200;

/// Nanoseconds a decision, and the share that is allowed. Names come in an order that caches
/// cannot foresee. Short rounds, the best of many: others may use the machine, too.
fn measure(index: &Index, subject: &Subject, operation: Operation, names: &[String]) -> (f64, f64) {
    let host: Option<IpAddr> = Some("10.0.0.1".parse().unwrap());
    let mut best = f64::MAX;
    let (mut allowed, mut at) = (0, 0);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        for _ in 0..DECISIONS {
            at = (at + 7_919) % names.len();
            let verdict = index.decide(subject, host, operation, TOPIC, black_box(&names[at]));
            allowed += usize::from(black_box(verdict).is_allowed());
        }
        best = best.min(start.elapsed().as_secs_f64() * 1e9 / DECISIONS as f64);
    }
    (best, allowed as f64 / (ROUNDS * DECISIONS) as f64)
}

/// A line of the table: how long deciding takes for the subject, by these names.
fn row(what: &str, index: &Index, subject: &Subject, operation: Operation, names: &[String]) {
    let (ns, share) = measure(index, subject, operation, names);
    let rules = index.count_rules();
    let share = share * 100.0;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{what:<36} {rules:>9} {ns:>9.1} {share:>7.0}%").unwrap();
}

/// What the process has in memory, bytes.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().split(' ').next()?.parse::<usize>().ok());
    kilobytes.unwrap_or_default() * 1024
}

fn main() {
    let most = std::env::args().nth(1).and_then(|text| text.parse().ok());
    let most = most.unwrap_or(1_000_000);
    let mut out = std::io::stdout();
    let head = ["question", "rules", "ns", "allowed"];
    writeln!(
        out,
        "{:<36} {:>9} {:>9} {:>8}",
        head[0], head[1], head[2], head[3]
    )
    .unwrap();
    for rules in [100, 10_000, 100_000, 1_000_000] {
        if rules <= most {
            by_number(rules);
        }
    }
    for rules in [1_000.min(most), 100_000.min(most)] {
        let world = long_prefixes(rules);
        let index = world.index(&world.policy());
        let subject = index.subject(&world.user, &[]);
        row(
            "99 prefixes, 200 bytes alike",
            &index,
            &subject,
            READ,
            &world.names,
        );
        row(
            "the same, all denied",
            &index,
            &subject,
            WRITE,
            &world.names,
        );
    }
    let world = like_jmh(50_000.min(most));
    let index = world.index(&world.policy());
    let subject = index.subject(&world.user, &[]);
    row(
        "50,000 resources x 10 ACLs",
        &index,
        &subject,
        READ,
        &world.names,
    );
    row(
        "the same, all denied",
        &index,
        &subject,
        WRITE,
        &world.names,
    );
}

/// So many rules, in each way.
fn by_number(rules: usize) {
    let world = typical(rules);
    let policy = world.policy();
    let before = resident();
    let start = Instant::now();
    let index = world.index(&policy);
    let built = start.elapsed().as_secs_f64();
    let grown = resident().saturating_sub(before) as f64;
    let used = world.names.iter().step_by(rules.div_ceil(1_000));
    let used: Vec<String> = used.cloned().collect();
    let groups: Vec<String> = (0..100).map(|group| format!("team-{group:03}")).collect();
    let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
    for held in [0, 10, 100] {
        let subject = index.subject(&world.user, &groups[..held]);
        let what = format!("1,000 topics in use, {held} groups");
        row(&what, &index, &subject, READ, &used);
        row("the same, all denied", &index, &subject, WRITE, &used);
    }
    let subject = index.subject(&world.user, &groups[..10]);
    row(
        "all topics in use, 10 groups",
        &index,
        &subject,
        READ,
        &world.names,
    );
    let nobody = index.subject("User:nobody", &[]);
    let unnamed: Vec<String> = used.iter().map(|name| format!("x{name}")).collect();
    row("names in no rule", &index, &nobody, READ, &unnamed);
    let start = Instant::now();
    for _ in 0..1_000 {
        black_box(index.subject(&world.user, &groups));
    }
    let cold = start.elapsed().as_secs_f64() * 1e3;
    let count = index.count_rules() as f64;
    let counted = index.size() as f64 / count;
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "  built in {built:.3} s; {counted:.1} bytes a binding, {:.1} as the process grew; looking up a subject with 100 groups {cold:.1} us; a change {:.0} us",
        grown / count,
        changes(&index)
    )
    .unwrap();
}

/// Microseconds a change, the mean of a thousand one after the other.
fn changes(index: &Index) -> f64 {
    let mut changed = index.clone();
    let start = Instant::now();
    for number in 0..1_000u64 {
        let acl = AclBinding {
            pattern: AclPattern {
                resource_type: AclResourceType::Topic,
                name: format!("new-{number}"),
                pattern_type: PatternType::Literal,
            },
            entry: AclEntry {
                principal: Principal::user("new"),
                host: "*".to_string(),
                operation: AclOperation::Read,
                permission_type: AclPermission::Allow,
            },
        };
        changed = changed.after(&[Edit::Local { acl, present: true }], number + 2);
    }
    start.elapsed().as_secs_f64() * 1e3
}
