//! What signatures vouch for.

use openmds_trail::verify::{Finding, Front, Report};

use super::keys::Key;
use super::tampered::{rechain, renumber};
use super::trail::{Dice, Plan, Written, closed, epoch, verifier};

fn findings(report: &Report) -> Vec<&Finding> {
    let epochs = report.epochs.iter();
    epochs.flat_map(|epoch| &epoch.findings).collect()
}

fn with(lines: &[Written], keys: &[Key]) -> Report {
    verifier(lines, Front::Whole, Some(keys.to_vec())).finish(None)
}

#[test]
fn a_rotated_key_is_as_good_as_the_one_before_it() {
    let mut dice = Dice::new(1);
    let (mut lines, first, end) = epoch("c/broker-1", 0, None, Plan::CLOSED, &mut dice);
    let plan = Plan {
        key: Some(Key("new key")),
        ..Plan::CLOSED
    };
    lines.extend(epoch("c/broker-1", 1, Some((first, end)), plan, &mut dice).0);
    dice.shuffle(&mut lines);
    let both = with(&lines, &[Key("node key"), Key("new key")]);
    assert_eq!(findings(&both), Vec::<&Finding>::new());
    let signers: Vec<_> = both
        .epochs
        .iter()
        .map(|epoch| epoch.signing.certificates[0].of.clone())
        .collect();
    assert_eq!(
        signers,
        [Key("node key").fingerprint(), Key("new key").fingerprint()]
    );

    let old = with(&lines, &[Key("node key")]);
    assert_eq!(old.epochs[0].findings, []);
    let refused = old.epochs[1].findings.iter().filter(|finding| {
        matches!(finding, Finding::BadSignature { reason, .. } if reason == "nobody trusts its certificate")
    });
    assert_eq!(refused.count(), 5, "every checkpoint of the second epoch");
    // The first epoch is named by one that nobody vouches for, but vouches for itself.
    assert_eq!(old.epochs[1].signing.through, None);
}

#[test]
fn a_signature_of_another_place_vouches_for_nothing() {
    let mut lines = closed(1);
    let is_checkpoint = |line: &Written| line.line.contains("io.openmds.trail/checkpoint");
    let checkpoints: Vec<usize> = (0..lines.len())
        .filter(|at| is_checkpoint(&lines[*at]))
        .collect();
    let signature = |line: &str| {
        let at = line.find("\"signature\":\"").unwrap() + 13;
        line[at..at + 43].to_owned()
    };
    let (one, other) = (checkpoints[1], checkpoints[2]);
    let (from, to) = (signature(&lines[one].line), signature(&lines[other].line));
    lines[one].line = lines[one].line.replace(&from, &to);
    let report = with(&lines, &[Key("node key")]);
    let refused: Vec<_> = findings(&report)
        .into_iter()
        .filter_map(|finding| match finding {
            Finding::BadSignature { at, reason, .. } => Some((*at, reason.as_str())),
            _ => None,
        })
        .collect();
    assert_eq!(refused, [(lines[one].first, "it does not fit")]);
}

#[test]
fn a_checkpoint_over_another_line_than_the_one_before_it_is_refused() {
    let mut lines = closed(1);
    let at = lines
        .iter()
        .position(|line| line.line.contains("trail/checkpoint"))
        .unwrap();
    let hash = lines[at].line.find("\"hash\":\"").unwrap() + 8;
    lines[at].line.replace_range(hash..hash + 3, "AAA");
    let number = lines[at].first;
    for keys in [None, Some(vec![Key("node key")])] {
        let report = verifier(&lines, Front::Whole, keys).finish(None);
        let refused = findings(&report)
            .into_iter()
            .find_map(|finding| match finding {
                Finding::BadSignature { at, reason, .. } => Some((*at, reason.clone())),
                _ => None,
            });
        let (at, reason) = refused.unwrap();
        assert_eq!(at, number);
        assert!(reason.contains("another line"), "{reason}");
    }
}

#[test]
fn a_forged_certificate_takes_no_real_ones_place() {
    let mut lines = epoch("c/broker-1", 0, None, Plan::CLOSED, &mut Dice::new(1)).0;
    let at = lines
        .iter()
        .position(|line| line.line.contains("BEGIN CERT"))
        .unwrap();
    let mut forged = lines[at].clone();
    let begin = forged.line.find("-----BEGIN").unwrap();
    let end = forged.line.find("-----END").unwrap();
    forged
        .line
        .replace_range(begin..end, "-----BEGIN CERTIFICATE-----\\nAAAA\\n");
    lines.insert(0, forged.clone());
    let report = with(&lines, &[Key("node key")]);
    let first = &report.epochs[0];
    assert_eq!(
        first
            .findings
            .iter()
            .filter(|finding| matches!(finding, Finding::Inserted { .. }))
            .count(),
        1
    );
    // Its signature is copied, so it holds; the certificate is that of the true line.
    assert_eq!(first.signing.good, Some(first.signing.checkpoints));
    assert_eq!(first.signing.checkpoints, 5);
}

#[test]
fn an_epoch_without_signatures_is_a_finding_only_where_they_are_checked() {
    let plan = Plan {
        key: None,
        ..Plan::CLOSED
    };
    let lines = epoch("c/broker-1", 0, None, plan, &mut Dice::new(1)).0;
    let unchecked = verifier(&lines, Front::Whole, None).finish(None);
    assert_eq!(findings(&unchecked), Vec::<&Finding>::new());
    assert_eq!(unchecked.epochs[0].signing.good, None);
    let checked = with(&lines, &[Key("node key")]);
    let last = lines.len() as u64;
    assert_eq!(
        findings(&checked),
        [&Finding::Unsigned { after: None, last }]
    );
}

#[test]
fn an_end_that_nobody_signed_is_none() {
    let mut lines = epoch("c/broker-1", 0, None, Plan::CLOSED, &mut Dice::new(1)).0;
    let mut account = lines[lines.len() - 2].clone();
    assert!(account.line.contains("io.openmds.trail/account"));
    // Somebody cuts behind a checkpoint, and closes the epoch there.
    let is_checkpoint = |line: &Written| line.line.contains("io.openmds.trail/checkpoint");
    let checkpoints: Vec<usize> = (0..lines.len())
        .filter(|at| is_checkpoint(&lines[*at]))
        .collect();
    lines.truncate(checkpoints[2] + 1);
    let last = lines.len() as u64 + 1;
    renumber(&mut account, last);
    lines.push(account);
    rechain(&mut lines, checkpoints[2] + 1);
    let report = with(&lines, &[Key("node key")]);
    let after = Some(last - 2);
    assert_eq!(findings(&report), [&Finding::Unsigned { after, last }]);
}
