//! Nodes of Kafka clusters come in over real TLS.

mod authority;
mod events;
mod impostors;
mod joining;
mod odd_bodies;
mod renewing;
mod withdrawing;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openmds_server::enrolment::NodeCertificate;
use rcgen::{KeyPair, PublicKeyData as _};
use reqwest::{Certificate, Client, Identity};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::{Value, json};

use crate::street::{Authority, Street};
use crate::world::{PAYMENTS, World};

const JOIN: &str = "/openmds/1.0/join";
const CERTIFICATE: &str = "/openmds/1.0/certificate";

/// A node's key.
pub(crate) struct Key(pub(crate) KeyPair);

impl Key {
    pub(crate) fn new() -> Self {
        Self(KeyPair::generate().unwrap())
    }

    /// As requests carry it.
    pub(crate) fn public(&self) -> String {
        STANDARD.encode(self.0.subject_public_key_info())
    }

    /// A proof that this key is at hand.
    pub(crate) fn sign(&self, text: &str) -> String {
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, self.0.serialized_der());
        let signed = pair.unwrap().sign(&SystemRandom::new(), text.as_bytes());
        STANDARD.encode(signed.unwrap())
    }
}

/// What the server said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<String>,
    pub(crate) body: Value,
}

impl Said {
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }

    /// A refusal whose message has these words.
    #[track_caller]
    pub(crate) fn refuses(self, status: u16, words: &str) -> Self {
        let said = self.is(status);
        let message = said.body["message"].as_str().unwrap();
        assert!(message.contains(words), "{message}");
        said
    }
}

/// A server with an https listener, and the registered cluster `payments`.
pub(crate) struct Fleet {
    pub(crate) world: World,
    pub(crate) authority: Authority,
    pub(crate) street: Street,
}

/// A node that has joined.
pub(crate) struct Member {
    pub(crate) key: Key,
    pub(crate) token: String,
    pub(crate) answer: Value,
    pub(crate) client: Client,
}

impl Member {
    /// What its certificate says.
    pub(crate) fn certificate(&self) -> NodeCertificate {
        certificate(&self.answer)
    }
}

pub(crate) fn certificate(answer: &Value) -> NodeCertificate {
    let pem = answer["certificate"].as_str().unwrap();
    let der = CertificateDer::from_pem_slice(pem.as_bytes()).unwrap();
    NodeCertificate::read(&der).unwrap()
}

impl Fleet {
    pub(crate) async fn new() -> Self {
        Self::with(|_, _| ()).await
    }

    /// After a change of the world.
    pub(crate) async fn with(change: impl FnOnce(&mut World, &Authority)) -> Self {
        let authority = Authority::new("root");
        let mut world = World::new();
        world
            .https(&authority.server("mds").store())
            .set("openmds.login.failures.max", "1000");
        change(&mut world, &authority);
        let street = world.open().await;
        street
            .desk
            .register("payments", "payments-id", PAYMENTS)
            .await;
        Self {
            world,
            authority,
            street,
        }
    }

    /// Somebody at the door, with a certificate or without.
    pub(crate) fn client(&self, identity: Option<&str>) -> Client {
        let trusted = Certificate::from_pem(self.authority.pem.as_bytes()).unwrap();
        let builder = Client::builder().no_proxy().tls_certs_only([trusted]);
        match identity {
            None => builder,
            Some(pem) => builder.identity(Identity::from_pem(pem.as_bytes()).unwrap()),
        }
        .build()
        .unwrap()
    }

    /// A client with what the server answered to the key's holder.
    pub(crate) fn client_with(&self, answer: &Value, key: &Key) -> Client {
        let chain = answer["certificate"].as_str().unwrap();
        self.client(Some(&format!("{chain}{}", key.0.serialize_pem())))
    }

    pub(crate) async fn post(&self, client: &Client, path: &str, body: &Value) -> Said {
        let request = client.post(self.street.url(path)).json(body);
        let response = request.send().await.unwrap();
        let retry_after = response.headers().get("retry-after");
        Said {
            status: response.status().as_u16(),
            retry_after: retry_after.map(|value| value.to_str().unwrap().to_string()),
            body: response.json().await.unwrap(),
        }
    }

    pub(crate) async fn tokens(&self, cluster: &str, count: u32) -> Vec<String> {
        let path = format!("/registry/clusters/{cluster}/join-tokens");
        let body = json!({"count": count, "valid_seconds": 600});
        let made = self.street.desk.post("mds", &path, &body).await.is(200);
        let made = made.json();
        let tokens = made["tokens"].as_array().unwrap().iter();
        tokens
            .map(|token| token.as_str().unwrap().to_string())
            .collect()
    }

    pub(crate) async fn token(&self) -> String {
        self.tokens("payments", 1).await.remove(0)
    }

    pub(crate) async fn join(&self, body: &Value) -> Said {
        self.post(&self.client(None), JOIN, body).await
    }

    /// A node of payments that has joined.
    pub(crate) async fn joined(&self, node: i32) -> Member {
        let (token, key) = (self.token().await, Key::new());
        let answer = self.join(&asking(&token, node, &key)).await.is(200).body;
        Member {
            client: self.client_with(&answer, &key),
            token,
            key,
            answer,
        }
    }

    /// Asks for the next certificate.
    pub(crate) async fn renew(&self, client: &Client, serial: &str, key: &Key) -> Said {
        let body = json!({"public_key": key.public(), "proof": key.sign(serial)});
        self.post(client, CERTIFICATE, &body).await
    }

    /// Whether the member may come in: it renews its certificate.
    pub(crate) async fn visit(&self, member: &Member) -> Said {
        let serial = member.certificate().serial.to_string();
        self.renew(&member.client, &serial, &member.key).await
    }
}

/// What a node of payments asks.
pub(crate) fn asking(token: &str, node: i32, key: &Key) -> Value {
    json!({
        "token": token,
        "cluster_id": "payments-id",
        "node_id": node,
        "public_key": key.public(),
        "proof": key.sign(token),
    })
}
