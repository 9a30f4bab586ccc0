package io.openmds.kafka;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks whether the destination topics exist and, where that is wanted, creates the missing ones.
 * Never waits: {@link #poll} is called until it says so. A topic that is not there is never sent to,
 * or the destination would create it with settings of its own.
 */
final class TopicCheck implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicCheck.class);

    private final Admin admin;
    private final ExporterSettings settings;
    private final Destination destination;
    private final Map<String, KafkaFuture<?>> describing = new LinkedHashMap<>();
    private final Map<String, KafkaFuture<?>> creating = new LinkedHashMap<>();
    private final Set<String> usable = new LinkedHashSet<>();
    private String unreachable;

    TopicCheck(ExporterSettings settings, Destination destination, String clientId) {
        this.settings = settings;
        this.destination = destination;
        admin = Admin.create(settings.admin(destination, clientId));
        if (!destination.topics.isEmpty()) {
            describing.putAll(admin.describeTopics(destination.topics.keySet()).topicNameValues());
        }
    }

    /** Whether all answers are in. */
    boolean poll() {
        Set<String> missing = new LinkedHashSet<>();
        boolean answered = true;
        for (Map.Entry<String, KafkaFuture<?>> topic : describing.entrySet()) {
            answered &= topic.getValue().isDone();
        }
        if (!answered) {
            return false;
        }
        describing.forEach((topic, answer) -> described(topic, failure(answer), missing));
        describing.clear();
        create(missing);
        creating.entrySet().removeIf(topic -> topic.getValue().isDone() && created(topic.getKey(), topic.getValue()));
        return creating.isEmpty();
    }

    private void described(String topic, Throwable failure, Set<String> missing) {
        if (failure == null) {
            usable.add(topic);
        } else if (failure instanceof UnknownTopicOrPartitionException) {
            missing.add(topic);
        } else if (failure instanceof AuthorizationException) {
            LOG.warn("The exporter may not describe topic {} at {}: grant its principal Describe and Write on the topic"
                    + " there. Until then its events go to the fallback log.", topic, destination.servers);
        } else {
            unreachable = failure.toString();
        }
    }

    private void create(Set<String> missing) {
        for (String topic : missing) {
            if (settings.topicCreate) {
                NewTopic wanted = new NewTopic(topic, settings.topicPartitions, settings.topicReplicas);
                creating.put(topic, admin.createTopics(Set.of(wanted.configs(configs(topic)))).all());
            } else {
                LOG.warn("Topic {} does not exist at {} and {}topic.create is false: its events go to the fallback log"
                        + " until somebody creates it", topic, destination.servers, PluginConfig.EXPORTER);
            }
        }
    }

    /** As the reference product creates them ({@code audit-logs.md} 6.1). */
    private Map<String, String> configs(String topic) {
        Map<String, String> configs = new LinkedHashMap<>();
        OptionalLong retention = destination.topics.get(topic);
        retention.ifPresent(ms -> configs.put("retention.ms", Long.toString(ms)));
        configs.put("retention.bytes", "-1");
        configs.put("segment.ms", "14400000");
        configs.put("message.timestamp.type", "CreateTime");
        return configs;
    }

    private boolean created(String topic, KafkaFuture<?> answer) {
        Throwable failure = failure(answer);
        if (failure == null || failure instanceof TopicExistsException) {
            LOG.info("Topic {} at {} {}", topic, destination.servers, failure == null ? "was created" : "exists");
            usable.add(topic);
        } else {
            LOG.warn("Topic {} could not be created at {} with {} partitions and {} replicas ({}): {}. Its events go to"
                    + " the fallback log; create it, or correct {}topic.partitions and topic.replicas.",
                    topic, destination.servers, settings.topicPartitions, settings.topicReplicas,
                    failure.getClass().getSimpleName(), failure.getMessage(), PluginConfig.EXPORTER);
        }
        return true;
    }

    private static Throwable failure(KafkaFuture<?> done) {
        try {
            done.get();
            return null;
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return e;
        }
    }

    /** Topics that may be sent to. */
    Set<String> usable() {
        return usable;
    }

    /** Why the destination did not answer, or null if it did. */
    String unreachable() {
        return unreachable;
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
