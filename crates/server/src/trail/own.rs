//! What the trail says about itself.

use std::collections::VecDeque;

use openmds_policy::companion::Format;
use openmds_trail::{
    Account, Checkpoint, Envelope, EpochOpened, Loss, Opening, Reason, Signer, checkpoint_statement,
};
use uuid::Uuid;

use super::drain::BATCH;
use super::ledger::{Ledger, Whence};
use super::queue::{Event, MOST_EVENTS, Missed};

/// Most ranges that one loss event names.
const RANGES: usize = 1_000;

impl Ledger {
    /// Says that the epoch opens.
    pub(super) fn tell_opening(
        &mut self,
        whence: &Whence,
        opening: &Opening<'_>,
        out: &mut VecDeque<Event>,
    ) {
        let now = self.clock.now();
        let certificate = self.key.as_mut().and_then(|key| key.certificate(now).ok());
        self.add(whence, 1, out, |envelope, line| {
            let opened = EpochOpened {
                envelope,
                opening: *opening,
                queue_bound: u64::try_from(MOST_EVENTS + BATCH).unwrap_or(u64::MAX),
                certificate: certificate.as_ref().map(|one| one.fingerprint.as_str()),
                release: env!("CARGO_PKG_VERSION"),
            };
            match whence.format {
                Format::CloudEvents => opened.write_json(line),
                Format::Ocsf => opened.write_ocsf(line),
            }
        });
    }

    /// Names what did not get to the destination, now that it takes events.
    pub(super) fn tell_losses(&mut self, whence: &Whence, out: &mut VecDeque<Event>) {
        for (reason, lost) in self.losses.take() {
            for ranges in lost.ranges.chunks(RANGES) {
                let count = |(first, last): &(u64, u64)| last.saturating_sub(*first) + 1;
                let count = ranges.iter().map(count).sum();
                self.add(whence, 1, out, |envelope, line| {
                    let loss = Loss {
                        envelope,
                        count,
                        reason,
                        epoch: None,
                        ranges,
                        from_micros: lost.from_micros,
                        to_micros: lost.to_micros,
                        topics: &lost.topics,
                    };
                    match whence.format {
                        Format::CloudEvents => loss.write_json(line),
                        Format::Ocsf => loss.write_ocsf(line),
                    }
                });
            }
        }
    }

    /// Events that found no room: one event stands for the numbers that they would have had.
    pub(super) fn miss(&mut self, whence: &Whence, missed: &Missed, out: &mut VecDeque<Event>) {
        let now = self.clock.now().as_microsecond();
        let Some(running) = &mut self.running else {
            return;
        };
        let since = std::mem::replace(&mut running.looked_micros, now);
        if missed.count == 0 {
            return;
        }
        let last = running.stamper.end().last;
        let range = (last.saturating_add(1), last.saturating_add(missed.count));
        self.add(whence, missed.count, out, |envelope, line| {
            let loss = Loss {
                envelope,
                count: missed.count,
                reason: Reason::QueueFull,
                epoch: None,
                ranges: &[range],
                from_micros: since,
                to_micros: now,
                topics: &missed.topics,
            };
            match whence.format {
                Format::CloudEvents => loss.write_json(line),
                Format::Ocsf => loss.write_ocsf(line),
            }
        });
    }

    pub(super) fn tell_account(
        &mut self,
        whence: &Whence,
        account: &Account,
        last: bool,
        out: &mut VecDeque<Event>,
    ) {
        // All figures are of one moment, so none of them moves.
        self.add(whence, 1, out, |envelope, line| match whence.format {
            Format::CloudEvents => account.write_json(&envelope, (last, false), line),
            Format::Ocsf => account.write_ocsf(&envelope, (last, false), line),
        });
    }

    /// Signs the chain up to here.
    pub(super) fn sign(&mut self, whence: &Whence, out: &mut VecDeque<Event>) {
        let (Some(key), Some(running)) = (&mut self.key, &mut self.running) else {
            return;
        };
        let end = running.stamper.end();
        let (emitter, epoch) = (running.stamper.emitter(), running.stamper.epoch());
        let statement = checkpoint_statement(emitter, epoch, end.last, end.hash);
        let now = self.clock.now();
        let signed = key
            .certificate(now)
            .and_then(|certificate| Ok((certificate, key.sign(&statement)?)));
        let (certificate, signature) = match signed {
            Ok(signed) => signed,
            Err(error) => {
                tracing::warn!(%error, "the server's own audit trail cannot be signed");
                return;
            }
        };
        let fingerprint = certificate.fingerprint;
        let is_known = running.certificate.as_deref() == Some(fingerprint.as_str());
        self.add(whence, 1, out, |envelope, line| {
            let checkpoint = Checkpoint {
                envelope,
                end,
                signature: &signature,
                signer: Signer {
                    fingerprint: &fingerprint,
                    certificate: (!is_known).then_some(certificate.pem.as_str()),
                },
            };
            match whence.format {
                Format::CloudEvents => checkpoint.write_json(line),
                Format::Ocsf => checkpoint.write_ocsf(line),
            }
        });
        if let Some(running) = &mut self.running {
            running.signed = running.stamper.end().last;
            running.certificate = Some(fingerprint);
        }
    }

    /// Adds an event of the trail itself that stands for so many numbers.
    fn add(
        &mut self,
        whence: &Whence,
        count: u64,
        out: &mut VecDeque<Event>,
        write: impl FnOnce(Envelope<'_>, &mut Vec<u8>),
    ) {
        let now = self.clock.now();
        let envelope = Envelope {
            id: Uuid::new_v4(),
            source: &whence.source,
            subject: &whence.source,
            time_micros: now.as_microsecond(),
            route: &whence.topic,
        };
        let mut line = Vec::new();
        write(envelope, &mut line);
        let mut event = Event::new(&whence.topic, whence.format, line, now.as_millisecond());
        event.own = true;
        self.stamp(&mut event, count);
        out.push_back(event);
    }
}
