//! What a combined document changes for a cluster.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::audit::LARGEST_CONFIG_VALUE;
use crate::names::DEFAULT_AUDIT_TOPIC;

/// What happens to a route that is not written for the cluster in whose file it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mismatch {
    /// It also matches this cluster, and in the result only this one.
    Narrowed,
    /// It stays: it matches none of the clusters at hand.
    Kept,
    /// It is left out: it would decide about another cluster at hand, whose file says otherwise.
    LeftOut,
}

/// One thing that an author must know about the combined document. The first words of each text are
/// those by which the reference product calls it (`mds-api.md` 7).
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "clusters by id, routes by their text in the cluster's file; the rest is in Display"
)]
pub enum MigrationWarning {
    /// `other` and `management` differ; `management` is what brokers follow.
    OtherCategory { cluster: String, route: String },
    /// Routes insist on different authorities, which become one.
    MultipleAuthorities {
        cluster: String,
        authorities: Vec<String>,
        routes: Vec<String>,
    },
    /// A route is not written for the cluster in whose file it stands.
    MismatchedCluster {
        cluster: String,
        route: String,
        fate: Mismatch,
    },
    /// Events are written elsewhere.
    NewBootstrapServers {
        cluster: String,
        old: Vec<String>,
        new: Vec<String>,
    },
    /// A route means the same as one that is kept.
    RepeatedRoute {
        cluster: String,
        route: String,
        kept: String,
    },
    /// A route never decided anything, because another one always came first.
    ShadowedRoute {
        cluster: String,
        route: String,
        by: String,
    },
    /// Principals whose events the cluster recorded are recorded no longer.
    NewExcludedPrincipals {
        cluster: String,
        principals: Vec<String>,
    },
    /// Clusters disagree about a topic's retention, or one says nothing of it.
    RetentionDiscrepancy {
        topic: String,
        retentions: Vec<(String, Option<u64>)>,
        chosen: u64,
    },
    /// The cluster's default topics become routes, which cannot name all kinds of resources.
    NewDefaultTopics {
        cluster: String,
        allowed: String,
        denied: String,
    },
    /// The cluster's routes insist on an authority that they did not insist on before.
    NewAuthority { cluster: String, authority: String },
    /// The cluster's part of the document is larger than Kafka takes.
    TooLarge { cluster: String, bytes: usize },
}

fn list(texts: &[String]) -> String {
    alloc::format!("[{}]", texts.join(" "))
}

impl fmt::Display for MigrationWarning {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherCategory { cluster, route } => write!(
                formatter,
                "“Other” Category: in cluster `{cluster}` the route `{route}` says one thing under the deprecated `other` and another under `management`; `management` is kept"
            ),
            Self::MultipleAuthorities {
                cluster,
                authorities,
                routes,
            } => write!(
                formatter,
                "Multiple CRN Authorities: the routes of cluster `{cluster}` have the authorities {}, which become one; events that did not match for their authority may match now: {}",
                list(authorities),
                list(routes)
            ),
            Self::MismatchedCluster {
                cluster,
                route,
                fate,
            } => {
                let fate = match fate {
                    Mismatch::Narrowed => "it is kept for this cluster alone",
                    Mismatch::Kept => {
                        "it is kept, and decides nothing for the clusters combined here"
                    }
                    Mismatch::LeftOut => {
                        "it is left out, because it would decide about another of the clusters combined here"
                    }
                };
                write!(
                    formatter,
                    "Mismatched Kafka Cluster: the file of cluster `{cluster}` has the route `{route}`, which is not for `kafka={cluster}` or `kafka=*`; {fate}"
                )
            }
            Self::NewBootstrapServers { cluster, old, new } => write!(
                formatter,
                "New Bootstrap Servers: the events of cluster `{cluster}` were written to {}, and will be written to {}",
                list(old),
                list(new)
            ),
            Self::RepeatedRoute {
                cluster,
                route,
                kept,
            } => write!(
                formatter,
                "Repeated Route: the route `{route}` of cluster `{cluster}` means the same as `{kept}`, which is kept; this one is left out"
            ),
            Self::ShadowedRoute { cluster, route, by } => write!(
                formatter,
                "Shadowed Route: the route `{route}` of cluster `{cluster}` never decided anything, because `{by}` always came first; it is left out"
            ),
            Self::NewExcludedPrincipals {
                cluster,
                principals,
            } => write!(
                formatter,
                "New Excluded Principals: events of cluster `{cluster}` by {} were recorded, and will not be any more, because another cluster excludes them",
                list(principals)
            ),
            Self::RetentionDiscrepancy {
                topic,
                retentions,
                chosen,
            } => {
                write!(formatter, "Retention Time Discrepancy: for topic `{topic}`")?;
                for (cluster, told) in retentions {
                    match told {
                        Some(told) => write!(formatter, " cluster `{cluster}` says {told} ms,")?,
                        None => write!(formatter, " cluster `{cluster}` says nothing,")?,
                    }
                }
                write!(formatter, " and {chosen} ms is kept")
            }
            Self::NewDefaultTopics {
                cluster,
                allowed,
                denied,
            } => write!(
                formatter,
                "New Default Topics: the default topics of cluster `{cluster}` (allowed `{allowed}`, denied `{denied}`) are kept as routes; events about kinds of resources that have no route go to `{DEFAULT_AUDIT_TOPIC}` from now on"
            ),
            Self::NewAuthority { cluster, authority } => write!(
                formatter,
                "New CRN Authority: the routes of cluster `{cluster}` decide only if its brokers and controllers have confluent.authorizer.authority.name={authority}"
            ),
            Self::TooLarge { cluster, bytes } => write!(
                formatter,
                "Too Large: the part of cluster `{cluster}` is {bytes} bytes long, and Kafka takes at most {LARGEST_CONFIG_VALUE} in one value; leave out routes"
            ),
        }
    }
}
