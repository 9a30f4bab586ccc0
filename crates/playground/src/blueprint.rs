//! What a playground is made of: decided once, when its directory is new, and kept from then on.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;

use anyhow::{Context, Result, anyhow, bail};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::layout::Layout;
use crate::ports::HeldPort;
use crate::server_config::USERS;
use crate::shape::{ADMIN, BROKER, Listener, Role, Shape};
use crate::versions::Release;

/// Ids, ports and passwords of a playground.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Blueprint {
    /// Kafka's version.
    pub kafka: String,
    /// Whether the nodes run our authorizer, or Kafka's own for comparison.
    pub plugin: bool,
    /// The clusters, in the order in which they are registered.
    pub clusters: Vec<ClusterPlan>,
    /// The server's plain HTTP port.
    pub http_port: u16,
    /// The server's HTTPS port.
    pub https_port: u16,
    passwords: BTreeMap<String, String>,
}

/// One cluster of a [`Blueprint`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ClusterPlan {
    /// Its name in the cluster registry.
    pub name: String,
    /// Its cluster id.
    pub id: String,
    /// Its nodes, controllers first.
    pub nodes: Vec<NodePlan>,
}

/// One node of a [`ClusterPlan`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NodePlan {
    /// Its node id.
    pub id: i32,
    /// What it does.
    pub role: Role,
    /// A port for each listener.
    pub ports: BTreeMap<Listener, u16>,
}

impl Blueprint {
    /// The one in this directory, if there is one.
    pub fn load(layout: &Layout) -> Result<Option<Self>> {
        let path = layout.blueprint();
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes).with_context(|| {
                format!("{} is damaged: start over with --fresh", path.display())
            })?)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| path.display().to_string()),
        }
    }

    /// A new one: fresh ids and passwords, free ports. The ports are held until they are let go.
    pub(crate) fn draw(
        release: Release,
        shapes: &[Shape],
        plugin: bool,
    ) -> Result<(Self, Vec<HeldPort>)> {
        let mut held = Vec::new();
        let mut port = || -> Result<u16> {
            let found = HeldPort::find()?;
            let number = found.number();
            held.push(found);
            Ok(number)
        };
        let mut clusters = Vec::new();
        for shape in shapes {
            let mut nodes = Vec::new();
            for &(id, role) in shape.nodes {
                let mut ports = BTreeMap::new();
                for &listener in role.listeners() {
                    ports.insert(listener, port()?);
                }
                nodes.push(NodePlan { id, role, ports });
            }
            clusters.push(ClusterPlan {
                name: shape.name.to_owned(),
                id: cluster_id(),
                nodes,
            });
        }
        let mut passwords = BTreeMap::new();
        for user in shapes
            .iter()
            .flat_map(Shape::scram_users)
            .chain(USERS)
            .chain([BROKER, ADMIN])
        {
            if !passwords.contains_key(user) {
                passwords.insert(user.to_owned(), password()?);
            }
        }
        let blueprint = Self {
            kafka: release.broker.to_owned(),
            plugin,
            clusters,
            http_port: port()?,
            https_port: port()?,
            passwords,
        };
        Ok((blueprint, held))
    }

    /// Keeps it, readable by its owner only.
    pub fn save(&self, layout: &Layout) -> Result<()> {
        write_private(&layout.blueprint(), &serde_json::to_vec_pretty(self)?)
    }

    /// Takes every port that this playground uses; fails where somebody else has one.
    pub(crate) fn hold_ports(&self) -> Result<Vec<HeldPort>> {
        self.clusters
            .iter()
            .flat_map(|cluster| &cluster.nodes)
            .flat_map(|node| node.ports.values().copied())
            .chain([self.http_port, self.https_port])
            .map(HeldPort::take)
            .collect()
    }

    /// The cluster of this name.
    pub fn cluster(&self, name: &str) -> Result<&ClusterPlan> {
        self.clusters
            .iter()
            .find(|cluster| cluster.name == name)
            .ok_or_else(|| anyhow!("this playground has no cluster {name}"))
    }

    /// Every user's password.
    pub fn passwords(&self) -> impl Iterator<Item = &str> {
        self.passwords.values().map(String::as_str)
    }

    /// The password of a user.
    pub fn password(&self, user: &str) -> Result<&str> {
        match self.passwords.get(user) {
            Some(password) => Ok(password),
            None => bail!("this playground has no user {user}"),
        }
    }
}

impl ClusterPlan {
    /// Its shape.
    pub fn shape(&self) -> Result<Shape> {
        Shape::named(&self.name).ok_or_else(|| anyhow!("no cluster is called {}", self.name))
    }

    /// `host:port` of this listener on every node that has it.
    pub fn addresses(&self, listener: Listener) -> Vec<String> {
        self.nodes
            .iter()
            .filter_map(|node| node.ports.get(&listener))
            .map(|port| format!("127.0.0.1:{port}"))
            .collect()
    }

    /// The same, as `bootstrap.servers`.
    pub fn bootstrap(&self, listener: Listener) -> String {
        self.addresses(listener).join(",")
    }

    /// The value of `controller.quorum.voters`.
    pub fn voters(&self) -> String {
        self.nodes
            .iter()
            .filter_map(|node| {
                let port = node.ports.get(&Listener::Controller)?;
                Some(format!("{}@127.0.0.1:{port}", node.id))
            })
            .collect::<Vec<_>>()
            .join(",")
    }
}

/// Kafka's form of a random UUID: 16 bytes in URL-safe base64. One that starts with a dash is
/// avoided, since command line tools take it for an option.
fn cluster_id() -> String {
    loop {
        let id = URL_SAFE_NO_PAD.encode(uuid::Uuid::new_v4().as_bytes());
        if !id.starts_with('-') {
            return id;
        }
    }
}

fn password() -> Result<String> {
    let mut bytes = [0_u8; 15];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| anyhow!("the system has no randomness"))?;
    // Letters first: a password that starts with a dash looks like an option.
    Ok(format!("p{}", URL_SAFE_NO_PAD.encode(bytes)))
}

/// Writes a file that only its owner may read.
pub(crate) fn write_private(path: &std::path::Path, content: &[u8]) -> Result<()> {
    // A file left from before keeps its mode: remove it first.
    let _ = fs::remove_file(path);
    fs::OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(content))
        .with_context(|| format!("cannot write {}", path.display()))
}
