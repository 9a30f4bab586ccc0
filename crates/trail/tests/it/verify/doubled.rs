//! Lines beside the true ones: inserted, forked, or in the place of others.

use openmds_trail::verify::{Finding, Verdict};

use super::tampered::{Case, cases, falsify, found, rechain};
use super::trail::{Dice, Written, report};

#[test]
fn an_inserted_line_beside_the_true_one() {
    for Case {
        seed,
        mut dice,
        mut lines,
        at,
    } in cases()
    {
        let mut forged = lines[at].clone();
        falsify(&mut forged);
        let target = forged.clone();
        lines.push(forged);
        // And copies of both, which change nothing.
        lines.push(target.clone());
        lines.push(lines[at].clone());
        dice.shuffle(&mut lines);
        let is_forged = |line: &&Written| line.line == target.line;
        let offset = lines
            .iter()
            .filter(|line| line.topic == target.topic)
            .position(|line| is_forged(&line))
            .unwrap();
        let report = report(&lines);
        let [
            Finding::Inserted {
                at,
                places,
                decided: true,
            },
        ] = &found(&report, &target, seed)[..]
        else {
            panic!("seed {seed}: {report:#?}");
        };
        assert_eq!(*at, target.first, "seed {seed}");
        assert_eq!(places[0].source, format!("{}-0", target.topic));
        let copies = lines
            .iter()
            .filter(|line| line.topic == target.topic)
            .zip(0_u64..)
            .filter(|(line, _)| is_forged(line));
        let copies: Vec<u64> = copies.map(|(_, offset)| offset).collect();
        assert!(copies.contains(&places[0].position), "seed {seed}");
        assert_eq!(copies[0], u64::try_from(offset).unwrap());
    }
}

#[test]
fn a_second_history() {
    for Case {
        seed,
        mut dice,
        mut lines,
        at,
    } in cases()
    {
        let length = 2 + dice.below(4);
        let mut fork: Vec<Written> = lines[at - 1..at + length].to_vec();
        falsify(&mut fork[1]);
        rechain(&mut fork, 2);
        fork.remove(0);
        let target = fork[0].clone();
        lines.extend(fork);
        dice.shuffle(&mut lines);
        let report = report(&lines);
        let mut findings = found(&report, &target, seed);
        // A checkpoint that was forged with it and came first.
        findings.retain(|finding| !matches!(finding, Finding::BadSignature { at, .. } if (target.first..target.first + 6).contains(at)));
        let [
            Finding::Forked {
                at,
                lines: count,
                decided: true,
                ..
            },
        ] = &findings[..]
        else {
            panic!("seed {seed}: {findings:#?}");
        };
        assert_eq!(
            (*at, *count),
            (target.first, u64::try_from(length).unwrap()),
            "seed {seed}"
        );
        assert_eq!(report.verdict, Verdict::Tampered);
    }
}

#[test]
fn a_forged_loss_in_the_place_of_lines() {
    use openmds_trail::Reason;
    for Case {
        seed,
        mut dice,
        mut lines,
        at,
    } in cases()
    {
        let target = lines[at].clone();
        let removed: Vec<_> = lines.splice(at..at + 3, []).collect();
        // With the right number and chain, as somebody who reads the topic can write it.
        let mut spare = Dice::new(seed);
        let opening = openmds_trail::Opening {
            emitter: &target.emitter,
            epoch: target.epoch,
            previous: None,
            end: None,
        };
        let mut writer = super::trail::Emitter::open(&opening, None, &mut spare);
        writer.loss(3, Reason::QueueFull, &[]);
        let mut loss = writer.lines.pop().unwrap();
        let numbers = format!(
            "\"sequence\":\"{}\",\"sequencelast\":\"{}\"",
            removed[0].first, removed[2].last
        );
        loss.line = loss
            .line
            .replacen("\"sequence\":\"2\",\"sequencelast\":\"4\"", &numbers, 1);
        assert!(loss.line.contains(&numbers));
        lines.insert(at, loss);
        rechain(&mut lines[..=at], at);
        dice.shuffle(&mut lines);
        let report = report(&lines);
        let findings = found(&report, &target, seed);
        let changed = findings.iter().find_map(|finding| match finding {
            Finding::Changed { first, last, .. } => Some((*first, *last)),
            _ => None,
        });
        assert_eq!(
            changed,
            Some((removed[0].first, removed[2].last)),
            "seed {seed}: {findings:?}"
        );
    }
}

#[test]
fn a_loss_over_everything_hides_nothing() {
    for Case {
        seed,
        mut dice,
        mut lines,
        at,
    } in cases()
    {
        let mut forged = lines[at].clone();
        let text = format!("\"sequence\":\"{}\"", forged.first);
        let wide = format!("{text},\"sequencelast\":\"{}\"", u64::MAX);
        forged.line = forged.line.replacen(&text, &wide, 1);
        forged.last = u64::MAX;
        let target = forged.clone();
        lines.push(forged);
        dice.shuffle(&mut lines);
        let report = report(&lines);
        let findings = found(&report, &target, seed);
        assert_eq!(report.verdict, Verdict::Tampered, "seed {seed}");
        let is_located = |finding: &Finding| match finding {
            Finding::Inserted { at, .. } | Finding::Forked { at, .. } => *at == target.first,
            Finding::BeyondEnd { .. } => true,
            _ => false,
        };
        assert!(findings.iter().any(is_located), "seed {seed}: {findings:?}");
    }
}
