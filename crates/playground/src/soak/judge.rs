//! Whether what the trail says is what the clients know.

use std::collections::BTreeMap;

use serde_json::Value;

use super::faults::Ended;
use super::statement::{self, Statement};
use super::trail::{EpochName, Trail};
use super::truth::{Mode, Talk, Told};

/// Of an epoch that ended by a kill, so many numbers may be missing that belong to nobody's request:
/// log ins, and what the nodes and the server ask of each other.
const OTHERS: u64 = 500;

/// When the run began, and when its nodes were stopped in order: milliseconds since 1970.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) since_ms: u64,
    pub(super) until_ms: u64,
}

/// What the clients know of an epoch, in requests of best-effort routes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sums {
    pub(super) answered: u64,
    /// Of these, in the trail.
    pub(super) recorded: u64,
    /// Not in the trail, and a later one of the same client is.
    pub(super) inside: u64,
    /// Not in the trail, and no later one of the same client is.
    pub(super) behind: u64,
    /// Requests of all modes that got no answer and have no event: nobody knows of them.
    pub(super) unknown: u64,
}

/// One line for people.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) epoch: EpochName,
    pub(super) sums: Sums,
    pub(super) said: Statement,
}

/// All that was found.
#[derive(Debug, Default)]
pub(super) struct Judged {
    pub(super) rows: Vec<Row>,
    pub(super) problems: Vec<String>,
}

/// Compares them.
pub(super) fn judge(
    told: &[Told],
    ends: &[Ended],
    trail: &Trail,
    report: &Value,
    span: Span,
) -> Judged {
    let mut judged = Judged {
        problems: trail.odd.clone(),
        ..Judged::default()
    };
    let epochs = report.get("epochs").and_then(Value::as_array);
    let said: BTreeMap<EpochName, Statement> = epochs
        .into_iter()
        .flatten()
        .map(|epoch| (statement::name(epoch), statement::of(epoch, span.since_ms)))
        .filter(|(name, _)| name.started_ms >= span.since_ms)
        .collect();
    let mut sums: BTreeMap<EpochName, Sums> = BTreeMap::new();
    for (client, told) in told.iter().enumerate() {
        for talk in &told.talks {
            let Some(epoch) = epoch_of(client, talk, trail, &said) else {
                judged.problems.push(format!(
                    "nothing is known of the epoch in which broker {} answered {} requests of client {client}",
                    talk.broker, talk.answered
                ));
                continue;
            };
            let of_epoch = sums.entry(epoch).or_default();
            compare(client, told, talk, trail, of_epoch, &mut judged.problems);
        }
    }
    for (client, told) in told.iter().enumerate() {
        let sent = told.talks.last().map_or(0, |talk| talk.requests().end);
        let invented = trail.beyond(client, sent);
        if invented > 0 {
            judged.problems.push(format!(
                "{invented} events of requests that client {client} never sent"
            ));
        }
    }
    for (epoch, said) in said {
        let sums = sums.remove(&epoch).unwrap_or_default();
        let found = verdict(&epoch, &sums, &said, ends, span);
        let name = |what| format!("{} {}: {what}", epoch.emitter, epoch.started_ms);
        judged.problems.extend(found.into_iter().map(name));
        judged.rows.push(Row { epoch, sums, said });
    }
    judged
}

/// The epoch of a connection: that of its events, else the newest one of its broker at that time.
fn epoch_of(
    client: usize,
    talk: &Talk,
    trail: &Trail,
    said: &BTreeMap<EpochName, Statement>,
) -> Option<EpochName> {
    let found = talk
        .requests()
        .find_map(|request| trail.of(client, request));
    let by_event = found.and_then(|found| trail.epochs.get(found.epoch));
    let end = format!("/broker-{}", talk.broker);
    let mut of_broker = said
        .keys()
        .filter(|epoch| epoch.emitter.ends_with(&end) && epoch.started_ms <= talk.since_ms);
    by_event.or_else(|| of_broker.next_back()).cloned()
}

