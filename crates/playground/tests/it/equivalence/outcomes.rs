//! What came of each resource of each request.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::requests::Request;

/// Kafka's codes of refusals: topic, group, cluster, transactional id, delegation token.
const REFUSALS: [i64; 5] = [29, 30, 31, 53, 65];

/// The coordinator is loading, not available, or elsewhere: allowed, and for the time being no more than that.
const COORDINATOR: [i64; 3] = [14, 15, 16];

/// Who asked, from where, by which request of the list, about what, and as how-manieth of that name.
pub(super) type Question = (String, String, usize, String);

/// Kafka's code.
pub(super) type Answers = BTreeMap<Question, i64>;

pub(super) fn is_refusal(code: i64) -> bool {
    REFUSALS.contains(&code)
}

/// Takes the outcomes out of the answers of one connection.
pub(super) fn collect(
    requests: &[Request],
    user: &str,
    address: &str,
    said: &Value,
    into: &mut Answers,
) -> Result<()> {
    let said = said.as_array().context("answers are an array")?;
    ensure!(said.len() == requests.len(), "one answer a request");
    for (index, (request, answer)) in requests.iter().zip(said).enumerate() {
        let mut found = Vec::new();
        walk(answer, "", &mut found);
        if request.api == "DescribeDelegationToken" {
            found = vec![(String::new(), shown(answer)?)];
        }
        match &request.about {
            // A refusal of the whole request comes before what its parts say.
            Some(about) => {
                let refused = found.iter().find(|(_, code)| is_refusal(*code));
                let code = refused.or(found.last()).context("an answer has a code")?.1;
                found = vec![(about.clone(), code)];
            }
            None => found.retain(|(about, _)| !about.is_empty()),
        }
        for (about, code) in found {
            let code = match COORDINATOR.contains(&code) {
                // An id without a transaction: the broker may be fetching more of them, which says as much as one does.
                true if about == "kafka-cluster" => 0,
                true => 15,
                false => code,
            };
            let question = (user.to_owned(), address.to_owned(), index, about);
            ensure!(
                into.insert(question, code).is_none(),
                "{} answers twice about one resource: {answer}",
                request.api
            );
        }
    }
    Ok(())
}

/// A holder's tokens are left out for whoever may not see them.
fn shown(answer: &Value) -> Result<i64> {
    let code = answer["errorCode"].as_i64().context("a code")?;
    let none = answer["tokens"].as_array().is_none_or(Vec::is_empty);
    Ok(if code == 0 && none { 65 } else { code })
}

/// Every error code, with the name of what it is about.
fn walk(value: &Value, about: &str, found: &mut Vec<(String, i64)>) {
    match value {
        Value::Array(parts) => parts.iter().for_each(|part| walk(part, about, found)),
        Value::Object(fields) => {
            let names = [
                "name",
                "topic",
                "groupId",
                "key",
                "resourceName",
                "transactionalId",
            ];
            let own = names.iter().find_map(|name| fields.get(*name)?.as_str());
            let about = own.unwrap_or(about);
            if let Some(code) = fields.get("errorCode").and_then(Value::as_i64) {
                found.push((about.to_owned(), code));
                if code == 0
                    && let Some(configs) = fields.get("topicConfigErrorCode")
                {
                    // Whoever may create a topic is shown its configuration by another right.
                    found.push((
                        format!("{about}'s configuration"),
                        configs.as_i64().unwrap_or(0),
                    ));
                }
            }
            fields.values().for_each(|field| walk(field, about, found));
        }
        _ => {}
    }
}
