//! What Java tells of events after the queue, as events of the trail itself.

use openmds_trail::{
    Account, Checkpoint, Distrust, Envelope, Epoch, Loss, Reason, Signer, checkpoint_statement,
};

use openmds_policy::companion::Format;

use super::{Emitter, Outgoing, To, envelope};
use crate::pairs::Pairs;

impl Outgoing {
    /// What the drain thread says (`spec/native-bridge.md`, `tell`); nothing before an epoch is open.
    pub(crate) fn tell(&mut self, what: &Pairs, emitter: &Emitter, to: To<'_>) -> Pairs {
        let mut answer = Pairs::new();
        let number = match what.first("what") {
            Some("line") => {
                let Some(stamper) = self.open(emitter, to) else {
                    return answer;
                };
                let mut line = what.first("line").unwrap_or_default().as_bytes().to_vec();
                let number = stamper.stamp(&mut line, 0, 1);
                answer.add("line", String::from_utf8_lossy(&line));
                number
            }
            Some("loss") => self.tell_loss(what, emitter, to),
            Some("account") => self.tell_account(what, emitter, to),
            Some("statement") => return self.statement(),
            Some("checkpoint") => self.tell_checkpoint(what, emitter, to),
            Some("distrust") => self.tell_distrust(what, emitter, to),
            Some("end") => return self.end(),
            _ => return answer,
        };
        answer.add("sequence", number.to_string());
        answer
    }

    fn tell_loss(&mut self, what: &Pairs, emitter: &Emitter, to: To<'_>) -> u64 {
        let Some(reason) = what.first("reason").and_then(Reason::parse) else {
            return 0;
        };
        let Some(now) = self.open(emitter, to).map(|_| ()).and(self.now()) else {
            return 0;
        };
        let ranges: Vec<(u64, u64)> = what.all("range").filter_map(range).collect();
        let count = |(first, last): &(u64, u64)| last.saturating_sub(*first).saturating_add(1);
        let micros = |key| figure(what, key).and_then(|micros| i64::try_from(micros).ok());
        let topics = what.all("topic").map(str::to_owned);
        let counts = what.all("topic_count").filter_map(|text| text.parse().ok());
        let loss = Loss {
            envelope: envelope(emitter, to, now),
            count: figure(what, "count")
                .unwrap_or_else(|| ranges.iter().map(count).fold(0, u64::saturating_add)),
            reason,
            epoch: what.first("epoch").and_then(Epoch::parse),
            ranges: &ranges,
            from_micros: micros("from").unwrap_or(now),
            to_micros: micros("to").unwrap_or(now),
            topics: &topics.zip(counts).collect(),
        };
        self.add_loss(to, 1, &loss)
    }

    fn tell_account(&mut self, what: &Pairs, emitter: &Emitter, to: To<'_>) -> u64 {
        let Some(now) = self.open(emitter, to).map(|_| ()).and(self.now()) else {
            return 0;
        };
        let says = |key| what.first(key) == Some("true");
        let account = account(what);
        let envelope: Envelope<'_> = envelope(emitter, to, now);
        let kind = (says("last"), says("moving"));
        self.add_own(to, 1, |out| match to.format {
            Format::CloudEvents => account.write_json(&envelope, kind, out),
            Format::Ocsf => account.write_ocsf(&envelope, kind, out),
        })
    }

    /// What is to be signed, if anything was numbered.
    fn statement(&self) -> Pairs {
        let mut answer = Pairs::new();
        if let Some(ledger) = self.ledger.as_ref() {
            let stamper = &ledger.stamper;
            let end = stamper.end();
            if end.last > 0 {
                let (emitter, epoch) = (stamper.emitter(), stamper.epoch());
                let statement = checkpoint_statement(emitter, epoch, end.last, end.hash);
                answer.add("sequence", end.last.to_string());
                answer.add("statement", statement);
            }
        }
        answer
    }

    fn tell_checkpoint(&mut self, what: &Pairs, emitter: &Emitter, to: To<'_>) -> u64 {
        let end = self.ledger.as_ref().map(|ledger| ledger.stamper.end());
        let end = end.filter(|end| figure(what, "sequence") == Some(end.last));
        let (Some(end), Some(now)) = (end, self.now()) else {
            return 0; // Something came between: the signature is about another event.
        };
        let checkpoint = Checkpoint {
            envelope: envelope(emitter, to, now),
            end,
            signature: what.first("signature").unwrap_or_default(),
            signer: Signer {
                fingerprint: what.first("fingerprint").unwrap_or_default(),
                certificate: what.first("certificate"),
            },
        };
        self.add_own(to, 1, |out| match to.format {
            Format::CloudEvents => checkpoint.write_json(out),
            Format::Ocsf => checkpoint.write_ocsf(out),
        })
    }

    fn tell_distrust(&mut self, what: &Pairs, emitter: &Emitter, to: To<'_>) -> u64 {
        let Some(now) = self.open(emitter, to).map(|_| ()).and(self.now()) else {
            return 0;
        };
        let said = |key| what.first(key).unwrap_or_default();
        let distrust = Distrust {
            envelope: envelope(emitter, to, now),
            reason: said("reason"),
            document: said("document"),
            companion: said("companion"),
            in_force: said("in_force"),
        };
        self.add_own(to, 1, |out| match to.format {
            Format::CloudEvents => distrust.write_json(out),
            Format::Ocsf => distrust.write_ocsf(out),
        })
    }

    /// What the disk is to hold after an orderly end; nothing if nothing was numbered.
    fn end(&self) -> Pairs {
        let mut answer = Pairs::new();
        let numbered = |ledger: &&super::Ledger| ledger.stamper.end().last > 0;
        if let Some(ledger) = self.ledger.as_ref().filter(numbered) {
            answer.add("file", ledger.file(true));
        }
        answer
    }

    fn now(&self) -> Option<i64> {
        self.ledger.as_ref().map(|ledger| (ledger.clock)())
    }
}

fn figure(what: &Pairs, key: &str) -> Option<u64> {
    what.first(key)?.parse().ok()
}

/// `7-9`.
fn range(text: &str) -> Option<(u64, u64)> {
    let (first, last) = text.split_once('-')?;
    Some((first.parse().ok()?, last.parse().ok()?))
}

fn account(what: &Pairs) -> Account {
    let of = |key| figure(what, key).unwrap_or(0);
    let dropped = Reason::ALL.into_iter().filter_map(|reason| {
        let count = figure(what, &format!("dropped.{}", reason.name()))?;
        (count > 0).then_some((reason, count))
    });
    Account {
        decided: of("decided"),
        routed: of("routed"),
        excluded: of("excluded"),
        not_routed: of("not_routed"),
        suppressed: of("suppressed"),
        delivered: of("delivered"),
        waiting: of("waiting"),
        spilled: of("spilled"),
        fallback: of("fallback"),
        dropped: dropped.collect(),
    }
}
