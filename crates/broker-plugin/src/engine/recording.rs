//! What becomes of one decision or log in: routed, and put into the queue.

use openmds_policy::audit::{AuditedAction, Category, Routing, Why, crn_kind};
use openmds_policy::companion::FailMode;
use openmds_trail::{Cause, Unawaited};

use super::{Asked, Engine};
use crate::care::Care;
use crate::codec::{Action, Request};
use crate::counters::Counter;
use crate::login::Login;
use crate::methods::resource_type_name;
use crate::queue::Waiting;
use crate::record::Record;
use crate::snapshot::Snapshot;

const PRODUCE: i16 = 0;
const METADATA: i16 = 3;
const INIT_PRODUCER_ID: i16 = 22;
const TOPIC: u8 = 2;
/// An exporter without credentials, and everybody else without.
const ANONYMOUS: &str = "User:ANONYMOUS";

impl Engine {
    /// What became of one decision.
    pub(super) fn record_action<'a>(
        &self,
        snapshot: Option<&Snapshot>,
        asked: &Asked<'_>,
        action: &Action<'_>,
        (granted, cause): (bool, impl FnOnce() -> Cause<'a>),
        now_micros: fn() -> i64,
    ) -> Counter {
        let request = &asked.request;
        if !action.wants_record(granted) {
            return Counter::Unwanted;
        }
        let topic = match snapshot {
            Some(snapshot) if self.is_own(snapshot, request, action) => {
                return Counter::SuppressedOwn;
            }
            Some(snapshot) => {
                let kind = (request.api_key, action.operation);
                let resource = (action.resource_type, action.name);
                match self.route(snapshot, kind, resource, request.principal, granted) {
                    Ok(topic) => topic,
                    Err(why) => return why,
                }
            }
            None => "",
        };
        let modes = snapshot.and_then(|snapshot| snapshot.modes.as_ref());
        let (mode, care) = modes.map_or_else(Default::default, |modes| {
            self.care(modes, asked, action, granted)
        });
        let at = (now_micros(), care);
        let record = Record::new(request, action, topic, (granted, cause()), at);
        self.counters.add(Counter::Routed, 1);
        let fate = if record.is_some_and(|record| self.queue.push(Waiting::Decision(record))) {
            Counter::Enqueued
        } else {
            self.drops.note(topic);
            Counter::DroppedQueueFull
        };
        if mode != FailMode::BestEffort {
            self.hold(asked, mode, care, fate);
        }
        fate
    }

    /// Records a log in, if the document asks for it.
    pub fn note_login(&self, mut login: Login) {
        if !self.settings.audit {
            return;
        }
        if self.is_own_login(&login) {
            return self.counters.add(Counter::SuppressedOwn, 1);
        }
        if let Some(snapshot) = self.snapshot.load().as_deref() {
            match Self::route_login(snapshot, &login) {
                Ok(topic) => topic.clone_into(&mut login.topic),
                Err(why) => return self.counters.add(why, 1),
            }
            if let Some(modes) = &snapshot.modes
                && modes.mode(None, Category::Authentication, login.accepted)
                    != FailMode::BestEffort
            {
                login.care = Care::Unawaited(Unawaited::Thread);
                self.counters.add(Counter::Unawaited, 1);
            }
        }
        let fates = if self.queue.push(Waiting::Login(login)) {
            (Counter::Enqueued, Counter::LoginsEnqueued)
        } else {
            (Counter::DroppedQueueFull, Counter::LoginsDropped)
        };
        let (fate, of_logins) = fates;
        self.counters.add(Counter::Routed, 1);
        self.counters.add(fate, 1);
        self.counters.add(of_logins, 1);
    }

    /// Whether this is the exporter that connects. A user of brokers for everything, a super user,
    /// is no exporter alone: who uses that name is recorded.
    fn is_own_login(&self, login: &Login) -> bool {
        login.accepted
            && self.settings.exporter_principal.as_ref() == Some(&login.principal)
            && login.principal != ANONYMOUS
            && !self.settings.super_users.contains(&login.principal)
    }

    pub(super) fn route_login<'a>(
        snapshot: &'a Snapshot,
        login: &Login,
    ) -> Result<&'a str, Counter> {
        let action = AuditedAction {
            category: Category::Authentication,
            principal: &login.principal,
            granted: login.accepted,
        };
        routed(snapshot.router.route(None, action))
    }

    /// The topic, or what to count instead.
    pub(super) fn route<'a>(
        &self,
        snapshot: &'a Snapshot,
        (api_key, operation): (i16, u8),
        (resource_type, name): (u8, &str),
        principal: &str,
        granted: bool,
    ) -> Result<&'a str, Counter> {
        let action = AuditedAction {
            category: self.methods.of(api_key, operation).category,
            principal,
            granted,
        };
        let kind = crn_kind(resource_type_name(resource_type));
        let resource = kind.as_deref().map(|kind| (kind, name));
        routed(snapshot.router.route(resource, action))
    }

    /// Whether this is the exporter at work: only what publishing needs, nothing else it or
    /// anybody does to the destination topics (`rulings.md` 21).
    fn is_own(&self, snapshot: &Snapshot, request: &Request<'_>, action: &Action<'_>) -> bool {
        if self.settings.exporter_principal.as_deref() != Some(request.principal) {
            return false;
        }
        match request.api_key {
            INIT_PRODUCER_ID => true,
            PRODUCE | METADATA => {
                action.resource_type == TOPIC && snapshot.destinations.contains(action.name)
            }
            _ => false,
        }
    }
}

const fn routed(routing: Routing<'_>) -> Result<&str, Counter> {
    match routing {
        Routing::Topic(topic) => Ok(topic),
        Routing::Discarded(Why::ExcludedPrincipal) => Err(Counter::Excluded),
        Routing::Discarded(Why::Route | Why::DefaultTopics | Why::CategoryOffByDefault) => {
            Err(Counter::Discarded)
        }
    }
}
