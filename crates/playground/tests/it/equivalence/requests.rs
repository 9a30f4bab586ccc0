//! Requests of Kafka's protocol, many resources at once where it lets them, none of which changes anything.

use serde_json::{Value, json};

use super::description::{HOLDERS, OWNERS, names};

/// A request, with what it asks about.
pub(super) struct Request {
    pub(super) api: &'static str,
    pub(super) version: u8,
    pub(super) kind: &'static str,
    pub(super) operation: &'static str,
    /// What it is about, if the answer does not say.
    pub(super) about: Option<String>,
    pub(super) body: Value,
}

impl Request {
    /// As the program for the wire reads it.
    pub(super) fn order(&self) -> Value {
        json!({ "api": self.api, "version": self.version, "body": self.body })
    }
}

const TOPICS: usize = 320;
const OTHERS: usize = 64;

/// Of those that can only be asked about one by one.
const SINGLE: usize = 16;

/// Everything that one connection asks.
pub(super) fn requests() -> Vec<Request> {
    let mut all = topics(&names(TOPICS));
    all.extend(groups(&names(OTHERS)));
    all.extend(transactions(&names(OTHERS)));
    all.extend(cluster());
    all.extend(tokens());
    all
}

fn many(
    api: &'static str,
    version: u8,
    kind: &'static str,
    operation: &'static str,
    body: Value,
) -> Request {
    Request {
        api,
        version,
        kind,
        operation,
        about: None,
        body,
    }
}

fn one(
    api: &'static str,
    version: u8,
    kind: &'static str,
    operation: &'static str,
    about: &str,
    body: Value,
) -> Request {
    Request {
        about: Some(about.to_owned()),
        ..many(api, version, kind, operation, body)
    }
}

fn each(names: &[String], shape: impl Fn(&String) -> Value) -> Vec<Value> {
    names.iter().map(shape).collect()
}

/// None of these topics exists: who may is told so, who may not is refused.
fn topics(names: &[String]) -> Vec<Request> {
    let topic = |api, version, operation, body| many(api, version, "TOPIC", operation, body);
    let parts = |more: Value| {
        each(
            names,
            move |name| json!({ "name": name, "topic": name, "partitions": [more.clone()] }),
        )
    };
    let configs = |configs: Value| {
        each(
            names,
            move |name| json!({ "resourceType": 2, "resourceName": name, "configs": configs.clone(), "configurationKeys": ["retention.ms"] }),
        )
    };
    let create = each(
        names,
        |name| json!({ "name": name, "numPartitions": 1, "replicationFactor": 1, "assignments": [], "configs": [] }),
    );
    let produce = each(
        names,
        |name| json!({ "name": name, "partitionData": [{ "index": 0, "records": "" }] }),
    );
    let fetch = parts(
        json!({ "partition": 0, "currentLeaderEpoch": -1, "fetchOffset": 0, "lastFetchedEpoch": -1, "logStartOffset": -1, "partitionMaxBytes": 100 }),
    );
    vec![
        topic(
            "Metadata",
            9,
            "DESCRIBE",
            json!({ "topics": each(names, |name| json!({ "name": name })), "allowAutoTopicCreation": false, "includeClusterAuthorizedOperations": false, "includeTopicAuthorizedOperations": false }),
        ),
        topic(
            "DescribeTopicPartitions",
            0,
            "DESCRIBE",
            json!({ "topics": each(names, |name| json!({ "name": name })), "responsePartitionLimit": 2000, "cursor": null }),
        ),
        topic(
            "Produce",
            9,
            "WRITE",
            json!({ "transactionalId": null, "acks": 1, "timeoutMs": 1000, "topicData": produce }),
        ),
        topic(
            "Fetch",
            12,
            "READ",
            json!({ "replicaId": -1, "maxWaitMs": 0, "minBytes": 0, "maxBytes": 1000, "isolationLevel": 0, "sessionId": 0, "sessionEpoch": -1, "topics": fetch, "forgottenTopicsData": [], "rackId": "" }),
        ),
        topic(
            "ListOffsets",
            7,
            "DESCRIBE",
            json!({ "replicaId": -1, "isolationLevel": 0, "topics": parts(json!({ "partitionIndex": 0, "currentLeaderEpoch": -1, "timestamp": -1 })) }),
        ),
        topic(
            "OffsetForLeaderEpoch",
            4,
            "DESCRIBE",
            json!({ "replicaId": -1, "topics": parts(json!({ "partition": 0, "currentLeaderEpoch": -1, "leaderEpoch": 0 })) }),
        ),
        topic(
            "CreateTopics",
            7,
            "CREATE",
            json!({ "topics": create, "timeoutMs": 10000, "validateOnly": true }),
        ),
        topic(
            "DeleteTopics",
            5,
            "DELETE",
            json!({ "topicNames": names, "timeoutMs": 10000 }),
        ),
        topic(
            "DeleteRecords",
            2,
            "DELETE",
            json!({ "topics": parts(json!({ "partitionIndex": 0, "offset": 0 })), "timeoutMs": 1000 }),
        ),
        topic(
            "CreatePartitions",
            3,
            "ALTER",
            json!({ "topics": each(names, |name| json!({ "name": name, "count": 2, "assignments": null })), "timeoutMs": 10000, "validateOnly": true }),
        ),
        topic(
            "IncrementalAlterConfigs",
            1,
            "ALTER_CONFIGS",
            json!({ "resources": configs(json!([{ "name": "retention.ms", "configOperation": 0, "value": "1000" }])), "validateOnly": true }),
        ),
        topic(
            "AlterConfigs",
            2,
            "ALTER_CONFIGS",
            json!({ "resources": configs(json!([{ "name": "retention.ms", "value": "1000" }])), "validateOnly": true }),
        ),
        topic(
            "DescribeConfigs",
            4,
            "DESCRIBE_CONFIGS",
            json!({ "resources": configs(json!([])), "includeSynonyms": false, "includeDocumentation": false }),
        ),
        topic(
            "DescribeProducers",
            0,
            "READ",
            json!({ "topics": each(names, |name| json!({ "name": name, "partitionIndexes": [0] })) }),
        ),
    ]
}

