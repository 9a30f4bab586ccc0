//! Bindings for tests, in few words, and users with groups.

use axum::body::Body;
use axum::http::{Method, Request, header};
use openmds_server::app::{Identity, Proof};
use serde_json::{Value, json};

use crate::desk::{Answer, Desk};

/// The scope of a Kafka cluster.
pub(crate) fn kafka(id: &str) -> Value {
    json!({"clusters": {"kafka-cluster": id}})
}

/// The scope of a cluster beside a Kafka cluster.
pub(crate) fn beside(kafka: &str, key: &str, id: &str) -> Value {
    json!({"clusters": {"kafka-cluster": kafka, key: id}})
}

/// A pattern from `Type:name`; prefixed if a star stands behind a name.
pub(crate) fn pattern(text: &str) -> Value {
    let (kind, name) = text.split_once(':').unwrap();
    match name.strip_suffix('*') {
        Some(prefix) if !prefix.is_empty() => {
            json!({"resourceType": kind, "name": prefix, "patternType": "PREFIXED"})
        }
        _ => json!({"resourceType": kind, "name": name, "patternType": "LITERAL"}),
    }
}

/// A request about patterns.
pub(crate) fn patterns(scope: &Value, resources: &[&str]) -> Value {
    let patterns: Vec<Value> = resources.iter().map(|one| pattern(one)).collect();
    json!({"scope": scope, "resourcePatterns": patterns})
}

/// The header of somebody who is in groups.
pub(crate) fn member(desk: &Desk, name: &str, groups: &[&str]) -> String {
    let identity = Identity {
        groups: groups.iter().map(ToString::to_string).collect(),
        ..Identity::of(name, Proof::IdentityProvider)
    };
    format!(
        "Bearer {}",
        desk.app.issue_token(&identity).unwrap().auth_token
    )
}

impl Desk {
    /// Sends a request with that Authorization header, below the prefix of the API.
    pub(crate) async fn ask(
        &self,
        authorization: &str,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(format!("/security/1.0{path}"))
            .header(header::AUTHORIZATION, authorization)
            .header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(body.to_string())).unwrap())
            .await
    }

    /// Binds a role on resources, or on the whole scope if none is named.
    pub(crate) async fn bind(&self, principal: &str, role: &str, scope: &Value, on: &[&str]) {
        let path = format!("/principals/{principal}/roles/{role}");
        if on.is_empty() {
            self.post("mds", &path, scope).await.is(204);
        } else {
            let path = format!("{path}/bindings");
            self.post("mds", &path, &patterns(scope, on)).await.is(204);
        }
    }
}
