//! Whose events these are, and the names of what they are about.

use std::collections::HashMap;

use openmds_policy::audit::crn_kind;
use openmds_policy::crn::Crn;

use crate::methods::resource_type_name;

/// The cluster whose events these are.
#[derive(Debug)]
pub(crate) struct Emitter {
    pub(crate) authority: String,
    pub(crate) cluster_id: String,
    /// The cluster's CRN.
    pub(crate) source: String,
}

impl Emitter {
    pub(crate) fn new(authority: &str, cluster_id: &str) -> Self {
        Self {
            authority: authority.to_owned(),
            cluster_id: cluster_id.to_owned(),
            source: Crn::for_cluster(authority, cluster_id).to_string(),
        }
    }

    fn subject(&self, resource_type: u8, name: &str) -> String {
        crn_kind(resource_type_name(resource_type)).map_or_else(
            || self.source.clone(),
            |kind| {
                let (authority, cluster_id) = (&self.authority, &self.cluster_id);
                Crn::for_resource(authority, cluster_id, &kind, name).to_string()
            },
        )
    }
}

/// CRNs of resources already met: the same few are met again and again.
#[derive(Debug, Default)]
pub(super) struct Subjects(HashMap<u8, HashMap<Box<str>, String>>);

impl Subjects {
    /// Beyond it all are forgotten: a client can ask for any number of names.
    const MOST: usize = 2_000;
    /// Longer names are not kept.
    const LONGEST: usize = 300;

    pub(super) fn with<T>(
        &mut self,
        emitter: &Emitter,
        resource_type: u8,
        name: &str,
        use_subject: impl FnOnce(&str) -> T,
    ) -> T {
        if name.len() > Self::LONGEST {
            return use_subject(&emitter.subject(resource_type, name));
        }
        let known = self.0.entry(resource_type).or_default();
        if let Some(subject) = known.get(name) {
            return use_subject(subject);
        }
        let subject = emitter.subject(resource_type, name);
        let result = use_subject(&subject);
        if known.len() >= Self::MOST {
            known.clear();
        }
        known.insert(name.into(), subject);
        result
    }
}
