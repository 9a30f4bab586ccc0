package io.openmds.kafka;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The feed's frames at the boundary: the golden ones, damaged ones, and none at all. */
class FollowingTest {
    @BeforeAll
    static void load() {
        NativeLibrary.load(null);
    }

    private static NativeEngine engine(String clusterId) {
        NativeEngine engine = new NativeEngine(new Pairs().add("queue_max_bytes", "100000"));
        engine.identify(clusterId);
        return engine;
    }

    /** The cluster that the golden frames are for, as a node of another one is told. */
    private static String clusterOf(byte[] frame) {
        try (NativeEngine stranger = engine("stranger")) {
            Pairs answer = stranger.follow(frame);
            assertEquals("other-cluster", answer.first("refused"));
            return answer.first("reason").split("`")[1];
        }
    }

    @Test
    void theGoldenFramesAreFollowedAndCopied() throws Exception {
        byte[] snapshot = Golden.read("feed-snapshot.v1.hex");
        byte[] changes = Golden.read("feed-changes.v1.hex");
        String cluster = clusterOf(snapshot);
        try (NativeEngine engine = engine(cluster); NativeEngine other = engine(cluster)) {
            assertNull(engine.policy().first("generation"));
            assertNull(engine.copy());
            assertEquals("gap", engine.follow(changes).first("refused"));
            Pairs answer = engine.follow(snapshot);
            assertNull(answer.first("refused"), answer.first("reason"));
            assertNotNull(answer.first("keys"));
            assertEquals(answer.first("generation"), engine.policy().first("generation"));
            byte[] copy = engine.copy();
            other.follow(copy);
            assertArrayEquals(copy, other.copy());
        }
    }

    @Test
    void damageIsAnAnswer() throws Exception {
        byte[] snapshot = Golden.read("feed-snapshot.v1.hex");
        try (NativeEngine engine = engine(clusterOf(snapshot))) {
            assertEquals("magic", engine.follow("not a frame".getBytes()).first("damaged"));
            assertEquals("cut", engine.follow(Arrays.copyOf(snapshot, snapshot.length - 1)).first("damaged"));
            byte[] flipped = snapshot.clone();
            flipped[snapshot.length - 1] ^= 1;
            assertEquals("checksum", engine.follow(flipped).first("damaged"));
            assertEquals("0", engine.follow(new byte[0]).first("taken"));
        }
    }

    @Test
    void aClosedEngineFollowsNobody() {
        NativeEngine engine = engine("KID");
        engine.close();
        assertThrows(IllegalStateException.class, () -> engine.follow(new byte[0]));
        assertThrows(IllegalStateException.class, engine::policy);
        assertThrows(IllegalStateException.class, engine::copy);
    }

    @Test
    void questionsOfTheServerAreAnsweredAndWhatIsNoneIsLeftOut() {
        String question = "[{\"id\":\"q1\",\"principal\":\"User:alice\",\"groups\":[\"dev\"],\"operation\":\"Read\","
                + "\"resource_type\":\"Topic\",\"resource_name\":\"orders\"},{\"id\":\"q2\",\"operation\":\"Fly\"}]";
        try (NativeEngine engine = engine("KID")) {
            ArrayNode answers = NodeQuestions.answers(Base64.getEncoder().encodeToString(question.getBytes()), engine);
            assertEquals(2, answers.size());
            assertEquals("q1", answers.get(0).path("id").asText());
            assertEquals("denied", answers.get(0).path("decision").asText());
            assertEquals("nothing", answers.get(0).path("reason").asText());
            assertEquals("q2", answers.get(1).path("id").asText());
            assertTrue(answers.get(1).has("error"));
            for (String none : new String[] {"", "%%%", "bm90IEpTT04=", Base64.getEncoder().encodeToString("{}".getBytes())}) {
                assertEquals(0, NodeQuestions.answers(none, engine).size(), none);
            }
        }
    }
}
