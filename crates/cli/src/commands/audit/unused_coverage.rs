//! Which uses of a binding the audit log configuration leaves unrecorded.

use std::collections::BTreeSet;

use openmds_policy::audit::{
    Category, Document, Rule, Target, crn_kind, list_routes, lookup_route, usual_method,
};
use openmds_policy::crn::{Crn, CrnPattern};
use openmds_policy::names::{PatternType, ResourcePattern};
use openmds_policy::rbac::Roles;

use super::unused_bindings::Binding;

/// What brokers ask about (`org.apache.kafka.common.acl.AclOperation`), traffic between brokers aside.
const OPERATIONS: [&str; 10] = [
    "Read",
    "Write",
    "Create",
    "Delete",
    "Alter",
    "Describe",
    "DescribeConfigs",
    "AlterConfigs",
    "IdempotentWrite",
    "TwoPhaseCommit",
];
/// What a role for a whole cluster may be needed for.
const TYPES: [&str; 4] = ["Cluster", "Topic", "Group", "TransactionalId"];

/// The configuration in force, and the topics that were read.
pub(super) struct Coverage<'a> {
    document: &'a Document,
    cluster: &'a str,
    read: &'a BTreeSet<&'a str>,
    roles: Roles,
}

impl<'a> Coverage<'a> {
    /// `cluster`: its CRN.
    pub(super) fn new(
        document: &'a Document,
        cluster: &'a str,
        read: &'a BTreeSet<&'a str>,
    ) -> Self {
        Self {
            document,
            cluster,
            read,
            roles: Roles::predefined(),
        }
    }

    /// Categories of which some event would not be in the topics that were read; nothing if each use of the binding leaves an event there.
    pub(super) fn not_recorded(&self, binding: &Binding<'_>) -> Vec<String> {
        let principal = binding.principal.to_string();
        if self
            .document
            .excluded_principals()
            .any(|excluded| excluded == principal)
        {
            return vec!["excluded principal".to_owned()];
        }
        let types = match binding.pattern {
            Some(pattern) => vec![pattern.resource_type.as_str()],
            None => TYPES.to_vec(),
        };
        let Some(role) = self.roles.named(binding.role) else {
            return vec!["unknown role".to_owned()];
        };
        let mut missing = BTreeSet::new();
        for resource_type in types {
            let permitted = OPERATIONS
                .iter()
                .filter(|operation| role.permits(resource_type, operation));
            for operation in permitted {
                let category = Category::of_method(usual_method(resource_type, operation));
                if !self.records(category, resource_type, binding.pattern) {
                    missing.insert(category.as_str().to_owned());
                }
            }
        }
        missing.into_iter().collect()
    }

    fn records(
        &self,
        category: Category,
        resource_type: &str,
        pattern: Option<&ResourcePattern>,
    ) -> bool {
        let is_read = |rule: Option<&Rule>| match rule.and_then(|rule| rule.allowed.as_ref()) {
            Some(Target::Topic(topic)) => self.read.contains(topic.as_str()),
            _ => false,
        };
        let kind = crn_kind(resource_type);
        let named = |name: &str| match &kind {
            None => self.cluster.to_owned(),
            Some(kind) => format!("{}/{kind}={name}", self.cluster),
        };
        let one = pattern.filter(|one| one.pattern_type == PatternType::Literal && one.name != "*");
        if let (Some(one), true) | (Some(one), false) = (one, kind.is_none()) {
            let Ok(crn) = Crn::parse(&named(&one.name)) else {
                return false;
            };
            return is_read(
                lookup_route(self.document, Some(&crn))
                    .categories
                    .get(&category),
            );
        }
        // Many resources: the default and every route that is about some of them.
        let prefix = pattern.map_or("", |one| one.name.trim_end_matches('*'));
        let Ok(asked) = CrnPattern::parse(&named(&format!("{prefix}*"))) else {
            return false;
        };
        let routes = list_routes(self.document, Some(&asked)).routes;
        let by_default = lookup_route(self.document, None);
        is_read(by_default.categories.get(&category))
            && routes
                .values()
                .all(|route| match route.target(category, true) {
                    None => true,
                    Some(Target::Topic(topic)) => self.read.contains(topic.as_str()),
                    Some(Target::Discard) => false,
                })
    }
}
