//! The server's own audit events: what it decided, and what was changed in it.
//!
//! An event is routed by the document in force, written as the line that readers get, and put
//! into a bounded queue; one task takes them to the destination ([`drain`]). A request never waits
//! for any of that. What cannot be delivered, or does not fit into the queue, is a line of the log:
//! the same JSON, under the name that brokers use ([`fallback`]).

mod destination;
mod drain;
mod epoch_at_rest;
mod fallback;
mod ledger;
mod losses;
pub mod methods;
mod own;
mod queue;
mod routes;
mod told;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use openmds_kafka::{Connection, Connector};
use openmds_policy::acl::AclPermission;
use openmds_policy::audit::{AuditedAction, Category, Routing, Why as Unrouted};
use openmds_policy::companion::Format;
use openmds_policy::crn::Crn;
use openmds_policy::names::{Principal, ResourcePattern};
use openmds_policy::rbac::Reason;
use openmds_trail::{
    AclAuthorization, Envelope, METHOD_AUTHORIZE, MetadataChange, MetadataDecision, Origin,
    RbacAuthorization,
};
use uuid::Uuid;

use crate::app::Caller;
use crate::config::{Exporter, Settings};
use crate::enrolment::EnrolmentAuthority;
use crate::metrics::Metrics;
use crate::store::{Generation, State, Store};
use crate::time::Clock;
use ledger::Ledger;
use queue::{Event, Queue};
use routes::{InForce, Routes};

pub(crate) use drain::Drain;
pub(crate) use told::{Change, Question, Why};

/// Takes the server's own events in.
pub struct Trail {
    exporter: Exporter,
    told_home: Option<String>,
    routes: Routes,
    queue: Arc<Queue>,
    clock: Arc<dyn Clock>,
    drain: Mutex<Option<Drain>>,
}

impl Trail {
    /// A trail whose events wait until [`Self::run`] takes them on.
    #[must_use]
    pub fn new(
        settings: &Settings,
        connector: Arc<dyn Connector>,
        home: Connection,
        store: Arc<Store>,
        clock: Arc<dyn Clock>,
        metrics: Arc<Metrics>,
        authority: &Arc<EnrolmentAuthority>,
    ) -> Self {
        let exporter = settings.exporter.clone();
        let queue = Arc::new(Queue::new(metrics));
        let told_home = settings.home.cluster_id.as_ref().map(ToString::to_string);
        let ledger = Ledger::new(settings, &store.read(), Arc::clone(&clock), authority);
        let drain = Drain::new(
            connector,
            exporter.clone(),
            home,
            store,
            Arc::clone(&queue),
            ledger,
            told_home.clone(),
        );
        Self {
            told_home,
            exporter,
            routes: Routes::default(),
            queue,
            clock,
            drain: Mutex::new(Some(drain)),
        }
    }

    /// Takes events to the destination, for ever. There is one such task; a second one ends.
    pub async fn run(&self) {
        let drain = self.drain.lock();
        let drain = drain.unwrap_or_else(PoisonError::into_inner).take();
        if let Some(drain) = drain {
            drain.run().await;
        }
    }

    /// Takes what is left to the destination, but not for longer than this; the rest is logged.
    pub async fn close(&self, limit: Duration) {
        self.queue.close(limit).await;
    }

    /// Records a decision, if the document in force wants it recorded.
    pub(crate) fn decided(
        &self,
        state: &State,
        caller: &Caller,
        question: Question<'_>,
        granted: bool,
        why: Why<'_>,
    ) {
        if !self.exporter.enabled {
            return;
        }
        let in_force = self.routes.in_force(state);
        if !in_force.leads_somewhere(Category::Authorize, granted) {
            self.queue.leave_out(false);
            return;
        }
        let principal = question.principal.to_string();
        let resource = question.resource;
        let subject = question.scope.crn(&self.exporter.authority, resource);
        let action = AuditedAction {
            category: Category::of_method(METHOD_AUTHORIZE),
            principal: &principal,
            granted,
        };
        let write = |envelope: Envelope<'_>, origin: Origin<'_>, format: Format| {
            let (super_user, binding, acl) = match why {
                Why::Reason(Reason::SuperUser(_)) => (true, None, None),
                Why::Reason(Reason::RoleBinding(key)) => (false, Some(*key), None),
                Why::Reason(Reason::Acl(acl, _)) => (false, None, Some(&acl.entry)),
                Why::Acl(entry) => (false, None, Some(entry)),
                Why::Reason(Reason::Everyone) | Why::Nothing => (false, None, None),
            };
            let clusters: BTreeMap<&str, &str> = binding
                .iter()
                .flat_map(|key| key.scope.clusters())
                .map(|(key, id)| (key.as_str(), id.as_str()))
                .collect();
            let bound = binding.map(|key| key.principal.to_string());
            let named = acl.map(|entry| entry.principal.to_string());
            let other = |named: &'_ &str| **named != *principal;
            let asker = caller.principal();
            let asker = (asker != *question.principal).then(|| asker.to_string());
            let event = MetadataDecision {
                envelope,
                origin: Origin {
                    asked_by: asker.as_deref(),
                    ..origin
                },
                principal: &principal,
                granted,
                operation: question.operation,
                resource_type: &resource.resource_type,
                resource_name: &resource.name,
                pattern_type: resource.pattern_type.as_str(),
                super_user,
                acl: acl.map(|entry| AclAuthorization {
                    permission_type: match entry.permission_type {
                        AclPermission::Allow => "ALLOW",
                        AclPermission::Deny => "DENY",
                    },
                    host: &entry.host,
                    acting_principal: named.as_deref().filter(other),
                }),
                rbac: binding.map(|key| RbacAuthorization {
                    role: &key.role,
                    clusters: &clusters,
                    acting_principal: bound.as_deref().filter(other),
                }),
            };
            match format {
                Format::CloudEvents => event.to_json(),
                Format::Ocsf => event.to_ocsf(),
            }
        };
        self.put(state, &in_force, caller, &subject, action, write);
    }

