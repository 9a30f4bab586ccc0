//! Certificates of nodes are no users', and users' are no nodes'.

use openmds_server::enrolment::NodeCertificate;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, SanType,
};
use reqwest::{Client, Method};

use super::{Fleet, Key, Member};
use crate::contract::{OPEN, TOKEN_ENDPOINT, filled, routes};
use crate::street::{Authority, Certified};

/// Another authority's certificate that says the same as a node's.
fn look_alike(issuer: &Issuer<'_, KeyPair>, member: &Member) -> Certified {
    let said = member.certificate();
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "node-1");
    let name = format!("openmds:cluster:{}:node:{}", said.cluster, said.node);
    params.subject_alt_names = vec![SanType::URI(name.try_into().unwrap())];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params.serial_number = Some(serial(&said).into());
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, issuer).unwrap();
    assert_eq!(
        NodeCertificate::read(certificate.der()).unwrap().serial,
        said.serial
    );
    Certified {
        certificate: certificate.pem(),
        key: key.serialize_pem(),
        der: certificate.der().to_vec(),
    }
}

fn serial(said: &NodeCertificate) -> Vec<u8> {
    let digits = said.serial.as_str();
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(byte).collect()
}

/// The certificate is let in nowhere as a user's.
async fn is_nobody(fleet: &Fleet, client: &Client) {
    let mut asked = 0;
    for (method, path) in routes() {
        if OPEN.contains(&path) || path == TOKEN_ENDPOINT {
            continue;
        }
        let method = Method::from_bytes(method.as_str().as_bytes()).unwrap();
        let url = fleet.street.url(&filled(path));
        let answer = client.request(method, url).send().await.unwrap();
        assert_eq!(answer.status(), 401, "{path}");
        asked += 1;
    }
    assert!(asked > 40, "{asked}");
}

#[tokio::test]
async fn a_nodes_certificate_is_no_users() {
    let fleet = Fleet::new().await;
    let member = fleet.joined(1).await;
    is_nobody(&fleet, &member.client).await;
    fleet.visit(&member).await.is(200);
}

/// Whatever the trust store and the mapping rules say: even where an operator puts the enrolment
/// authority into the trust store.
#[tokio::test]
async fn nor_is_it_where_users_show_certificates() {
    let first = Fleet::new().await;
    let member = first.joined(1).await;
    let users = Authority::new("users");
    let trusted = format!("{}{}", users.pem, member.answer["ca"].as_str().unwrap());
    for how in ["REQUESTED", "REQUIRED"] {
        let fleet = Fleet::with(|world, _| {
            let kept = first.world.folder.path().join("store/enrollment-ca.pem");
            let ca = world.file("ca.pem", std::fs::read(kept).unwrap());
            world
                .ask_clients(how, &trusted)
                .set("openmds.enrollment.ca.path", ca.to_str().unwrap())
                .set(
                    "confluent.metadata.server.auth.ssl.principal.mapping.rules",
                    "RULE:^CN=.*$/mds/",
                )
                .set("confluent.metadata.server.ssl.truststore.type", "PEM");
        })
        .await;
        // Users are let in as ever.
        let alice = fleet.client(Some(&users.client("alice").store()));
        let url = fleet.street.url("/security/1.0/roleNames");
        assert_eq!(alice.get(url).send().await.unwrap().status(), 200);
        let client = fleet.client_with(&member.answer, &member.key);
        is_nobody(&fleet, &client).await;
        // It is this authority's, but no node of this store's.
        let serial = member.certificate().serial.to_string();
        let stranger = fleet.renew(&client, &serial, &member.key).await;
        stranger.refuses(403, "does not count any more");
    }
}

#[tokio::test]
async fn a_users_certificate_that_looks_like_a_nodes_is_none() {
    let users = Authority::new("users");
    let fleet = Fleet::with(|world, _| {
        world.ask_clients("REQUESTED", &users.pem);
    })
    .await;
    let member = fleet.joined(1).await;
    let forged = look_alike(&users.issuer, &member);
    let client = fleet.client(Some(&forged.store()));
    let serial = member.certificate().serial.to_string();
    let refused = fleet.renew(&client, &serial, &Key::new()).await;
    refused.refuses(401, "only nodes may ask this");
    // Nor with our own authority's certificate behind it.
    let chain = format!(
        "{}{}",
        forged.certificate,
        member.answer["ca"].as_str().unwrap()
    );
    let client = fleet.client(Some(&format!("{chain}{}", forged.key)));
    fleet.renew(&client, &serial, &Key::new()).await.is(401);
}

#[tokio::test]
async fn an_authority_of_the_same_name_is_another_one() {
    let fleet = Fleet::new().await;
    let member = fleet.joined(1).await;
    let ca = member.answer["ca"].as_str().unwrap();
    let (_, pem) = x509_parser::pem::parse_x509_pem(ca.as_bytes()).unwrap();
    let name = pem.parse_x509().unwrap().subject().to_string();
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    let name = name.strip_prefix("CN=").unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let twin = Issuer::new(params, KeyPair::generate().unwrap());
    let forged = look_alike(&twin, &member);
    let client = fleet.client(Some(&forged.store()));
    let serial = member.certificate().serial.to_string();
    let refused = fleet.renew(&client, &serial, &Key::new()).await;
    refused.refuses(401, "does not count");
}

#[tokio::test]
async fn a_node_of_another_server_is_none_here() {
    let (here, there) = (Fleet::new().await, Fleet::new().await);
    let member = there.joined(1).await;
    here.joined(1).await;
    let client = here.client_with(&member.answer, &member.key);
    let serial = member.certificate().serial.to_string();
    let refused = here.renew(&client, &serial, &member.key).await;
    refused.refuses(401, "does not count");
}

#[tokio::test]
async fn where_certificates_are_demanded_a_nodes_opens_the_door() {
    let users = Authority::new("users");
    let fleet = Fleet::with(|world, _| {
        world.ask_clients("REQUIRED", &users.pem);
    })
    .await;
    let (token, key) = (fleet.token().await, Key::new());
    let body = super::asking(&token, 1, &key);
    // Somebody with a certificate has to carry the first request.
    let carrier = fleet.client(Some(&users.client("alice").store()));
    let answer = fleet.post(&carrier, super::JOIN, &body).await.is(200).body;
    let client = fleet.client_with(&answer, &key);
    let serial = super::certificate(&answer).serial.to_string();
    fleet.renew(&client, &serial, &key).await.is(200);
    let nobody = fleet.client(None).post(fleet.street.url(super::JOIN));
    assert!(nobody.json(&body).send().await.is_err());
}
