//! The office: one file for each thing a person can want.
//!
//! Each use case authorizes (with the function that brokers use), validates, stores with the next
//! generation and rings the bell. Nothing here knows HTTP; nothing here talks to a cluster, except
//! for the destination's topics, which a writer must see in place before the document is stored.

mod accept_restore;
mod acl_commands;
mod acls;
mod audit_permission;
mod audit_status;
mod audit_version;
mod authenticate;
mod authorize_actions;
mod bind_role;
mod binding_lookups;
mod bound_patterns;
mod bound_scopes;
mod browser_login;
mod caller;
mod changes;
mod cluster_acls;
mod cluster_config;
mod cluster_nodes;
mod clusters_accept;
mod companion_version;
mod create_guidelines;
mod decisions;
mod denial;
mod describe_audit_config;
mod destination;
mod device_login;
mod enrolment;
mod error;
mod explain;
mod explain_live;
mod explained_rule;
mod feed;
mod groups;
mod identity;
mod impersonate;
mod list_clusters;
mod login_limits;
mod managed_bindings;
mod measure;
mod memberships;
mod oauth;
mod readiness;
mod register_clusters;
mod registered;
mod registry_entries;
mod registry_warnings;
mod replace_audit_config;
mod replace_companion;
mod revocations;
mod route_questions;
mod scopes;
mod signing_keys;
mod token_order;
mod verify_cluster;
mod visibility;
mod who_can;

use std::sync::Arc;

use openmds_policy::names::ClusterId;
use openmds_policy::rbac::Roles;

pub use authenticate::Credentials;
pub use bind_role::Change;
pub use binding_lookups::RolePatterns;
pub use browser_login::{BrowserLogin, LoggedIn};
pub use caller::{Caller, RequestContext};
pub use destination::Destination;
pub use enrolment::WhichCluster;
pub use error::{AppError, Kind};
pub use feed::FeedAnswer;
pub use identity::{Identity, Proof};
pub use login_limits::LoginLimits;
pub use oauth::{ClientProof, JWT_BEARER};
pub use readiness::Need;
pub use replace_audit_config::Replaced;
pub use replace_companion::ReplacedCompanion;

use crate::config::Settings;
use crate::directory::Directory;
use crate::enrolment::EnrolmentAuthority;
use crate::feed::Feed;
use crate::metrics::Metrics;
use crate::provider::{AccessTokens, SignIn};
use crate::reconcile::Dispatch;
use crate::store::{State, Store};
use crate::time::Clock;
use crate::tokens::Issuer;
use crate::trail::Trail;

/// What the use cases work with.
pub struct App {
    /// What the server was told at start.
    pub settings: Settings,
    /// The archive.
    pub store: Arc<Store>,
    /// Users, their passwords and their groups.
    pub directory: Arc<Directory>,
    /// An identity provider whose access tokens are taken.
    pub access_tokens: Option<AccessTokens>,
    /// An identity provider through which users log in.
    pub sign_in: Option<SignIn>,
    /// Makes and checks tokens.
    pub issuer: Arc<Issuer>,
    /// Certifies nodes.
    pub authority: Arc<EnrolmentAuthority>,
    /// The roles there are.
    pub roles: Roles,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// The dispatch room.
    pub dispatch: Arc<Dispatch>,
    /// The destination cluster.
    pub destination: Destination,
    /// What nodes follow, and what is known of them.
    pub feed: Feed,
    /// Who failed to log in whence.
    pub login_limits: LoginLimits,
    /// Who failed to join whence.
    pub join_limits: LoginLimits,
    /// What is counted and measured.
    pub metrics: Arc<Metrics>,
    /// The server's own audit events.
    pub trail: Arc<Trail>,
    /// Versions shown but not stored, and when each was first seen.
    pub(crate) sightings: audit_version::Sightings,
    /// One replacement of the document at a time.
    pub(crate) replacing: tokio::sync::Mutex<()>,
    /// One change of the signing keys at a time.
    pub(crate) turning: tokio::sync::Mutex<()>,
}

impl App {
    /// Puts the use cases together.
    #[must_use]
    #[expect(
        clippy::too_many_arguments,
        reason = "one for each room; they are named at the one place that calls"
    )]
    pub fn new(
        settings: Settings,
        store: Arc<Store>,
        directory: Arc<Directory>,
        access_tokens: Option<AccessTokens>,
        sign_in: Option<SignIn>,
        issuer: Arc<Issuer>,
        authority: Arc<EnrolmentAuthority>,
        roles: Roles,
        clock: Arc<dyn Clock>,
        dispatch: Arc<Dispatch>,
        destination: Destination,
        trail: Arc<Trail>,
    ) -> Self {
        Self {
            login_limits: LoginLimits::new(settings.logins.clone()),
            join_limits: LoginLimits::new(settings.logins.clone()),
            metrics: Arc::clone(&dispatch.metrics),
            feed: Feed::new(settings.limits.feed_nodes),
            settings,
            store,
            directory,
            access_tokens,
            sign_in,
            issuer,
            authority,
            roles,
            clock,
            dispatch,
            destination,
            trail,
            sightings: audit_version::Sightings::default(),
            replacing: tokio::sync::Mutex::new(()),
            turning: tokio::sync::Mutex::new(()),
        }
    }

    /// What is true now.
    pub fn present(&self) -> Arc<State> {
        self.store.read()
    }

    /// The id of the home cluster: as configured, else as the cluster last said.
    pub fn home(&self, state: &State) -> Result<ClusterId, AppError> {
        let told = self.settings.home.cluster_id.clone();
        told.or_else(|| state.home().cloned()).ok_or_else(|| {
            let reason = self
                .dispatch
                .home_error()
                .unwrap_or_else(|| "it was not asked yet".to_string());
            AppError::unavailable(format!(
                "the home cluster (confluent.metadata.bootstrap.servers) has not told its id yet; \
                 repeat when it is reachable: {reason}"
            ))
        })
    }
}
