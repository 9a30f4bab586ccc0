//! Nodes follow the policy of their cluster.

use std::sync::Arc;

use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openmds_api::{FeedRequest, paths};

use super::body::{json_text, parsed_object};
use super::error::HttpError;
use super::identity::refusal;
use super::node::Node;
use crate::app::{App, FeedAnswer};
use crate::feed::NodeId;

const SERVER: HeaderName = HeaderName::from_static(paths::SERVER);
const QUESTIONS: HeaderName = HeaderName::from_static(paths::QUESTIONS);
const GENERATION: HeaderName = HeaderName::from_static(paths::GENERATION);

/// What is new in a cluster's policy since what its node holds: at once, or as soon as something is.
///
/// The frames of `spec/feed.md`: a snapshot, or changes. Every answer names the server and the generation that the node holds after it.
#[utoipa::path(post, path = "/openmds/1.0/feed", tag = "feed", request_body = FeedRequest,
    responses((status = 200, description = "One frame", content_type = "application/x-openmds-feed"),
        (status = 204, description = "Nothing is new; ask again"),
        (status = 403, description = "The certificate is not that of this node of this cluster, or does not count any more", body = openmds_api::ErrorResponse),
        (status = 409, description = "The node follows another server, or holds a generation that this one never gave", body = openmds_api::ErrorResponse),
        (status = 426, description = "The node reads another format", body = openmds_api::ErrorResponse)))]
pub(super) async fn follow(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<Response, HttpError> {
    let (mut parts, body) = request.into_parts();
    let node = Node::from_request_parts(&mut parts, &app).await?;
    let text = json_text(Request::from_parts(parts, body)).await?;
    let asked: FeedRequest = parsed_object(&text)?;
    let id = NodeId {
        cluster: node.cluster,
        node_id: node.node_id,
    };
    let answer = app.follow_feed(&id, &node.serial, node.request, &asked);
    let answer = answer.await;
    Ok(shown(answer.map_err(refusal)?))
}

fn shown(answer: FeedAnswer) -> Response {
    let mut response = match answer.frame {
        None => StatusCode::NO_CONTENT.into_response(),
        Some(frame) => ([(header::CONTENT_TYPE, paths::FEED_TYPE)], frame).into_response(),
    };
    let headers = response.headers_mut();
    if let Ok(server) = HeaderValue::from_str(&answer.server) {
        headers.insert(SERVER, server);
    }
    headers.insert(GENERATION, HeaderValue::from(answer.generation));
    if !answer.questions.is_empty() {
        let questions = serde_json::to_vec(&answer.questions).unwrap_or_default();
        if let Ok(questions) = HeaderValue::from_str(&STANDARD.encode(questions)) {
            headers.insert(QUESTIONS, questions);
        }
    }
    response
}