    /// Records a change that was made.
    pub(crate) fn changed(
        &self,
        state: &State,
        caller: &Caller,
        change: &Change,
        generation: Option<(Generation, Generation)>,
    ) {
        self.note(state, caller, change, generation, true);
    }

    /// Records what was refused without a question to the roles.
    pub(crate) fn refused(&self, state: &State, caller: &Caller, refusal: &Change) {
        self.note(state, caller, refusal, None, false);
    }

    fn note(
        &self,
        state: &State,
        caller: &Caller,
        change: &Change,
        generation: Option<(Generation, Generation)>,
        granted: bool,
    ) {
        if !self.exporter.enabled {
            return;
        }
        let in_force = self.routes.in_force(state);
        let principal = caller.principal().to_string();
        let authority = &self.exporter.authority;
        let subject = match &change.scope {
            Some(scope) => scope.crn(authority, &change.resource),
            None => self.home_crn(state, Some(&change.resource)),
        };
        let action = AuditedAction {
            category: Category::of_method(change.method),
            principal: &principal,
            granted,
        };
        let write = |envelope: Envelope<'_>, origin: Origin<'_>, format: Format| {
            let event = MetadataChange {
                envelope,
                origin,
                principal: &principal,
                method: change.method,
                kind: change.kind,
                key: &change.key,
                before: change.before.as_ref(),
                after: change.after.as_ref(),
                generation: generation.map(|(before, after)| (before.0, after.0)),
            };
            match format {
                Format::CloudEvents => event.to_json(),
                Format::Ocsf => event.to_ocsf(),
            }
        };
        self.put(state, &in_force, caller, &subject, action, write);
    }

    fn put(
        &self,
        state: &State,
        in_force: &InForce,
        caller: &Caller,
        subject: &Crn,
        action: AuditedAction<'_>,
        write: impl FnOnce(Envelope<'_>, Origin<'_>, Format) -> Vec<u8>,
    ) {
        let topic = match in_force.route(subject, action) {
            Routing::Topic(topic) => topic,
            Routing::Discarded(why) => {
                self.queue.leave_out(why == Unrouted::ExcludedPrincipal);
                return;
            }
        };
        let now = self.clock.now();
        let source = self.home_crn(state, None).to_string();
        let subject = subject.to_string();
        let envelope = Envelope {
            id: Uuid::new_v4(),
            source: &source,
            subject: &subject,
            time_micros: now.as_microsecond(),
            route: topic,
        };
        let acted_by = caller
            .acted_by
            .as_ref()
            .map(|name| Principal::user(name).to_string());
        let origin = Origin {
            acted_by: acted_by.as_deref(),
            asked_by: None,
            request_id: Some(&caller.request.id),
            client_address: caller.request.client_address,
        };
        let format = in_force.format(topic);
        let line = write(envelope, origin, format);
        let event = Event::new(topic, format, line, now.as_millisecond());
        self.queue.put(event);
    }

    /// The name of the home cluster, or of something in it.
    fn home_crn(&self, state: &State, resource: Option<&ResourcePattern>) -> Crn {
        let learned = state.home().map(|id| id.as_str());
        let id = self.told_home.as_deref().or(learned).unwrap_or_default();
        let kind = resource.and_then(|one| openmds_policy::audit::crn_kind(&one.resource_type));
        let authority = &self.exporter.authority;
        match (kind, resource) {
            (Some(kind), Some(one)) => Crn::for_resource(authority, id, &kind, &one.name),
            _ => Crn::for_cluster(authority, id),
        }
    }
}
