//! Tokens that nobody may come in with, each wrong in one way.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::world::key_pem;

fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn decode(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// What is wrong, and the token; all of them name the super user.
pub(crate) async fn tokens(desk: &Desk) -> Vec<(&'static str, String)> {
    let answer = desk.get("mds", "/authenticate").await.is(200).json();
    let good = answer["auth_token"].as_str().unwrap().to_string();
    let parts: Vec<&str> = good.split('.').collect();
    let (head, body) = (decode(parts[0]), decode(parts[1]));
    let key_id = head["kid"].as_str().map(ToString::to_string);
    let signed = |header: &Header, claims: &Value, key: &EncodingKey| {
        jsonwebtoken::encode(header, claims, key).unwrap()
    };
    let mut header = Header::new(Algorithm::RS256);
    header.kid.clone_from(&key_id);
    let own = EncodingKey::from_rsa_pem(key_pem().as_bytes()).unwrap();

    let mut expired = body.clone();
    expired["exp"] = json!(body["iat"].as_i64().unwrap() - 1);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.pem");
    openmds_server::tokens::generate(&path, openmds_server::tokens::SigningAlgorithm::Rs256)
        .unwrap();
    let other = EncodingKey::from_rsa_pem(&std::fs::read(path).unwrap()).unwrap();

    let set = desk.get("nobody", "/jwks.json").await.is(200).json();
    let modulus = set["keys"][0]["n"].as_str().unwrap();
    let mut shared = Header::new(Algorithm::HS256);
    shared.kid = key_id;
    let secret = EncodingKey::from_secret(modulus.as_bytes());
    let none = encode(&json!({"alg": "none", "kid": head["kid"]}));
    vec![
        ("expired", signed(&header, &expired, &own)),
        ("of another key", signed(&header, &body, &other)),
        ("alg none", format!("{none}.{}.", parts[1])),
        (
            "alg none, signed",
            format!("{none}.{}.{}", parts[1], parts[2]),
        ),
        (
            "the public key as a shared secret",
            signed(&shared, &body, &secret),
        ),
    ]
}
