//! What was found, in words.

use std::collections::BTreeSet;

use jiff::Timestamp;
use openmds_trail::verify::{Cause, End, EpochReport, Finding, Place, Report, Verdict};

use super::verify_advice::advice;
use crate::Failure;

type Table<const N: usize> = ([&'static str; N], Vec<Vec<String>>);

/// A row for each epoch.
pub(super) fn epochs(report: &Report) -> Table<6> {
    let heading = ["Emitter", "Epoch", "Numbers", "Signed", "End", "Verdict"];
    let row = |epoch: &EpochReport| {
        vec![
            epoch.emitter.clone(),
            started(&epoch.epoch),
            numbers(epoch.first, epoch.last),
            signed(epoch),
            end(&epoch.end),
            verdict(epoch.verdict).to_owned(),
        ]
    };
    (heading, report.epochs.iter().map(row).collect())
}

/// A row for each finding, and for lines that belong to no epoch.
pub(super) fn findings(report: &Report) -> Table<4> {
    let heading = ["Emitter", "Epoch", "Finding", "Where"];
    let mut rows = Vec::new();
    for epoch in &report.epochs {
        let mut row = |what: String, place: String| {
            let (emitter, started) = (epoch.emitter.clone(), started(&epoch.epoch));
            rows.push(vec![emitter, started, what, place]);
        };
        for finding in &epoch.findings {
            row(words(finding), places(finding));
        }
        if epoch.more_findings > 0 {
            row(format!("{} more", epoch.more_findings), String::new());
        }
    }
    let mut loose = |what: String, place: String| {
        rows.push(vec![String::new(), String::new(), what, place]);
    };
    let unreadable = &report.unreadable;
    for unread in &unreadable.first {
        loose(
            format!("is no event: {}", unread.reason),
            unread.place.to_string(),
        );
    }
    let named = u64::try_from(unreadable.first.len()).unwrap_or(u64::MAX);
    if unreadable.count > named {
        loose(
            format!("{} more that are no events", unreadable.count - named),
            String::new(),
        );
    }
    if report.unnumbered.count > 0 {
        let count = report.unnumbered.count;
        loose(
            format!("{count} events without numbers: of an older release, or of somebody else"),
            joined(report.unnumbered.first.iter().take(3)),
        );
    }
    (heading, rows)
}

/// Why the command fails, and what to do about each kind of finding.
pub(super) fn failure(what: &str, report: &Report) -> Failure {
    let found: u64 = report.epochs.iter().map(found_in).sum();
    let found = found.saturating_add(report.unreadable.count.min(1));
    let found = found.saturating_add(report.unnumbered.count.min(1));
    let findings = if found == 1 { "finding" } else { "findings" };
    let mut failure = Failure::new(format!("{what}: {found} {findings}"));
    let all = report.epochs.iter().flat_map(|epoch| &epoch.findings);
    let mut hints: BTreeSet<&str> = all.filter_map(advice).collect();
    if report.unreadable.count > 0 {
        hints.insert("Somebody else writes to the topics: look at the lines that are no events, and at who may write there");
    }
    if report.unnumbered.count > 0 {
        hints.insert(
            "Events of releases without numbers prove nothing: begin behind them with --since",
        );
    }
    for hint in hints {
        failure = failure.hint(hint);
    }
    failure
}

fn found_in(epoch: &EpochReport) -> u64 {
    let bad = epoch
        .findings
        .iter()
        .filter(|finding| finding.verdict() != Verdict::Complete);
    u64::try_from(bad.count())
        .unwrap_or(u64::MAX)
        .saturating_add(epoch.more_findings)
}

const fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Complete => "complete",
        Verdict::Incomplete => "incomplete",
        Verdict::Tampered => "TAMPERED",
    }
}

/// An epoch is the moment when it began.
fn started(epoch: &str) -> String {
    let ms: Option<i64> = epoch.parse().ok();
    let time = ms.and_then(|ms| Timestamp::from_millisecond(ms).ok());
    time.map_or_else(|| epoch.to_owned(), |time| format!("{time:.3}"))
}

fn signed(epoch: &EpochReport) -> String {
    match (epoch.signing.good, epoch.signing.through) {
        (None, _) => "not checked".to_owned(),
        (Some(_), Some(through)) => format!("up to {through}"),
        (Some(_), None) => "no".to_owned(),
    }
}

