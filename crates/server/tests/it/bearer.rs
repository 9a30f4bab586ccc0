//! Getting tokens, showing them, and looking into them.

use axum::body::Body;
use axum::http::{Method, Request, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::Value;

use crate::desk::{Answer, Desk};

/// What a user gets for name and password.
pub(crate) async fn token(desk: &Desk, user: &str) -> String {
    let answer = desk.get(user, "/authenticate").await.is(200).json();
    answer["auth_token"].as_str().unwrap().to_string()
}

/// Asks for something with a token only.
pub(crate) async fn with_token(
    desk: &Desk,
    method: Method,
    path: &str,
    token: &str,
    body: Option<&Value>,
) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(format!("/security/1.0{path}"))
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::AUTHORIZATION, format!("Bearer {token}"));
    let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
    desk.send(request.body(body).unwrap()).await
}

/// The status of a harmless question.
pub(crate) async fn status(desk: &Desk, token: &str) -> u16 {
    let answer = with_token(desk, Method::GET, "/roles", token, None).await;
    answer.status.as_u16()
}

/// A token for this one.
pub(crate) async fn exchanged(desk: &Desk, token: &str) -> String {
    let answer = with_token(desk, Method::GET, "/authenticate", token, None).await;
    let answer = answer.is(200).json();
    answer["auth_token"].as_str().unwrap().to_string()
}

/// A part of a token: 0 the header, 1 the claims.
pub(crate) fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// The id of the key that signed a token.
pub(crate) fn key_id(token: &str) -> String {
    part(token, 0)["kid"].as_str().unwrap().to_string()
}

/// Signs any texts at all as header and claims.
pub(crate) fn signed(header: &str, claims: &str, key: &EncodingKey, by: Algorithm) -> String {
    let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part));
    let message = format!("{header}.{claims}");
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), key, by).unwrap();
    format!("{message}.{signature}")
}

/// The ids in the published key set.
pub(crate) async fn published(desk: &Desk) -> Vec<String> {
    let set = desk.get("nobody", "/jwks.json").await.is(200).json();
    let keys = set["keys"].as_array().unwrap().iter();
    keys.map(|key| key["kid"].as_str().unwrap().to_string())
        .collect()
}
