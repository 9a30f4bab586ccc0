import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.Method;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;
import org.apache.kafka.common.security.scram.internals.ScramSaslClient;

/**
 * Requests of Kafka's protocol, as JSON in and out, by connections of somebody's from some address.
 *
 * Reads lines {"address": "host:port", "from": "...", "user": "...", "password": "...", "requests": [{"api": "Metadata",
 * "version": 9, "body": {...}}, ...]}: one connection each. Prints, in the same order, a line with the array of the answers.
 * The JSON of a message is Kafka's own, as its request log has it.
 */
public final class Wire implements AutoCloseable {
    private static final String MESSAGES = "org.apache.kafka.common.message.";

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final DataOutputStream out;
    private int correlation;

    private Wire(JsonNode order) throws Exception {
        String[] address = order.get("address").asText().split(":");
        socket.bind(new InetSocketAddress(order.get("from").asText(), 0));
        socket.connect(new InetSocketAddress(address[0], Integer.parseInt(address[1])), 30_000);
        socket.setSoTimeout(60_000);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
        out = new DataOutputStream(socket.getOutputStream());
        logIn(order.get("user").asText(), order.get("password").asText());
    }

    public static void main(String[] args) throws Exception {
        ObjectMapper json = new ObjectMapper();
        ExecutorService workers = Executors.newFixedThreadPool(4);
        List<Future<String>> answers = new ArrayList<>();
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = orders.readLine(); line != null; line = orders.readLine()) {
            JsonNode order = json.readTree(line);
            answers.add(workers.submit(() -> {
                try (Wire wire = new Wire(order)) {
                    ArrayNode all = json.createArrayNode();
                    for (JsonNode request : order.get("requests")) {
                        all.add(wire.ask(request.get("api").asText(), (short) request.get("version").asInt(), request.get("body")));
                    }
                    return all.toString();
                }
            }));
        }
        int code = 0;
        for (Future<String> answer : answers) {
            try {
                System.out.println(answer.get());
            } catch (ExecutionException e) {
                e.printStackTrace();
                code = 1;
            }
        }
        System.out.flush();
        Runtime.getRuntime().halt(code);
    }

    private void logIn(String user, String password) throws Exception {
        ask(new SaslHandshakeRequestData().setMechanism("SCRAM-SHA-256"), (short) 1);
        ScramSaslClient client = new ScramSaslClient(ScramMechanism.SCRAM_SHA_256, callbacks -> {
            for (Callback callback : callbacks) {
                if (callback instanceof NameCallback) {
                    ((NameCallback) callback).setName(user);
                } else if (callback instanceof PasswordCallback) {
                    ((PasswordCallback) callback).setPassword(password.toCharArray());
                } else {
                    throw new UnsupportedCallbackException(callback);
                }
            }
        });
        byte[] challenge = new byte[0];
        while (!client.isComplete()) {
            byte[] said = client.evaluateChallenge(challenge);
            if (client.isComplete()) {
                return;
            }
            SaslAuthenticateResponseData answer = (SaslAuthenticateResponseData) ask(new SaslAuthenticateRequestData().setAuthBytes(said), (short) 1);
            if (answer.errorCode() != 0) {
                throw new IOException(user + " cannot log in: " + answer.errorMessage());
            }
            challenge = answer.authBytes();
        }
    }

    private JsonNode ask(String api, short version, JsonNode body) throws Exception {
        Method read = Class.forName(MESSAGES + api + "RequestDataJsonConverter").getMethod("read", JsonNode.class, short.class);
        ApiMessage answer = ask((ApiMessage) read.invoke(null, body, version), version);
        Class<?> kind = Class.forName(MESSAGES + api + "ResponseData");
        Method write = Class.forName(MESSAGES + api + "ResponseDataJsonConverter").getMethod("write", kind, short.class);
        return (JsonNode) write.invoke(null, answer, version);
    }

    private ApiMessage ask(ApiMessage request, short version) throws IOException {
        ApiKeys api = ApiKeys.forId(request.apiKey());
        correlation++;
        RequestHeaderData header = new RequestHeaderData().setRequestApiKey(api.id).setRequestApiVersion(version)
                .setCorrelationId(correlation).setClientId("wire");
        byte[] head = bytes(header, api.requestHeaderVersion(version));
        byte[] body = bytes(request, version);
        out.writeInt(head.length + body.length);
        out.write(head);
        out.write(body);
        out.flush();
        byte[] answer = new byte[in.readInt()];
        in.readFully(answer);
        ByteBufferAccessor readable = new ByteBufferAccessor(ByteBuffer.wrap(answer));
        ResponseHeaderData answered = new ResponseHeaderData(readable, api.responseHeaderVersion(version));
        if (answered.correlationId() != correlation) {
            throw new IOException("the answer to " + api + " is out of order");
        }
        ApiMessage message = ApiMessageType.fromApiKey(api.id).newResponse();
        message.read(readable, version);
        return message;
    }

    private static byte[] bytes(Message message, short version) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        MessageSizeAccumulator size = new MessageSizeAccumulator();
        message.addSize(size, cache, version);
        ByteBuffer buffer = ByteBuffer.allocate(size.totalSize());
        message.write(new ByteBufferAccessor(buffer), cache, version);
        return buffer.array();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