fn end(end: &End) -> String {
    match end {
        End::Proven { last } => format!("at {last}"),
        End::Running => "running".to_owned(),
        End::Open => "not in what was read".to_owned(),
        End::Unknown { .. } => "unknown".to_owned(),
    }
}

fn numbers(first: u64, last: u64) -> String {
    if first == last {
        first.to_string()
    } else {
        format!("{first}-{last}")
    }
}

fn words(finding: &Finding) -> String {
    match finding {
        Finding::Missing { first, last, cause } => {
            format!(
                "{} missing: {}",
                numbers(*first, *last),
                cause_words(*cause)
            )
        }
        Finding::Lost {
            at,
            count,
            reason,
            from,
            to,
            ..
        } => {
            format!("{count} events lost, says {at}: {reason}, between {from} and {to}")
        }
        Finding::Changed { first, last, .. } if first == last => {
            format!("{first} is not the line that was written")
        }
        Finding::Changed { first, last, .. } => {
            format!("among {first}-{last} is a line that is not the one that was written")
        }
        Finding::Swapped { first, second, .. } => {
            format!("{first} and {second} have each other's numbers")
        }
        Finding::Inserted {
            at, decided: true, ..
        } => format!("{at} has a second line, inserted"),
        Finding::Inserted { at, .. } => {
            format!("{at} has two lines, and nothing behind them tells which was written")
        }
        Finding::Forked {
            at,
            lines,
            decided: true,
            ..
        } => {
            format!("from {at} on there is a second history of {lines} lines")
        }
        Finding::Forked { at, lines, .. } => {
            format!(
                "from {at} on there are two histories over {lines} lines, and nothing behind them tells which was written"
            )
        }
        Finding::BeyondEnd { first, last } => {
            format!(
                "{} stand behind the end of the epoch",
                numbers(*first, *last)
            )
        }
        Finding::Misrouted { at, route, .. } => {
            format!("{at} was written to {route}, not to where it was found")
        }
        Finding::BadSignature { at, reason, .. } => {
            format!("the signature of checkpoint {at} is not accepted: {reason}")
        }
        Finding::Unsigned { after: None, .. } => "no signature vouches for any line".to_owned(),
        Finding::Unsigned {
            after: Some(after),
            last,
        } => {
            format!("no signature vouches for {}", numbers(after + 1, *last))
        }
        Finding::EpochMissing { epoch, cause } => {
            format!(
                "the epoch before it, {}, is missing as a whole: {}",
                started(epoch),
                cause_words(*cause)
            )
        }
        Finding::StrayEpoch { named } => {
            format!(
                "no later epoch knows this one; they name {} in its place",
                started(named)
            )
        }
        Finding::TailUnknown {
            after,
            at_most: Some(most),
        } => {
            format!("tail unknown after {after}, at most {most} events")
        }
        Finding::TailUnknown {
            after,
            at_most: None,
        } => format!("tail unknown after {after}"),
        Finding::NotCompared { count } => format!("{count} copies came too late to be compared"),
        Finding::Unchecked { count } => {
            format!("{count} lines could not be checked: too many stand alone")
        }
    }
}

const fn cause_words(cause: Cause) -> &'static str {
    match cause {
        Cause::Loss => "a loss event names them",
        Cause::Retention => "the topic's retention has deleted events of that age",
        Cause::Period => "before the time that was asked for",
        Cause::UnderWay => "written within the last minute, may be on their way: verify again",
        Cause::Killed => "in memory when the process was killed, as the unknown tail",
        Cause::Nothing => "nothing explains it",
    }
}

fn places(finding: &Finding) -> String {
    match finding {
        Finding::Changed { places, .. }
        | Finding::Swapped { places, .. }
        | Finding::Inserted { places, .. }
        | Finding::Forked { places, .. } => joined(places.iter().take(3)),
        Finding::Lost { place, .. }
        | Finding::Misrouted { place, .. }
        | Finding::BadSignature { place, .. } => place.to_string(),
        _ => String::new(),
    }
}

fn joined<'a>(places: impl Iterator<Item = &'a Place>) -> String {
    let places: Vec<_> = places.map(ToString::to_string).collect();
    places.join(", ")
}
