import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.*;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.resource.*;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * What applications and people do with Kafka's own Java clients, as somebody, and what came of it.
 *
 * Reads lines {"config": {...}, "prefix": "...", "actions": ["...", ...]}: the settings of the clients, how names of
 * topics, groups and transactional ids begin, and what to do, in this order. Prints PREFIX, ACTION and the name of
 * Kafka's error, or "ok", with tabs between them.
 */
public final class RoleActions {
    private static final int PATIENCE_SECONDS = 40;
    private static final String TOKEN = "sasl.oauthbearer.token.endpoint.url";

    private final Properties config = new Properties();
    private final String prefix;
    private final String topic;
    private final TopicPartition partition;
    private final Admin admin;

    private RoleActions(JsonNode order) {
        order.get("config").properties().forEach(entry -> config.put(entry.getKey(), entry.getValue().asText()));
        if (config.containsKey(TOKEN)) {
            // Since Kafka 4.0 a client reads tokens only from where it is told that it may.
            System.setProperty("org.apache.kafka.sasl.oauthbearer.allowed.urls", config.getProperty(TOKEN));
        }
        prefix = order.get("prefix").asText();
        topic = prefix + "topic";
        partition = new TopicPartition(topic, 0);
        admin = Admin.create(config);
    }

    public static void main(String[] args) throws Exception {
        ExecutorService workers = Executors.newFixedThreadPool(4);
        ObjectMapper json = new ObjectMapper();
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = orders.readLine(); line != null; line = orders.readLine()) {
            JsonNode order = json.readTree(line);
            workers.submit(() -> all(order));
        }
        workers.shutdown();
        workers.awaitTermination(10, TimeUnit.MINUTES);
        // Clients of the refused leave threads behind that wait for something.
        Runtime.getRuntime().halt(0);
    }

    private static void all(JsonNode order) {
        RoleActions somebody = new RoleActions(order);
        for (JsonNode action : order.get("actions")) {
            String outcome = "ok";
            try {
                somebody.act(action.asText());
            } catch (Throwable problem) {
                outcome = name(problem);
            }
            say(somebody.prefix + "\t" + action.asText() + "\t" + outcome);
        }
        somebody.admin.close(Duration.ZERO);
    }

    private static synchronized void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    /** Kafka's name of an error; the text of anything that is none. */
    private static String name(Throwable problem) {
        Throwable cause = problem;
        while (cause.getCause() != null && (cause instanceof ExecutionException || Errors.forException(cause) == Errors.UNKNOWN_SERVER_ERROR)) {
            cause = cause.getCause();
        }
        Errors error = Errors.forException(cause);
        return error == Errors.UNKNOWN_SERVER_ERROR ? cause.toString().replaceAll("\\s+", " ") : error.name();
    }

    private static <T> T got(KafkaFuture<T> future) throws Exception {
        return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private void act(String action) throws Exception {
        String[] words = action.split(" ");
        switch (words[0]) {
            case "make-user" -> got(admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(words[1],
                    new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096), words[2]))).all());
            case "make-topic" -> {
                got(admin.createTopics(List.of(new NewTopic(words[1], words.length > 2 ? Integer.parseInt(words[2]) : 1, (short) 1))).all());
                produceTo(words[1], Map.of("acks", "all"));
            }
            case "produce" -> produceTo(topic, Map.of("acks", "1", "enable.idempotence", "false"));
            case "produce-idempotent" -> produceTo(topic, Map.of("acks", "all", "enable.idempotence", "true"));
            case "transaction" -> transaction();
            case "consume" -> consume();
            case "fetch" -> fetch();
            case "create-topic" -> got(admin.createTopics(List.of(new NewTopic(prefix + "new", 1, (short) 1))).all());
            case "create-elsewhere" -> got(admin.createTopics(List.of(new NewTopic("new-" + prefix, 1, (short) 1))).all());
            case "delete-topic" -> got(admin.deleteTopics(List.of(prefix + "gone")).all());
            case "describe-topic" -> got(admin.describeTopics(List.of(topic)).allTopicNames());
            case "describe-elsewhere" -> got(admin.describeTopics(List.of("apart-from-roles")).allTopicNames());
            case "add-partitions" -> got(admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(5)), new CreatePartitionsOptions().validateOnly(true)).all());
            case "describe-topic-configs" -> got(admin.describeConfigs(List.of(of(ConfigResource.Type.TOPIC, topic))).all());
            case "alter-topic-configs" -> alterConfigs(of(ConfigResource.Type.TOPIC, topic), "retention.ms", "3600000", false);
            case "describe-broker-configs" -> got(admin.describeConfigs(List.of(of(ConfigResource.Type.BROKER, "1"))).all());
            case "alter-broker-configs" -> alterConfigs(of(ConfigResource.Type.BROKER, ""), "log.cleaner.threads", "2", true);
            case "delete-records" -> got(admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(0))).all());
            case "list-offsets" -> got(admin.listOffsets(Map.of(partition, OffsetSpec.latest())).all());
            case "describe-producers" -> got(admin.describeProducers(List.of(partition)).all());
            case "describe-group" -> got(admin.describeConsumerGroups(List.of(prefix + "group")).all());
            case "delete-group" -> got(admin.deleteConsumerGroups(List.of(prefix + "no-group")).all());
            case "alter-offsets" -> got(admin.alterConsumerGroupOffsets(prefix + "other-group", Map.of(partition, new OffsetAndMetadata(0))).all());
            case "delete-offsets" -> got(admin.deleteConsumerGroupOffsets(prefix + "other-group", java.util.Set.of(partition)).all());
            case "describe-transaction" -> got(admin.describeTransactions(List.of(prefix + "no-transaction")).all());
            case "fence-producers" -> got(admin.fenceProducers(List.of(prefix + "fenced")).all());
            case "describe-acls" -> got(admin.describeAcls(AclBindingFilter.ANY).values());
            case "create-acls" -> got(admin.createAcls(List.of(acl())).all());
            case "delete-acls" -> got(admin.deleteAcls(List.of(acl().toFilter())).all());
            case "describe-scram" -> got(admin.describeUserScramCredentials().all());
            case "alter-scram" -> got(admin.alterUserScramCredentials(List.of(new UserScramCredentialDeletion(prefix + "nobody", ScramMechanism.SCRAM_SHA_256))).all());
            case "describe-quotas" -> got(admin.describeClientQuotas(ClientQuotaFilter.all()).entities());
            case "alter-quotas" -> got(admin.alterClientQuotas(List.of(quota()), new AlterClientQuotasOptions().validateOnly(true)).all());
            case "describe-log-dirs" -> got(admin.describeLogDirs(List.of(1)).allDescriptions());
            case "list-reassignments" -> got(admin.listPartitionReassignments().reassignments());
            case "describe-quorum" -> got(admin.describeMetadataQuorum().quorumInfo());
            case "elect-leaders" -> got(admin.electLeaders(ElectionType.PREFERRED, java.util.Set.of(partition)).all());
            case "unregister-broker" -> got(admin.unregisterBroker(999).all());
            default -> throw new IllegalArgumentException("no action is called " + action);
        }
    }

    private static ConfigResource of(ConfigResource.Type type, String name) {
        return new ConfigResource(type, name);
    }

    private void alterConfigs(ConfigResource resource, String key, String value, boolean validateOnly) throws Exception {
        Collection<AlterConfigOp> operations = List.of(new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET));
        got(admin.incrementalAlterConfigs(Map.of(resource, operations), new AlterConfigsOptions().validateOnly(validateOnly)).all());
    }

    private AclBinding acl() {
        return new AclBinding(new ResourcePattern(ResourceType.TOPIC, prefix + "acl", PatternType.LITERAL),
                new AccessControlEntry("User:nobody", "*", AclOperation.READ, AclPermissionType.ALLOW));
    }

    private ClientQuotaAlteration quota() {
        return new ClientQuotaAlteration(new ClientQuotaEntity(Map.of(ClientQuotaEntity.USER, prefix + "nobody")),
                List.of(new ClientQuotaAlteration.Op("producer_byte_rate", 1_000_000.0)));
    }

    private KafkaProducer<String, String> producer(Map<String, String> more) {
        Properties properties = new Properties();
        properties.putAll(config);
        properties.putAll(more);
        properties.put("max.block.ms", "30000");
        properties.put("delivery.timeout.ms", "30000");
        properties.put("request.timeout.ms", "15000");
        return new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer());
    }

    private void produceTo(String where, Map<String, String> more) throws Exception {
        KafkaProducer<String, String> producer = producer(more);
        try {
            producer.send(new ProducerRecord<>(where, "a record")).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } finally {
            producer.close(Duration.ZERO);
        }
    }

    private void transaction() throws Exception {
        KafkaProducer<String, String> producer = producer(Map.of("transactional.id", prefix + "transaction"));
        try {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, "a record"));
            producer.commitTransaction();
        } finally {
            producer.close(Duration.ZERO);
        }
    }

    private KafkaConsumer<String, String> consumer(Optional<String> group) {
        Properties properties = new Properties();
        properties.putAll(config);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, group.isPresent() ? "earliest" : "none");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        group.ifPresent(name -> properties.put(ConsumerConfig.GROUP_ID_CONFIG, name));
        return new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer());
    }

    private void consume() {
        KafkaConsumer<String, String> consumer = consumer(Optional.of(prefix + "group"));
        try {
            consumer.subscribe(List.of(topic));
            untilRecord(consumer);
            consumer.commitSync();
        } finally {
            consumer.close(Duration.ZERO);
        }
    }

    private void fetch() {
        KafkaConsumer<String, String> consumer = consumer(Optional.empty());
        try {
            consumer.assign(List.of(partition));
            consumer.seek(partition, 0);
            untilRecord(consumer);
        } finally {
            consumer.close(Duration.ZERO);
        }
    }

    private static void untilRecord(KafkaConsumer<String, String> consumer) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (consumer.poll(Duration.ofMillis(200)).isEmpty()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("no record came, and no error");
            }
        }
    }
}
