"""A librdkafka client that logs in by OIDC, as applications use it: no token is made or kept here.

Reads lines from standard input. Each is produced to a topic and waited for at the other end; then `seen LINE` is
printed. Failures of the login are printed as `failed REASON` as they happen. Settings come as `key=value` arguments,
with `topic` and `group.id` beside those of librdkafka.
"""

import sys
import threading
import time

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer

PATIENCE_SECONDS = 60


def say(line):
    print(line, flush=True)


def failed(error):
    if error.code() in (KafkaError._AUTHENTICATION, KafkaError.SASL_AUTHENTICATION_FAILED):
        say("failed " + error.str().replace("\n", " "))


def deliver(producer, topic, line):
    problems = []
    delivered = threading.Event()

    def done(error, _message):
        if error is not None:
            problems.append(error)
        delivered.set()

    producer.produce(topic, line, on_delivery=done)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not delivered.is_set() and time.monotonic() < deadline:
        producer.poll(0.2)
    if problems or not delivered.is_set():
        raise KafkaException(problems[0] if problems else "not delivered in time")


def await_line(consumer, line):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        message = consumer.poll(0.2)
        if message is None:
            continue
        if message.error():
            if message.error().code() == KafkaError._PARTITION_EOF:
                continue
            raise KafkaException(message.error())
        if message.value().decode() == line:
            return
    raise KafkaException("not consumed in time")


def main():
    settings = dict(argument.split("=", 1) for argument in sys.argv[1:])
    topic = settings.pop("topic")
    group = settings.pop("group.id")
    settings["error_cb"] = failed
    producer = Producer(settings)
    consumer = Consumer({**settings, "group.id": group, "auto.offset.reset": "earliest"})
    consumer.subscribe([topic])
    for line in sys.stdin:
        line = line.rstrip("\n")
        try:
            deliver(producer, topic, line)
            await_line(consumer, line)
            say("seen " + line)
        except KafkaException as error:
            say("failed " + str(error).replace("\n", " "))
    consumer.close()


main()
