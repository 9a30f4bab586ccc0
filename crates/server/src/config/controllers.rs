//! Where dedicated controllers listen for this server's tokens.

use std::collections::BTreeMap;

use openmds_kafka::HostPort;
use openmds_policy::names::ClusterName;

use super::reader::Reader;

const PREFIX: &str = "openmds.controllers.";

/// A controller's token listener.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControllerAddress {
    /// Its `node.id`.
    pub node_id: i32,
    /// Where it listens.
    pub address: HostPort,
}

impl ControllerAddress {
    /// Parses `100@host:port`.
    fn parse(text: &str) -> Option<Self> {
        let (id, address) = text.split_once('@')?;
        Some(Self {
            node_id: id.parse().ok().filter(|id| *id >= 0)?,
            address: address.parse().ok()?,
        })
    }

    /// All of them, by the cluster's name in the registry.
    pub(super) fn read(reader: &mut Reader) -> BTreeMap<ClusterName, Vec<Self>> {
        let mut controllers = BTreeMap::new();
        for name in reader.under(PREFIX).into_keys() {
            let property = format!("{PREFIX}{name}");
            let mut addresses = Vec::new();
            for text in reader.list(&property, ',') {
                match Self::parse(&text) {
                    Some(address) => addresses.push(address),
                    None => {
                        reader.fault(&property, format!("`{text}` is not `<node id>@host:port`"));
                    }
                }
            }
            match ClusterName::parse(&name) {
                Ok(name) => {
                    controllers.insert(name, addresses);
                }
                Err(error) => reader.fault(&property, error.to_string()),
            }
        }
        controllers
    }
}
