//! A running server without sockets: the real router, use cases, store and driver.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openmds_kafka::Connector;
use openmds_server::app::App;
use openmds_server::config::Settings;
use openmds_server::store::{SqliteLog, StoreError};
use openmds_server::time::Clock;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use tower::ServiceExt as _;

use crate::world::{PAYMENTS, World};

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Vec<&str> {
        let values = self.headers.get_all(name).iter();
        values.map(|value| value.to_str().unwrap()).collect()
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(self.text()).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn message(&self) -> String {
        self.json()["message"].as_str().unwrap().to_string()
    }

    /// Fails unless this is the status; for errors, unless the body is one of ours.
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        let is_document = |field| self.json().get(field).is_some();
        let conflicting_document =
            status == 409 && (is_document("destinations") || is_document("fail_modes"));
        if status >= 400 && !conflicting_document {
            let body = self.json();
            assert_eq!(self.header("content-type"), ["application/json"]);
            assert_eq!(body["status_code"], status);
            assert_eq!(body["error_code"], status);
            assert!(body["type"].as_str().is_some_and(|kind| !kind.is_empty()));
            assert!(!self.message().is_empty());
        }
        self
    }
}

pub(crate) struct Desk {
    pub(crate) app: Arc<App>,
    router: Router,
    driver: JoinHandle<()>,
}

impl World {
    /// Starts a server with the present properties over the folder's store.
    pub(crate) async fn start(&self) -> Desk {
        let settings = Settings::load(&self.config()).unwrap();
        // The server before may still be on its way out.
        let log = eventually("the store is free", || async {
            match SqliteLog::open(&settings.store_path) {
                Ok(log) => Some(log),
                Err(StoreError::InUse(_)) => None,
                Err(error) => panic!("{error}"),
            }
        })
        .await;
        let fleet: Arc<dyn Connector> = Arc::new(self.fleet.clone());
        let clock: Arc<dyn Clock> = self.clock.clone();
        let assembled = openmds_server::assemble(settings, fleet, clock, Arc::new(log)).await;
        let (app, driver) = assembled.unwrap();
        Desk {
            router: openmds_server::http::router(Arc::clone(&app)),
            app,
            driver: tokio::spawn(driver.run()),
        }
    }
}

impl World {
    /// What a server says that does not start.
    pub(crate) async fn refuses_to_start(&self) -> String {
        let settings = match Settings::load(&self.config()) {
            Ok(settings) => settings,
            Err(error) => return error.to_string(),
        };
        let log = SqliteLog::open(&settings.store_path).unwrap();
        let fleet: Arc<dyn Connector> = Arc::new(self.fleet.clone());
        let clock: Arc<dyn Clock> = self.clock.clone();
        match openmds_server::assemble(settings, fleet, clock, Arc::new(log)).await {
            Ok(_) => panic!("it started"),
            Err(error) => error.to_string(),
        }
    }
}

/// The header that proves who a user is.
pub(crate) fn basic(user: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{user}-secret")))
}

