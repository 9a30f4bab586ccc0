//! From the configurations of single clusters to one document for all of them.
//!
//! The steps are those of `mds-api.md` 7 (and `audit-logs.md` 9.1); the aim is stricter than
//! theirs: every event of every cluster goes where it went before, unless a warning names the
//! cluster and the reason. `docs/compatibility.md` lists where that makes a difference.

mod cluster_routes;
mod destinations;
mod legacy;
mod old_defaults;
mod warning;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::check::{Faults, FieldError};
use super::document::{DefaultTopics, Document, Route, Target};
use super::parse::is_host_and_port;
use super::{Form, LARGEST_CONFIG_VALUE};
use crate::crn::{CrnPattern, check_authority};
use crate::names::{DEFAULT_AUDIT_TOPIC, DestinationTopic};
use crate::text::quotation;
use cluster_routes::ClusterRoutes;
pub use legacy::LegacyConfig;
pub use old_defaults::OLD_DEFAULT_PATHS;
pub use warning::{MigrationWarning, Mismatch};

/// The document for all clusters, and what its author must know about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// The document, without a version: it is put with `update --force`.
    pub document: Document,
    /// What changes for somebody, in the order of their texts.
    pub warnings: Vec<MigrationWarning>,
}

/// Combines the configurations of clusters into one document, whose events are written to
/// `bootstrap_servers` (each cluster's own settings decide if empty) and whose patterns insist on
/// `authority` (on none if empty).
///
/// Every fault is named at once: servers, authority or cluster ids that no document can hold, and
/// a cluster given twice.
pub fn combine(
    configs: &[LegacyConfig],
    bootstrap_servers: &[String],
    authority: &str,
) -> Result<Migration, Vec<FieldError>> {
    let mut faults = Faults::default();
    check(&mut faults, configs, bootstrap_servers, authority);
    faults.into_result(Some(()))?;
    let mut configs: Vec<&LegacyConfig> = configs.iter().collect();
    configs.sort_by(|one, other| one.cluster_id.cmp(&other.cluster_id));
    let mut combination = Combination::new(&configs, authority);
    let servers = combination.bootstrap_servers(&configs, bootstrap_servers);
    let topics = combination.topics(&configs);
    let excluded = combination.excluded_principals(&configs);
    combination.routes(&configs);
    let document = Document {
        bootstrap_servers: servers,
        topics,
        default_topics: new_defaults(),
        excluded_principals: (!excluded.is_empty()).then(|| excluded.into_iter().collect()),
        routes: Some(combination.routes_by_text()),
        metadata: None,
    };
    // What is written must be readable: a pattern may have become too long.
    Document::parse(&document.to_property(), Form::Property)?;
    combination.check_sizes(&configs, &document);
    let mut warnings = combination.warnings;
    warnings.sort_by_cached_key(ToString::to_string);
    warnings.dedup();
    Ok(Migration { document, warnings })
}

fn check(faults: &mut Faults, configs: &[LegacyConfig], servers: &[String], authority: &str) {
    if let Err(error) = check_authority(authority) {
        faults.add("authority", error.to_string());
    }
    for (index, server) in servers.iter().enumerate() {
        if !is_host_and_port(server) {
            let path = format!("bootstrap_servers[{index}]");
            let server = quotation(server);
            faults.add(
                &path,
                format!("`{server}` is not `host:port` with a port from 1 to 65535"),
            );
        }
    }
    let mut ids = BTreeSet::new();
    for config in configs {
        let id = &config.cluster_id;
        if id.is_empty() {
            faults.add("clusters", "a cluster id is empty");
        } else if !ids.insert(id) {
            let id = quotation(id);
            faults.add("clusters", format!("cluster `{id}` is given twice"));
        }
    }
}

/// The default topics of every combined document: the topic that always exists (step 9).
fn new_defaults() -> DefaultTopics {
    let target =
        DestinationTopic::parse(DEFAULT_AUDIT_TOPIC).map_or(Target::Discard, Target::Topic);
    DefaultTopics {
        allowed: target.clone(),
        denied: target,
    }
}

/// The work in progress.
struct Combination<'a> {
    authority: &'a str,
    cluster_ids: BTreeSet<&'a str>,
    routes: BTreeMap<CrnPattern, Route>,
    warnings: Vec<MigrationWarning>,
}

impl<'a> Combination<'a> {
    fn new(configs: &[&'a LegacyConfig], authority: &'a str) -> Self {
        Self {
            authority,
            cluster_ids: configs
                .iter()
                .map(|config| config.cluster_id.as_str())
                .collect(),
            routes: BTreeMap::new(),
            warnings: Vec::new(),
        }
    }

    /// Step 10 and 11: whoever one cluster excludes is excluded on all.
    fn excluded_principals(&mut self, configs: &[&LegacyConfig]) -> BTreeSet<String> {
        let of = |config: &LegacyConfig| -> BTreeSet<String> {
            let principals = config.document.excluded_principals();
            principals.map(ToString::to_string).collect()
        };
        let all: BTreeSet<String> = configs.iter().flat_map(|config| of(config)).collect();
        for config in configs {
            let principals: Vec<String> = all.difference(&of(config)).cloned().collect();
            if !principals.is_empty() {
                self.warnings.push(MigrationWarning::NewExcludedPrincipals {
                    cluster: config.cluster_id.clone(),
                    principals,
                });
            }
        }
        all
    }

    /// Steps 2 to 5 and 12 to 14. Routes that concern no cluster at hand come last: where one of
    /// them means the same as another, the first cluster's is kept.
    fn routes(&mut self, configs: &[&LegacyConfig]) {
        let mut others = Vec::new();
        for config in configs {
            let cluster = config.cluster_id.as_str();
            self.warnings.extend(config.warnings(self.authority));
            let mut own = ClusterRoutes::of(config, self.authority, &self.cluster_ids);
            if *config.document.default_topics() != new_defaults() {
                old_defaults::keep(&mut own, config, self.authority);
            }
            self.warnings.append(&mut own.warnings);
            self.routes.extend(own.routes);
            others.extend(own.others.into_iter().map(|other| (cluster, other)));
        }
        for (cluster, (text, route)) in others {
            if let Some(kept) = self.routes.get(&route.pattern) {
                self.warnings.push(MigrationWarning::RepeatedRoute {
                    cluster: cluster.to_string(),
                    route: text,
                    kept: kept.pattern.to_string(),
                });
            } else {
                self.routes.insert(route.pattern.clone(), route);
            }
        }
    }

    fn routes_by_text(&mut self) -> BTreeMap<String, Route> {
        core::mem::take(&mut self.routes)
            .into_values()
            .map(|route| (route.pattern.to_string(), route))
            .collect()
    }

    /// Even a cluster's own part of the document must fit into one value (`rulings.md` 3).
    fn check_sizes(&mut self, configs: &[&LegacyConfig], document: &Document) {
        for config in configs {
            let bytes = document.project(&config.cluster_id).to_property().len();
            if bytes > LARGEST_CONFIG_VALUE {
                self.warnings.push(MigrationWarning::TooLarge {
                    cluster: config.cluster_id.clone(),
                    bytes,
                });
            }
        }
    }
}
