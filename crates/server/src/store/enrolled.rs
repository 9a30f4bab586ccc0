//! Which nodes hold which certificates, and the join tokens that are out.

use std::collections::BTreeMap;

use jiff::Timestamp;
use openmds_policy::names::ClusterId;
use serde::{Deserialize, Serialize};

use crate::enrolment::{Serial, TokenHash};

/// A node that may come in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolledNode {
    /// Since when: the last time that a token let it in.
    pub since: Timestamp,
    /// That token.
    pub token: TokenHash,
    /// Its certificates that count.
    pub certificates: BTreeMap<Serial, Issued>,
}

/// When a certificate was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    /// From when it counts.
    pub at: Timestamp,
    /// Until when it counts.
    pub until: Timestamp,
}

/// What a join token is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedToken {
    /// The Kafka cluster whose nodes it lets in.
    pub cluster: ClusterId,
    /// Who asked for it.
    pub by: String,
    /// Until when it counts.
    pub until: Timestamp,
    /// Who used it.
    pub used: Option<TokenUse>,
}

/// Who used a join token. From then on it is good for nobody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenUse {
    /// The node.
    pub node: i32,
    /// The fingerprint of the node's key.
    pub key: String,
    /// When.
    pub at: Timestamp,
}

/// All of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Enrolled {
    nodes: BTreeMap<(ClusterId, i32), EnrolledNode>,
    tokens: BTreeMap<TokenHash, IssuedToken>,
}

impl Enrolled {
    pub(super) fn set_node(&mut self, cluster: ClusterId, node: i32, to: Option<EnrolledNode>) {
        match to {
            Some(enrolled) => self.nodes.insert((cluster, node), enrolled),
            None => self.nodes.remove(&(cluster, node)),
        };
    }

    pub(super) fn set_token(&mut self, hash: TokenHash, to: Option<IssuedToken>) {
        match to {
            Some(token) => self.tokens.insert(hash, token),
            None => self.tokens.remove(&hash),
        };
    }

    /// A node that may come in.
    #[must_use]
    pub fn node(&self, cluster: &ClusterId, node: i32) -> Option<&EnrolledNode> {
        self.nodes.get(&(cluster.clone(), node))
    }

    /// The nodes of a cluster that may come in, by their ids.
    pub fn nodes_of<'a>(
        &'a self,
        cluster: &'a ClusterId,
    ) -> impl Iterator<Item = (i32, &'a EnrolledNode)> {
        let from = (cluster.clone(), i32::MIN);
        let nodes = self.nodes.range(from..);
        let nodes = nodes.take_while(move |((of, _), _)| of == cluster);
        nodes.map(|((_, node), enrolled)| (*node, enrolled))
    }

    /// What a token is for.
    #[must_use]
    pub fn token(&self, hash: &TokenHash) -> Option<&IssuedToken> {
        self.tokens.get(hash)
    }

    /// All tokens that are remembered.
    pub fn tokens(&self) -> impl Iterator<Item = (&TokenHash, &IssuedToken)> {
        self.tokens.iter()
    }

    /// Those of a cluster.
    pub fn tokens_of<'a>(
        &'a self,
        cluster: &'a ClusterId,
    ) -> impl Iterator<Item = (&'a TokenHash, &'a IssuedToken)> {
        let tokens = self.tokens.iter();
        tokens.filter(move |(_, token)| token.cluster == *cluster)
    }

    /// How many nodes there are at all.
    #[must_use]
    pub fn count(&self) -> usize {
        self.nodes.len()
    }
}