fn groups(names: &[String]) -> Vec<Request> {
    let group = |api, version, operation, body| many(api, version, "GROUP", operation, body);
    let nothing = json!([{ "partitionIndex": 0, "committedOffset": 1, "committedLeaderEpoch": -1, "committedMetadata": "" }]);
    let mut all = vec![
        group(
            "FindCoordinator",
            4,
            "DESCRIBE",
            json!({ "keyType": 0, "coordinatorKeys": names }),
        ),
        group(
            "DescribeGroups",
            5,
            "DESCRIBE",
            json!({ "groups": names, "includeAuthorizedOperations": false }),
        ),
        group(
            "OffsetFetch",
            8,
            "DESCRIBE",
            json!({ "groups": each(names, |name| json!({ "groupId": name, "topics": null })), "requireStable": false }),
        ),
        group("DeleteGroups", 2, "DELETE", json!({ "groupsNames": names })),
    ];
    for name in names.iter().take(SINGLE) {
        let single =
            |api, version, operation, body| one(api, version, "GROUP", operation, name, body);
        all.push(single(
            "Heartbeat",
            4,
            "READ",
            json!({ "groupId": name, "generationId": 1, "memberId": "m", "groupInstanceId": null }),
        ));
        all.push(single("LeaveGroup", 5, "READ", json!({ "groupId": name, "members": [{ "memberId": "m", "groupInstanceId": null, "reason": null }] })));
        all.push(single(
            "OffsetDelete",
            0,
            "DELETE",
            json!({ "groupId": name, "topics": [] }),
        ));
        all.push(single("OffsetCommit", 8, "READ", json!({ "groupId": name, "generationIdOrMemberEpoch": -1, "memberId": "", "groupInstanceId": null, "topics": [{ "name": name, "partitions": nothing }] })));
    }
    all
}

fn transactions(names: &[String]) -> Vec<Request> {
    let kind = "TRANSACTIONAL_ID";
    let mut all = vec![
        many(
            "FindCoordinator",
            4,
            kind,
            "DESCRIBE",
            json!({ "keyType": 1, "coordinatorKeys": names }),
        ),
        many(
            "DescribeTransactions",
            0,
            kind,
            "DESCRIBE",
            json!({ "transactionalIds": names }),
        ),
    ];
    for name in names.iter().take(SINGLE) {
        // Longer than any transaction may take: refused by who decides about that, once it is allowed.
        all.push(one("InitProducerId", 4, kind, "WRITE", name, json!({ "transactionalId": name, "transactionTimeoutMs": 2_000_000_000, "producerId": -1, "producerEpoch": -1 })));
        all.push(one("EndTxn", 3, kind, "WRITE", name, json!({ "transactionalId": name, "producerId": 1, "producerEpoch": 0, "committed": true })));
    }
    all
}

