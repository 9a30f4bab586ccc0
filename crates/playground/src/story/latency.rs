//! How long a change takes from `PUT` until every node has applied it.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::http::Http;
use crate::playground::Playground;
use crate::status;

/// How many updates are timed.
pub(super) const UPDATES: usize = 10;

/// Between two updates: what is timed is one change to a fleet at rest, not a burst.
const PAUSE: Duration = Duration::from_millis(500);

const BOUND: Duration = Duration::from_secs(20);

/// Sends small updates and gives back the median; the document ends as it began.
pub(super) fn measure(playground: &Playground) -> Result<Duration> {
    let mut http = playground.server().http()?;
    http.log_in("alice", playground.blueprint().password("alice")?)?;
    let original = get(&http)?;
    let mut times = Vec::new();
    for number in 1..=UPDATES {
        let mut document = get(&http)?;
        let excluded = if number == UPDATES {
            original
                .get("excluded_principals")
                .cloned()
                .unwrap_or_else(|| json!([]))
        } else {
            json!([format!("User:nobody-{number}")])
        };
        document
            .as_object_mut()
            .context("the document is no JSON object")?
            .insert("excluded_principals".to_owned(), excluded);
        times.push(time(&http, &document)?);
        thread::sleep(PAUSE);
    }
    times.sort();
    times
        .get(UPDATES / 2)
        .copied()
        .context("there were updates")
}

fn get(http: &Http) -> Result<Value> {
    let answer = http.get("audit/config")?;
    ensure!(
        answer.status.is_success(),
        "GET audit/config: {} {}",
        answer.status,
        answer.body
    );
    Ok(answer.body)
}

fn time(http: &Http, document: &Value) -> Result<Duration> {
    let started = Instant::now();
    let answer = http.put("audit/config", document)?;
    ensure!(
        answer.status.is_success(),
        "PUT audit/config: {} {}",
        answer.status,
        answer.body
    );
    let version = answer
        .body
        .pointer("/metadata/resource_version")
        .context("the answer of PUT has a resource_version")?;
    status::wait_for_version(http, version, BOUND)?;
    Ok(started.elapsed())
}
