//! What no node sends.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{KeyPair, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, PKCS_RSA_SHA256, PublicKeyData as _};
use serde_json::{Value, json};

use super::{Fleet, JOIN, Key, asking, certificate};
use crate::world::PAYMENTS;

#[tokio::test]
async fn odd_tokens_are_unknown() {
    let fleet = Fleet::new().await;
    let (token, key) = (fleet.token().await, Key::new());
    let odd = [
        String::new(),
        "x".repeat(900_000),
        format!("{token}\0"),
        format!("\0{token}"),
        format!(" {token}"),
        format!("{token}\n"),
        token.to_uppercase(),
        token.replace("openmds-join-", ""),
        format!("{token}{}", "A".repeat(100_000)),
        "openmds-join-é".to_string(),
    ];
    for odd in odd {
        let refused = fleet.join(&asking(&odd, 1, &key)).await;
        let refused = refused.refuses(403, "not one of this service");
        assert!(refused.body.to_string().len() < 1_000);
    }
    fleet.join(&asking(&token, 1, &key)).await.is(200);
}

/// The key of another kind, as DER.
fn other_keys() -> Vec<(&'static str, Vec<u8>)> {
    let key = Key::new().0.subject_public_key_info();
    let p384 = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap();
    let ed25519 = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let rsa = KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
    let compressed = {
        let mut der = key[..27 + 32].to_vec();
        (der[1], der[24], der[26]) = (0x39, 34, 2);
        der
    };
    vec![
        ("an EC key on another curve", p384.subject_public_key_info()),
        (
            "a key of the type 1.3.101.112",
            ed25519.subject_public_key_info(),
        ),
        ("an RSA key", rsa.subject_public_key_info()),
        ("not written as this service takes it", compressed),
        ("no SubjectPublicKeyInfo", key[..key.len() - 1].to_vec()),
        (
            "not written as this service takes it",
            [key.as_slice(), &[0]].concat(),
        ),
        ("no SubjectPublicKeyInfo", vec![]),
        ("no SubjectPublicKeyInfo", vec![0; 91]),
    ]
}

#[tokio::test]
async fn only_keys_on_p_256_are_taken() {
    let fleet = Fleet::new().await;
    let (token, key) = (fleet.token().await, Key::new());
    let mut asked = asking(&token, 1, &key);
    for (words, der) in other_keys() {
        asked["public_key"] = json!(STANDARD.encode(der));
        fleet.join(&asked).await.refuses(400, words);
    }
    for text in ["%", "AAA", "A A=", "aGk=\n", &"A".repeat(8_000)] {
        asked["public_key"] = json!(text);
        fleet
            .join(&asked)
            .await
            .refuses(400, "public_key: is not base64");
        let mut asked = asking(&token, 1, &key);
        asked["proof"] = json!(text);
        fleet
            .join(&asked)
            .await
            .refuses(400, "proof: is not base64");
    }
    // A point beside the curve has signed nothing.
    let mut der = key.0.subject_public_key_info();
    der[90] ^= 1;
    asked["public_key"] = json!(STANDARD.encode(der));
    fleet.join(&asked).await.refuses(403, "not a signature");
    fleet.join(&asking(&token, 1, &key)).await.is(200);
}

#[tokio::test]
async fn bodies_that_are_none() {
    let fleet = Fleet::new().await;
    let (token, key) = (fleet.token().await, Key::new());
    let with = |field: &str, value: Value| {
        let mut asked = asking(&token, 1, &key);
        asked[field] = value;
        asked
    };
    let without = |field: &str| {
        let mut asked = asking(&token, 1, &key);
        asked.as_object_mut().unwrap().remove(field);
        asked
    };
    let odd = [
        with("node_id", json!(-1)),
        with("node_id", json!(2_147_483_648_i64)),
        with("node_id", json!("1")),
        with("node_id", json!(1.5)),
        with("token", json!(null)),
        with("cluster_id", json!(7)),
        without("token"),
        without("cluster_id"),
        without("node_id"),
        without("public_key"),
        without("proof"),
        json!([token, "payments-id", 1, key.public(), key.sign(&token)]),
        json!(null),
        json!({}),
    ];
    for odd in odd {
        let refused = fleet.join(&odd).await.is(400);
        let told = refused.body.to_string();
        assert!(!told.contains(&token), "{told}");
    }
    let client = fleet.client(None);
    let send = async |kind: &str, body: String| {
        let request = client.post(fleet.street.url(JOIN));
        let request = request.header("content-type", kind).body(body);
        request.send().await.unwrap().status().as_u16()
    };
    let right = asking(&token, 1, &key).to_string();
    assert_eq!(send("text/plain", right.clone()).await, 415);
    assert_eq!(send("application/json", "x".repeat(2_000_000)).await, 413);
    let twice = right.replacen('{', &format!("{{\"token\":\"{token}\","), 1);
    assert_eq!(send("application/json", twice).await, 400);
    assert_eq!(send("application/json", right).await, 200);
}

/// Ids of clusters are any text; what a certificate says is read back as it was.
#[tokio::test]
async fn odd_ids_of_clusters() {
    let fleet = Fleet::new().await;
    let ids = ["a:node:7", "ä %41,\\\0\n", "payments-id:node:1"];
    for (index, id) in ids.iter().enumerate() {
        let name = format!("odd-{index}");
        fleet.street.desk.register(&name, id, PAYMENTS).await;
        let (token, key) = (fleet.tokens(&name, 1).await.remove(0), Key::new());
        let mut asked = asking(&token, 1, &key);
        asked["cluster_id"] = json!(id);
        let answer = fleet.join(&asked).await.is(200).body;
        let said = certificate(&answer);
        assert_eq!((said.cluster.as_str(), said.node), (*id, 1));
        let client = fleet.client_with(&answer, &key);
        fleet
            .renew(&client, said.serial.as_str(), &key)
            .await
            .is(200);
    }
    let long = "x".repeat(256);
    fleet.street.desk.register("long", &long, PAYMENTS).await;
    let path = "/registry/clusters/long/join-tokens";
    let refused = fleet
        .street
        .desk
        .post("mds", path, &json!({}))
        .await
        .is(400);
    assert!(refused.message().contains("more than 255 bytes"));
}