fn compare(
    client: usize,
    told: &Told,
    talk: &Talk,
    trail: &Trail,
    sums: &mut Sums,
    problems: &mut Vec<String>,
) {
    let (mode, mut open) = (told.mode, 0);
    let mut epochs = Vec::new();
    let mut lost = Vec::new();
    for request in talk.answers() {
        let is_refused = told.is_allowed() && talk.refused.contains(&request);
        if is_refused && mode != Mode::Required {
            problems.push(format!(
                "request {request} of client {client} was refused on a {} route",
                mode.name()
            ));
        }
        sums.answered += u64::from(mode == Mode::BestEffort);
        let Some(found) = trail.of(client, request) else {
            match mode {
                Mode::BestEffort => open += 1,
                // It was refused because it could not be recorded.
                Mode::Required if is_refused => {}
                _ => lost.push(request),
            }
            continue;
        };
        epochs.push(found.epoch);
        if found.granted != told.is_allowed() {
            problems.push(format!(
                "the event of request {request} of client {client} says the opposite"
            ));
        }
        if mode == Mode::BestEffort {
            sums.recorded += 1;
            sums.inside += std::mem::take(&mut open);
        } else if found.unawaited {
            problems.push(format!(
                "request {request} of client {client} was not awaited"
            ));
        }
    }
    sums.behind += open;
    let silent = talk.requests().skip_while(|n| talk.answers().contains(n));
    let silent = silent.filter(|request| trail.of(client, *request).is_none());
    sums.unknown += u64::try_from(silent.count()).unwrap_or(u64::MAX);
    epochs.dedup();
    if epochs.len() > 1 {
        problems.push(format!(
            "events of one connection to broker {} are of {} epochs",
            talk.broker,
            epochs.len()
        ));
    }
    if let (Some(first), Some(last)) = (lost.first(), lost.last()) {
        problems.push(format!(
            "{} answered requests of client {client} ({}) to broker {} are not recorded: {first} to {last} of {:?}",
            lost.len(),
            mode.name(),
            talk.broker,
            talk.requests()
        ));
    }
}

/// How the process ended that wrote this epoch, if it has.
fn end_of<'a>(epoch: &EpochName, ends: &'a [Ended]) -> Option<&'a Ended> {
    let of_it = ends.iter().filter(|ended| {
        let end = format!("/broker-{}", ended.broker);
        epoch.emitter.ends_with(&end) && ended.at_ms >= epoch.started_ms
    });
    of_it.min_by_key(|ended| ended.at_ms)
}

/// What does not fit in an epoch.
fn verdict(
    epoch: &EpochName,
    sums: &Sums,
    said: &Statement,
    ends: &[Ended],
    span: Span,
) -> Vec<String> {
    let mut problems = said.bad.clone();
    let end = end_of(epoch, ends);
    if end.is_none() && epoch.started_ms >= span.until_ms {
        return problems;
    }
    // Whoever was stopped and took very long may have been killed: the trail knows.
    let was_killed = end.and_then(|end| end.is_kill).unwrap_or(said.is_unknown);
    let mut wrong = |what: String| problems.push(what);
    let missing = sums.inside + sums.behind;
    if was_killed {
        if !said.is_unknown {
            wrong("it was killed, and is not said to have an unknown tail".to_owned());
        }
        if missing > said.named + said.at_most {
            let at_most = said.at_most;
            wrong(format!(
                "{missing} decisions are missing, of at most {at_most}"
            ));
        }
        if sums.inside > said.named + said.holes {
            let (inside, holes) = (sums.inside, said.holes);
            wrong(format!(
                "{inside} decisions are missing before others, but only {holes} numbers"
            ));
        }
        if said.holes + said.named > missing + sums.unknown + OTHERS {
            let numbers = said.holes + said.named;
            wrong(format!(
                "{numbers} numbers are missing, but only {missing} decisions"
            ));
        }
    } else {
        if !said.is_proven {
            wrong("it ended in order, and its last number is not known".to_owned());
        }
        if !(missing..=missing + sums.unknown).contains(&said.named) {
            let named = said.named;
            wrong(format!(
                "{named} events are named as lost, but {missing} decisions are missing"
            ));
        }
    }
    problems
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
