//! One instance of the plugin: the document in force, the queue, the account.

mod companion;
mod drain;
mod holding;
mod nowhere;
mod recording;
mod spooling;

use std::cell::{Cell, RefCell};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use arc_swap::{ArcSwapOption, Guard};
use openmds_policy::access::Verdict;
use openmds_policy::audit::{Document, FieldError};
use openmds_policy::companion::Companion;
use openmds_trail::Cause;

use crate::acls;
use crate::breakage::{Breakage, Place};
use crate::care::Held;
use crate::codec::{DecodeError, Request};
use crate::counters::{Counter, Counters};
use crate::drops::Drops;
use crate::methods::Methods;
use crate::outgoing::{Emitter, Outgoing};
use crate::pairs::Pairs;
use crate::queue::Queue;
use crate::reasons::{cause, explain};
use crate::rules::{Judge, LocalChange, Rules, Undecided};
pub use crate::settings::Settings;
use crate::shadow::Differences;
use crate::snapshot::Snapshot;
use crate::spool::Spooled;
pub use crate::summary::Summary;

const ENVELOPE: i16 = 58;

/// One request whose actions were decided, before it is recorded.
#[derive(Debug)]
pub struct Asked<'m> {
    request: Request<'m>,
    /// `None` if only Kafka decided.
    judge: Option<Guard<Arc<Judge>>>,
    /// So many of its actions are in the account.
    noted: Cell<usize>,
    /// Only if the companion asks for something.
    held: RefCell<Option<Held>>,
}

impl<'m> Asked<'m> {
    const fn new(request: Request<'m>, judge: Option<Guard<Arc<Judge>>>) -> Self {
        Self {
            request,
            judge,
            noted: Cell::new(0),
            held: RefCell::new(None),
        }
    }

    /// How many actions it has.
    #[must_use]
    pub fn number(&self) -> usize {
        usize::try_from(self.request.actions.number()).unwrap_or(usize::MAX)
    }

    /// What the request has to wait for, once it is noted.
    pub fn take_held(&self) -> Option<Held> {
        self.held.take()
    }

    /// Whether Kafka's own decisions stand.
    #[must_use]
    pub const fn is_kafkas(&self) -> bool {
        self.request.decided_by_kafka
    }
}

/// One instance of the plugin.
#[derive(Debug)]
pub struct Engine {
    settings: Settings,
    methods: Methods,
    queue: Queue,
    counters: Counters,
    emitter: OnceLock<Emitter>,
    rules: Rules,
    differences: Differences,
    document: Mutex<Document>,
    companion: Mutex<Companion>,
    snapshot: ArcSwapOption<Snapshot>,
    /// Replaced snapshots: they are freed on the drain thread, never on a request thread
    /// (`rulings.md` 24).
    retired: Mutex<Vec<Arc<Snapshot>>>,
    drops: Drops,
    outgoing: Mutex<Outgoing>,
    spool: Mutex<Option<Spooled>>,
    /// Events of decisions and log ins in the batch that was not taken yet.
    pending: AtomicU64,
    /// The last one given to a request that waits.
    tickets: AtomicU64,
    breakage: Breakage,
}

