//! What this node decides by: the cluster's own ACLs and the policy that its server feeds, and the
//! index made of them, which request threads read and never change.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::{ArcSwap, Guard};
use openmds_policy::access::{self, Edit, Index, LocalAcls, Providers, Reason, Verdict};
use openmds_policy::feed::Policy;
use openmds_policy::names::ClusterId;
use openmds_policy::rbac::Roles;

use crate::acls::PackedAcl;
use crate::codec::{DecodeError, Request};
use crate::settings::Settings;
use crate::subjects;

/// All rules at one moment.
#[derive(Debug)]
pub(crate) struct Judge {
    pub(crate) index: Index,
    /// Whether all rules that count are known; until then nobody but super users is answered.
    pub(crate) ready: bool,
}

/// The rules of one instance.
#[derive(Debug)]
pub(crate) struct Rules {
    settings: Settings,
    roles: Roles,
    pub(crate) held: Mutex<Held>,
    judge: ArcSwap<Judge>,
    /// Replaced judges: they are freed by whoever changes rules or drains, never on a request
    /// thread (`rulings.md` 24).
    retired: Mutex<Vec<Arc<Judge>>>,
}

#[derive(Debug)]
pub(crate) struct Held {
    /// Whether the policy's cluster is the node's: it is not known before the node starts.
    pub(crate) identified: bool,
    pub(crate) policy: Policy,
    pub(crate) local: LocalAcls,
    /// Whether the cluster's own ACLs are complete.
    loaded: bool,
}

/// Why there is no decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undecided {
    /// The message is none.
    Malformed,
    /// The rules are not known yet, and the principal is no super user.
    NotReady,
}

impl From<DecodeError> for Undecided {
    fn from(_: DecodeError) -> Self {
        Self::Malformed
    }
}

/// A number that no other index in this process has: threads keep subjects by it.
fn next_version() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed).wrapping_add(1)
}

/// A panic elsewhere does not make the data under the lock wrong: rules are set one by one, and the
/// index is replaced whole.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Rules {
    pub(crate) fn new(settings: &Settings) -> Self {
        let roles = Roles::predefined();
        let held = Held {
            identified: false,
            policy: Policy::nothing(ClusterId::new("")),
            local: LocalAcls::default(),
            loaded: false,
        };
        let judge = held.judge(settings, &roles);
        Self {
            settings: settings.clone(),
            roles,
            held: Mutex::new(held),
            judge: ArcSwap::from_pointee(judge),
            retired: Mutex::default(),
        }
    }

    /// Names the cluster whose policy is followed; the first name stays.
    pub(crate) fn identify(&self, cluster_id: &str) {
        let mut held = lock(&self.held);
        if !held.identified {
            held.identified = true;
            held.policy = Policy::nothing(ClusterId::new(cluster_id));
        }
    }

    /// The rules as they are now.
    pub(crate) fn judge(&self) -> Guard<Arc<Judge>> {
        self.judge.load()
    }

    /// Decides each action of a request, in order, into `verdicts`, by the judge that is returned.
    pub(crate) fn decide(
        &self,
        request: &Request<'_>,
        by_type: bool,
        verdicts: &mut Vec<Verdict>,
    ) -> Result<Guard<Arc<Judge>>, Undecided> {
        let judge = self.judge.load();
        verdicts.clear();
        subjects::with(&judge.index, request, |subject| {
            for action in request.actions {
                let operation = access::Operation(action.operation);
                let kind = access::ResourceType(action.resource_type);
                let (index, host) = (&judge.index, request.address);
                let verdict = if by_type {
                    index.decide_by_type(subject, host, operation, kind)
                } else {
                    index.decide(subject, host, operation, kind, action.name)
                };
                if !judge.ready && !matches!(index.reason(verdict), Reason::SuperUser(_)) {
                    return Err(Undecided::NotReady);
                }
                verdicts.push(verdict);
            }
            Ok(())
        })??;
        Ok(judge)
    }

    /// Replaces the cluster's own ACLs, or adds some, or removes some.
    pub(crate) fn change_local(&self, acls: &[PackedAcl<'_>], change: LocalChange) {
        let mut held = lock(&self.held);
        let bindings = acls.iter().filter_map(|acl| acl.to_binding());
        let present = match change {
            LocalChange::Load => {
                held.local = LocalAcls::of(&bindings.collect::<Vec<_>>());
                return self.rebuild(&held);
            }
            LocalChange::Add => true,
            LocalChange::Remove => false,
        };
        let mut edits = Vec::new();
        for acl in bindings {
            let changed = if present {
                held.local.add(&acl)
            } else {
                held.local.remove(&acl)
            };
            if changed {
                edits.push(Edit::Local { acl, present });
            }
        }
        self.revise(&held, &edits);
    }

    /// From now on the cluster's own ACLs are complete.
    pub(crate) fn complete_local(&self) {
        let mut held = lock(&self.held);
        held.loaded = true;
        self.revise(&held, &[]);
    }

    pub(crate) fn rebuild(&self, held: &Held) {
        self.publish(held.judge(&self.settings, &self.roles));
    }

    pub(crate) fn revise(&self, held: &Held, edits: &[Edit]) {
        let judge = self.judge.load();
        let index = if edits.is_empty() {
            judge.index.clone()
        } else {
            judge.index.after(edits, next_version())
        };
        let ready = held.is_ready(self.settings.providers);
        drop(judge);
        self.publish(Judge { index, ready });
    }

    fn publish(&self, judge: Judge) {
        let old = self.judge.swap(Arc::new(judge));
        let mut retired = lock(&self.retired);
        retired.push(old);
        retired.retain(|judge| Arc::strong_count(judge) > 1);
    }

    /// What need not be done at once, by a thread that may take its time: frees what nobody reads
    /// any more, and makes the index anew if many changes have made it slow to change.
    pub(crate) fn tidy(&self) {
        lock(&self.retired).retain(|judge| Arc::strong_count(judge) > 1);
        if self.judge.load().index.is_worn() {
            self.rebuild(&lock(&self.held));
        }
    }
}

/// What becomes of the cluster's own ACLs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LocalChange {
    /// These are all.
    Load,
    /// These come.
    Add,
    /// These go.
    Remove,
}

impl Held {
    fn judge(&self, settings: &Settings, roles: &Roles) -> Judge {
        let rules = access::Rules {
            roles,
            super_users: &settings.super_users,
            allow_everyone: settings.allow_everyone,
            providers: settings.providers,
            local: &self.local,
            policy: &self.policy,
        };
        Judge {
            index: Index::build(&rules, next_version()),
            ready: self.is_ready(settings.providers),
        }
    }

    fn is_ready(&self, providers: Providers) -> bool {
        (!providers.local || self.loaded)
            && (!providers.central || self.policy.generation().is_some())
    }
}
