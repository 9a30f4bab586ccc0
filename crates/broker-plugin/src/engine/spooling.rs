//! The spool, for Java's drain thread.

use super::{Engine, lock};
use crate::pairs::Pairs;
use crate::spool::Spooled;

impl Engine {
    /// What the drain thread says: a batch is kept in the spool, pairs say what they want
    /// (`spec/native-bridge.md`, `tell`).
    pub fn told(&self, message: &[u8], clock: fn() -> i64) -> Vec<u8> {
        let Some(what) = Pairs::decode(message) else {
            return self.with_spool(|spool| spool.keep(message, clock)).encode();
        };
        match what.first("what") {
            Some("spool-open") => self.open_spool(&what).encode(),
            Some("spool-read") => self.read_spool(&what, clock),
            Some("spool-release") => self.with_spool(Spooled::release).encode(),
            Some("spool-close") => {
                if let Some(spool) = lock(&self.spool).take() {
                    spool.close();
                }
                Pairs::new().encode()
            }
            _ => self.tell(&what, clock).encode(),
        }
    }

    fn with_spool(&self, use_spool: impl FnOnce(&mut Spooled) -> Pairs) -> Pairs {
        let mut spool = lock(&self.spool);
        spool
            .as_mut()
            .map_or_else(|| error("no spool is open"), use_spool)
    }

    fn open_spool(&self, what: &Pairs) -> Pairs {
        let outgoing = lock(&self.outgoing);
        let Some(ledger) = outgoing.ledger.as_ref() else {
            return error("nothing is numbered yet");
        };
        match Spooled::open(what, ledger) {
            Ok(spool) => {
                let mut answer = Pairs::new();
                spool.describe(&mut answer);
                *lock(&self.spool) = Some(spool);
                answer
            }
            Err(why) => error(&why),
        }
    }

    fn read_spool(&self, what: &Pairs, clock: fn() -> i64) -> Vec<u8> {
        const USUAL: u64 = 256 << 10;
        let most = what.first("most").and_then(|text| text.parse().ok());
        let mut spool = lock(&self.spool);
        let read = spool.as_mut().map_or_else(
            || Err("no spool is open".to_owned()),
            |spool| {
                spool.read(
                    most.unwrap_or(USUAL),
                    what.first("on") == Some("true"),
                    clock,
                )
            },
        );
        read.unwrap_or_else(|why| error(&why).encode())
    }
}

fn error(why: &str) -> Pairs {
    let mut answer = Pairs::new();
    answer.add("error", why);
    answer
}