impl Desk {
    /// Sends any request at all.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: to_bytes(body, usize::MAX).await.unwrap().to_vec(),
        }
    }

    /// Sends a request as the user, with a JSON body if there is one.
    pub(crate) async fn call(
        &self,
        user: &str,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, basic(user));
        let request = match body {
            Some(body) => request
                .header(header::CONTENT_TYPE, "application/json")
                .body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        };
        self.send(request.unwrap()).await
    }

    pub(crate) async fn get(&self, user: &str, path: &str) -> Answer {
        let path = format!("/security/1.0{path}");
        self.call(user, Method::GET, &path, None).await
    }

    pub(crate) async fn post(&self, user: &str, path: &str, body: &Value) -> Answer {
        let path = format!("/security/1.0{path}");
        self.call(user, Method::POST, &path, Some(body)).await
    }

    pub(crate) async fn put(&self, user: &str, path: &str, body: &Value) -> Answer {
        let path = format!("/security/1.0{path}");
        self.call(user, Method::PUT, &path, Some(body)).await
    }

    pub(crate) async fn delete(&self, user: &str, path: &str, body: Option<&Value>) -> Answer {
        let path = format!("/security/1.0{path}");
        self.call(user, Method::DELETE, &path, body).await
    }

    /// Registers a Kafka cluster.
    pub(crate) async fn register(&self, name: &str, id: &str, address: &str) -> Answer {
        let body = json!([entry(name, id, address)]);
        self.post("mds", "/registry/clusters", &body).await.is(204)
    }

    pub(crate) async fn register_payments(&self) {
        self.register("payments", "payments-id", PAYMENTS).await;
    }

    /// Binds a role on a whole Kafka cluster.
    pub(crate) async fn grant(&self, user: &str, role: &str, cluster: &str) {
        let path = format!("/principals/User:{user}/roles/{role}");
        let scope = json!({"clusters": {"kafka-cluster": cluster}});
        self.post("mds", &path, &scope).await.is(204);
    }

    /// The document in force, as the super user sees it.
    pub(crate) async fn document(&self) -> Value {
        self.get("mds", "/audit/config").await.is(200).json()
    }

    /// Replaces the document, whatever its version is now.
    pub(crate) async fn update(&self, document: &Value) -> Answer {
        let mut document = document.clone();
        document["metadata"] = self.document().await["metadata"].clone();
        self.put("mds", "/audit/config", &document).await
    }

    pub(crate) async fn status(&self) -> Value {
        self.get("mds", "/audit/status").await.is(200).json()
    }

    /// Waits until a cluster is in the state, and answers what is said of it.
    pub(crate) async fn until(&self, cluster: &str, state: &str) -> Value {
        let mut last = Value::Null;
        let deadline = Instant::now() + Duration::from_secs(120);
        loop {
            let status = self.status().await;
            let clusters = status["clusters"].as_array().unwrap().iter();
            let mut named = clusters.filter(|one| one["cluster_name"] == cluster);
            if let Some(found) = named.next() {
                if found["state"] == state {
                    return found.clone();
                }
                last = found.clone();
            }
            assert!(Instant::now() < deadline, "never {state}: {last:#}");
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits until the home cluster's id is written down; afterwards only requests write.
    pub(crate) async fn knows_home(&self) {
        eventually("the home cluster told its id", || async {
            self.app.present().home().map(drop)
        })
        .await;
    }

    /// Stops as `kill -9` does: nothing is finished.
    pub(crate) async fn kill(self) {
        self.driver.abort();
        assert!(self.driver.await.is_err());
    }
}

/// An entry of the registry.
pub(crate) fn entry(name: &str, id: &str, address: &str) -> Value {
    let (host, port) = address.rsplit_once(':').unwrap();
    json!({
        "clusterName": name,
        "scope": {"clusters": {"kafka-cluster": id}},
        "hosts": [{"host": host, "port": port.parse::<u16>().unwrap()}],
        "protocol": "SASL_PLAINTEXT",
    })
}

/// Waits for something that happens elsewhere; the clock of tokio is paused, so this takes no time.
pub(crate) async fn eventually<T, F: Future<Output = Option<T>>>(
    what: &str,
    mut look: impl FnMut() -> F,
) -> T {
    let deadline = Instant::now() + Duration::from_secs(120);
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "it never happened that {what}");
        sleep(Duration::from_millis(10)).await;
    }
}

/// The name of one destination topic.
pub(crate) const TOPIC: &str = "confluent-audit-log-events";

/// A document with one topic of so many milliseconds, without metadata.
pub(crate) fn document(retention_ms: u64) -> Value {
    json!({
        "destinations": {"topics": {TOPIC: {"retention_ms": retention_ms}}},
        "default_topics": {"allowed": TOPIC, "denied": TOPIC},
    })
}
