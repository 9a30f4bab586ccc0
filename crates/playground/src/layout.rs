//! Where everything lies inside the playground's directory.

use std::path::{Path, PathBuf};

/// The playground's directory, `.playground` unless somebody asks for another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    root: PathBuf,
}

impl Layout {
    /// The layout below this directory; the path is made absolute, because it goes into configuration files.
    pub fn new(root: &Path) -> std::io::Result<Self> {
        Ok(Self {
            root: std::path::absolute(root)?,
        })
    }

    /// The directory itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Cluster ids, ports and passwords.
    pub fn blueprint(&self) -> PathBuf {
        self.root.join("blueprint.json")
    }

    /// Locked by the process that works on this playground.
    pub fn lock(&self) -> PathBuf {
        self.root.join("lock")
    }

    /// Variables that a shell can source.
    pub fn env(&self) -> PathBuf {
        self.root.join("env")
    }

    /// Kafka's command line tools.
    pub fn bin(&self) -> PathBuf {
        self.root.join("bin")
    }

    /// The private CA and the certificates it gave out.
    pub fn tls(&self) -> PathBuf {
        self.root.join("tls")
    }

    /// The CA's certificate.
    pub fn ca(&self) -> PathBuf {
        self.tls().join("ca.pem")
    }

    /// The server's PEM key store of this name: chain and private key.
    pub fn keystore(&self, name: &str) -> PathBuf {
        self.tls().join(format!("{name}.pem"))
    }

    /// The private key with which the server signs tokens.
    pub fn signing_key(&self) -> PathBuf {
        self.root.join("keys").join("signing-key.pem")
    }

    /// The public half, which brokers read.
    pub fn jwks(&self) -> PathBuf {
        self.root.join("keys").join("jwks.json")
    }

    /// The keys that a node's own validator keeps.
    pub fn jwks_cache(&self, cluster: &str, id: i32) -> PathBuf {
        self.node(cluster, id).join("jwks.json")
    }

    /// What a node keeps of the feed: its key, its certificate, its copy of the policy.
    pub fn feed(&self, cluster: &str, id: i32) -> PathBuf {
        self.node(cluster, id).join("feed")
    }

    /// The token with which a node joins, once.
    pub fn join_token(&self, cluster: &str, id: i32) -> PathBuf {
        self.node(cluster, id).join("join-token")
    }

    /// The certificate of the user who logs in with one, and its chain.
    pub fn client_certificate(&self) -> PathBuf {
        self.tls().join("client.pem")
    }

    /// The private key of that certificate.
    pub fn client_key(&self) -> PathBuf {
        self.tls().join("client.key")
    }

    /// Client properties files.
    pub fn clients(&self) -> PathBuf {
        self.root.join("clients")
    }

    /// The client properties file of a user on a cluster.
    pub fn client(&self, cluster: &str, user: &str) -> PathBuf {
        self.clients().join(format!("{cluster}-{user}.properties"))
    }

    /// Everything of one node.
    pub fn node(&self, cluster: &str, id: i32) -> PathBuf {
        self.root.join(cluster).join(id.to_string())
    }

    /// Everything of the metadata server.
    pub fn server(&self) -> PathBuf {
        self.root.join("server")
    }

    /// Files of the story: the document before and after.
    pub fn story(&self) -> PathBuf {
        self.root.join("story")
    }
}
