//! Bindings, questions about them, and the requests that ask.

use std::collections::BTreeSet;
use std::path::Path;

use openmds_policy::names::{ClusterId, PatternType, Principal, ResourcePattern};
use openmds_policy::rbac::{BindingKey, Scope};
use openmds_server::store::{Append, Generation, MetaLog as _, Record, SqliteLog};
use serde_json::json;

/// Clusters on which each principal holds two roles.
const CLUSTERS: usize = 5;
const ROLES: [&str; 2] = ["DeveloperRead", "DeveloperWrite"];
/// Records of one write when the store is filled.
const BATCH: usize = 10_000;
/// How many principals are asked about.
const ASKED: usize = 1_000;

/// Ten actions of one principal, and what is true of them.
pub(crate) struct Question {
    pub(crate) principal: String,
    pub(crate) body: String,
    pub(crate) answer: Vec<String>,
}

fn pattern(kind: &str, name: String, pattern_type: PatternType) -> ResourcePattern {
    ResourcePattern::parse(kind, &name, pattern_type).unwrap()
}

fn cluster(index: usize) -> String {
    format!("cluster-{index}")
}

fn binding(index: usize) -> Record {
    let (principal, rest) = (
        index / (CLUSTERS * ROLES.len()),
        index % (CLUSTERS * ROLES.len()),
    );
    let patterns = BTreeSet::from([
        pattern("Topic", format!("topic-{principal}"), PatternType::Literal),
        pattern("Topic", format!("team-{principal}-"), PatternType::Prefixed),
        pattern("Group", format!("group-{principal}"), PatternType::Literal),
    ]);
    let key = BindingKey {
        principal: Principal::user(&format!("user-{principal}")),
        role: ROLES[rest % ROLES.len()].to_string(),
        scope: Scope::kafka(&ClusterId::new(&cluster(rest / ROLES.len()))),
    };
    Record::Binding {
        key,
        patterns: Some(patterns),
    }
}

/// Writes so many bindings into a new store.
pub(crate) fn fill(folder: &Path, count: usize) {
    std::fs::create_dir_all(folder).unwrap();
    let log = SqliteLog::open(folder).unwrap();
    let mut expected = Generation(0);
    for start in (0..count).step_by(BATCH) {
        let append = Append {
            expected,
            generation: Generation(expected.0 + 1),
            records: (start..count.min(start + BATCH)).map(binding).collect(),
            actor: "User:mds".to_string(),
            at: "2026-01-01T00:00:00Z".to_string(),
        };
        expected = log.append(&append).unwrap();
    }
}

/// Ten actions each, half of them allowed.
pub(crate) fn questions(bindings: usize) -> Vec<Question> {
    let principals = bindings / (CLUSTERS * ROLES.len());
    let question = |index: usize| {
        let who = index * 7919 % principals;
        let asked = [
            ("Topic", format!("topic-{who}"), "Read", true),
            ("Topic", format!("team-{who}-orders"), "Write", true),
            ("Topic", format!("topic-{}", who + 1), "Read", false),
            ("Group", format!("group-{who}"), "Read", true),
            ("Topic", format!("topic-{who}"), "Delete", false),
        ];
        let mut actions = Vec::new();
        let mut answer = Vec::new();
        for cluster_index in [1, 3] {
            for (kind, name, operation, allowed) in &asked {
                let scope = json!({"clusters": {"kafka-cluster": cluster(cluster_index)}});
                actions.push(json!({"scope": scope, "resourceType": kind, "resourceName": name, "operation": operation}));
                answer.push(if *allowed { "ALLOWED" } else { "DENIED" }.to_string());
            }
        }
        let principal = format!("User:user-{who}");
        Question {
            body: json!({"userPrincipal": principal, "actions": actions}).to_string(),
            principal,
            answer,
        }
    };
    (0..ASKED).map(question).collect()
}

/// A request as bytes, and the body that must come back; empty for none.
pub(crate) struct Request {
    pub(crate) bytes: Vec<u8>,
    pub(crate) answer: String,
}

fn request(method: &str, path: &str, token: &str, body: &str, answer: String) -> Request {
    let length = body.len();
    let text = format!(
        "{method} /security/1.0{path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nAccept: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    Request {
        bytes: text.into_bytes(),
        answer,
    }
}

/// The questions as requests.
pub(crate) fn requests(questions: &[Question], token: &str) -> Vec<Request> {
    let one = |question: &Question| {
        let answer = serde_json::to_string(&question.answer).unwrap();
        request("PUT", "/authorize", token, &question.body, answer)
    };
    questions.iter().map(one).collect()
}

/// Requests that each make one binding.
pub(crate) fn creations(count: usize, token: &str) -> Vec<Request> {
    let one = |index: usize| {
        let body = json!({
            "scope": {"clusters": {"kafka-cluster": "made"}},
            "resourcePatterns": [{"resourceType": "Topic", "name": format!("made-{index}"), "patternType": "LITERAL"}],
        });
        let path = format!("/principals/User:made-{index}/roles/DeveloperRead/bindings");
        request("POST", &path, token, &body.to_string(), String::new())
    };
    (0..count).map(one).collect()
}