fn cluster() -> Vec<Request> {
    let single = |api, version, operation, body| {
        one(api, version, "CLUSTER", operation, "kafka-cluster", body)
    };
    let none = json!({ "resourceTypeFilter": 2, "resourceNameFilter": "nothing", "patternTypeFilter": 3, "principalFilter": null, "hostFilter": null, "operation": 1, "permissionType": 1 });
    let broker = |configs: Value| json!([{ "resourceType": 4, "resourceName": "1", "configs": configs, "configurationKeys": ["log.cleaner.threads"] }]);
    let follower = json!([{ "topic": "nothing", "partitions": [{ "partition": 0, "currentLeaderEpoch": -1, "fetchOffset": 0, "lastFetchedEpoch": -1, "logStartOffset": 0, "partitionMaxBytes": 100 }] }]);
    vec![
        single("DescribeAcls", 3, "DESCRIBE", none.clone()),
        single(
            "ListPartitionReassignments",
            0,
            "DESCRIBE",
            json!({ "timeoutMs": 1000, "topics": null }),
        ),
        single(
            "DescribeUserScramCredentials",
            0,
            "DESCRIBE",
            json!({ "users": [] }),
        ),
        single("DescribeLogDirs", 4, "DESCRIBE", json!({ "topics": [] })),
        single("DeleteAcls", 3, "ALTER", json!({ "filters": [none] })),
        single("UnregisterBroker", 0, "ALTER", json!({ "brokerId": 999 })),
        single(
            "AlterUserScramCredentials",
            0,
            "ALTER",
            json!({ "deletions": [{ "name": "nobody", "mechanism": 1 }], "upsertions": [] }),
        ),
        single(
            "DescribeConfigs",
            4,
            "DESCRIBE_CONFIGS",
            json!({ "resources": broker(json!([])), "includeSynonyms": false, "includeDocumentation": false }),
        ),
        single(
            "DescribeClientQuotas",
            1,
            "DESCRIBE_CONFIGS",
            json!({ "components": [], "strict": false }),
        ),
        single(
            "IncrementalAlterConfigs",
            1,
            "ALTER_CONFIGS",
            json!({ "resources": broker(json!([{ "name": "log.cleaner.threads", "configOperation": 0, "value": "1" }])), "validateOnly": true }),
        ),
        single(
            "AlterClientQuotas",
            1,
            "ALTER_CONFIGS",
            json!({ "entries": [{ "entity": [{ "entityType": "user", "entityName": "nobody" }], "ops": [{ "key": "producer_byte_rate", "value": 1000.0, "remove": false }] }], "validateOnly": true }),
        ),
        single(
            "WriteTxnMarkers",
            1,
            "CLUSTER_ACTION",
            json!({ "markers": [{ "producerId": 1, "producerEpoch": 0, "transactionResult": true, "topics": [{ "name": "nothing", "partitionIndexes": [0] }], "coordinatorEpoch": 0 }] }),
        ),
        single(
            "Fetch",
            12,
            "CLUSTER_ACTION",
            json!({ "replicaId": 99, "maxWaitMs": 0, "minBytes": 0, "maxBytes": 1000, "isolationLevel": 0, "sessionId": 0, "sessionEpoch": -1, "topics": follower, "forgottenTopicsData": [], "rackId": "" }),
        ),
        // Allowed by the right on the cluster, or by the right to write to any topic.
        single(
            "InitProducerId",
            4,
            "IDEMPOTENT_WRITE",
            json!({ "transactionalId": null, "transactionTimeoutMs": 1000, "producerId": -1, "producerEpoch": -1 }),
        ),
    ]
}

fn tokens() -> Vec<Request> {
    let mut all = Vec::new();
    for owner in OWNERS {
        all.push(one("CreateDelegationToken", 3, "USER", "CREATE_TOKENS", owner, json!({ "ownerPrincipalType": "User", "ownerPrincipalName": owner, "renewers": [], "maxLifetimeMs": 60_000 })));
    }
    for holder in HOLDERS {
        all.push(one(
            "DescribeDelegationToken",
            3,
            "USER",
            "DESCRIBE_TOKENS",
            holder,
            json!({ "owners": [{ "principalType": "User", "principalName": holder }] }),
        ));
    }
    all
}
