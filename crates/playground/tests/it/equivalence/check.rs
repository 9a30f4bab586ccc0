//! What is asserted of rules and outcomes.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};

use super::description::{ADDRESSES, HOSTS, OPERATIONS, PERMISSIONS, Rule, USERS};
use super::outcomes::{Answers, is_refusal};
use super::requests::Request;

/// Every operation of every type, every pattern and every host is allowed by some rule and denied by another; some are about
/// everybody.
pub(super) fn every_kind_of_rule_is_there(rules: &[Rule]) -> Result<()> {
    let there = |what: &str, is_it: &dyn Fn(&Rule) -> bool| -> Result<()> {
        for permission in PERMISSIONS {
            ensure!(
                rules
                    .iter()
                    .any(|rule| rule.permission == permission && is_it(rule)),
                "no rule says {permission} about {what}"
            );
        }
        Ok(())
    };
    for (kind, operations) in OPERATIONS {
        for operation in operations.iter().copied().chain(["ALL"]) {
            there(&format!("{operation} of {kind}"), &|rule| {
                rule.kind == kind && rule.operation == operation
            })?;
        }
    }
    for kind in ["TOPIC", "GROUP", "TRANSACTIONAL_ID"] {
        for (what, pattern, all) in [
            ("a name", "LITERAL", false),
            ("all names", "LITERAL", true),
            ("a prefix", "PREFIXED", false),
        ] {
            there(&format!("{what} of {kind}"), &|rule| {
                rule.kind == kind && rule.pattern == pattern && (rule.name == "*") == all
            })?;
        }
        for host in HOSTS {
            there(&format!("{kind} from {host}"), &|rule| {
                rule.kind == kind && rule.host == host
            })?;
        }
    }
    there("everybody", &|rule| rule.principal == "User:*")
}

/// Not one differs.
pub(super) fn outcomes_are_equal(
    requests: &[Request],
    standard: &Answers,
    ours: &Answers,
) -> Result<()> {
    let mut different = Vec::new();
    for question in standard.keys().chain(ours.keys()).collect::<BTreeSet<_>>() {
        let (kafkas, own) = (standard.get(question), ours.get(question));
        if kafkas != own {
            let (user, address, index, about) = question;
            let api = requests[*index].api;
            different.push(format!(
                "{api} about {about} by {user} from {address}: Kafka says {kafkas:?}, we say {own:?}"
            ));
        }
    }
    ensure!(
        different.is_empty(),
        "{} outcomes differ:\n{}",
        different.len(),
        different[..different.len().min(20)].join("\n")
    );
    Ok(())
}

/// Enough of them, at least a quarter of either kind, and both kinds for every operation, user and address. Gives back how
/// many were allowed and refused.
pub(super) fn all_kinds_of_outcomes_are_there(
    requests: &[Request],
    answers: &Answers,
) -> Result<(usize, usize)> {
    let refused = answers.values().filter(|code| is_refusal(**code)).count();
    let allowed = answers.len() - refused;
    ensure!(
        answers.len() >= super::ENOUGH
            && allowed * 4 >= answers.len()
            && refused * 4 >= answers.len(),
        "{allowed} allowed and {refused} refused are not enough of both"
    );
    let mut seen = BTreeSet::new();
    for ((user, address, index, _), code) in answers {
        let request = &requests[*index];
        let kind = is_refusal(*code);
        seen.insert((request.kind, request.operation, kind));
        seen.insert(("user", user, kind));
        seen.insert(("address", address, kind));
    }
    let operations = OPERATIONS
        .iter()
        .flat_map(|(kind, operations)| operations.iter().map(|operation| (*kind, *operation)));
    let wanted = operations
        // Who may create topics is asked about each of them.
        .filter(|wanted| *wanted != ("CLUSTER", "CREATE"))
        .chain(USERS.map(|user| ("user", user)))
        .chain(ADDRESSES.map(|address| ("address", address)));
    for (what, which) in wanted {
        for kind in [false, true] {
            ensure!(
                seen.contains(&(what, which, kind)),
                "{what} {which}: none was {}",
                if kind { "refused" } else { "allowed" }
            );
        }
    }
    Ok((allowed, refused))
}