impl Engine {
    /// An engine under the built-in document, of a cluster whose id is not known yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            queue: Queue::new(settings.queue_max_bytes),
            methods: Methods::new(),
            counters: Counters::default(),
            emitter: OnceLock::new(),
            rules: Rules::new(&settings),
            differences: Differences::default(),
            document: Mutex::new(Document::built_in()),
            companion: Mutex::default(),
            snapshot: ArcSwapOption::empty(),
            retired: Mutex::default(),
            drops: Drops::default(),
            outgoing: Mutex::default(),
            spool: Mutex::default(),
            pending: AtomicU64::new(0),
            tickets: AtomicU64::new(0),
            settings,
            breakage: Breakage::default(),
        }
    }

    /// The account so far.
    pub const fn counters(&self) -> &Counters {
        &self.counters
    }

    /// What waits to be drained.
    pub const fn queue(&self) -> &Queue {
        &self.queue
    }

    /// Judges a document without applying it. Nothing but white space means the built-in document.
    pub fn check(&self, text: &str) -> Result<Summary, Vec<FieldError>> {
        let document = if text.trim().is_empty() {
            Document::built_in()
        } else {
            Document::parse_property(text)?
        };
        Ok(Summary::new(document, &self.methods))
    }

    /// Puts a document in force for the next decision; a bad one changes nothing.
    pub fn apply(&self, text: &str) -> Result<Summary, Vec<FieldError>> {
        let summary = self.check(text)?;
        *lock(&self.document) = summary.document.clone();
        self.compile();
        Ok(summary)
    }

    /// Names the cluster; the first name stays.
    pub fn identify(&self, cluster_id: &str) {
        self.emitter
            .get_or_init(|| Emitter::new(&self.settings.authority, cluster_id));
        self.rules.identify(cluster_id);
        self.compile();
    }

    /// Follows frames of the feed, or of its copy on disk (`spec/native-bridge.md`, `follow`).
    pub fn follow(&self, frames: &[u8]) -> Pairs {
        self.rules.follow(frames)
    }

    /// The policy held, in figures (`spec/native-bridge.md`, `policy`).
    pub fn policy(&self, now_ms: i64) -> Pairs {
        self.rules.describe(now_ms)
    }

    /// The policy held as one frame of the feed, for the disk; `None` if none is held.
    pub fn copy(&self) -> Option<Vec<u8>> {
        self.rules.copy()
    }

    fn compile(&self) {
        let Some(emitter) = self.emitter.get() else {
            return;
        };
        let document = lock(&self.document);
        let companion = lock(&self.companion);
        let snapshot = Snapshot::new(&document, &companion, (emitter, &self.methods));
        if let Some(old) = self.snapshot.swap(Some(Arc::new(snapshot))) {
            lock(&self.retired).push(old);
        }
    }

    /// Replaces the cluster's own ACLs, or adds some, or removes some; an error changes nothing.
    pub fn change_local(&self, message: &[u8], change: LocalChange) -> Result<(), DecodeError> {
        let acls = acls::decode(message);
        let acls = acls.inspect_err(|_| self.counters.add(Counter::Malformed, 1))?;
        self.rules.change_local(&acls, change);
        if !self.settings.audit {
            self.rules.tidy(); // Nobody drains.
        }
        Ok(())
    }

    /// From now on the cluster's own ACLs are complete.
    pub fn complete_local(&self) {
        self.rules.complete_local();
    }

    /// How a request would be decided now, and why (`spec/native-bridge.md`, `explain`).
    pub fn explain(&self, question: &Pairs) -> Pairs {
        explain(&self.rules.judge(), question)
    }

    /// What shadow mode has seen (`spec/native-bridge.md`, `shadow`).
    pub fn shadow(&self) -> Vec<u8> {
        self.differences.to_json(&self.counters)
    }

    /// Decides the actions of one `authorize` call into `verdicts`; with `by_type` the names do not
    /// matter: is it allowed on anything of the type? Where Kafka has decided, the engine decides
    /// beside it if it compares, and has no verdicts otherwise.
    pub fn decide<'m>(
        &self,
        message: &'m [u8],
        by_type: bool,
        verdicts: &mut Vec<Verdict>,
    ) -> Result<Asked<'m>, Undecided> {
        self.breakage.happen(Place::Deciding);
        verdicts.clear();
        let malformed = |_: &DecodeError| self.counters.add(Counter::Malformed, 1);
        let request = Request::decode(message).inspect_err(malformed)?;
        if request.decided_by_kafka && !self.settings.compare {
            return Ok(Asked::new(request, None));
        }
        let judge = match self.rules.decide(&request, by_type, verdicts) {
            Ok(judge) => Some(judge),
            Err(_) if request.decided_by_kafka => None,
            Err(Undecided::Malformed) => {
                self.counters.add(Counter::Malformed, 1);
                return Err(Undecided::Malformed);
            }
            Err(Undecided::NotReady) => return Err(Undecided::NotReady),
        };
        Ok(Asked::new(request, judge))
    }

    /// Records decisions, as far as flags and document ask for it, and compares those of Kafka.
    /// True if the document discards each of them whoever asked: while it is in force Java need
    /// not hand over such decisions of Kafka.
    pub fn note(&self, asked: &Asked<'_>, verdicts: &[Verdict], now_micros: fn() -> i64) -> bool {
        self.breakage.happen(Place::Recording);
        let request = &asked.request;
        if request.decided_by_kafka {
            self.compare(asked, verdicts, now_micros);
        } else {
            self.count(verdicts);
        }
        // Inside an Envelope is a request that is checked and recorded by itself (`rulings.md` 22).
        if !self.settings.audit {
            return false;
        }
        if request.api_key == ENVELOPE {
            let all = request.actions.count();
            self.counters.add(Counter::SuppressedTwice, widened(all));
            asked.noted.set(all);
            return false;
        }
        let snapshot = self.snapshot.load();
        let nowhere = |snapshot: &Arc<Snapshot>| self.note_nowhere(snapshot, asked, verdicts);
        if let Some(discarded) = snapshot.as_ref().and_then(nowhere) {
            return discarded;
        }
        let mut discarded = false;
        let mut otherwise = false;
        let mut verdicts = verdicts.iter();
        for action in request.actions {
            let verdict = verdicts.next().filter(|_| !request.decided_by_kafka);
            let granted = verdict.map_or(action.granted, |verdict| verdict.is_allowed());
            let cause = || self.cause(asked, verdict, granted);
            let decided = (granted, cause);
            let fate = self.record_action(snapshot.as_deref(), asked, &action, decided, now_micros);
            self.counters.add(fate, 1);
            asked.noted.set(asked.noted.get().saturating_add(1));
            discarded |= fate == Counter::Discarded;
            otherwise |= !matches!(fate, Counter::Discarded | Counter::Unwanted);
        }
        discarded && !otherwise
    }

    /// Accounts for the actions that [`Self::note`] did not come to: a defect stopped it. Java says
    /// in a minimal line who asked for what.
    pub fn give_up(&self, asked: &Asked<'_>, verdicts: &[Verdict]) {
        let kafkas = asked.request.decided_by_kafka;
        for (place, action) in asked.request.actions.enumerate().skip(asked.noted.get()) {
            let verdict = verdicts.get(place).filter(|_| !kafkas);
            let granted = verdict.map_or(action.granted, |verdict| verdict.is_allowed());
            if action.wants_record(granted) {
                self.counters.add(Counter::Routed, 1);
                self.counters.add(Counter::Unrecorded, 1);
            } else {
                self.counters.add(Counter::Unwanted, 1);
            }
        }
    }

    fn count(&self, verdicts: &[Verdict]) {
        let allowed = verdicts.iter().filter(|verdict| verdict.is_allowed());
        let (allowed, all) = (widened(allowed.count()), widened(verdicts.len()));
        for (counter, amount) in [
            (Counter::Allowed, allowed),
            (Counter::Denied, all.saturating_sub(allowed)),
        ] {
            if amount > 0 {
                self.counters.add(counter, amount);
            }
        }
    }

    fn compare(&self, asked: &Asked<'_>, verdicts: &[Verdict], now_micros: fn() -> i64) {
        let Some(judge) = &asked.judge else { return };
        for (action, verdict) in asked.request.actions.zip(verdicts) {
            self.counters.add(Counter::Compared, 1);
            let counter = match (action.granted, verdict.is_allowed()) {
                (true, false) => Counter::WouldDeny,
                (false, true) => Counter::WouldAllow,
                (true, true) | (false, false) => continue,
            };
            self.counters.add(counter, 1);
            let why = judge.index.reason(*verdict);
            self.differences
                .note(&asked.request, &action, why, now_micros() / 1_000);
        }
    }

    /// What decided, for the event.
    fn cause<'a>(
        &self,
        asked: &'a Asked<'_>,
        verdict: Option<&Verdict>,
        granted: bool,
    ) -> Cause<'a> {
        let user = asked.request.principal;
        match (&asked.judge, verdict) {
            (Some(judge), Some(verdict)) => cause(judge.index.reason(*verdict), user),
            _ if granted && self.settings.super_users.contains(user) => Cause::SuperUser,
            _ => Cause::Nothing,
        }
    }

    /// Makes the next decision panic, so that a test can show that the broker survives it.
    pub fn break_next_decision(&self) {
        self.breakage.want(Place::Deciding);
    }

    /// Makes the recording of the next decision panic, for the same reason.
    pub fn break_next_record(&self) {
        self.breakage.want(Place::Recording);
    }
}

/// A panic elsewhere does not make the data under a lock wrong: every change is one assignment.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn widened(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
