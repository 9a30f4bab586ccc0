import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A producer and a consumer of Kafka's own that never give up.
 *
 * Takes one argument, {"feeder": {...}, "config": {...}, "topic": "...", "partitions": n}: somebody who keeps the topic
 * filled, whoever is watched, and where. Prints a line for every record and every refusal: PARTY, PARTITION, the name of Kafka's error or
 * "ok", and the time in milliseconds, with tabs between them. Ends with its input.
 */
public final class Running {
    private static final int PAUSE_MS = 10;

    public static void main(String[] args) throws Exception {
        JsonNode order = new ObjectMapper().readTree(args[0]);
        String topic = order.get("topic").asText();
        int partitions = order.get("partitions").asInt();
        start(() -> produce(properties(order.get("feeder")), topic, partitions, "feeder"));
        start(() -> produce(properties(order.get("config")), topic, partitions, "producer"));
        start(() -> consume(properties(order.get("config")), topic));
        while (System.in.read() >= 0) {
            // Whoever started this closes it when all is seen.
        }
        Runtime.getRuntime().halt(0);
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        thread.start();
    }

    private static Properties properties(JsonNode config) {
        Properties properties = new Properties();
        config.properties().forEach(entry -> properties.put(entry.getKey(), entry.getValue().asText()));
        return properties;
    }

    private static synchronized void say(String party, int partition, String outcome) {
        if (!party.equals("feeder") || !outcome.equals("ok")) {
            System.out.println(party + "\t" + partition + "\t" + outcome + "\t" + System.currentTimeMillis());
            System.out.flush();
        }
    }

    private static String outcome(Exception problem) {
        return problem == null ? "ok" : Errors.forException(problem).name();
    }

    private static void produce(Properties properties, String topic, int partitions, String party) {
        // An idempotent producer that is refused a new id gives up for good: this one can be watched again and again.
        properties.put("enable.idempotence", "false");
        properties.put("max.block.ms", "2000");
        KafkaProducer<String, String> producer = new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer());
        while (true) {
            for (int partition = 0; partition < partitions; partition++) {
                int one = partition;
                try {
                    producer.send(new ProducerRecord<>(topic, one, null, party), (metadata, problem) -> say(party, one, outcome(problem)));
                } catch (ApiException problem) {
                    say(party, one, outcome(problem));
                }
            }
            pause();
        }
    }

    private static void consume(Properties properties, String topic) {
        properties.put("group.id", topic);
        properties.put("auto.offset.reset", "latest");
        properties.put("enable.auto.commit", "false");
        KafkaConsumer<String, String> consumer = new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer());
        consumer.subscribe(List.of(topic));
        while (true) {
            try {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                    say("consumer", record.partition(), "ok");
                }
            } catch (ApiException problem) {
                say("consumer", -1, outcome(problem));
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
