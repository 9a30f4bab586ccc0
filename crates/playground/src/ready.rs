//! Whether a cluster answers.

use std::net::TcpStream;

use anyhow::{Context, Result};

use crate::blueprint::ClusterPlan;
use crate::ground::Ground;
use crate::shape::Listener;

/// Succeeds when every broker serves clients.
pub(crate) fn probe(_ground: &Ground, cluster: &ClusterPlan) -> Result<()> {
    for address in cluster.addresses(Listener::Client) {
        TcpStream::connect(&address).with_context(|| address.clone())?;
    }
    Ok(())
}
