package io.openmds.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Base64;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers what a server asks this node: how would it decide now, and why ({@code spec/feed.md}, "Asking a node"). */
final class NodeQuestions {
    private static final Logger LOG = LoggerFactory.getLogger(NodeQuestions.class);
    private static final JsonMapper JSON = new JsonMapper();
    /** A server gives no more at once. */
    private static final int MOST = 16;
    private static final String[] TEXTS = {"principal", "host", "operation", "resource_type", "resource_name"};

    private NodeQuestions() {}

    /**
     * The answers; none to what cannot be read.
     *
     * @param header the questions, a JSON list in Base64; empty if there is none
     */
    static ArrayNode answers(String header, NativeEngine engine) {
        ArrayNode answers = JSON.createArrayNode();
        if (header.isEmpty()) {
            return answers;
        }
        try {
            JsonNode questions = JSON.readTree(Base64.getDecoder().decode(header));
            for (int i = 0; i < Math.min(questions.size(), MOST); i++) {
                answers.add(answer(questions.get(i), engine));
            }
        } catch (IOException | IllegalArgumentException e) {
            LOG.warn("A question of the metadata server cannot be read ({}): is the plugin older than the server?", e.toString());
        }
        return answers;
    }

    private static ObjectNode answer(JsonNode question, NativeEngine engine) {
        Pairs asked = new Pairs();
        for (String key : TEXTS) {
            if (question.path(key).isTextual()) {
                asked.add(key, question.path(key).asText());
            }
        }
        question.path("groups").forEach(group -> asked.add("group", group.asText()));
        ObjectNode answer = JSON.createObjectNode();
        engine.explain(asked).forEach(answer::put);
        return answer.put("id", question.path("id").asText());
    }
}
