//! Answers that are not success, put into words.

use reqwest::StatusCode;

use super::Answer;
use crate::failure::Failure;

/// Longest part of a body that is not JSON to show.
const SHOWN: usize = 300;

/// The error object of the API (mds-api 8.1).
#[derive(serde::Deserialize, Default)]
struct ErrorBody {
    message: Option<String>,
    #[serde(default)]
    errors: Option<Vec<ErrorDetail>>,
}

#[derive(serde::Deserialize)]
struct ErrorDetail {
    error_type: Option<String>,
    message: Option<String>,
}

/// `403 Forbidden: message`, then every detail on a line of its own.
pub(crate) fn general(answer: &Answer) -> Failure {
    let line = answer.status_line();
    let text = text(answer);
    let failure = if text.is_empty() {
        Failure::new(line)
    } else {
        Failure::new(format!("{line}: {text}"))
    };
    with_hints(failure, answer.status)
}

/// The audit endpoints' form: the status line, then the server's message to the letter, so that the commands in it can be pasted.
pub(crate) fn audit(answer: &Answer) -> Failure {
    if answer.status == StatusCode::NOT_FOUND {
        return Failure::new(format!("unable to access endpoint: {}", answer.status_line()))
            .hint("Check that the URL of the session is that of a metadata server with audit log management");
    }
    let text = text(answer);
    let separator = if text.is_empty() { "" } else { "\n" };
    let failure = Failure::new(format!("{}{separator}{text}", answer.status_line()));
    match answer.status {
        // The message itself says which commands help.
        StatusCode::FORBIDDEN => failure,
        status if status.is_server_error() => {
            failure.hint("`openmds audit-log status` shows what each cluster and node has applied")
        }
        status => with_hints(failure, status),
    }
}

fn with_hints(failure: Failure, status: StatusCode) -> Failure {
    match status {
        StatusCode::FORBIDDEN => failure.hint(
            "Ask someone with the role SystemAdmin or UserAdmin in this scope, or log in as such a user",
        ),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            failure.hint("Try again in a moment")
        }
        status if status.is_redirection() => failure.hint(
            "The server is at another address: `openmds login --url URL` with that one",
        ),
        status if status.is_server_error() => {
            failure.hint("The server's log says more about the cause")
        }
        _ => failure,
    }
}

/// The message and the details of the body; of a body that is no error object, its beginning.
fn text(answer: &Answer) -> String {
    let Ok(body) = serde_json::from_str::<ErrorBody>(&answer.body) else {
        return answer.body.trim().chars().take(SHOWN).collect();
    };
    let message = body.message.unwrap_or_default();
    let mut lines = Vec::new();
    for detail in body.errors.unwrap_or_default() {
        let kind = detail.error_type.unwrap_or_default();
        let text = detail.message.unwrap_or_default();
        // Our own server's message already has a line for each detail; others' details may stand alone.
        if text.is_empty() {
            lines.push(kind);
        } else if !message.contains(&text) {
            let separator = if kind.is_empty() || text.starts_with(&kind) {
                ""
            } else {
                ": "
            };
            let kind = if separator.is_empty() { "" } else { &kind };
            lines.push(format!("{kind}{separator}{text}"));
        }
    }
    if !message.is_empty() {
        lines.insert(0, message);
    }
    lines.join("\n")
}
