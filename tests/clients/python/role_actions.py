"""What applications and people do with librdkafka, as somebody, and what came of it.

Reads lines {"config": {...}, "prefix": "...", "actions": ["...", ...]}: the settings of the clients, how names of topics,
groups and transactional ids begin, and what to do, in this order. Prints PREFIX, ACTION and the name of Kafka's error, or
"ok", with tabs between them. A setting `oauth.token` is a token to log in with.
"""

import json
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, KafkaError, KafkaException, Producer, TopicCollection, TopicPartition
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    ResourcePatternType,
    ResourceType,
    ScramMechanism,
    UserScramCredentialDeletion,
)

PATIENCE_SECONDS = 40
OUTPUT = threading.Lock()


def got(futures):
    if hasattr(futures, "result"):
        return futures.result(PATIENCE_SECONDS)
    return [future.result(PATIENCE_SECONDS) for future in futures.values()]


class Somebody:
    def __init__(self, order):
        self.config = {key: value for key, value in order["config"].items() if key != "oauth.token"}
        token = order["config"].get("oauth.token")
        if token:
            self.config["oauth_cb"] = lambda _: (token, time.time() + 3000)
        self.prefix = order["prefix"]
        self.topic = self.prefix + "topic"
        self.admin = AdminClient(self.config)
        if token:
            # Without a poll the token is never set.
            self.admin.poll(0)

    def act(self, action):
        method = getattr(self, action.replace("-", "_"))
        try:
            method()
            return "ok"
        except KafkaException as problem:
            error = problem.args[0]
            return error.name() if isinstance(error, KafkaError) else str(error)
        except Exception as problem:  # the outcome is looked at by the test
            return repr(problem).replace("\n", " ")

    def send(self, more, transaction=False):
        producer = Producer({**self.config, "message.timeout.ms": 30000, **more})
        if transaction:
            producer.init_transactions(PATIENCE_SECONDS)
            producer.begin_transaction()
        problems = []
        done = threading.Event()

        def delivered(error, _message):
            if error is not None:
                problems.append(error)
            done.set()

        producer.produce(self.topic, b"a record", on_delivery=delivered)
        end = time.monotonic() + PATIENCE_SECONDS
        while not done.is_set() and time.monotonic() < end:
            producer.poll(0.1)
        if problems or not done.is_set():
            raise KafkaException(problems[0] if problems else "not delivered in time")
        if transaction:
            producer.commit_transaction(PATIENCE_SECONDS)

    def produce(self):
        self.send({"acks": 1})

    def produce_idempotent(self):
        self.send({"enable.idempotence": True})

    def transaction(self):
        self.send({"transactional.id": self.prefix + "transaction"}, transaction=True)

    def read(self, consumer):
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            message = consumer.poll(0.2)
            if message is None:
                continue
            if message.error():
                raise KafkaException(message.error())
            return
        raise KafkaException("no record came, and no error")

    def consume(self):
        consumer = Consumer(
            {**self.config, "group.id": self.prefix + "group", "auto.offset.reset": "earliest", "enable.auto.commit": False}
        )
        try:
            consumer.subscribe([self.topic])
            self.read(consumer)
            consumer.commit(asynchronous=False)
        finally:
            consumer.close()

    def create_topic(self):
        got(self.admin.create_topics([NewTopic(self.prefix + "new", 1, 1)]))

    def create_elsewhere(self):
        got(self.admin.create_topics([NewTopic("new-" + self.prefix, 1, 1)]))

    def delete_topic(self):
        got(self.admin.delete_topics([self.prefix + "gone"]))

    def describe_topic(self):
        got(self.admin.describe_topics(TopicCollection([self.topic])))

    def add_partitions(self):
        got(self.admin.create_partitions([NewPartitions(self.topic, 5)], validate_only=True))

    def describe_topic_configs(self):
        got(self.admin.describe_configs([ConfigResource(ResourceType.TOPIC, self.topic)]))

    def alter_topic_configs(self):
        entry = ConfigEntry("retention.ms", "3600000", incremental_operation=AlterConfigOpType.SET)
        resource = ConfigResource(ResourceType.TOPIC, self.topic, incremental_configs=[entry])
        got(self.admin.incremental_alter_configs([resource]))

    def describe_broker_configs(self):
        got(self.admin.describe_configs([ConfigResource(ResourceType.BROKER, "1")]))

    def describe_group(self):
        got(self.admin.describe_consumer_groups([self.prefix + "group"]))

    def delete_group(self):
        got(self.admin.delete_consumer_groups([self.prefix + "no-group"]))

    def alter_offsets(self):
        partitions = [TopicPartition(self.topic, 0, 0)]
        groups = [ConsumerGroupTopicPartitions(self.prefix + "other-group", partitions)]
        for group in got(self.admin.alter_consumer_group_offsets(groups)):
            for partition in group.topic_partitions:
                if partition.error:
                    raise KafkaException(partition.error)

    def acl(self, kind):
        resource = (ResourceType.TOPIC, self.prefix + "acl", ResourcePatternType.LITERAL)
        return kind(*resource, "User:nobody", "*", AclOperation.READ, AclPermissionType.ALLOW)

    def create_acls(self):
        got(self.admin.create_acls([self.acl(AclBinding)]))

    def delete_acls(self):
        got(self.admin.delete_acls([self.acl(AclBindingFilter)]))

    def alter_scram(self):
        deletion = UserScramCredentialDeletion(self.prefix + "nobody", ScramMechanism.SCRAM_SHA_256)
        got(self.admin.alter_user_scram_credentials([deletion]))


def everything(order):
    somebody = Somebody(order)
    for action in order["actions"]:
        line = "\t".join([somebody.prefix, action, somebody.act(action)])
        with OUTPUT:
            print(line, flush=True)


def main():
    with ThreadPoolExecutor(4) as workers:
        list(workers.map(everything, [json.loads(line) for line in sys.stdin]))


if __name__ == "__main__":
    main()
