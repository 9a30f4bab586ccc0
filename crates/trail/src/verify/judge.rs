//! The judgement of an emitter's epochs, once everything has been read.

use std::collections::BTreeMap;

use super::conflicts::conflicts;
use super::epoch::{EpochState, KEPT};
use super::finding::Finding;
use super::links::{Suspect, suspects};
use super::parts::Rival;
use super::report::{Count, End, EpochReport, Signing, Verdict};
use super::state::State;
use super::succession::{Succession, succession};
use super::verifier::Verifier;
use super::{gaps, signed};

/// An epoch that is signed may go on so long, in lines and milliseconds, without a new signature.
const UNSIGNED_LINES: u64 = 2_000;
const UNSIGNED_MS: i64 = 180_000;

/// An emitter that is at work needs less to bring an event to its partition, and partitions are not
/// read at the same moment.
const UNDER_WAY_MS: i64 = 60_000;

/// Each epoch, by emitter and then in the order of time.
pub(super) fn epochs(verifier: &mut Verifier, now_ms: Option<i64>) -> Vec<EpochReport> {
    let signatures = verifier.signatures.take();
    let state = &mut verifier.state;
    state.hand_back_losses();
    if let Some(signatures) = signatures.as_deref() {
        for epoch in &mut state.epochs {
            let who = signed::Who {
                emitter: &epoch.emitter,
                epoch: epoch.epoch,
            };
            let certificates = &state.certificates;
            epoch.signed.settle(who, certificates, signatures, true);
        }
    }
    let state = &verifier.state;
    let mut by_emitter: BTreeMap<&str, Vec<&EpochState>> = BTreeMap::new();
    for epoch in &state.epochs {
        by_emitter.entry(&epoch.emitter).or_default().push(epoch);
    }
    let judge = Judge {
        state,
        now_ms,
        silence_ms: verifier.limits.silence_ms,
        is_signed: signatures.is_some(),
    };
    let mut reports = Vec::new();
    for epochs in by_emitter.values_mut() {
        epochs.sort_by_key(|epoch| epoch.epoch);
        let successions = succession(epochs);
        let judged = epochs.iter().zip(&successions);
        reports.extend(judged.filter_map(|(epoch, succession)| judge.epoch(epoch, succession)));
    }
    reports
}

struct Judge<'a> {
    state: &'a State,
    now_ms: Option<i64>,
    silence_ms: i64,
    is_signed: bool,
}

