"""A producer and a consumer of librdkafka that never give up.

Takes one argument, {"config": {...}, "topic": "...", "partitions": n}. Prints a line for every record and every refusal:
PARTY, PARTITION, the name of Kafka's error or "ok", and the time in milliseconds, with tabs between them. Ends with its
input.
"""

import json
import os
import sys
import threading
import time

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition

PAUSE_SECONDS = 0.01
OUTPUT = threading.Lock()


def say(party, partition, error):
    outcome = "ok" if error is None else error.name()
    with OUTPUT:
        print("\t".join([party, str(partition), outcome, str(time.time_ns() // 1_000_000)]), flush=True)


def produce(config, topic, partitions):
    producer = Producer({**config, "linger.ms": 0})
    while True:
        for partition in range(partitions):
            try:
                producer.produce(
                    topic,
                    b"record",
                    partition=partition,
                    on_delivery=lambda error, message: say("producer", message.partition(), error),
                )
            except KafkaException as problem:
                say("producer", partition, problem.args[0])
            except BufferError:
                pass
        producer.poll(PAUSE_SECONDS)
        time.sleep(PAUSE_SECONDS)


def consume(config, topic, partitions):
    consumer = Consumer({**config, "group.id": topic + "-librdkafka", "enable.auto.commit": False})
    # The end of the topic, by number: asking for it is refused once the right is gone.
    consumer.assign([TopicPartition(topic, partition, 0) for partition in range(partitions)])
    while True:
        message = consumer.poll(0.1)
        if message is not None:
            say("consumer", message.partition(), message.error())


def main():
    order = json.loads(sys.argv[1])
    # A client that was refused asks again at this pace whether the topic is there.
    config = {**order["config"], "topic.metadata.refresh.interval.ms": 500, "fetch.error.backoff.ms": 100}
    where = (order["topic"], order["partitions"])
    for work in (produce, consume):
        threading.Thread(target=work, args=(config, *where), daemon=True).start()
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