impl Judge<'_> {
    fn epoch(&self, epoch: &EpochState, succession: &Succession<'_>) -> Option<EpochReport> {
        let (first, last) = epoch.runs.first().zip(epoch.runs.last())?;
        let mut findings = Vec::new();
        let end = self.end(epoch, succession, &mut findings);
        self.lines(epoch, succession, &mut findings);
        let proven = match end {
            End::Proven { last } => last,
            _ => last.last,
        };
        let now = self.now_ms.filter(|_| end == End::Running);
        let otherwise = gaps::Otherwise {
            lately: now.map(|now| now.saturating_sub(UNDER_WAY_MS)),
            in_memory: match end {
                End::Unknown { at_most } => at_most,
                _ => None,
            },
        };
        gaps::missing(self.state, epoch, proven, otherwise, &mut findings);
        self.named(epoch, &mut findings);
        self.signing(epoch, succession, &end, &mut findings);
        if let Some(previous) = succession.missing_before {
            let cause = gaps::explain(self.state, Some(gaps::ms(previous)));
            findings.push(Finding::EpochMissing {
                epoch: previous.to_string(),
                cause,
            });
        }
        if let Some(named) = succession.stray {
            findings.push(Finding::StrayEpoch {
                named: named.to_string(),
            });
        }
        findings.sort_by_key(Finding::number);
        let verdict = findings.iter().map(Finding::verdict).max();
        let kept = findings.len().min(KEPT);
        let more = findings.split_off(kept).len();
        let by_certificate = epoch.signed.by_certificate.iter();
        Some(EpochReport {
            emitter: epoch.emitter.clone(),
            epoch: epoch.epoch.to_string(),
            verdict: verdict.unwrap_or(Verdict::Complete),
            first: first.first,
            last: last.last,
            first_ms: first.first_ms,
            last_ms: last.last_ms,
            lines: epoch.lines.saturating_sub(epoch.duplicates),
            duplicates: epoch.duplicates,
            end,
            signing: Signing {
                checkpoints: epoch.signed.checkpoints,
                good: self.is_signed.then_some(epoch.signed.good),
                through: epoch.signed.through,
                certificates: by_certificate
                    .map(|(of, count)| Count {
                        of: of.clone(),
                        count: *count,
                    })
                    .collect(),
            },
            findings,
            more_findings: u64::try_from(more).unwrap_or(u64::MAX),
        })
    }

    fn end(
        &self,
        epoch: &EpochState,
        succession: &Succession<'_>,
        findings: &mut Vec<Finding>,
    ) -> End {
        let (last, last_ms) = epoch
            .runs
            .last()
            .map_or((0, 0), |run| (run.last, run.last_ms));
        let at_most = epoch.opened.as_ref().map(|opened| opened.queue_bound);
        let unknown = End::Unknown { at_most };
        let end = match (succession.next, epoch.closed) {
            (Some(next), _) => match next.previous_last {
                Some(last) => End::Proven { last },
                None => unknown,
            },
            // Behind the last account come only a checkpoint over it and losses of the last events.
            (None, Some(closed)) if epoch.last_event <= closed => End::Proven { last },
            (None, Some(closed)) => End::Proven { last: closed },
            (None, None) if !succession.is_newest => unknown,
            (None, None) => match self.now_ms {
                None => End::Open,
                Some(now) if now.saturating_sub(last_ms) <= self.silence_ms => End::Running,
                Some(_) => unknown,
            },
        };
        match end {
            End::Unknown { at_most } => findings.push(Finding::TailUnknown {
                after: last,
                at_most,
            }),
            End::Proven { last: proven } if proven < last => findings.push(Finding::BeyondEnd {
                first: proven.saturating_add(1),
                last,
            }),
            _ => {}
        }
        end
    }

    /// What the chain shows of lines that are there.
    fn lines(&self, epoch: &EpochState, succession: &Succession<'_>, findings: &mut Vec<Finding>) {
        let named_end = succession
            .next
            .and_then(|next| next.previous_last.zip(next.previous_hash));
        let half_end = named_end.map(|(last, hash)| (last, hash.half()));
        let (found, explained) = conflicts(epoch, &self.state.slots, half_end);
        let place = |at| self.state.place(at);
        for conflict in found {
            let places = conflict.places.into_iter().map(place).collect();
            let (at, lines, decided) = (conflict.at, conflict.lines, conflict.decided);
            findings.push(if lines > 1 {
                Finding::Forked {
                    at,
                    lines,
                    places,
                    decided,
                }
            } else {
                Finding::Inserted {
                    at,
                    places,
                    decided,
                }
            });
        }
        for suspect in suspects(epoch, &explained) {
            findings.push(match suspect {
                Suspect::Changed {
                    first,
                    last,
                    places,
                } => Finding::Changed {
                    first,
                    last,
                    places: places.into_iter().map(place).collect(),
                },
                Suspect::Swapped {
                    first,
                    second,
                    places,
                } => Finding::Swapped {
                    first,
                    second,
                    places: places.into_iter().map(place).collect(),
                },
            });
        }
        let is_contested = |number: u64| {
            let over = |rival: &Rival| rival.first <= number && number <= rival.last;
            epoch.rivals.iter().any(over)
        };
        if let Some(at) = epoch.bad_opening.filter(|_| !is_contested(1)) {
            findings.push(Finding::Changed {
                first: 1,
                last: 1,
                places: vec![place(at)],
            });
        }
        if let Some((last, hash)) = named_end
            && let Some(end) = epoch.ends.get(&last)
            && end.hash != hash
            && !is_contested(last)
        {
            findings.push(Finding::Changed {
                first: end.first,
                last,
                places: vec![place(end.at)],
            });
        }
    }

    /// What emitters say themselves, and what was counted on the way.
    fn named(&self, epoch: &EpochState, findings: &mut Vec<Finding>) {
        findings.extend(epoch.losses.iter().map(|loss| Finding::Lost {
            at: loss.number,
            count: loss.count,
            reason: loss.reason.clone(),
            from: loss.from.clone(),
            to: loss.to.clone(),
            place: self.state.place(loss.at),
        }));
        findings.extend(epoch.misrouted.iter().map(|line| Finding::Misrouted {
            at: line.number,
            route: line.route.clone(),
            place: self.state.place(line.at),
        }));
        let count = epoch.not_compared;
        findings.extend((count > 0).then_some(Finding::NotCompared { count }));
        let count = epoch.unchecked;
        findings.extend((count > 0).then_some(Finding::Unchecked { count }));
    }

    fn signing(
        &self,
        epoch: &EpochState,
        succession: &Succession<'_>,
        end: &End,
        findings: &mut Vec<Finding>,
    ) {
        let refused = epoch.signed.refused.iter();
        findings.extend(refused.map(|refused| Finding::BadSignature {
            at: refused.number,
            reason: refused.reason.clone(),
            place: self.state.place(refused.at),
        }));
        let Some(last) = epoch.runs.last().filter(|_| self.is_signed) else {
            return;
        };
        // A signed epoch that names the last line of this one vouches for it.
        let is_named = succession.is_next_signed && matches!(end, End::Proven { .. });
        let after = epoch.signed.through;
        let lines = last.last.saturating_sub(after.unwrap_or(0));
        let ms = last
            .last_ms
            .saturating_sub(epoch.signed.through_ms.unwrap_or(i64::MIN));
        // An emitter that closes its epoch signs that it did.
        let is_whole = epoch.closed.is_none_or(|closed| after >= Some(closed));
        let is_young = lines <= UNSIGNED_LINES && ms <= UNSIGNED_MS;
        let is_young = after.is_some() && is_young && is_whole;
        if !is_named && !is_young {
            findings.push(Finding::Unsigned {
                after,
                last: last.last,
            });
        }
    }
}
